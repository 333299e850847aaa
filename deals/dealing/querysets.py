"""Named sets of deals; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clients.models import Client
from deals import titles
from staff.access import Act, Rows, may, rows

if TYPE_CHECKING:
    from deals.dealing.models import Deal
    from staff.models import Employee
else:
    Deal = Employee = Any


class DealQuerySet(models.QuerySet["Deal"]):
    """Sets of deals."""

    def open(self) -> DealQuerySet:
        """Keep what is being worked."""
        return self.filter(state="open")

    def visible_to(self, person: Employee, today: date) -> DealQuerySet:
        """Keep what hangs on clients one sees, what one answers for or takes part in, and what one stands in for."""
        reach = rows(person)
        if reach == Rows.NOTHING:
            return self.none()
        if reach == Rows.ALL:
            return self
        theirs = Q(owner__in=person.acting_for(today))
        shared = self.model.participants.through.objects.filter(employee=person.pk).values("deal")
        return self.filter(theirs | Q(pk__in=shared) | self._on_clients_of(person, today))

    @staticmethod
    def _on_clients_of(person: Employee, today: date) -> Q:
        """Return the condition of deals of clients `person` sees; those one person works are few, and read first.

        Asked deal by deal, a hundred thousand deals took two seconds to count.
        """
        if rows(person) == Rows.OWN:
            return Q(client__in=Client.objects.all().ids_worked_by(person, today))
        return Q(Exists(Client.objects.visible_to(person, today).filter(pk=OuterRef("client"))))

    def called(self, typed: str, *, with_typos: bool) -> list[DealQuerySet]:
        """Return deals with these words, of this number or of this order, or, with typos, of words like them."""
        found = titles.ways(typed, titles.DEAL, with_typos=with_typos)
        if not with_typos:
            numbered = Q(pk=int(typed)) if typed.isdecimal() and len(typed) < 19 else Q(pk__in=[])
            found += [numbered | Q(order_number__iexact=typed)]
        return [self.filter(way) for way in found]

    def changeable_by(self, person: Employee, today: date) -> DealQuerySet:
        """Keep what `person` may move, close and correct: of what one sees, unless the role only reads."""
        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) != Rows.ALL):
            return visible
        return visible.none()
