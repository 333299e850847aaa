"""A meeting, who is called to it, its agenda and its decisions (R252, R273-R276)."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients.models.named import Named
from deals.models import Task, TaskState
from kpi.meetings.querysets import DecisionQuerySet, MeetingQuerySet
from salescrm.base import show
from staff.models import Branch


class MeetingKind(models.TextChoices):
    """How often, and with whom, the department meets."""

    DAILY = "daily", pgettext_lazy("meeting", "daily")
    WEEKLY = "weekly", pgettext_lazy("meeting", "weekly")
    MONTHLY = "monthly", pgettext_lazy("meeting", "monthly")
    BRANCHES = "branches", pgettext_lazy("meeting", "of the branches, remote")
    DIRECTOR = "director", pgettext_lazy("meeting", "with the director")


@pghistory.track()
class Meeting(models.Model):
    """A meeting; without a branch it is of the whole department. Closed, it has minutes that stay as they are."""

    kind = models.CharField(pgettext_lazy("meeting", "kind"), max_length=20, choices=MeetingKind.choices)
    starts_at = models.DateTimeField(pgettext_lazy("meeting", "time"))
    branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("meeting", "chair"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="following")
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one meeting")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "meeting")
        verbose_name_plural = pgettext_lazy("noun", "meetings")

    def __str__(self) -> str:
        said = {"kind": self.get_kind_display(), "day": show.day_long(localdate(self.starts_at))}
        return gettext("Meeting: %(kind)s, %(day)s") % said

    def people(self) -> list[int]:
        """Return the keys of the people called."""
        return list(self.members.values_list("person", flat=True))


class MeetingMember(models.Model):
    """Someone called to a meeting; whether they came is said when it is closed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    was_there = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="meeting_member_once")]


class MeetingQuestion(Named):
    """A question every meeting of its kinds goes through (R275)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kinds = ArrayField(models.CharField(max_length=20, choices=MeetingKind.choices), default=list)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(Named.Meta):
        verbose_name = pgettext_lazy("meeting", "question")
        verbose_name_plural = pgettext_lazy("meeting", "questions")


class LineSource(models.TextChoices):
    """Where a line of the agenda comes from."""

    DECISIONS = "decisions", pgettext_lazy("agenda", "decisions of the last meeting")
    PLAN = "plan", pgettext_lazy("agenda", "plan of the month")
    PERSON = "person", pgettext_lazy("agenda", "deviation of a person")
    TASKS = "tasks", pgettext_lazy("agenda", "overdue tasks")
    HANDOVERS = "handovers", pgettext_lazy("agenda", "hand-overs to be approved")
    QUESTION = "question", pgettext_lazy("agenda", "obligatory question")
    OWN = "own", pgettext_lazy("agenda", "own line")


class AgendaLine(models.Model):
    """A line of the agenda: the program's with its figures as of a day, an obligatory question, or a person's own."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=12, choices=LineSource.choices)
    text = models.CharField(pgettext_lazy("meeting", "line"), max_length=200, blank=True)
    values = models.JSONField(default=dict, blank=True, help_text="figures of the program's lines, as of a day")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    question = models.ForeignKey(MeetingQuestion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_discussed = models.BooleanField(default=False)

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(source="own", text=""), name="agenda_own_line_says_something"),
        ]

    def __str__(self) -> str:
        return self.text or self.source


class Decision(models.Model):
    """What a meeting decided, in one line; who does it and up to when is its task. Never changed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(pgettext_lazy("meeting", "decision"), max_length=200)
    due_on = models.DateField(_("term"), help_text="as decided; the task may be put off")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="decision")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one decision")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("meeting", "decision")
        verbose_name_plural = pgettext_lazy("meeting", "decisions")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="decision_says_something")]
        triggers = [
            pgtrigger.Protect(name="decision_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text

    def days_late(self, today: date) -> int:
        """Return the days between the term as decided and the day it was done, or today; 0 in time or cancelled."""
        if self.task.state == TaskState.CANCELLED:
            return 0
        ended = localdate(self.task.closed_at) if self.task.closed_at else today
        return max((ended - self.due_on).days, 0)
