"""The calendar of tasks: a day, a week or a month of what the list's filters keep, its loads against the norm (R183).

The tasks of a look are read by a fixed number of queries: one for the loads of all days, one for what is drawn in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import pgettext_lazy

from deals.filters import TASKS
from deals.forms import task_mark
from deals.models import Task
from deals.rows import TaskRow, hydrate
from salescrm.base.lists.state import ListState
from salescrm.base.periods import add_months
from staff.calendar import Calendar

DAY_NORM = 15  # tasks of one person for one day
MONTH, WEEK, DAY = "month", "week", "day"
LOOKS = {MONTH: pgettext_lazy("calendar", "Month"), WEEK: pgettext_lazy("calendar", "Week"),
         DAY: pgettext_lazy("calendar", "Day")}  # fmt: skip
DRAWN = {MONTH: 3, WEEK: 20, DAY: 100}  # tasks drawn of a day; the others are behind its link to the list
OFFICE = range(9, 19)  # hours that always have a row
Address = Callable[[date], tuple[str, str]]
FIRST, LAST = date(2000, 1, 3), date(2100, 1, 1)  # days the calendar can be turned to

CALENDAR = replace(TASKS, others=("look", "on"))  # the list in another look: what is one's filter is the other's


@dataclass(frozen=True)
class Span:
    """The days a look has: half-open [first, end); those of its own month or all of them are `own`."""

    look: str
    on: date
    first: date
    end: date

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]

    def is_own(self, day: date) -> bool:
        """Say whether a day belongs to what is looked at, not to the months beside it."""
        return self.look != MONTH or (day.year, day.month) == (self.on.year, self.on.month)

    @property
    def before(self) -> date:
        """The day that shows what comes before."""
        return self._turned(-1)

    @property
    def after(self) -> date:
        """The day that shows what comes next."""
        return self._turned(1)

    def _turned(self, way: int) -> date:
        if self.look == MONTH:
            return kept(add_months(self.on.replace(day=1), way))
        return kept(self.on + timedelta(days=way * (7 if self.look == WEEK else 1)))


def kept(day: date) -> date:
    """Return the day, or the nearest one the calendar can be turned to."""
    return min(max(day, FIRST), LAST)


def span_of(look: str, on: date) -> Span:
    """Return the days of a look at a day; weeks begin on Monday."""
    if look == DAY:
        return Span(look, on, on, on + timedelta(days=1))
    begun = on.replace(day=1) if look == MONTH else on
    first = begun - timedelta(days=begun.weekday())
    if look == WEEK:
        return Span(look, on, first, first + timedelta(days=7))
    end = add_months(begun, 1)
    return Span(look, on, first, end + timedelta(days=-end.weekday() % 7))


def asked(state: ListState) -> Span:
    """Read the look and its day from the state; what makes no sense is the month of today."""
    look = state.others.get("look", MONTH)
    try:
        on = date.fromisoformat(state.others.get("on", ""))
    except ValueError:
        on = state.here.today
    return span_of(look if look in LOOKS else MONTH, kept(on))


@dataclass
class Load:
    """How many tasks a day has, how many of them are overdue, and open ones per person."""

    tasks: int = 0
    overdue: int = 0
    by_person: dict[int, int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many are to be done."""
        return sum(self.by_person.values())


def loads(rows: QuerySet[Task], span: Span, today: date) -> dict[date, Load]:
    """Count the tasks of each day by one query."""
    found: dict[date, Load] = defaultdict(Load)
    counted = (
        _within(rows, span)
        .values("due_on", "assignee_id")
        .annotate(tasks=Count("pk"), still=Count("pk", filter=Q(state="open")))
    )
    for row in counted:
        load = found[row["due_on"]]
        load.tasks += row["tasks"]
        if row["still"]:
            load.by_person[row["assignee_id"]] = row["still"]
            load.overdue += row["still"] if row["due_on"] < today else 0
    return dict(found)


