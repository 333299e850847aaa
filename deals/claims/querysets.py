"""Named sets of claims; a claim is seen with its deal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from deals.dealing.models import Deal

if TYPE_CHECKING:
    from deals.claims.models import Claim, ClaimFile
    from staff.models import Employee
else:
    Claim = ClaimFile = Employee = Any

IN_TIME = Q(answered_on__lte=F("answer_due_on"), decided_on__lte=F("decision_due_on"))


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Sets of claims."""

    def visible_to(self, person: Employee, today: date) -> ClaimQuerySet:
        """Keep claims whose deals the person sees."""
        return self.filter(deal__in=Deal.objects.visible_to(person, today))

    def open(self) -> ClaimQuerySet:
        """Keep what is neither settled nor withdrawn."""
        return self.filter(deal__state="open")

    def late(self, today: date) -> ClaimQuerySet:
        """Keep open claims past a term that is not met."""
        return self.due_before(today)

    def due_before(self, day: date) -> ClaimQuerySet:
        """Keep open claims with an unmet term before `day`."""
        no_answer = Q(answered_on=None, answer_due_on__lt=day)
        return self.open().filter(no_answer | Q(decided_on=None, decision_due_on__lt=day))

    def waiting(self) -> ClaimQuerySet:
        """Keep open claims with a term that is not met."""
        return self.open().filter(Q(answered_on=None) | Q(decided_on=None))

    def of_day(self, person: Employee, today: date) -> ClaimQuerySet:
        """Keep the claims with an unmet term the person answers for, and those of whom one stands in for."""
        return self.waiting().filter(deal__owner__in=person.acting_for(today))


class ClaimFileQuerySet(models.QuerySet["ClaimFile"]):
    """Sets of files of claims."""

    def visible_to(self, person: Employee, today: date) -> ClaimFileQuerySet:
        """Keep files of claims whose deals the person sees."""
        return self.filter(claim__deal__in=Deal.objects.visible_to(person, today))

    def present(self) -> ClaimFileQuerySet:
        """Keep what is not removed."""
        return self.filter(removed_at=None)
