"""Reckons an own report: from stored results where their grain allows, else by the measures' statements (R270).

A statement counts a measure the same way for the night, for what is behind a figure and here; a figure of several
months is the sum of the months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients.models import Client, Direction, Segment
from kpi.measures import computing, declared
from kpi.measures.models import ClientGroup, Month
from kpi.measures.reading import Scope, derive
from kpi.reports.own import cuts, planned
from kpi.reports.own.cuts import Cut
from kpi.reports.own.models import OwnReport
from kpi.reports.own.planned import UNDIVIDED, Planned
from salescrm.base import show, sql
from salescrm.base.periods import month_end
from staff.access import Figures, figures
from staff.models import Branch, Department, Employee, Position

APP = "kpi"
SHOWN, WRITTEN = 300, 50_000  # rows of a page, of a workbook


@dataclass
class Cell:
    """A value, and the plan beside it: the whole, and what it asks for by the day the fact is of."""

    measure: declared.Measure
    value: Decimal | None = None
    plan: Decimal | None = None
    pace: Decimal | None = None
    is_planned: bool = False

    @property
    def deviation(self) -> Decimal | None:
        """The fact against what the plan asks for by now."""
        return None if self.value is None or self.pace is None else self.value - self.pace

    @property
    def share(self) -> Decimal | None:
        """The fact as a part of the plan."""
        return self.value / self.plan if self.value is not None and self.plan else None


@dataclass
class Line:
    """A row: `level` 0 of both cuts, 1 of the first one, 2 everything together."""

    level: int
    first: str
    second: str
    cells: list[Cell]
    place: int
    name: str = ""
    url: str = ""
    under: str = ""


@dataclass(frozen=True)
class Column:
    """A measure, and whether anything is planned for it."""

    measure: declared.Measure
    is_planned: bool


@dataclass
class Table:
    """All a report shows. `rows`: how many there are in all; `missing`: months without figures."""

    report: OwnReport
    months: list[date]
    missing: list[date]
    as_of: date | None
    columns: list[Column]
    lines: list[Line] = field(default_factory=list)
    total: Line | None = None
    rows: int = 0

    @property
    def hidden(self) -> int:
        """How many rows are not listed."""
        return self.rows - sum(line.level == (0 if self.report.second else 1) for line in self.lines if line.place)

    @property
    def missing_words(self) -> str:
        """The months without figures."""
        return ", ".join(show.month(month) for month in self.missing)

    @property
    def head(self) -> str:
        """What the rows are."""
        return " · ".join(str(Cut(cut).label) for cut in self.report.rows)

    @property
    def is_running(self) -> bool:
        """Say whether its last month is not over."""
        return self.as_of is not None and self.as_of < month_end(self.months[-1])

    @property
    def sums_clients(self) -> bool:
        """Say whether a client counts in several months."""
        return len(self.months) > 1 and any(c.measure.unit == declared.Unit.COUNT for c in self.columns)


def scope_of(viewer: Employee, report: OwnReport) -> Scope | None:
    """Return what of a report the matrix shows to `viewer`; None for nothing of it."""
    seen = figures(viewer)
    place, who = report.branch_id, report.person_id
    if seen == Figures.OWN:
        same_branch = place in (None, viewer.branch_id)
        return Scope(viewer.pk) if who in (None, viewer.pk) and same_branch else None
    if seen == Figures.COMPANY:
        return None if who or cuts.BY_NAME & set(report.rows) else Scope(None, place, by_name=False)
    if seen == Figures.BRANCH:
        return Scope(who, viewer.branch_id) if place in (None, viewer.branch_id) else None
    return Scope(who, place) if seen == Figures.ALL else None


@transaction.atomic
def read(viewer: Employee, seen: Scope, report: OwnReport, today: date, size: int = SHOWN) -> Table:
    """Reckon a report for a scope `viewer` may read: the statements grow with its months, not with what is in them."""
    months = cuts.months(report.period, report.first_month, report.last_month, today)
    kept = list(Month.objects.select_related("rule_set").filter(day__in=months).order_by("day"))
    codes = cuts.added(report.columns)
    sql.run(APP, "open_pieces")
    sql.run(APP, "empty_pieces")
    _gather(report, seen, kept, codes)
    rows = sql.rows(APP, "read_pieces", {
        "first": report.first, "second": report.second, "client_group": report.client_group,
        "segment": report.segment_id, "region": report.region, "lead": codes[0], "size": size,
    })  # fmt: skip
    plans = planned.read(viewer, seen, report, months, {one.day: one.as_of for one in kept}, today)
    known = {one.day for one in kept}
    table = Table(
        report, months, [month for month in months if month not in known], kept[-1].as_of if kept else None,
        [Column(declared.BY_CODE[code], plans.has(code)) for code in report.columns],
    )  # fmt: skip
    _fill(table, rows, plans, seen)
    _name(table, viewer, today)
    _order(table)
    return table


def _gather(report: OwnReport, seen: Scope, kept: Sequence[Month], codes: list[str]) -> None:
    """Fill the work table: from what is stored, or month by month from documents and events."""
    said: dict[str, Any] = {"employee": seen.employee, "branch": seen.branch, "measures": codes}
    by_direction = Cut.DIRECTION in report.rows
    is_live = bool(cuts.LIVE & set(report.rows)) or bool(report.region)
    if by_direction and (Cut.TYPE in report.rows or report.segment_id):
        is_live = True
    if not is_live:
        stored = "add_piece_directions" if by_direction else "add_piece_results"
        sql.run(APP, stored, said | {"months": [one.day for one in kept]})
        return
    for one in kept:
        computing.gather(one.day, one.as_of, one.rule_set, cuts.statements(codes))
        if by_direction:
            sql.run(APP, "gather_directions")
        live = "add_piece_direction_facts" if by_direction else "add_piece_facts"
        sql.run(APP, live, said | {"month": one.day})


def _fill(table: Table, rows: Iterable[Mapping[str, Any]], plans: Planned, seen: Scope) -> None:
    """Make the lines of the rows read, and of what is planned for nobody that has a fact."""
    report = table.report
    values: dict[tuple[int, str, str], dict[str, Decimal]] = {}
    places: dict[tuple[int, str, str], int] = {}
    leaf = 0 if report.second else 1
    for row in rows:
        at = (int(row["level"]), row["first_key"], row["second_key"])
        values.setdefault(at, {})[row["measure"]] = row["value"]
        places[at] = row["place"]
        if at[0] == leaf:
            table.rows = row["rows"]
    is_whole = table.rows <= sum(at[0] == leaf for at in values)
    for at in plans.keys:
        divided = at[0] == 1 or report.second
        if divided and at not in values and (is_whole or UNDIVIDED in at):
            values[at] = {}
    for at, found in values.items():
        line = _line(report, at, found, plans, seen, places.get(at, 0))
        if at[0] == 2:
            table.total = line
        elif any(cell.value or cell.plan for cell in line.cells):
            table.lines.append(line)
    if table.total is None:
        table.total = _line(report, (2, "", ""), {}, plans, seen, 0)


def _line(
    report: OwnReport, at: tuple[int, str, str], found: Mapping[str, Decimal], plans: Planned, seen: Scope, place: int
) -> Line:
    level, first, second = at
    of_one = seen.employee is not None or (Cut.PERSON in report.rows[: 2 - level] if level < 2 else False)
    adding = {code: value for code, value in found.items() if of_one or declared.BY_CODE[code].adds}
    cells = []
    for code in report.columns:
        measure = declared.BY_CODE[code]
        value = None if UNDIVIDED in at or not (measure.adds or of_one or not measure.sql) else derive(code, adding)
        plan, pace = plans.of(at, code)
        cells.append(Cell(measure, value, plan, pace, plans.has(code)))
    return Line(level, first, second, cells, place)


def _name(table: Table, viewer: Employee, today: date) -> None:
    """Say what the rows are called and where they lead: a query or two per cut."""
    report = table.report
    for place, cut in enumerate(report.rows):
        keys = {(line.second if place else line.first) for line in table.lines} - {"", UNDIVIDED}
        names, urls = _names(cut, keys, viewer, today)
        for line in table.lines:
            key = line.second if place else line.first
            if place and line.level == 1:
                continue
            word = names.get(key) or _missing(cut, key)
            if not place and line.level == 0:
                line.under = word
                continue
            line.name, line.url = word, urls.get(key, "")


def _names(cut: str, keys: set[str], viewer: Employee, today: date) -> tuple[dict[str, str], dict[str, str]]:
    if cut == Cut.MONTH:
        return {key: show.month(date.fromisoformat(key)) for key in keys}, {}
    if cut == Cut.REGION:
        return {key: key for key in keys}, {}
    if cut == Cut.GROUP:
        return {value: str(label) for value, label in ClientGroup.choices}, {}
    numbers = [int(key) for key in keys]
    if cut == Cut.PERSON:
        people = Employee.objects.in_bulk(numbers)
        board = reverse("kpi:board")
        return {str(pk): one.short_name for pk, one in people.items()}, {key: f"{board}?person={key}" for key in keys}
    if cut == Cut.CLIENT:
        clients = Client.objects.filter(pk__in=numbers).values_list("pk", "name")
        visible = Client.objects.visible_to(viewer, today).filter(pk__in=numbers).values_list("pk", flat=True)
        urls = {str(pk): reverse("clients:client-card", args=[pk]) for pk in visible}
        return {str(pk): name for pk, name in clients}, urls
    model: Any = {
        Cut.TYPE: Segment, Cut.POSITION: Position, Cut.DIRECTION: Direction, Cut.BRANCH: Branch,
        Cut.DEPARTMENT: Department,
    }[Cut(cut)]  # fmt: skip
    return {str(pk): str(one) for pk, one in model.objects.in_bulk(numbers).items()}, {}


def _missing(cut: str, key: str) -> str:
    if key == UNDIVIDED:
        return pgettext("plan", "Plan that is not divided further")
    words = {
        Cut.TYPE: _("No type"), Cut.DIRECTION: _("Not identified"), Cut.CLIENT: _("Without a client"),
        Cut.REGION: _("No region"), Cut.POSITION: _("No position"),
        Cut.DEPARTMENT: _("No department"),
    }  # fmt: skip
    return words.get(Cut(cut), "–")


def _order(table: Table) -> None:
    """Put the largest first, months in their order, what belongs to a row under it."""
    first, second = table.report.first, table.report.second

    def rank(line: Line, cut: str, key: str) -> tuple[Any, ...]:
        if key == UNDIVIDED:
            return (2, 0, "")
        return (0, key, "") if cut == Cut.MONTH else (0 if line.place else 1, line.place, line.name)

    heads = {line.first: rank(line, first, line.first) for line in table.lines if line.level == 1}
    last = (3, 0, "")

    def place(line: Line) -> tuple[Any, ...]:
        own = (-1, 0, "") if line.level == 1 else rank(line, second, line.second)
        return (*heads.get(line.first, last), line.first, *own)

    table.lines.sort(key=place)