def drawn(rows: QuerySet[Task], span: Span) -> list[int]:
    """Return the tasks each day draws: its first ones by hour, those without an hour last."""
    by_hour = [F("due_time").asc(nulls_last=True), F("priority").desc(), F("pk").asc()]
    place = Window(RowNumber(), partition_by=F("due_on"), order_by=by_hour)
    first = _within(rows, span).annotate(place=place).filter(place__lte=DRAWN[span.look])
    return list(first.order_by("due_on", "place").values_list("pk", flat=True))


def _within(rows: QuerySet[Task], span: Span) -> QuerySet[Task]:
    return rows.order_by().filter(due_on__gte=span.first, due_on__lt=span.end)


@dataclass(frozen=True)
class Item:
    """A task in its day, with the mark of what the person saw of it."""

    row: TaskRow

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.row.task

    @property
    def mark(self) -> str:
        """What a move says back, so that nobody else's change is overwritten."""
        return task_mark(self.row.task)

    @property
    def is_overdue(self) -> bool:
        """Say whether it should have been done by now."""
        return self.row.left is not None and self.row.left < 0


@dataclass(frozen=True)
class Day:
    """One day as it is drawn; `url` turns the calendar to it, `list_url` has its tasks as a list."""

    day: date
    today: date
    is_own: bool
    is_working: bool
    holiday: str
    items: Sequence[Item]
    load: Load
    norm: int
    url: str
    list_url: str

    @property
    def is_today(self) -> bool:
        """Say whether it is today."""
        return self.day == self.today

    @property
    def more(self) -> int:
        """How many tasks are not drawn."""
        return self.load.tasks - len(self.items)

    @property
    def most(self) -> int:
        """The load of who has most to do."""
        return max(self.load.by_person.values(), default=0)

    @property
    def people_over(self) -> int:
        """How many people have more to do than the norm of a day."""
        return sum(1 for count in self.load.by_person.values() if count > self.norm)

    @property
    def room(self) -> int:
        """The norm of the day: that of everybody who has something to do on it, of one person at least."""
        return self.norm * max(1, len(self.load.by_person))

    def at(self, hour: int | None) -> list[Item]:
        """Return the tasks of an hour, those without one for None."""
        return [one for one in self.items if (one.task.due_time.hour if one.task.due_time else None) == hour]


def days(rows: QuerySet[Task], span: Span, state: ListState, own: Calendar, norm: int, address: Address) -> list[Day]:
    """Return the days of a look, with what is drawn in them; `address` says the calendar's and the list's of a day."""
    today = state.here.today
    counted = loads(rows, span, today)
    by_day: dict[date, list[Item]] = defaultdict(list)
    for row in hydrate(drawn(rows, span) if counted else [], state.here.person, today):
        by_day[row.task.due_on].append(Item(row))
    return [
        Day(
            day=day,
            today=today,
            is_own=span.is_own(day),
            is_working=own.is_working(day),
            holiday=own.holiday(day),
            items=by_day[day],
            load=counted.get(day, Load()),
            norm=norm,
            url=url,
            list_url=list_url,
        )
        for day in span.days
        for url, list_url in (address(day),)
    ]


def weeks(found: Sequence[Day]) -> list[Sequence[Day]]:
    """Share the days of a month out to its weeks."""
    return [found[at : at + 7] for at in range(0, len(found), 7)]


def hours(found: Iterable[Day]) -> list[int]:
    """Return the hours that have a row: the office's and those of the tasks."""
    times = {one.task.due_time.hour for day in found for one in day.items if one.task.due_time}
    used = times | set(OFFICE)
    return list(range(min(used), max(used) + 1))


Line = tuple[time | None, list[tuple["Day", list[Item]]]]  # a row of the grid: its hour, its cells


def grid(found: Sequence[Day]) -> list[Line]:
    """Return the rows of a day or a week: what has no hour, then hour by hour, each with its cell of every day."""
    rows: list[Line] = [(None, [(day, day.at(None)) for day in found])]
    return rows + [(time(hour), [(day, day.at(hour)) for day in found]) for hour in hours(found)]
