"""Competences and how they were assessed, adaptation with its steps, trainings with who came (R214-R216, R283)."""

from __future__ import annotations

import uuid
from datetime import date

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staff.access import Role
from staff.handbook.models import Article
from staff.models import Employee


class Level(models.IntegerChoices):
    """How well a person does something; each level contains the ones below."""

    NONE = 0, pgettext_lazy("competence", "not yet")
    HELPED = 1, pgettext_lazy("competence", "with help")
    ALONE = 2, pgettext_lazy("competence", "without help")
    TEACHES = 3, pgettext_lazy("competence", "teaches others")


class Asked(models.Model):
    """What is asked of the people of a role, of everybody where the role is empty; its name in both languages."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    role = models.CharField(
        _("role"), max_length=20, choices=[one for one in Role.choices if one[0] != Role.NONE], blank=True
    )
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


@pghistory.track()
class Competence(Asked):
    """Something a person of the role can do, and how well the post asks for it (R216)."""

    expected = models.PositiveSmallIntegerField(_("expected level"), choices=Level.choices, default=Level.ALONE)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected__gte=Level.HELPED, expected__lte=Level.TEACHES), name="competence_expects_a_level"
            )
        ]


@pghistory.track()
class AdaptationTask(Asked):
    """What everybody who comes to the role goes through, and by which working day (R215)."""

    by_day = models.PositiveSmallIntegerField(_("by working day"), validators=[MaxValueValidator(250)])

    class Meta:
        verbose_name = _("step of every adaptation")
        verbose_name_plural = _("steps of every adaptation")
        ordering = ["by_day", "pk"]
        constraints = [models.CheckConstraint(condition=Q(by_day__gte=1), name="adaptation_task_by_a_working_day")]


class Assessment(models.Model):
    """The competence card of a person as of a day; never changed, the next one follows it (R216)."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="assessments", db_index=False)
    made_on = models.DateField(_("assessed on"))
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "made_on"],
                name="one_assessment_of_a_person_and_day",
                violation_error_message=_("This person has been assessed today already."),
            ),
            models.CheckConstraint(condition=~Q(employee=F("made_by")), name="nobody_assesses_himself"),
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.made_on}"


