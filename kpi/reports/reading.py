"""The report of a day, a week or a month: what was done, what is left, plan and fact, by person (R267-R270, R272)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deals.leads.models import Lead, LeadState
from kpi.board.planned import forecast, planned
from kpi.board.reading import behind
from kpi.measures import declared
from kpi.measures.declared import Unit
from kpi.measures.models import DayResult
from kpi.measures.reading import ZERO, Scope, by_cut
from kpi.plans import seasons
from kpi.reports import counting
from kpi.reports.counting import DONE, Counted
from salescrm.base.periods import month_end, month_start
from staff import calendar
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PERIODS = ("day", "week", "month")
LEFT: dict[str, _StrOrPromise] = {  # as of the evening of the last day
    "tasks_late": _("Tasks not done by their day"),
    "invoices_unpaid": _("Invoices unpaid from the second day"),
    "went_zero": _("Clients that went zero"),
}
NOW: dict[str, _StrOrPromise] = {  # kept of no other day than the newest
    "deals_without_task": _("Open deals without a task"),
    "contacts_late": _("Clients whose contact is due"),
    "orders_late": _("Clients whose expected order has not come"),
    "orders_late_key": _("of these key clients"),
    "hand_overs_late": _("Hand-overs that wait for approval"),
}
IN_TABLE = (
    "turnover", "documents", "effective_calls", "contacts", "tasks_due", "tasks_in_term", "tasks_late", "deals_opened",
    "invoices_issued", "invoices_unpaid", "zero_clients", "returned",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """The days of a report, both included."""

    period: str
    start: date
    end: date

    @property
    def before(self) -> Span:
        """The span before it."""
        return span(self.period, self.start - timedelta(days=1))

    @property
    def after(self) -> Span:
        """The span after it."""
        return span(self.period, self.end + timedelta(days=1))


@dataclass
class Cell:
    """A value under its name, and the address of what is behind it."""

    code: str
    name: _StrOrPromise
    value: Decimal
    url: str = ""

    @property
    def is_money(self) -> bool:
        """Say whether it is an amount."""
        return self.code in declared.BY_CODE and declared.BY_CODE[self.code].unit == Unit.MONEY


@dataclass
class Row:
    """A person, a branch or the whole: cells in the order of the table, and the month's plan to the last day."""

    name: str
    cells: list[Cell]
    fact: Decimal = ZERO
    plan: Decimal | None = None
    pace: Decimal | None = None
    forecast: Decimal | None = None
    url: str = ""

    @property
    def deviation(self) -> Decimal | None:
        """The month's fact against what its plan asks for by the last day."""
        return self.fact - self.pace if self.pace is not None else None

    @property
    def share(self) -> Decimal | None:
        """The month's fact as a part of its plan."""
        return self.fact / self.plan if self.plan else None


@dataclass
class Office:
    """A branch with its people."""

    whole: Row
    people: list[Row]


@dataclass
class Report:
    """All a report says. `whole` has every measure, `offices` those of IN_TABLE; empty where one person is meant."""

    span: Span
    last: date
    whole: Row
    left: list[Cell]
    offices: list[Office] = field(default_factory=list)

    @property
    def heads(self) -> list[_StrOrPromise]:
        """The names of the columns of people."""
        return [name(code) for code in IN_TABLE]

    @property
    def is_planned(self) -> bool:
        """Say whether anything was planned."""
        return self.whole.plan is not None


def name(code: str) -> _StrOrPromise:
    """Return what a figure is called."""
    return declared.BY_CODE[code].name if code in declared.BY_CODE else LEFT.get(code) or NOW[code]


def span(period: str, day: date) -> Span:
    """Return the day, the week from Monday or the month `day` lies in."""
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return Span(period, monday, monday + timedelta(days=6))
    return Span(period, month_start(day), month_end(day)) if period == "month" else Span(period, day, day)


def count(asked: Span, today: date) -> Counted:
    """Count a span for everybody, as far as it is over; a month is read as the board keeps it."""
    last = min(asked.end, today)
    is_new = last >= today - timedelta(days=1)
    if asked.period != "month":
        return counting.count(asked.start, last, now=is_new)
    found = counting.count_evening(asked.start, last, now=is_new)
    for (_month, person), sums in by_cut([asked.start], Scope(), "employee").items():
        for code in DONE:
            if sums.get(code):
                found.values.setdefault(code, {})[person] = sums.all[code]
    return found


