"""What the re-computation is given: people, clients, documents, rules; and what it keeps: owners and cases."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

ONE_DAY = timedelta(days=1)


def plus_months(day: date, months: int) -> date:
    """Return `day` + `months`, clamped to the end of the month."""
    number = day.year * 12 + (day.month - 1) + months
    year, month = number // 12, number % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def first_of_month(day: date) -> date:
    """Return the first day of the month."""
    return date(day.year, day.month, 1)


def last_of_month(day: date) -> bool:
    """Say whether `day` is the last of its month."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


@dataclass(frozen=True)
class Document:
    """A document of a legal entity: its day, net amount in base currency, source."""

    entity: int
    day: date
    net: Decimal
    source: str = "one"


@dataclass
class Person:
    """An employee; `limit` is the number of open recovery cases, absences are half-open."""

    id: int
    role: str
    branch: int
    limit: int | None = None
    active: bool = True
    owns_clients: bool = True
    successor: int | None = None
    absences: list[tuple[date, date]] = field(default_factory=list)

    def away(self, day: date) -> bool:
        """Say whether the person is absent on `day`."""
        return any(start <= day < end for start, end in self.absences)


@dataclass
class Interval:
    """Days from `start` (to the next interval's start) of one owner."""

    start: date
    owner: int
    reason: str
    left_alone_until: date | None = None
    by_person: bool = False


@dataclass
class Client:
    """A client: its code for ties, branch, entities and the intervals of its owners."""

    id: int
    code: str
    branch: int
    created: date
    entities: list[int]
    owners: list[Interval]
    archived_on: date | None = None
    separated_on: date | None = None
    merged_into: int | None = None

    @property
    def owner(self) -> Interval:
        """Return the last interval."""
        return self.owners[-1]


@dataclass
class Exclusion:
    """A client kept out of hand-overs from a day on: until a date, or until a purchase after `last_purchase`."""

    client: int
    start: date
    until: date | None = None
    last_purchase: date | None = None


@dataclass
class Override:
    """A person's word on the TOP list, obeyed by the nights from `start` before `until`."""

    client: int
    is_in: bool
    start: date
    until: date


@dataclass(frozen=True)
class Rules:
    """A rule set; the names are those of the stored one."""

    window_months: int = 12
    a_share: Fraction = Fraction(80, 100)
    b_share: Fraction = Fraction(95, 100)
    measure: str = "share"
    unit: str = "month"
    x_share: Fraction = Fraction(50, 100)
    y_share: Fraction = Fraction(25, 100)
    x_cv: Fraction = Fraction(1, 2)
    y_cv: Fraction = Fraction(1)
    min_months: int = 3
    first_purchase_known_from: date | None = None
    top_cells: tuple[str, ...] = ("AX",)
    top_cap: int | None = None
    review_months: int = 3
    zero_top: int = 1
    zero_new: int = 1
    zero_other: int = 3
    hand_over_top: int = 2
    hand_over_new: int = 3
    hand_over_other: int = 6
    lost_top: int = 9
    lost_new: int = 9
    lost_other: int = 9
    archive_months: int = 15
    archive_cycles: int = 3
    own_rhythm: bool = True
    zero_rhythm_factor: Fraction = Fraction(3, 2)
    hand_over_rhythm_factor: Fraction = Fraction(2)
    rhythm_min_purchases: int = 3
    seasonal_guard: bool = False
    hand_over_mode: str = "daily"
    grace_days: int = 1
    absence_days: int = 3
    swing_returns: int = 2
    separation_days: int = 7
    feed_guard: bool = True
    feed_working_days: int = 3
    feed_source_days: int = 30
    size_guard: bool = True
    size_night: Fraction = Fraction(5, 100)
    size_month_end: Fraction = Fraction(25, 100)
    size_30_days: Fraction = Fraction(15, 100)
    size_min_clients: int = 10
    backlog_guard: bool = True
    backlog_share: Fraction = Fraction(5, 100)

    def of_classes(self) -> tuple[object, ...]:
        """Return what decides classes."""
        return (
            self.window_months, self.a_share, self.b_share, self.measure, self.unit,
            self.x_share, self.y_share, self.x_cv, self.y_cv, self.min_months,
        )  # fmt: skip

    def of_top(self) -> tuple[object, ...]:
        """Return what decides who belongs to the TOP list: classes, cells, cap."""
        return (*self.of_classes(), frozenset(self.top_cells), self.top_cap)

    def months(self, term: str, term_class: str) -> int:
        """Return a field of the table of terms: `term` zero, hand_over or lost of top, new or other."""
        value: int = getattr(self, f"{term}_{term_class}")
        return value


@dataclass
class Case:
    """One silence of one client that is due, proposed, handed over or closed."""

    client: int
    rule: str
    state: str
    silent_since: date
    due_on: date
    was_lost: bool
    from_owner: int
    opened_on: date
    to_owner: int | None = None
    swinging: bool = False
    for_head: bool = False
    approved: bool = False
    handed_in: date | None = None
    handed_on: date | None = None
    closed_on: date | None = None
    bought_on: date | None = None
    returned_to: int | None = None
    returned_on: date | None = None


OPEN = ("waiting", "head_list", "proposed", "handed_over")


@dataclass
class World:
    """Everything known when a night runs."""

    people: dict[int, Person]
    clients: dict[int, Client]
    documents: dict[int, list[Document]]
    rules: list[tuple[date, Rules]]
    is_working: Callable[[date], bool]
    receiver_branch: dict[int, int] = field(default_factory=dict)
    exclusions: list[Exclusion] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    head: int | None = None
    revision: int = 0

    def rules_of(self, as_of: date) -> Rules:
        """Return the rule set of the night: the latest in force."""
        return max((row for row in self.rules if row[0] <= as_of), key=lambda row: row[0])[1]

    def add(self, *documents: Document) -> None:
        """Let documents come in; they are seen by the next night that is not before their day."""
        for document in documents:
            self.documents.setdefault(document.entity, []).append(document)
        self.revision += 1

    def remove(self, document: Document) -> None:
        """Take a document out again, as an undone import does."""
        self.documents[document.entity].remove(document)
        self.revision += 1

    def present(self) -> list[Client]:
        """List the clients that were not joined into others."""
        return [client for client in self.clients.values() if client.merged_into is None]

    def move(
        self,
        client: Client,
        owner: int,
        start: date,
        reason: str,
        left_alone_until: date | None = None,
        by_person: bool = False,
    ) -> None:
        """Give the client an owner from a day; the last change of a day wins, back to the one before removes it."""
        if client.owner.start == start and len(client.owners) > 1:
            client.owners.pop()
            if client.owner.owner == owner:
                return
        elif client.owner.start == start:
            client.owners.pop()
        if not client.owners or client.owner.owner != owner:
            client.owners.append(Interval(start, owner, reason, left_alone_until, by_person))


def tiles(intervals: list[tuple[date, date | None]]) -> bool:
    """Say whether half-open intervals, sorted by start, follow each other without gap or overlap to an open end."""
    ends = [end for _, end in intervals]
    starts = [start for start, _ in intervals]
    return bool(intervals) and ends[-1] is None and ends[:-1] == starts[1:] and starts == sorted(set(starts))
