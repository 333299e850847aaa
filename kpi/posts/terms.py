"""What holds for posts in a month, a mark of it, and who has read it; a fixed number of queries however many there are.

The mark is of what a person signs: functions, indicators with weight, target and scale, the pay scheme. The plan has a
reading of its own (`PlanReading`): it changes with every month.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kpi.indicators.models import IndicatorSet, SetLine
from kpi.pay import computing
from kpi.pay.models import PayScheme
from kpi.posts.models import TermsReading
from staff.access import Act, Role, Rows, may, rows
from staff.models import Employee, Position


@dataclass(frozen=True)
class Terms:
    """What holds for a post in a month."""

    position: Position
    lines: list[SetLine]
    scheme: PayScheme | None

    @property
    def kept(self) -> dict[str, Any]:
        """What a reading keeps of it."""
        return {
            "functions": self.position.functions,
            "indicators": [
                [one.indicator.code, one.weight, None if one.target is None else str(one.target), one.scale,
                 str(one.floor), str(one.cap), one.steps]
                for one in self.lines
            ],
            "scheme": self.scheme.pk if self.scheme else None,
        }  # fmt: skip

    @property
    def mark(self) -> str:
        """A text that is another one when any of it has changed."""
        told = json.dumps(self.kept, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def of_positions(positions: Iterable[Position], month: date) -> dict[int, Terms]:
    """Return what holds for positions in a month, by their ids: four queries."""
    asked = {one.pk: one for one in positions}
    sets = IndicatorSet.objects.filter(position__in=asked, month__lte=month).order_by("position", "-month")
    newest = {one.position_id: one for one in sets.distinct("position").prefetch_related("lines__indicator")}
    schemes = computing.schemes(month, asked)
    return {
        pk: Terms(
            position,
            list(newest[pk].lines.all()) if pk in newest else [],
            next(iter(schemes.get(pk, [])), None),
        )
        for pk, position in asked.items()
    }


def last_readings(people: Iterable[int]) -> dict[int, TermsReading]:
    """Return the newest reading of each of people (ids)."""
    found = TermsReading.objects.filter(employee__in=list(people)).order_by("employee", "-pk").distinct("employee")
    return {one.employee_id: one for one in found}


@dataclass(frozen=True)
class Reader:
    """A person of a head: when the terms were read last (None: never), and whether they have changed since."""

    person: Employee
    read_at: datetime | None
    is_current: bool


def readers(acting: Employee, month: date) -> list[Reader]:
    """Return who of the people a head checks has read the terms of the own post, by branch and name."""
    people = Employee.people.working().exclude(role=Role.NONE).filter(position__isnull=False)
    if rows(acting) != Rows.ALL:
        people = people.filter(branch=acting.branch_id)
    order = ("-branch__is_head_office", "branch__name", "branch_id", "last_name", "first_name", "pk")
    listed = list(people.select_related("branch", "position").order_by(*order))
    return _compared(listed, month)


def _compared(people: list[Employee], month: date) -> list[Reader]:
    terms = of_positions([one.position for one in people if one.position], month)
    read = last_readings(one.pk for one in people)
    found = []
    for one in people:
        reading, held = read.get(one.pk), terms.get(one.position_id or 0)
        is_current = reading is not None and held is not None and reading.mark == held.mark
        found.append(Reader(one, reading.read_at if reading else None, is_current))
    return found


def unread(month: date) -> list[tuple[Employee, str]]:
    """Return everybody who signs in and whose terms are not read as they are, with the mark of the terms."""
    people = list(
        Employee.people.working().exclude(role=Role.NONE).filter(position__isnull=False).select_related("position")
    )
    terms = of_positions([one.position for one in people if one.position], month)
    return [
        (one.person, terms[one.person.position_id or 0].mark)
        for one in _compared(people, month)
        if not one.is_current and not is_empty(terms[one.person.position_id or 0])
    ]


def is_empty(terms: Terms) -> bool:
    """Say whether there is nothing to read: no functions, no indicators, no scheme."""
    return not (terms.position.functions or terms.lines or terms.scheme)


def sees_pay(person: Employee) -> bool:
    """Say whether the pay rule is shown to the person: who has pay in the program."""
    return may(person, Act.SEE_PAY)
