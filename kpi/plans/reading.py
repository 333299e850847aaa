"""Plans as screens and the board read them: figures in force, rows by person, group and client, plan against fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from kpi.plans import facts, forecasting, seasons
from kpi.plans.models import (
    GROUP_CHOICES,
    GROUPS,
    Forecast,
    PlanEstimate,
    PlanFigure,
    PlanMeasure,
    PlanProposal,
    PlanVersion,
)
from kpi.plans.querysets import PlanFigureQuerySet, seen_employees
from salescrm.base import clock
from salescrm.base.periods import add_months, month_start
from staff.access import Figures, Rows, figures, rows
from staff.calendar import by_branch
from staff.models import Employee

NOUGHT = Decimal(0)


def planned(month: date, viewer: Employee) -> list[dict[str, Any]]:
    """Return the figures of the approved plan for a month that `viewer` may see, for the board.

    Rows: measure, branch (id), employee (id), client_group, direction (id), amount; leaves: any sum of them agrees.
    """
    plan = PlanVersion.objects.in_force(month)
    if plan is None:
        return []
    seen = PlanFigure.objects.filter(plan=plan, month=month, of_group=False).visible_to(viewer, clock.today())
    by = ("measure", "branch", "employee", "client_group", "direction")
    return list(seen.values(*by).annotate(amount=Sum("amount")).order_by(*by))


def in_force(months: Iterable[date]) -> dict[date, PlanVersion]:
    """Return the version that holds for each month that has one: one query."""
    approved = list(PlanVersion.objects.approved())
    return {month: one for month in months if (one := _holds(approved, month))}


def _holds(approved: list[PlanVersion], month: date) -> PlanVersion | None:
    return next((one for one in approved if one.first_month <= month < one.ends_on), None)


def figures_in_force(months: Iterable[date]) -> PlanFigureQuerySet:
    """Return the figures that hold for the months, of whichever versions."""
    asked = Q(pk__in=[])
    for month, plan in in_force(months).items():
        asked |= Q(plan=plan, month=month)
    return PlanFigure.objects.filter(asked)


@dataclass
class Cell:
    """A figure of a row in a month; what is not known is None."""

    month: date
    plan: Decimal | None = None
    statistical: Decimal = NOUGHT
    fact: Decimal | None = None
    is_now: bool = False

    @property
    def share(self) -> Decimal | None:
        """How much of the plan is done."""
        return self.fact / self.plan if self.fact is not None and self.plan else None

    @property
    def tone(self) -> str:
        """The word of judgement, of months that are over."""
        if self.share is None or self.is_now:
            return ""
        return "good" if self.share >= 1 else "bad"


@dataclass
class Row:
    """A row of the table: a person, a group, a client, or a sum; `key` names it in addresses."""

    name: str
    cells: list[Cell]
    key: str = ""
    kind: str = "person"
    branch: str = ""
    estimate: Mapping[str, Decimal] = field(default_factory=dict)
    offered: Decimal | None = None

    @property
    def plan(self) -> Decimal:
        """The sum of the row."""
        return sum((one.plan or NOUGHT for one in self.cells), NOUGHT)

    @property
    def statistical(self) -> Decimal:
        """The statistical part of it (R224)."""
        return sum((one.statistical for one in self.cells), NOUGHT)

    @property
    def goal(self) -> Decimal:
        """The goal part of it (R224)."""
        return self.plan - self.statistical

    @property
    def fact(self) -> Decimal | None:
        """What is shipped in the months there is a fact of."""
        known = [one.fact for one in self.cells if one.fact is not None]
        return sum(known, NOUGHT) if known else None

    @property
    def below(self) -> Decimal:
        """The estimate from below, all parts (R227)."""
        return sum(self.estimate.values(), NOUGHT)

    @property
    def difference(self) -> Decimal:
        """The plan against the estimate from below (R227)."""
        return self.plan - self.below


@dataclass
class Grid:
    """A table of months by rows with their sums; `level` is what the rows are: person, group, client."""

    months: list[date]
    rows: list[Row]
    total: Row
    level: str = "person"


def sees_company(person: Employee) -> bool:
    """Say whether a person sees everybody's plans."""
    return figures(person) == Figures.ALL


