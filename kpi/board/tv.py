"""What the television of a department shows: three screens of large figures, no pay (R230, R251)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.dealing.models import Deal
from deals.pipelines.models import Purpose, Stage
from kpi.board import reading
from kpi.measures import declared
from kpi.measures.reading import ZERO, Scope, by_cut
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SCREENS: dict[str, _StrPromise] = {
    "plan": _("Plan and fact"),
    "coverage": _("TOP spoken with"),
    "leaders": pgettext_lazy("television", "Deals and leaders"),
}
ROWS, STAGES, PLACES = 8, 7, 3  # what is readable from four metres and fits without scrolling
LEADERS = ("turnover", "new_clients", "effective_calls")


@dataclass(frozen=True)
class Bar:
    """A row: a value, its part of the whole, and what it is measured by."""

    name: str
    value: Decimal
    whole: Decimal | None = None
    share: Decimal | None = None
    is_low: bool = False
    forecast: Decimal | None = None


@dataclass
class Screen:
    """One picture: rows, the sum, how many rows are not shown."""

    code: str
    month: date
    as_of: date | None
    total: Bar
    bars: list[Bar] = field(default_factory=list)
    rest: int = 0
    leaders: list[tuple[declared.Measure, list[Bar]]] = field(default_factory=list)


def read(viewer: Employee, seen: Scope, code: str, month: date, as_of: date | None, today: date) -> Screen:
    """Read a screen for a scope `viewer` may see by name: a fixed number of queries."""
    if code == "leaders":
        return _leaders(viewer, seen, month, as_of, today)
    board = reading.read(viewer, seen, month, "person", as_of)
    make = _plan if code == "plan" else _coverage
    bars = [make(line) for line in board.lines if line.fact.value or line.plan or line.coverage.value is not None]
    if code == "coverage":
        bars = sorted((one for one in bars if one.share is not None), key=lambda one: (-(one.share or ZERO), one.name))
    return Screen(code, month, as_of, make(board.total), bars[:ROWS], max(len(bars) - ROWS, 0))


def _plan(line: reading.Line) -> Bar:
    low = line.deviation is not None and line.deviation < 0
    return Bar(line.name, line.fact.value or ZERO, line.plan, line.share, low, line.forecast)


def _coverage(line: reading.Line) -> Bar:
    return Bar(line.name, line.coverage.value or ZERO, None, line.coverage.value, line.is_low)


def _leaders(viewer: Employee, seen: Scope, month: date, as_of: date | None, today: date) -> Screen:
    deals = Deal.objects.visible_to(viewer, today).open().filter(pipeline__purpose=Purpose.SHIPMENT)
    if seen.branch is not None:
        deals = deals.filter(owner__branch=seen.branch)
    if seen.department is not None:
        deals = deals.filter(owner__department=seen.department or None)
    grouped: Any = deals.order_by().values("stage").annotate(deals=Count("pk"), whole=Sum("amount", default=ZERO))
    found = {row["stage"]: row for row in grouped}
    stages = sorted(Stage.objects.filter(pk__in=found), key=lambda stage: (stage.order, stage.pk))[:STAGES]
    most = max((row["deals"] for row in found.values()), default=0)
    bars = [
        Bar(str(one), Decimal(found[one.pk]["deals"]), found[one.pk]["whole"], Decimal(found[one.pk]["deals"]) / most)
        for one in stages
    ]
    total = Bar(
        "", Decimal(sum(row["deals"] for row in found.values())), sum((r["whole"] for r in found.values()), ZERO)
    )
    screen = Screen("leaders", month, as_of, total, bars, len(found) - len(stages))
    sums = by_cut([month], seen, "employee")
    people = Employee.objects.in_bulk([person for _month, person in sums])
    for code in LEADERS:
        values = [(part.get(code) or ZERO, people[person].short_name) for (_month, person), part in sums.items()]
        best = sorted((one for one in values if one[0] > 0), key=lambda one: (-one[0], one[1]))[:PLACES]
        screen.leaders.append((declared.BY_CODE[code], [Bar(name, value) for value, name in best]))
    return screen
