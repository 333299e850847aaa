"""The board: plan, fact, deviation and forecast of a month by person, place, or what was sold to whom (R230)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Direction, Segment
from kpi.board.planned import forecast, planned
from kpi.measures import declared
from kpi.measures.models import ClientGroup, DayResult, DirectionResult
from kpi.measures.reading import ZERO, Scope, Sums, by_cut, empty, total
from kpi.plans import seasons
from salescrm.base.periods import add_months, days, month_end
from staff import calendar
from staff.models import Branch, Department, Employee

CUTS = {
    "person": "employee",
    "group": "client_group",
    "direction": "direction",
    "type": "segment",
    "branch": "branch",
    "department": "department",
}
PLACES = ("person", "branch", "department")  # a plan may be for none of them in particular
PLAN_KEYS = {name: column for name, column in CUTS.items() if name != "type"}
MEASURE_ORDER = tuple(one.code for one in declared.MEASURES)


@dataclass
class Figure:
    """A value of a measure and the address of what is behind it; empty where nothing is."""

    value: Decimal | None
    url: str = ""


@dataclass
class Line:
    """A row of the board: this month's turnover beside plan, forecast and the two months it is compared with."""

    name: str
    key: str
    fact: Figure
    before: Decimal
    last_year: Decimal
    plan: Decimal | None = None
    forecast: Decimal | None = None
    pace: Decimal | None = None
    url: str = ""
    note: str = ""
    due: Decimal = Decimal(1)
    coverage: Figure = field(default_factory=lambda: Figure(None))
    counts: list[Figure] = field(default_factory=list)

    @property
    def deviation(self) -> Decimal | None:
        """The fact against what the plan asks for by this day."""
        return self.fact.value - self.pace if self.pace is not None and self.fact.value is not None else None

    @property
    def growth(self) -> Decimal | None:
        """The change against the same month of last year."""
        fact = self.fact.value or ZERO
        return fact / self.last_year - 1 if self.last_year > 0 else None

    @property
    def share(self) -> Decimal | None:
        """The fact as a part of the plan."""
        return (self.fact.value or ZERO) / self.plan if self.plan else None

    @property
    def is_low(self) -> bool:
        """Say whether fewer than four of five of those due by this day were spoken with."""
        return self.coverage.value is not None and self.coverage.value < Decimal("0.8") * self.due


COUNTS = ("active_accounts", "new_clients", "repeat_clients", "returned", "zero_clients")


@dataclass
class Compared:
    """A measure of the whole scope in this month, in the month before and a year ago."""

    measure: declared.Measure
    now: Figure
    before: Decimal | None
    last_year: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """The change against last year."""
        if self.now.value is None or not self.last_year or self.last_year < 0:
            return None
        return self.now.value / self.last_year - 1

    @property
    def tone(self) -> str:
        """Whether the change is for the better; empty for none."""
        if not self.change:
            return ""
        return "good" if (self.change > 0) != self.measure.falls else "bad"


@dataclass
class Board:
    """All a page shows of a month."""

    month: date
    as_of: date | None
    lines: list[Line]
    total: Line
    compared: list[Compared]
    sums: Sums
    chart: dict[str, Any]
    course: list[tuple[str, str, str]]
    year_so_far: Decimal = ZERO

    @property
    def is_whole(self) -> bool:
        """Say whether the month is reckoned to its last day, so that months can be compared as wholes."""
        return self.as_of == month_end(self.month)

    @property
    def growth(self) -> Decimal | None:
        """The change of turnover against the same days of last year."""
        return (self.total.fact.value or ZERO) / self.year_so_far - 1 if self.year_so_far > 0 else None

    @property
    def covered(self) -> Decimal:
        """TOP clients spoken with in term."""
        return self.sums.top.get("covered", ZERO)

    @property
    def tops(self) -> Decimal:
        """TOP clients in work."""
        return self.sums.top.get("clients", ZERO)

    @property
    def in_work(self) -> Decimal:
        """Clients in work."""
        return self.sums.all.get("clients", ZERO)


