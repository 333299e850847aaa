"""Special tasks: what is wanted of whom by when, and the task of each client or person it became (R185, R186)."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.special.querysets import SpecialTaskLineQuerySet, SpecialTaskQuerySet


class SpecialKind(models.TextChoices):
    """Who sets it: a head, or marketing."""

    SPECIAL = "special", pgettext_lazy("special task", "special")
    MARKETING = "marketing", pgettext_lazy("special task", "marketing")


class SpecialState(models.TextChoices):
    """Where it stands."""

    RUNNING = "running", pgettext_lazy("special task", "running")
    CLOSED = "closed", pgettext_lazy("special task", "closed")
    CANCELLED = "cancelled", pgettext_lazy("special task", "cancelled")


@pghistory.track()
class SpecialTask(models.Model):
    """One special or marketing task for many; written only by `deals.special.actions`."""

    name = models.CharField(_("name"), max_length=150)
    wanted = models.CharField(_("what is wanted"), max_length=1000)
    kind = models.CharField(
        pgettext_lazy("special task", "kind"), max_length=10, choices=SpecialKind.choices, default=SpecialKind.SPECIAL
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    result_wanted = models.CharField(_("result that is wanted"), max_length=300)
    unit = models.CharField(_("counted in"), max_length=30, blank=True)
    target = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    chosen = models.TextField(blank=True, help_text="filter of the list of clients it was made by; empty: no clients")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who set it"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    state = models.CharField(
        pgettext_lazy("special task", "state"),
        max_length=10,
        choices=SpecialState.choices,
        default=SpecialState.RUNNING,
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one special task")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = SpecialTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("special task")
        verbose_name_plural = _("special tasks")
        indexes = [models.Index(fields=["state", "ends_on"], name="special_task_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(wanted="") & ~Q(result_wanted=""),
                name="special_task_says_what",
                violation_error_message=_("A special task says what is wanted and what its result is."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="special_task_period",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | (Q(target__gt=0) & ~Q(unit="")),
                name="special_task_target_counts",
                violation_error_message=_("A number is above zero and says in what it is counted."),
            ),
            models.CheckConstraint(
                condition=Q(state=SpecialState.RUNNING, closed_at__isnull=True, closed_by__isnull=True, reason="")
                | (
                    Q(state__in=[SpecialState.CLOSED, SpecialState.CANCELLED])
                    & Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="special_task_closed_whole",
                violation_error_message=_("What is closed says when, by whom and why."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        """Say whether its tasks are still to be done."""
        return self.state == SpecialState.RUNNING


class SpecialTaskLine(models.Model):
    """The task of one client, or of one person, that a special task became; the client is that of the task."""

    special_task = models.ForeignKey(SpecialTask, on_delete=models.PROTECT, related_name="lines")
    task = models.OneToOneField("deals.Task", on_delete=models.PROTECT, related_name="special_line")

    objects = SpecialTaskLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a special task")
        verbose_name_plural = _("lines of special tasks")

    def __str__(self) -> str:
        return f"{self.special_task_id}: {self.task_id}"
