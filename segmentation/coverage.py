"""How far the contact norm is kept: by manager and class, the contacts a month it asks for, who is overdue (R99, R100).

Covered is a client whose running term is not over. A month's contacts are the sum of what each client's norm asks for:
40 clients every month and 193 once in three months are about 104.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse

from clients.models import Client, Ownership
from segmentation.contact_norm import ContactNorm
from staff.models import Branch, Employee

CLASSES = ("A", "B", "C", "")  # the last one: no letter
MONTH_DAYS = Decimal(365) / 12
OVERDUE, UNDER = "..-1d", "any"  # values of the list's filter "contact due"
COLUMNS = "cls,state,turnover,contact_due,last_contact,next_task,owner"  # what the list shows of them


@dataclass
class Figure:
    """Clients under the norm, how many are overdue, the contacts a month; `narrow` are the list's filters for them."""

    narrow: dict[str, str] = field(default_factory=dict)
    clients: int = 0
    overdue: int = 0
    monthly: Decimal = Decimal(0)
    oldest: date | None = None

    def add(self, clients: int, overdue: int, monthly: Decimal, oldest: date | None) -> None:
        """Count more clients in."""
        self.clients += clients
        self.overdue += overdue
        self.monthly += monthly
        self.oldest = min((day for day in (self.oldest, oldest) if day), default=None)

    @property
    def covered(self) -> Decimal | None:
        """The share of the clients that are not overdue; None without clients."""
        return Decimal(self.clients - self.overdue) / self.clients if self.clients else None

    @property
    def contacts(self) -> int:
        """Contacts a month, whole ones."""
        return int(self.monthly.to_integral_value(ROUND_HALF_UP))

    @property
    def url(self) -> str:
        """The list of exactly these clients."""
        return list_url(self.narrow | {"contact_due": UNDER})

    @property
    def overdue_url(self) -> str:
        """The list of the overdue ones, the longest overdue first."""
        return list_url(self.narrow | {"contact_due": OVERDUE, "sort": "contact_due"})


@dataclass
class Line:
    """One manager: the figures by class and in all, hours a month, and whether the portfolio cannot be served."""

    person: Employee
    figures: list[Figure]
    total: Figure
    most: int = 0
    minutes: int = 0

    @property
    def hours(self) -> int:
        """Hours a month the contacts take."""
        return hours(self.total, self.minutes)

    @property
    def is_too_much(self) -> bool:
        """Say whether the norm asks for more contacts than one person can keep."""
        return self.total.contacts > self.most


@dataclass
class Report:
    """All managers with sums by class; `too_many` cannot keep what the norm asks of them."""

    lines: list[Line]
    sums: list[Figure]
    total: Figure
    minutes: int

    @property
    def hours(self) -> int:
        """Hours a month the contacts take in all."""
        return hours(self.total, self.minutes)

    @property
    def by_class(self) -> list[tuple[Figure, int]]:
        """The sums of the classes with the hours a month their contacts take (R100)."""
        return [(figure, hours(figure, self.minutes)) for figure in self.sums]

    @property
    def too_many(self) -> list[Line]:
        """The managers whose portfolio cannot be served."""
        return [line for line in self.lines if line.is_too_much]


def hours(figure: Figure, minutes: int) -> int:
    """Return the hours that many contacts take, whole ones."""
    return int((figure.monthly * minutes / 60).to_integral_value(ROUND_HALF_UP))


def report(clients: QuerySet[Client], today: date, norm: ContactNorm | None, branch: Branch | None = None) -> Report:
    """Count the clients under the norm by owner and class: one question whatever their number, one for the names.

    `clients` are those of `branch` where one is given; the lists behind the figures are narrowed to it as well.
    """
    fixed = {"branch": str(branch.pk)} if branch else {}
    told = norm or ContactNorm()
    counted = list(_counted(clients, today))
    people = Employee.objects.in_bulk({row["owner_id"] for row in counted})
    lines = {pk: _line(person, told, fixed) for pk, person in people.items()}
    sums, total = [Figure(fixed | {"abc": _letter(abc)}) for abc in CLASSES], Figure(fixed)
    for row in counted:
        line, at = lines[row["owner_id"]], CLASSES.index(row["abc"])
        for figure in (line.figures[at], line.total, sums[at], total):
            figure.add(row["n"], row["overdue"], row["n"] * monthly(row["months"], row["days"]), row["oldest"])
    ordered = sorted(lines.values(), key=lambda line: (-line.total.overdue, line.person.last_name, line.person.pk))
    return Report(ordered, sums, total, told.contact_minutes)


def _counted(clients: QuerySet[Client], today: date) -> QuerySet[Any, Any]:
    now = Ownership.objects.filter(
        ends_on__isnull=True, client__in=clients.values("pk"), client__standing__contact_due_on__isnull=False
    )
    grouped = now.order_by().values(
        "owner_id",
        abc=_path("abc"),
        months=_path("contact_months"),
        days=_path("contact_days"),
    )
    late = Q(client__standing__contact_due_on__lt=today)
    return grouped.annotate(
        n=Count("pk"),
        overdue=Count("pk", filter=late),
        oldest=Min("client__standing__contact_due_on", filter=late),
    )


def _path(column: str) -> F:
    return F(f"client__standing__{column}")


def monthly(months: int | None, days: int | None) -> Decimal:
    """Return how many contacts a month a norm asks for."""
    if days:
        return MONTH_DAYS / days
    return 1 / Decimal(months) if months else Decimal(0)


def _line(person: Employee, norm: ContactNorm, fixed: dict[str, str]) -> Line:
    owner = fixed | {"owner": str(person.pk)}
    figures = [Figure(owner | {"abc": _letter(abc)}) for abc in CLASSES]
    return Line(person, figures, Figure(owner), norm.most_a_month, norm.contact_minutes)


def _letter(abc: str) -> str:
    return abc or "none"


def list_url(values: dict[str, str]) -> str:
    """Return the list of clients narrowed like this, with the columns of contacts."""
    return f"{reverse('clients:client-list')}?{urlencode(values | {'cols': COLUMNS})}"


def overdue(clients: QuerySet[Client], today: date, owner: int | None, size: int) -> list[Client]:
    """Return the first clients whose term is over, the longest overdue first, with Standing and present owner."""
    late = clients.filter(standing__contact_due_on__lt=today)
    if owner:
        late = late.filter(pk__in=Ownership.objects.filter(owner=owner, ends_on__isnull=True).values("client"))
    return list(late.select_related("standing").order_by("standing__contact_due_on", "standing__client")[:size])