def behind(month: date, measure: str, **part: Any) -> str:
    """Return the address of what is behind a figure."""
    asked = {"month": f"{month:%Y-%m}", "measure": measure} | {k: v for k, v in part.items() if v not in (None, "")}
    return f"{reverse('kpi:behind')}?{urlencode(asked)}"


def read(viewer: Employee, seen: Scope, month: date, by: str, as_of: date | None) -> Board:
    """Read a month with the one before and that of last year, by one of CUTS: a fixed number of queries."""
    months = [month, add_months(month, -1), add_months(month, -12)]
    cut = "client_group" if by == "direction" else CUTS[by]
    parts = by_cut(months, seen, cut)
    single = seen.employee is not None
    sums = [total(parts, one, single=single) for one in months]
    plans = planned(month, viewer, seen)
    landing = forecast(month, viewer, seen, CUTS[by] if by in PLACES else "employee")
    passed = _passed(month, as_of)
    if by == "direction":
        lines = _directions(months, seen)
    else:
        lines = [_line(months, parts, key, by, seen) for key in {key for _month, key in parts}]
    _name(lines, by)
    _plan(lines, plans, by, passed)
    for line in lines:
        if by in PLACES:
            line.forecast = landing.get(int(line.key or 0))
    whole = _figures(Line(_("Total"), "", Figure(ZERO), ZERO, ZERO), months, sums, {}, seen)
    _whole_plan(whole, plans, passed, landing)
    shown = [
        line for line in lines if line.fact.value or line.before or line.last_year or any(c.value for c in line.counts)
    ]
    shown.sort(key=lambda line: (-(line.fact.value or ZERO), line.name))
    compared = [_compared(code, months, sums, seen) for code in MEASURE_ORDER]
    compared = [one for one in compared if one.now.value or one.before or one.last_year]
    chart, course, year_so_far = _course(months, seen, as_of, whole.plan)
    for line in [*shown, whole]:
        line.due = passed
    return Board(month, as_of, shown, whole, compared, sums[0], chart, course, year_so_far)


def _passed(month: date, as_of: date | None) -> Decimal:
    """Return the share of the month's working days of the head office that is counted."""
    return seasons.passed(calendar.head_office(), month, as_of) if as_of else ZERO


def _place(seen: Scope) -> dict[str, Any]:
    """Return the part of an address that keeps the scope."""
    return {"person": seen.employee, "branch": seen.branch, "department": seen.department}


def _part(seen: Scope, by: str, key: Any) -> dict[str, Any]:
    """Return the part of an address that keeps the scope and one row of the cut."""
    part = _place(seen)
    if key is not None or by in ("type", "direction", "department"):
        part[by] = "none" if key is None else key
    return part


def _line(months: list[date], parts: dict[tuple[date, Any], Sums], key: Any, by: str, seen: Scope) -> Line:
    three = [parts.get((month, key), empty()) for month in months]
    line = Line("", "" if key is None else str(key), Figure(ZERO), ZERO, ZERO)
    return _figures(line, months, three, _part(seen, by, key), seen)


def _figures(line: Line, months: list[date], three: list[Sums], part: dict[str, Any], seen: Scope) -> Line:
    month, now = months[0], three[0]
    part = part or _place(seen)

    def figure(code: str, **more: Any) -> Figure:
        value = now.get(code)
        return Figure(value, behind(month, code, **(part | more)) if value else "")

    line.fact = figure("turnover")
    line.before, line.last_year = (one.get("turnover") or ZERO for one in three[1:])
    covered = now.get("top_coverage", top=True)
    line.coverage = Figure(covered, behind(month, "covered", **(part | {"group": "top"})) if covered else "")
    line.counts = [figure(code) for code in COUNTS]
    return line


def _directions(months: list[date], seen: Scope) -> list[Line]:
    rows = DirectionResult.objects.filter(seen.narrow, month__in=months).order_by().values("month", "direction")
    found: dict[Any, list[Decimal]] = {}
    for row in rows.annotate(whole=Sum("value")):
        found.setdefault(row["direction"], [ZERO, ZERO, ZERO])[months.index(row["month"])] = row["whole"]
    return [
        Line(
            "",
            "" if key is None else str(key),
            Figure(three[0], behind(months[0], "turnover", **_part(seen, "direction", key)) if three[0] else ""),
            three[1],
            three[2],
        )
        for key, three in found.items()
    ]


