"""Whose learning a person sees, and whose a person leads."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from staff.access import Act, Role, Rows, may, rows
from staff.learning.models import Adaptation
from staff.models import Employee

RANKS = {Role.DIRECTOR: 3, Role.HOS: 2, Role.DEPUTY_DIRECTOR: 2, Role.DEPUTY_IT: 2, Role.CSH: 1, Role.BRANCH_HEAD: 1}


def leads(acting: Employee, person: Employee) -> bool:
    """Say whether `acting` leads the learning of `person`: a head, within the own rows, of a lower post."""
    if not may(acting, Act.LEAD_LEARNING) or person.role == Role.NONE or _rank(person.role) >= _rank(acting.role):
        return False
    return rows(acting) == Rows.ALL or person.branch_id == acting.branch_id


def led_people(acting: Employee) -> Any:
    """Return the people of whom `leads` is true."""
    if not may(acting, Act.LEAD_LEARNING):
        return Employee.people.none()
    lower = [role for role in Role.values if role != Role.NONE and _rank(role) < _rank(acting.role)]
    people = Employee.people.filter(role__in=lower)
    return people if rows(acting) == Rows.ALL else people.filter(branch=acting.branch_id)


def _rank(role: str) -> int:
    return RANKS.get(Role(role), 0)


def brings_in(acting: Employee, adaptation: Adaptation | None) -> bool:
    """Say whether `acting` is the mentor of an adaptation that is going on."""
    return adaptation is not None and adaptation.is_open and adaptation.mentor_id == acting.pk


def seen_people(acting: Employee) -> Any:
    """Return the people whose learning `acting` sees.

    Oneself and whom one is mentor of at the moment; who checks the reading of the book sees all of the own rows.
    """
    people = Employee.people.exclude(role=Role.NONE)
    if may(acting, Act.CHECK_READING):
        return people if rows(acting) == Rows.ALL else people.filter(branch=acting.branch_id)
    mentored = Adaptation.objects.filter(mentor=acting, outcome="").values("employee")
    return people.filter(Q(pk=acting.pk) | Q(pk__in=mentored))
