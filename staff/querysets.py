"""Named sets of people and absences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from staff.access import Role

if TYPE_CHECKING:
    from staff.models import Absence, Employee
else:
    Absence = Employee = Any


def employed(first: date, last: date) -> Q:
    """Say who was at work in the company on some of the days [first, last]; without dates: who is."""
    stays = Q(left_on__isnull=True, is_active=True) | Q(left_on__gte=first)
    return stays & (Q(hired_on__isnull=True) | Q(hired_on__lte=last))


class EmployeeQuerySet(models.QuerySet["Employee"]):
    """Sets of employees."""

    def working(self) -> EmployeeQuerySet:
        """Keep people who have not left."""
        return self.filter(is_active=True)

    def owners(self) -> EmployeeQuerySet:
        """Keep people to whom clients may be given."""
        return self.filter(is_active=True, owns_clients=True)

    def team_of(self, person: Employee) -> set[int]:
        """Return the ids of the person and of everybody whose administrative or functional head is among them."""
        heads = list(self.working().values_list("pk", "administrative_head", "functional_head"))
        team, more = {person.pk}, {person.pk}
        while more:
            more = {pk for pk, *above in heads if pk not in team and not more.isdisjoint(above)}
            team |= more
        return team

    def heads_above(self, person: Employee) -> set[int]:
        """Return the ids of everybody in whose team the person is, that person left out."""
        above = {pk: heads for pk, *heads in self.working().values_list("pk", "administrative_head", "functional_head")}
        found: set[int] = set()
        more = {person.pk}
        while more:
            more = {head for pk in more for head in above.get(pk, ()) if head} - found
            found |= more
        return found - {person.pk}

    def stands_below(self, lower: Employee, upper: Employee, line: str) -> bool:
        """Say whether a line of heads (`administrative_head`, `functional_head`) from `lower` upwards comes to `upper`.

        A person stands below himself too; a ring of old ends the walk.
        """
        above = dict(self.values_list("pk", line))
        step: int | None = lower.pk
        seen = set[int]()
        while step and step not in seen:
            if step == upper.pk:
                return True
            seen.add(step)
            step = above.get(step)
        return False

    def heads_of_sales(self) -> EmployeeQuerySet:
        """Keep the heads of sales: who is told when a rule needs a person."""
        return self.filter(is_active=True, role=Role.HOS)

    def guarding(self) -> EmployeeQuerySet:
        """Keep who hears of unusual reading of the base: heads of sales and administrators (R21)."""
        return self.filter(is_active=True, role__in=[Role.HOS, Role.DEPUTY_IT])


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Sets of absences."""

    def on(self, day: date) -> AbsenceQuerySet:
        """Keep absences that cover `day`."""
        return self.filter(starts_on__lte=day, ends_on__gt=day)