def sees_others(person: Employee) -> bool:
    """Say whether a person sees plans of others at all."""
    return sees_company(person) or rows(person) == Rows.BRANCH


def visible_people(person: Employee, today: date) -> set[int] | None:
    """Return whose plans and facts a person sees; None: everybody's."""
    if sees_company(person):
        return None
    return set(Employee.people.filter(seen_employees(person, today, "pk")).values_list("pk", flat=True))


def by_person(
    figures: PlanFigureQuerySet, months: list[date], measure: str, *, today: date, fact: bool, seen: set[int] | None
) -> Grid:
    """Return the table of people, those of a branch together under its sum.

    With `fact` people of `seen` (None: everybody) who shipped without a plan have a row too, so sums are whole.
    """
    grouped = figures.filter(measure=measure, of_group=False, month__in=months).values("branch", "employee", "month")
    amounts: dict[tuple[int, int], dict[date, tuple[Decimal, Decimal]]] = {}
    for one in grouped.annotate(plan_sum=Sum("amount"), usual=Sum("statistical")).order_by():
        at = amounts.setdefault((one["branch"], one["employee"]), {})
        at[one["month"]] = (one["plan_sum"], one["usual"])
    done: dict[int, dict[date, Decimal]] = {}
    if fact and measure == PlanMeasure.TURNOVER:
        for (who, month), amount in facts.by_person(months[0], add_months(months[-1], 1)).items():
            if seen is None or who in seen:
                done.setdefault(who, {})[month] = amount
    people = Employee.objects.select_related("branch").in_bulk({who for _branch, who in amounts if who} | done.keys())
    planned_ones = {who for _branch, who in amounts}
    for who in sorted(done.keys() - planned_ones) if amounts else ():
        amounts[people[who].branch_id, who] = {}
    rows_by_branch: dict[str, list[Row]] = {}
    for (_branch, who), found in amounts.items():
        person = people.get(who)
        cells = _cells(months, found, done.get(who, {}), today, fact=bool(done))
        name, branch = (person.short_name, person.branch.name) if person else (_("not given to anybody"), "")
        rows_by_branch.setdefault(branch, []).append(Row(name, cells, str(who or ""), "person", branch))
    return _with_sums(months, rows_by_branch)


def _cells(
    months: list[date], found: Mapping[date, tuple[Decimal, Decimal]], done: Mapping[date, Decimal], today: date,
    *, fact: bool,
) -> list[Cell]:  # fmt: skip
    now, cells = month_start(today), []
    for month in months:
        plan, usual = found.get(month, (None, NOUGHT))
        known = done.get(month, NOUGHT) if fact and month <= now else None
        cells.append(Cell(month, plan, usual, known, month == now))
    return cells


def _with_sums(months: list[date], rows_by_branch: Mapping[str, list[Row]]) -> Grid:
    """Put each branch's sum before its people where there is more than one branch."""
    listed: list[Row] = []
    people = [row for rows_ in rows_by_branch.values() for row in rows_]
    for branch, rows_ in sorted(rows_by_branch.items()):
        rows_.sort(key=lambda row: (-row.plan, row.name))
        if len(rows_by_branch) > 1 and branch:
            listed.append(summed(branch, rows_, months, kind="branch"))
        listed += rows_
    return Grid(months, listed, summed(_("Company"), people, months, kind="total"))


