"""Steps of the plan of changes, reviews of a year and what was answered in them (R377, R379)."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.named import Named
from deals.models import Task


class Block(models.TextChoices):
    """What of the department a step sets up, in the order of the model of sales."""

    TYPOLOGY = "typology", pgettext_lazy("block", "Typology")
    ACTIVE_BASE = "active_base", pgettext_lazy("block", "Active base")
    ZERO_BASE = "zero_base", pgettext_lazy("block", "Zero and potential clients")
    STRUCTURE = "structure", pgettext_lazy("block", "Structure")
    STAFF = "staff", pgettext_lazy("block", "Staff")
    ADAPTATION = "adaptation", pgettext_lazy("block", "Adaptation of the staff")
    MOTIVATION = "motivation", pgettext_lazy("block", "Motivation")
    REGULATIONS = "regulations", pgettext_lazy("block", "Regulations")
    MANAGEMENT = "management", pgettext_lazy("block", "Management of sales")
    MARKETING = "marketing", pgettext_lazy("block", "Marketing")
    AUTOMATION = "automation", pgettext_lazy("block", "Automation")


class StepState(models.TextChoices):
    """How far a step has come; that it is late is derived of its term."""

    PLANNED = "planned", pgettext_lazy("step", "planned")
    DOING = "doing", pgettext_lazy("step", "being done")
    DONE = "done", pgettext_lazy("step", "done")
    DROPPED = "dropped", pgettext_lazy("step", "dropped")


OPEN = (StepState.PLANNED, StepState.DOING)


@pghistory.track()
class ChangeStep(Named):
    """One step of the plan of changes; steps are dropped, never deleted."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    block = models.CharField(pgettext_lazy("change plan", "block"), max_length=20, choices=Block.choices)
    number = models.PositiveSmallIntegerField(_("order"), help_text="within the block")
    starts_on = models.DateField(pgettext_lazy("change plan", "begins"), null=True, blank=True)
    due_on = models.DateField(pgettext_lazy("change plan", "to be done by"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(
        pgettext_lazy("change plan", "state"), max_length=10, choices=StepState.choices, default=StepState.PLANNED
    )
    done_on = models.DateField(pgettext_lazy("change plan", "done on"), null=True, blank=True)
    result = models.CharField(pgettext_lazy("change plan", "what came of it"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")
    submission = models.UUIDField(
        null=True, blank=True, unique=True, help_text="of the form: a double click is one step"
    )

    class Meta(Named.Meta):
        verbose_name = pgettext_lazy("change plan", "step")
        verbose_name_plural = pgettext_lazy("change plan", "steps")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="change_step_not_backwards",
                violation_error_message=_("A step ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.DONE, done_on__isnull=False)
                | (~Q(state=StepState.DONE) & Q(done_on__isnull=True)),
                name="change_step_done_on_a_day",
                violation_error_message=_("A step that is done says when."),
            ),
            models.CheckConstraint(
                condition=~Q(state=StepState.DROPPED) | ~Q(result=""),
                name="change_step_dropped_with_reason",
                violation_error_message=_("Say why the step is dropped."),
            ),
        ]


class ReviewQuestion(Named):
    """A question of the yearly review; taken out of use, it stays with the years that answered it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    number = models.PositiveSmallIntegerField(_("order"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(Named.Meta):
        verbose_name = pgettext_lazy("review", "question")
        verbose_name_plural = pgettext_lazy("review", "questions")


@pghistory.track()
class Review(models.Model):
    """The review of the whole set-up in a year, with the task that asks for it (R377)."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    due_on = models.DateField(pgettext_lazy("review", "to be done by"))
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_on = models.DateField(pgettext_lazy("review", "closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    conclusion = models.TextField(pgettext_lazy("review", "conclusion"), max_length=4000, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("review", "yearly review")
        verbose_name_plural = pgettext_lazy("review", "yearly reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True)
                | (Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(conclusion="")),
                name="review_closed_with_conclusion",
                violation_error_message=_("A review is closed by somebody, with a conclusion."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Verdict(models.TextChoices):
    """What is found of a question."""

    YES = "yes", pgettext_lazy("review", "in order")
    PARTLY = "partly", pgettext_lazy("review", "partly")
    NO = "no", pgettext_lazy("review", "not in order")


class ReviewAnswer(models.Model):
    """What was found of a question in a review."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(ReviewQuestion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    comment = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="review_answer_once")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.question_id}"