def _name(lines: list[Line], by: str) -> None:
    """Say what the rows are called: one query."""
    if by == "group":
        labels = {value: str(label) for value, label in ClientGroup.choices}
    elif by == "person":
        people = Employee.objects.select_related("branch").in_bulk([int(line.key) for line in lines])
        labels = {str(pk): one.short_name for pk, one in people.items()}
        for line in lines:
            line.note = people[int(line.key)].branch.name
    else:
        model = {"direction": Direction, "type": Segment, "branch": Branch, "department": Department}[by]
        labels = {str(pk): str(one) for pk, one in model.objects.in_bulk().items()}  # type: ignore[attr-defined]
    missing = {"type": _("No type"), "direction": _("Not identified"), "department": _("No department")}.get(by, "–")
    for line in lines:
        line.name = labels.get(line.key, missing)


def _plan(lines: list[Line], plans: list[dict[str, Any]], by: str, passed: Decimal) -> None:
    if by not in PLAN_KEYS:
        return
    sums: dict[str, Decimal] = {}
    for row in plans:
        value = row[PLAN_KEYS[by]]
        if row["measure"] == "turnover" and (value is not None or by not in PLACES):
            key = str(value or "")
            sums[key] = sums.get(key, ZERO) + row["amount"]
    for line in lines:
        line.plan = sums.get(line.key)
        line.pace = line.plan * passed if line.plan is not None else None


def _whole_plan(whole: Line, plans: list[dict[str, Any]], passed: Decimal, landing: dict[int, Decimal]) -> None:
    amounts = [row["amount"] for row in plans if row["measure"] == "turnover"]
    if amounts:
        whole.plan = sum(amounts, ZERO)
        whole.pace = whole.plan * passed
    whole.forecast = sum(landing.values(), ZERO) if landing else None


def _compared(code: str, months: list[date], sums: list[Sums], seen: Scope) -> Compared:
    measure = declared.BY_CODE[code]
    now, before, last_year = (one.get(code) for one in sums)
    if measure.snapshot:  # of other days it is not known, unless it was taken then
        before, last_year = before or None, last_year or None
    source = code if measure.sql else measure.ratio[0] if measure.ratio else ""
    url = behind(months[0], source, **_place(seen)) if source and now else ""
    return Compared(measure, Figure(now, url), before, last_year)


def _course(
    months: list[date], seen: Scope, as_of: date | None, plan: Decimal | None
) -> tuple[dict[str, Any], list[tuple[str, str, str]], Decimal]:
    """Return the data of the chart, millions growing day by day, the same as rows, last year's sum of these days."""
    month, year = months[0], months[2]
    rows = DayResult.objects.filter(seen.narrow, month__in=[month, year]).order_by().values("day")
    found = {row["day"]: row["whole"] for row in rows.annotate(whole=Sum("value"))}
    here = days(month, add_months(month, 1))
    fact = _growing([found.get(day, ZERO) for day in here if as_of and day <= as_of])
    ago = _growing([found.get(add_months(day, -12), ZERO) if day.day <= month_end(year).day else ZERO for day in here])
    even = [float(plan) / 1e6 * (n + 1) / len(here) for n in range(len(here))] if plan else []
    chart = {
        "kind": "pace", "unit": _("million"), "x": [str(day.day) for day in here], "fact": fact, "ly": ago,
        "plan": even, "fc": [], "planName": _("plan") if plan else "", "fcName": "",
        "factName": "" if as_of == month_end(month) else _("fact"),
        "lyName": f"{year:%Y}",
    }  # fmt: skip
    course = [(str(day.day), f"{fact[n]:.2f}" if n < len(fact) else "", f"{ago[n]:.2f}") for n, day in enumerate(here)]
    same_days = [found.get(add_months(day, -12), ZERO) for day in here[: len(fact)]]
    return chart, course, sum(same_days, ZERO)


def _growing(values: list[Decimal]) -> list[float]:
    found, so_far = [], ZERO
    for value in values:
        so_far += value
        found.append(round(float(so_far) / 1e6, 3))
    return found