def summed(name: str, of: list[Row], months: list[date], kind: str) -> Row:
    """Return the sum of rows, cell by cell; plan and fact are None where no row has one."""
    cells = []
    for at, month in enumerate(months):
        plans = [row.cells[at].plan for row in of if row.cells[at].plan is not None]
        done = [row.cells[at].fact for row in of if row.cells[at].fact is not None]
        cells.append(
            Cell(
                month,
                sum((one for one in plans if one is not None), NOUGHT) if plans else None,
                sum((row.cells[at].statistical for row in of), NOUGHT),
                sum((one for one in done if one is not None), NOUGHT) if done else None,
                any(row.cells[at].is_now for row in of),
            )
        )
    parts: dict[str, Decimal] = {}
    for row in of:
        for part, amount in row.estimate.items():
            parts[part] = parts.get(part, NOUGHT) + amount
    offers = [row.offered for row in of if row.offered is not None]
    return Row(name, cells, "", kind, "", parts, sum(offers, NOUGHT) if offers else None)


def by_group(figures: PlanFigureQuerySet, months: list[date], measure: str, employee: int, today: date) -> Grid:
    """Return a person's table by group of clients."""
    rows_ = _divided(figures.filter(employee=employee), months, measure, "client_group", today)
    labels = dict(GROUP_CHOICES)
    for row in rows_:
        row.name, row.kind = str(labels.get(row.key, _("not divided"))), "group"
    rows_.sort(key=lambda row: GROUPS.index(row.key) if row.key in GROUPS else len(GROUPS))
    return Grid(months, rows_, summed(_("Together"), rows_, months, kind="total"), "group")


def by_client(
    figures: PlanFigureQuerySet, months: list[date], measure: str, employee: int, group: str, today: date
) -> Grid:
    """Return a person's table of a group by single client; what is not given to one client is a row of its own."""
    rows_ = _divided(figures.filter(employee=employee, client_group=group), months, measure, "client", today)
    names = dict(
        figures.filter(employee=employee, client__isnull=False).values_list("client", "client__name").distinct()
    )
    for row in rows_:
        row.name = names.get(int(row.key), "") if row.key else _("not given to one client")
        row.kind = "client"
    rows_.sort(key=lambda row: (not row.key, -row.plan, row.name))
    return Grid(months, rows_, summed(_("Together"), rows_, months, kind="total"), "client")


def _divided(figures: PlanFigureQuerySet, months: list[date], measure: str, by: str, today: date) -> list[Row]:
    grouped = figures.filter(measure=measure, of_group=False, month__in=months).values(by, "month")
    amounts: dict[Any, dict[date, tuple[Decimal, Decimal]]] = {}
    for one in grouped.annotate(plan_sum=Sum("amount"), usual=Sum("statistical")).order_by():
        amounts.setdefault(one[by], {})[one["month"]] = (one["plan_sum"], one["usual"])
    return [Row("", _cells(months, found, {}, today, fact=False), str(key or "")) for key, found in amounts.items()]


def with_estimates(grid: Grid, plan: PlanVersion, employee: int = 0) -> Grid:
    """Put the estimate from below and people's own figures beside each row of a version (R227, R228)."""
    by = "client_group" if employee else "employee"
    estimates = PlanEstimate.objects.filter(plan=plan, month__in=grid.months)
    estimates = estimates.filter(employee=employee) if employee else estimates
    below: dict[str, dict[str, Decimal]] = {}
    for one in estimates.values(by, "part").annotate(whole=Sum("amount")).order_by():
        below.setdefault(str(one[by]), {})[one["part"]] = one["whole"]
    offers = PlanProposal.objects.filter(plan=plan, month__in=grid.months)
    offers = offers.filter(employee=employee) if employee else offers
    changed: dict[str, Decimal] = {}
    for one in offers.values(by).annotate(more=Sum("amount") - Sum("planned")).order_by():
        changed[str(one[by])] = one["more"]
    leaves = [row for row in grid.rows if row.kind in ("person", "group")]
    for row in leaves:
        row.estimate = below.get(row.key, {})
        row.offered = row.plan + changed[row.key] if row.key in changed else None
    for row in grid.rows:
        if row.kind == "branch":
            row.estimate = summed("", [one for one in leaves if one.branch == row.name], grid.months, "").estimate
    grid.total.estimate = summed("", leaves, grid.months, "").estimate
    return grid