class Mark(models.Model):
    """The level of a competence in an assessment, what was expected then, and why it is missed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="marks", db_index=False)
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    expected = models.PositiveSmallIntegerField(choices=Level.choices)
    why = models.CharField(_("why it is missed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "competence"], name="one_mark_per_competence"),
            models.CheckConstraint(
                condition=Q(level__lte=Level.TEACHES, expected__lte=Level.TEACHES), name="mark_has_a_level"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=F("expected")) | ~Q(why=""),
                name="a_gap_has_a_reason",
                violation_error_message=_("Say why the level is missed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competence}: {self.get_level_display()}"

    @property
    def is_gap(self) -> bool:
        """Say whether less is there than the post asked for."""
        return self.level < self.expected


class AdaptationKind(models.TextChoices):
    """Why somebody is brought in."""

    NEWCOMER = "newcomer", _("newcomer")
    POST = "post", _("new post")
    TRANSITION = "transition", _("transition to new functions")


class Outcome(models.TextChoices):
    """How an adaptation ended."""

    PASSED = "passed", pgettext_lazy("adaptation", "passed")
    FAILED = "failed", pgettext_lazy("adaptation", "not passed")


@pghistory.track()
class Adaptation(models.Model):
    """The weeks in which a person is brought into a post: with whom, until when, how it ended (R215)."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="adaptations", db_index=False)
    kind = models.CharField(_("occasion"), max_length=10, choices=AdaptationKind.choices)
    mentor = models.ForeignKey(Employee, verbose_name=_("mentor"), on_delete=models.PROTECT, related_name="mentored")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    set_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome.choices, blank=True)
    closed_on = models.DateField(null=True, editable=False)
    closed_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    note = models.CharField(_("conclusion"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("adaptation")
        verbose_name_plural = _("adaptations")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(outcome=""),
                name="one_open_adaptation_of_a_person",
                violation_error_message=_("This person is being brought in already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="adaptation_ends_after_it_starts",
                violation_error_message=_("The last day lies after the first."),
            ),
            models.CheckConstraint(
                condition=~Q(mentor=F("employee")),
                name="nobody_is_his_own_mentor",
                violation_error_message=_("Nobody is the mentor of himself."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_on__isnull=True, closed_by__isnull=True)
                | (~Q(outcome="") & Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(note="")),
                name="a_closed_adaptation_has_its_conclusion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee}, {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        """Say whether it is still going on."""
        return not self.outcome


@pghistory.track()
class LearningStep(models.Model):
    """What a person learns by a day: a step of an adaptation, or one that closes a gap (R215, R216)."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="learning_steps", db_index=False)
    title = models.CharField(_("what is to be learned or done"), max_length=200)
    due_on = models.DateField(_("until"))
    adaptation = models.ForeignKey(Adaptation, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    competence = models.ForeignKey(
        Competence, verbose_name=_("competence"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, editable=False)
    done_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    result = models.CharField(_("result"), max_length=300, blank=True)
    dropped_on = models.DateField(null=True, editable=False)
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("step of learning")
        verbose_name_plural = _("steps of learning")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["employee", "due_on"],
                condition=Q(done_on__isnull=True, dropped_on__isnull=True),
                name="learning_steps_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | (Q(done_on__isnull=False, done_by__isnull=False, dropped_on__isnull=True) & ~Q(result="")),
                name="a_done_step_has_its_result",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_late(self, today: date) -> bool:
        """Say whether it should have been done before `today`."""
        return self.done_on is None and self.dropped_on is None and self.due_on < today


class TrainingKind(models.TextChoices):
    """What a training is (R283)."""

    INTRODUCTION = "introduction", _("introductory")
    AT_WORK = "at_work", _("at the workplace")
    FOCUSED = "focused", _("on one topic")


class TrainingState(models.TextChoices):
    """Where a training is."""

    PLANNED = "planned", pgettext_lazy("training", "planned")
    HELD = "held", pgettext_lazy("training", "held")
    CANCELLED = "cancelled", pgettext_lazy("training", "cancelled")


@pghistory.track()
class Training(models.Model):
    """A training, planned and then held: topic, day, who trains, article of the sales book (R214, R283)."""

    topic = models.CharField(_("topic"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=TrainingKind.choices)
    held_on = models.DateField(_("day"))
    trainer = models.ForeignKey(
        Employee, verbose_name=_("trained by"), null=True, blank=True, on_delete=models.PROTECT, related_name="trained"
    )
    outside_trainer = models.CharField(_("trainer from outside"), max_length=150, blank=True)
    article = models.ForeignKey(
        Article,
        verbose_name=_("article of the sales book"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="trainings",
    )
    state = models.CharField(max_length=9, choices=TrainingState.choices, default=TrainingState.PLANNED)
    set_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    why_cancelled = models.CharField(max_length=200, blank=True)
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["held_on", "id"], name="trainings_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(trainer__isnull=False, outside_trainer="")
                | (Q(trainer__isnull=True) & ~Q(outside_trainer="")),
                name="a_training_has_one_trainer",
                violation_error_message=_("Name who trains: one of the company or somebody from outside."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic}, {self.held_on:%Y-%m-%d}"

    @property
    def trainer_name(self) -> str:
        """Who trains, in words."""
        return self.trainer.short_name if self.trainer else self.outside_trainer


class Attendance(models.Model):
    """A person asked to a training: came or not, and with what result; empty until it was held."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="attendances", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="attendances")
    came = models.BooleanField(null=True)
    result = models.CharField(_("result"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["employee__last_name", "employee__first_name", "pk"]
        constraints = [models.UniqueConstraint(fields=["training", "employee"], name="one_attendance_per_person")]

    def __str__(self) -> str:
        return f"{self.training}: {self.employee}"
