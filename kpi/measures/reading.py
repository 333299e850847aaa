"""Stored results as screens read them: sums of parts first, ratios last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kpi.measures import declared
from kpi.measures.models import ClientGroup, Result
from staff.access import Figures, figures
from staff.models import Branch, Employee

ZERO = Decimal(0)


@dataclass(frozen=True)
class Scope:
    """Whose figures are read: one person's, a branch's, a department's (0: of people without one), everybody's.

    `by_name`: whether people are told apart.
    """

    employee: int | None = None
    branch: int | None = None
    by_name: bool = True
    department: int | None = None

    @property
    def narrow(self) -> Q:
        """The condition on stored rows."""
        asked = Q()
        if self.employee is not None:
            asked &= Q(employee=self.employee)
        if self.branch is not None:
            asked &= Q(branch=self.branch)
        if self.department is not None:
            asked &= Q(department=self.department or None)
        return asked


def scope(
    person: Employee,
    *,
    employee: Employee | None = None,
    branch: Branch | None = None,
    department: int | None = None,
) -> Scope | None:
    """Return the scope of `person` narrowed to a part of it; None when the matrix shows nothing of that part."""
    seen = figures(person)
    if seen == Figures.NOTHING:
        return None
    if seen == Figures.OWN:
        return Scope(person.pk) if employee in (None, person) and branch is None and department is None else None
    if seen == Figures.COMPANY:
        place = branch.pk if branch else None
        return Scope(None, place, by_name=False, department=department) if employee is None else None
    own = person.branch if seen == Figures.BRANCH else None
    if own is not None and branch not in (None, own):
        return None
    chosen = own or branch
    return Scope(employee.pk if employee else None, chosen.pk if chosen else None, department=department)


def derive(code: str, stored: Mapping[str, Decimal]) -> Decimal | None:
    """Return a measure from the sums of those that add; a ratio of nothing is None."""
    one = declared.BY_CODE[code]
    if one.sql:
        return stored.get(code, ZERO)
    if one.ratio:
        below = stored.get(one.ratio[1], ZERO)
        return stored.get(one.ratio[0], ZERO) / below if below else None
    parts = [value for part in one.mean_of if (value := derive(part, stored)) is not None]
    return sum(parts, ZERO) / len(parts) if parts else None


@dataclass
class Sums:
    """What adds, by measure, of all clients and of the TOP ones; the rest is derived from it."""

    all: dict[str, Decimal]
    top: dict[str, Decimal]

    def get(self, code: str, *, top: bool = False) -> Decimal | None:
        """Return a measure, of TOP clients alone if asked."""
        return derive(code, self.top if top else self.all)

    def add(self, measure: str, value: Decimal, top: Decimal) -> None:
        """Count more in."""
        self.all[measure] = self.all.get(measure, ZERO) + value
        self.top[measure] = self.top.get(measure, ZERO) + top


def empty() -> Sums:
    """Return sums of nothing."""
    return Sums({}, {})


def results(months: list[date], seen: Scope) -> QuerySet[Result]:
    """Return the stored rows of the scope."""
    return Result.objects.filter(seen.narrow, month__in=months)


def by_cut(months: list[date], seen: Scope, cut: str) -> dict[tuple[date, Any], Sums]:
    """Sum the results up by month and `cut`, a column of Result: one query; what does not add is of one person only."""
    single = seen.employee is not None or cut == "employee"
    grouped = results(months, seen).order_by().values("month", "measure", cut)
    summed = grouped.annotate(
        whole=Sum("value"), of_top=Sum("value", filter=Q(client_group=ClientGroup.TOP), default=ZERO)
    )
    found: dict[tuple[date, Any], Sums] = {}
    for row in summed:
        if single or declared.BY_CODE[row["measure"]].adds:
            at = found.setdefault((row["month"], row[cut]), empty())
            at.add(row["measure"], row["whole"], row["of_top"])
    return found


def total(parts: Mapping[tuple[date, Any], Sums], month: date, *, single: bool = False) -> Sums:
    """Sum the parts of a month up: what does not add is left out unless they are all of one person."""
    found = empty()
    for (at, _key), sums in parts.items():
        if at == month:
            for measure, value in sums.all.items():
                if single or declared.BY_CODE[measure].adds:
                    found.add(measure, value, sums.top.get(measure, ZERO))
    return found