@dataclass
class Landing:
    """Where a person's month will land: fact, plan, the plan's pace up to today, forecast and its three parts."""

    name: str
    branch: str
    plan: Decimal
    pace: Decimal
    fact: Decimal = NOUGHT
    deals: Decimal = NOUGHT
    cyclic: Decimal = NOUGHT
    key: str = ""

    @property
    def forecast(self) -> Decimal:
        """What the month will bring (R226)."""
        return self.fact + self.deals + self.cyclic

    @property
    def deviation(self) -> Decimal:
        """The fact against what the plan wants by today (R230)."""
        return self.fact - self.pace

    @property
    def share(self) -> Decimal | None:
        """The forecast against the plan."""
        return self.forecast / self.plan if self.plan else None

    @property
    def done(self) -> Decimal | None:
        """The fact against the plan."""
        return self.fact / self.plan if self.plan else None


def landing(viewer: Employee, today: date) -> tuple[list[Landing], Landing]:
    """Return where the month will land by person, and all those together; only people the viewer sees."""
    month, day = month_start(today), forecasting.last_day(today)
    figures = figures_in_force([month]).visible_to(viewer, today)
    figures = figures.filter(measure=PlanMeasure.TURNOVER, of_group=False, employee__isnull=False)
    plans = dict(figures.values_list("employee").annotate(whole=Sum("amount")).order_by())
    seen = visible_people(viewer, today)
    found = {one.employee_id: one for one in forecasting.reckon(day) if seen is None or one.employee_id in seen}
    people = Employee.objects.select_related("branch").in_bulk({*plans, *found})
    passed = _passed({one.branch_id for one in people.values()}, month, day)
    listed = [_landed(one, plans.get(pk, NOUGHT), passed[one.branch_id], found.get(pk)) for pk, one in people.items()]
    listed = [one for one in listed if one.plan or one.forecast]
    listed.sort(key=lambda one: (one.branch, -one.plan, one.name))
    whole = Landing(_("Together"), "", NOUGHT, NOUGHT)
    for one in listed:
        for name in ("plan", "pace", "fact", "deals", "cyclic"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return listed, whole


def _landed(person: Employee, plan: Decimal, passed: Decimal, found: Forecast | None) -> Landing:
    made = Landing(person.short_name, person.branch.name, plan, (plan * passed).quantize(Decimal("0.01")))
    made.key = str(person.pk)
    if found:
        made.fact, made.deals, made.cyclic = found.shipped, found.deals, found.cyclic
    return made


def _passed(branches: set[int], month: date, day: date) -> dict[int, Decimal]:
    """Return the share of the month's working days that is over at the end of `day`, by branch."""
    return {pk: seasons.passed(own, month, day) for pk, own in by_branch(branches).items()}


@dataclass(frozen=True)
class Compared:
    """A row of two versions side by side."""

    name: str
    one: Decimal
    other: Decimal

    @property
    def difference(self) -> Decimal:
        """How much the second is above the first."""
        return self.other - self.one


def compare(one: PlanVersion, other: PlanVersion, viewer: Employee, today: date, by: str) -> list[Compared]:
    """Return the turnover of two versions in the months both have, by person, month or group of clients."""
    months = [month for month in one.every_month if month in other.every_month]
    figures = PlanFigure.objects.filter(plan__in=[one, other], month__in=months, of_group=False)
    figures = figures.filter(measure=PlanMeasure.TURNOVER).visible_to(viewer, today)
    sums: dict[Any, dict[int, Decimal]] = {}
    for row in figures.values(by, "plan").annotate(whole=Sum("amount")).order_by(by):
        sums.setdefault(row[by], {})[row["plan"]] = row["whole"]
    names: dict[Any, str] = {}
    if by == "employee":
        names = {pk: person.short_name for pk, person in Employee.objects.in_bulk(list(filter(None, sums))).items()}
    if by == "client_group":
        names = {value: str(label) for value, label in GROUP_CHOICES}
    return [
        Compared(
            names.get(key) or (key if by == "month" else _("not divided")),
            *(at.get(p.pk, NOUGHT) for p in (one, other)),
        )
        for key, at in sums.items()
    ]
