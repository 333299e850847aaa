"""Named sets of contracts; a contract is seen with its client, and by whoever answers for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clients.models import Client
from staff.access import Act, Rows, may, rows

if TYPE_CHECKING:
    from deals.contracts.models import Contract
    from staff.models import Employee
else:
    Contract = Employee = Any

SOON = 60  # days to its last day in which a contract is shown as ending


class ContractQuerySet(models.QuerySet["Contract"]):
    """Sets of contracts."""

    def visible_to(self, person: Employee, today: date) -> ContractQuerySet:
        """Keep contracts of clients one sees, those one answers for and those of whom one stands in for."""
        reach = rows(person)
        if reach in (Rows.ALL, Rows.NOTHING):
            return self if reach == Rows.ALL else self.none()
        if reach == Rows.OWN:
            of_clients = Q(client__in=Client.objects.all().ids_worked_by(person, today))
        else:
            of_clients = Q(Exists(Client.objects.visible_to(person, today).filter(pk=OuterRef("client"))))
        return self.filter(Q(responsible__in=person.acting_for(today)) | of_clients)

    def changeable_by(self, person: Employee, today: date) -> ContractQuerySet:
        """Keep what `person` may correct, send, sign and terminate: of what one sees, unless the role only reads."""
        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) != Rows.ALL):
            return visible
        return visible.none()

    def open(self) -> ContractQuerySet:
        """Keep what is on its way or in force."""
        return self.exclude(state__in=("ended", "terminated"))

    def in_force(self) -> ContractQuerySet:
        """Keep what is signed and not over."""
        return self.filter(state="active")

    def ending(self, today: date, days: int = SOON) -> ContractQuerySet:
        """Keep what is in force and ends within `days`."""
        return self.in_force().filter(ends_on__range=(today, today + timedelta(days=days)))

    def waiting_for(self, person: Employee, today: date, decides: list[str]) -> ContractQuerySet:
        """Keep what `person` has to go on with: approvals of the states `decides`, own drafts and papers to sign."""
        own = Q(responsible__in=person.acting_for(today), state__in=("draft", "to_sign"))
        return self.filter(own | Q(state__in=decides))
