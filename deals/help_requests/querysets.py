"""Named sets of requests for help."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clients.models import Ownership
from staff.access import Act, Rows, may, rows
from staff.models import Employee

if TYPE_CHECKING:
    from deals.help_requests.models import HelpRequest
else:
    HelpRequest = Any


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    """Sets of requests."""

    def visible_to(self, person: Employee, today: date) -> HelpRequestQuerySet:
        """Keep what one asked or works on, of one's clients and of whom one stands in for; for heads their rows."""
        if not person.is_active:
            return self.none()
        if may(person, Act.GIVE_HELP) and rows(person) == Rows.ALL:
            return self
        people = person.acting_for(today)
        owned = Ownership.objects.filter(client=OuterRef("client"), owner__in=people, ends_on=None)
        seen = Q(author__in=people) | Q(accepted_by=person) | Q(Exists(owned))
        if may(person, Act.GIVE_HELP):
            seen |= Q(client__branch=person.branch_id)
        return self.filter(seen)

    def open(self) -> HelpRequestQuerySet:
        """Keep those no head has taken."""
        return self.filter(state="open")

    def running(self) -> HelpRequestQuerySet:
        """Keep those to be worked on."""
        return self.filter(state__in=["open", "accepted"])

    def of_day(self, person: Employee, today: date) -> HelpRequestQuerySet:
        """Keep what waits for the head: open ones of others, and those the head has taken."""
        return self.visible_to(person, today).filter(
            Q(state="open") & ~Q(author=person) | Q(state="accepted", accepted_by=person)
        )