def read(viewer: Employee, seen: Scope, asked: Span, today: date, counted: Counted) -> Report:
    """Say what `counted` says of a scope `viewer` may read: a fixed number of queries whatever people there are."""
    last = min(asked.end, today)
    people = Employee.objects.select_related("branch").order_by("last_name", "first_name", "pk")
    if seen.employee is not None:
        people = people.filter(pk=seen.employee)
    if seen.branch is not None:
        people = people.filter(branch=seen.branch)
    plans = _plans(viewer, seen, last)
    facts, lands = _facts(seen, last), forecast(month_start(last), viewer)
    worked = counted.people | set(plans) | set(facts)
    shown = [one for one in people if one.pk in worked or one.pk == seen.employee]
    passed = seasons.passed(calendar.head_office(), month_start(last), last)
    figures = _Figures(counted, asked, seen, plans, facts, lands, passed)
    everybody = [one.pk for one in shown]
    whole = figures.row("", DONE, everybody)
    left = [code for code in (*LEFT, *NOW) if code in LEFT or code in counted.values]
    report = Report(asked, last, whole, figures.cells(left, everybody))
    if seen.employee is None:
        report.left += _unshared(seen, last, today)
        if seen.by_name:
            report.offices = _offices(figures, shown, asked)
    return report


def _offices(figures: _Figures, shown: list[Employee], asked: Span) -> list[Office]:
    by_branch: dict[int, list[Employee]] = {}
    for one in shown:
        by_branch.setdefault(one.branch_id, []).append(one)
    found = []
    for members in by_branch.values():
        rows = [figures.row(one.short_name, IN_TABLE, [one.pk]) for one in members]
        for one, row in zip(members, rows, strict=True):
            row.url = f"{address(asked)}?person={one.pk}"
        found.append(Office(figures.row(members[0].branch.name, IN_TABLE, [one.pk for one in members]), rows))
    return sorted(found, key=lambda office: office.whole.name)


def address(asked: Span) -> str:
    """Return the address of the report of a span."""
    return reverse("kpi:report", args=[asked.period, asked.start.isoformat()])


@dataclass
class _Figures:
    counted: Counted
    asked: Span
    seen: Scope
    plans: dict[int, Decimal]
    facts: dict[int, Decimal]
    lands: dict[int, Decimal]
    passed: Decimal

    def cells(self, codes: tuple[str, ...] | list[str], people: list[int]) -> list[Cell]:
        return [self._cell(code, people) for code in codes]

    def _cell(self, code: str, people: list[int]) -> Cell:
        value = sum((self.counted.of(code, one) for one in people), ZERO)
        url = ""
        if value and self.asked.period == "month" and code in DONE and self.seen.by_name:
            part = {"person": people[0]} if len(people) == 1 else {"branch": self.seen.branch}
            url = behind(self.asked.start, code, **part)
        return Cell(code, name(code), value, url)

    def row(self, name: str, codes: tuple[str, ...], people: list[int]) -> Row:
        made = Row(name, self.cells(codes, people), sum((self.facts.get(one, ZERO) for one in people), ZERO))
        planned_ones = [self.plans[one] for one in people if one in self.plans]
        if planned_ones:
            made.plan = sum(planned_ones, ZERO)
            made.pace = made.plan * self.passed
        landing = [self.lands[one] for one in people if one in self.lands]
        made.forecast = sum(landing, ZERO) if landing else None
        return made


def _plans(viewer: Employee, seen: Scope, last: date) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in planned(month_start(last), viewer):
        person = row["employee"]
        if row["measure"] == "turnover" and person and seen.employee in (None, person):
            found[person] = found.get(person, ZERO) + row["amount"]
    return found


def _facts(seen: Scope, last: date) -> dict[int, Decimal]:
    rows = DayResult.objects.filter(seen.narrow, month=month_start(last), day__lte=last).order_by()
    return dict(rows.values("employee").annotate(whole=Sum("value")).values_list("employee", "whole"))


def _unshared(seen: Scope, last: date, today: date) -> list[Cell]:
    """Count the enquiries nobody has, of a branch or of all; only of now."""
    if last < today - timedelta(days=1):
        return []
    waiting = Lead.objects.filter(responsible=None).exclude(state__in=(LeadState.CONVERTED, LeadState.CLOSED))
    if seen.branch is not None:
        waiting = waiting.filter(branch=seen.branch)
    return [Cell("leads_unshared", _("Leads that nobody has"), Decimal(waiting.count()))]
