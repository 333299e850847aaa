"""The table of loads: what each person carries against the norm, and what was done against the time there was (R354).

A month that runs is read from what is so now; of a month that is over the stored results are read, so it has no
classes, deals and tasks. Of every branch the figures are the sums of its people's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse

from clients.models import LifeCycle
from kpi.board.reading import behind
from kpi.measures.models import ClientGroup, Month, Result
from kpi.measures.reading import ZERO, Scope
from kpi.workload.models import OutputNorm
from kpi.workload.norms import Norm, Norms, output_norm
from salescrm.base import sql
from salescrm.base.periods import add_months, month_end, month_start
from staff import calendar
from staff.access import Role
from staff.models import Absence, Branch, Employee

OUTPUT = {"orders": "documents", "calls": "contacts_call", "letters": "contacts_letter"}  # column → measure
NOW = ("class_a", "class_b", "class_c", "new", "zero", "deals", "tasks", "overdue")
LOADED = frozenset({Role.CSM, Role.OPERATOR})  # whose work is orders, calls and letters: of them a load is reckoned
LISTED = LOADED | {Role.CSH, Role.BDM_KEY, Role.BDM_RECOVERY}  # named even with nothing in their hands
IN_WORK = [one.value for one in LifeCycle if one != LifeCycle.ARCHIVED]


@dataclass(frozen=True)
class Figure:
    """A number and the address of the rows it counts; None: it is not known of this month."""

    value: Decimal | None = None
    url: str = ""


@dataclass
class Line:
    """A person's row, or a branch's: `figures` by column, minutes of work done and there were."""

    name: str
    people: list[Employee]
    figures: dict[str, Figure] = field(default_factory=dict)
    norm: Norm = (None, None)
    spent: Decimal = ZERO
    there: Decimal = ZERO
    unit: Decimal = ZERO
    is_loaded: bool = False
    oldest_days: int | None = None
    free: Decimal = ZERO

    @property
    def person(self) -> Employee:
        """Whose row it is."""
        return self.people[0]

    @property
    def load(self) -> Decimal | None:
        """Minutes spent ÷ minutes there were; None where no load is reckoned or nobody was at work."""
        return self.spent / self.there if self.is_loaded and self.there else None

    @property
    def under(self) -> Decimal | None:
        """What part of the time was not filled; below zero: more was done than fits."""
        return None if self.load is None else 1 - self.load

    @property
    def freed(self) -> int:
        """How many whole posts could be spared."""
        return max(int(self.free), 0)

    def of(self, column: str) -> Figure:
        """Return a figure."""
        return self.figures.get(column, Figure())

    @property
    def is_over(self) -> bool:
        """Say whether somebody carries more than the norm."""
        pairs = zip((self.of("tops").value, self.of("others").value), self.norm, strict=True)
        return any(value is not None and most is not None and value > most for value, most in pairs)


@dataclass
class Office:
    """A branch with its people."""

    branch: Branch
    whole: Line
    people: list[Line]


@dataclass
class Table:
    """Loads of a month; `until`: the day up to which output is counted; None: no night has counted the month."""

    month: date
    is_now: bool
    until: date | None
    output: OutputNorm | None
    offices: list[Office]

    @property
    def people(self) -> list[Line]:
        """Everybody's rows."""
        return [line for office in self.offices for line in office.people]

    def spread(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest load of people (R354)."""
        loads = [line.load for line in self.people if line.load is not None]
        return (min(loads), max(loads)) if loads else None


def read(seen: Scope, month: date, today: date) -> Table:
    """Read the loads of a scope in a month: a fixed number of queries whatever people there are."""
    is_now = month >= month_start(today)
    kept = Month.objects.filter(day=month).first()
    norms, output = Norms(month, today), output_norm(month)
    counted = _now(today) if is_now else _past(month)
    done = _done(month)
    found = list(_people(seen, {*counted, *done}))
    until = kept.as_of if kept else None
    times = _times(found, month, until, output) if output and until else {}
    offices: dict[int, Office] = {}
    for person in found:
        office = offices.setdefault(person.branch_id, Office(person.branch, Line(person.branch.name, []), []))
        line = Line(person.short_name, [person], norm=norms.of(person), is_loaded=person.role in LOADED)
        _fill(line, counted.get(person.pk, {}), done.get(person.pk, {}), is_now=is_now, today=today)
        _weigh(line, times.get(person.pk), output)
        office.people.append(line)
    for office in offices.values():
        office.whole = _whole(office)
    for line in [one for office in offices.values() for one in (office.whole, *office.people)]:
        _link(line, month, is_now=is_now, seen=seen)
    return Table(month, is_now, until, output, list(offices.values()))


def _people(seen: Scope, counted: Iterable[int]) -> Iterable[Employee]:
    """Everybody of the scope who works in sales or has something in his hands; who has left, only with something."""
    people = Employee.objects.select_related("branch").order_by(
        "-branch__is_head_office", "branch__name", "branch_id", "last_name", "first_name", "pk"
    )
    if seen.employee is not None:
        people = people.filter(pk=seen.employee)
    if seen.branch is not None:
        people = people.filter(branch=seen.branch)
    has = set(counted)
    for person in people:
        if person.pk in has or (person.is_active and person.role in LISTED) or seen.employee is not None:
            yield person


def _now(today: date) -> dict[int, dict[str, Any]]:
    return {row["person"]: row for row in sql.rows("kpi", "read_workload", {"today": today})}


def _past(month: date) -> dict[int, dict[str, Any]]:
    """Clients in work of the month's first day and zero ones of its end, as the night stored them."""
    stored = Result.objects.filter(month=month, measure__in=("clients", "zero_clients")).order_by()
    found: dict[int, dict[str, Any]] = {}
    for row in stored.values("employee", "measure", "client_group").annotate(whole=Sum("value")):
        kept = found.setdefault(row["employee"], dict.fromkeys(("clients", "tops", "new", "zero"), ZERO))
        if row["measure"] == "zero_clients":
            kept["zero"] += row["whole"]
            continue
        kept["clients"] += row["whole"]
        kept["tops"] += row["whole"] if row["client_group"] == ClientGroup.TOP else ZERO
        kept["new"] += row["whole"] if row["client_group"] == ClientGroup.NEW else ZERO
    return found


def _done(month: date) -> dict[int, dict[str, Decimal]]:
    stored = Result.objects.filter(month=month, measure__in=OUTPUT.values()).order_by()
    found: dict[int, dict[str, Decimal]] = {}
    for row in stored.values("employee", "measure").annotate(whole=Sum("value")):
        found.setdefault(row["employee"], {})[row["measure"]] = row["whole"]
    return found


@dataclass(frozen=True)
class _Time:
    """Minutes a person was there, and those of a post nobody of which was away."""

    there: Decimal
    unit: Decimal


def _times(people: list[Employee], month: date, until: date, output: OutputNorm) -> dict[int, _Time]:
    """Working minutes of each person up to a day: the branch's calendar less absences (R209)."""
    last = min(until, month_end(month))
    days = [month + timedelta(days=n) for n in range((last - month).days + 1)]
    calendars = calendar.by_branch({person.branch_id for person in people})
    away: dict[int, list[tuple[date, date]]] = {}
    absences = Absence.objects.filter(starts_on__lte=last, ends_on__gt=month)
    for absent, starts_on, ends_on in absences.values_list("employee_id", "starts_on", "ends_on"):
        away.setdefault(absent, []).append((starts_on, ends_on))
    worked = {branch: [day for day in days if own.is_working(day)] for branch, own in calendars.items()}
    minutes = output.day_hours * 60
    found = {}
    for person in people:
        own = worked[person.branch_id]
        gone = away.get(person.pk, [])
        there = [day for day in own if not any(start <= day < end for start, end in gone)]
        found[person.pk] = _Time(len(there) * minutes, len(own) * minutes)
    return found


def _fill(line: Line, counted: Mapping[str, Any], done: Mapping[str, Decimal], *, is_now: bool, today: date) -> None:
    known = ("clients", "tops", *(NOW if is_now else ("new", "zero")))
    values = {name: Decimal(counted.get(name, 0)) for name in known}
    values["others"] = values["clients"] - values["tops"]
    values |= {name: done.get(measure, ZERO) for name, measure in OUTPUT.items()}
    line.figures = {name: Figure(value) for name, value in values.items()}
    if counted.get("oldest_on"):
        line.oldest_days = (today - counted["oldest_on"]).days


def _weigh(line: Line, time: _Time | None, output: OutputNorm | None) -> None:
    if not line.is_loaded or time is None or output is None:
        line.is_loaded = False
        return
    takes = {"orders": output.order_minutes, "calls": output.call_minutes, "letters": output.letter_minutes}
    line.spent = sum((takes[name] * (line.of(name).value or ZERO) for name in OUTPUT), ZERO)
    line.there, line.unit = time.there, time.unit
    line.free = (time.there - line.spent) / time.unit if time.unit else ZERO


def _whole(office: Office) -> Line:
    """Sum a branch up; its load is of those who have one, its norm of those who carry one."""
    lines = office.people
    whole = Line(office.branch.name, [line.person for line in lines])
    for column in {name for line in lines for name in line.figures}:
        whole.figures[column] = Figure(sum((line.of(column).value or ZERO for line in lines), ZERO))
    loaded = [line for line in lines if line.is_loaded]
    whole.is_loaded = bool(loaded)
    whole.spent = sum((line.spent for line in loaded), ZERO)
    whole.there = sum((line.there for line in loaded), ZERO)
    whole.free = sum((line.free for line in loaded), ZERO)
    whole.oldest_days = max((line.oldest_days for line in lines if line.oldest_days is not None), default=None)
    return whole


# --- what is behind a figure ------------------------------------------------------------------------------------------


def _link(line: Line, month: date, *, is_now: bool, seen: Scope) -> None:
    """Give each figure above zero the address of the rows it counts; none to who sees nobody by name."""
    if not seen.by_name:
        return
    people = [person.pk for person in line.people]
    addresses = _addresses(people) if is_now else {}
    for column, figure in line.figures.items():
        url = addresses.get(column, "")
        if column in OUTPUT or not is_now:
            url = _stored(line, month, column)
        if figure.value and url:
            line.figures[column] = Figure(figure.value, url)


def _addresses(people: list[int]) -> dict[str, str]:
    """The lists behind what is so now, by column."""
    clients = [("owner", one) for one in people]
    in_work = [("state", one) for one in IN_WORK]
    of = {
        "clients": in_work,
        "tops": [*in_work, ("top", "yes")],
        "others": [*in_work, ("top", "no")],
        "class_a": [*in_work, ("abc", "A")],
        "class_b": [*in_work, ("abc", "B")],
        "class_c": [*in_work, ("abc", "C")],
        "new": [("state", "new")],
        "zero": [("state", "zero")],
    }
    opened = ("state", "open")
    doers = [("assignee", one) for one in people]
    found = {name: _address("clients:client-list", [*clients, *more]) for name, more in of.items()}
    found["deals"] = _address("deals:deal-list", [*clients, opened])
    found["tasks"] = _address("deals:task-list", [*doers, opened])
    found["overdue"] = _address("deals:task-list", [*doers, opened, ("due", "..-1d")])
    return found


def _address(name: str, asked: list[tuple[str, Any]]) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"


def _stored(line: Line, month: date, column: str) -> str:
    """What is behind a stored figure of one person."""
    if len(line.people) != 1:
        return ""
    measures = OUTPUT | {"clients": "clients", "tops": "clients", "new": "clients", "zero": "zero_clients"}
    if column not in measures:
        return ""
    group = {"tops": ClientGroup.TOP.value, "new": ClientGroup.NEW.value}.get(column)
    return behind(month, measures[column], person=line.person.pk, group=group)


def months_around(month: date) -> tuple[date, date]:
    """The month before and the month after."""
    return add_months(month, -1), add_months(month, 1)
