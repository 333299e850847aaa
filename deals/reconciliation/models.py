"""What the room keeps of reconciliations; imported by `deals.models`, where Django looks for models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client

if TYPE_CHECKING:
    from staff.models import Employee


class LineKind(models.TextChoices):
    """What is to be put right."""

    DUPLICATE = "duplicate", pgettext_lazy("reconciliation", "likely duplicate")
    EMPTY = "empty", pgettext_lazy("reconciliation", "empty fields")
    DEAD = "dead", pgettext_lazy("reconciliation", "dead phone or e-mail")
    DIFFERS = "differs", pgettext_lazy("reconciliation", "differs from a source")


class Reconciliation(models.Model):
    """The base looked through on a day; append-only. Done again on the same day it adds to what it has (R6)."""

    day = models.DateField(_("day"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who asked for it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the schedule",
    )

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            # serves the newest one, too
            models.UniqueConstraint(
                fields=["day"],
                name="one_reconciliation_a_day",
                violation_error_message=_("The base was looked through on this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class LineQuerySet(models.QuerySet["ReconciliationLine"]):
    """Sets of lines."""

    def visible_to(self, person: Employee, today: date) -> LineQuerySet:
        """Keep the lines of the clients `person` sees."""
        return self.filter(client__in=Client.objects.visible_to(person, today).values("pk"))

    def waiting(self) -> LineQuerySet:
        """Keep what is to be put right and nobody has a task for."""
        return self.filter(settled_on__isnull=True, task__isnull=True)


class ReconciliationLine(models.Model):
    """One thing a reconciliation found: of a client, or of a pair on the client that would be kept (R6).

    `about` says what by kind: `likeness` of a pair; `parts` that are not known and the completeness of then; `dead`
    points by kind; `fields` as [field, here, there, source]. Keys to clients have no constraint, as an undone import
    takes its clients away; lines of no client are swept by the next reconciliation.
    """

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="lines", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind.choices)
    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    other = models.ForeignKey(
        Client,
        verbose_name=_("other client"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    about = models.JSONField(default=dict)
    task = models.ForeignKey(
        "deals.Task", verbose_name=_("task"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_on = models.DateField(_("settled"), null=True, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a reconciliation")
        verbose_name_plural = _("lines of reconciliations")
        indexes = [
            models.Index(fields=["reconciliation", "kind", "id"], name="reconciliation_list"),  # the list in its order
            # what may be settled, and what still waits
            models.Index(
                fields=["kind", "reconciliation"], condition=Q(settled_on__isnull=True), name="reconciliation_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "kind", "client", "other"],
                nulls_distinct=False,
                name="reconciliation_line_once",
                violation_error_message=_("The reconciliation has this line already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LineKind.values),
                name="reconciliation_kind_known",
                violation_error_message=_("This kind of line is not known."),
            ),
            models.CheckConstraint(
                condition=Q(kind="duplicate", other__isnull=False)
                | Q(kind__in=["empty", "dead", "differs"], other__isnull=True),
                name="reconciliation_pair_of_two",
                violation_error_message=_("A likely duplicate names the other client, other lines name none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reconciliation_id} {self.kind} {self.client_id}"

    @property
    def is_waiting(self) -> bool:
        """Say whether it is to be put right and nobody has a task for it."""
        return self.settled_on is None and self.task_id is None
