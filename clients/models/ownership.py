"""Who answers for a client, day by day, and who takes part."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.querysets import ParticipantQuerySet
from staff.models import Employee


class OwnershipReason(models.TextChoices):
    """Why a client has this owner."""

    FIRST = "first", _("first distribution")
    MANUAL = "manual", _("changed by hand")
    ZERO = "zero", _("zero hand-over")
    RETURN = "return", _("returned")
    CORRECTION = "correction", _("given back: had bought")
    UNDO = "undo", _("hand-over undone")
    SUBSTITUTION = "substitution", _("substitution")
    DISMISSAL = "dismissal", _("dismissal")
    LEVELLING = "levelling", _("levelling")


@pghistory.track()
class Ownership(models.Model):
    """Days [starts_on, ends_on) on which `owner` answers for `client`: a chain without gap or overlap (R9, R11).

    The database refuses anything else (migration `ownership_chain`): each end is, by a deferred foreign key, the start
    of the client's next interval; starts, ends and the one open end are unique per client; the client row points to
    its first interval.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="ownerships", db_index=False)
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="ownerships", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=20, choices=OwnershipReason.choices)
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    night = models.DateField(
        null=True, help_text="as_of of the night that moved the client; empty: a person or an import"
    )
    left_alone_until = models.DateField(
        null=True, help_text="a person's change: nights leave a silent client alone till then"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "starts_on"], name="ownership_start_once"),
            models.UniqueConstraint(fields=["client", "ends_on"], name="ownership_end_once"),
            models.UniqueConstraint(fields=["client"], condition=Q(ends_on__isnull=True), name="ownership_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="ownership_not_empty"
            ),
        ]
        indexes = [
            # "my clients": the open interval of each client by owner
            models.Index(fields=["owner", "client"], condition=Q(ends_on__isnull=True), name="ownership_current"),
            models.Index(fields=["starts_on", "id"], name="ownership_by_day"),  # the log of changes
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.owner_id} {self.starts_on}–{self.ends_on or '…'}"


class ParticipantRole(models.TextChoices):
    """What a participant does for a client beside its owner (R10)."""

    SERVICE = "service", pgettext_lazy("participant", "helps with orders")
    DEVELOPMENT = "development", pgettext_lazy("participant", "develops the client")
    NEGOTIATION = "negotiation", pgettext_lazy("participant", "leads negotiations")
    CONTROL = "control", pgettext_lazy("participant", "controls the work")
    MARKETING = "marketing", pgettext_lazy("participant", "plans marketing")


class Participant(models.Model):
    """A secondary participant of a client on days [starts_on, ends_on); sees the client, does not own it (R10)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="participants")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(
        max_length=20,
        choices=ParticipantRole.choices,
        default=ParticipantRole.DEVELOPMENT,
        db_default=ParticipantRole.DEVELOPMENT,
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="participation_not_empty",
                violation_error_message=_("A participation ends after it starts."),
            ),
            ExclusionConstraint(
                name="participations_do_not_overlap",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("employee", RangeOperators.EQUAL),
                    (Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person takes part on some of these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} @ {self.client}"

    @property
    def last_day(self) -> date | None:
        """The last day of it, as people say it; None: until further notice."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None
