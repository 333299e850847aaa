"""Completeness and correctness summed up: per manager, branch and type (R4, R5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Model, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, CompletenessRules, LifeCycle, Ownership, Segment
from clients.querysets import ClientQuerySet
from staff.models import Branch, Employee

STATES = [str(one) for one in LifeCycle.values if one != LifeCycle.ARCHIVED]


@dataclass(frozen=True)
class Grouping:
    """What clients are summed up by: the column, the rows it names, the filter of the list that keeps one group."""

    key: str
    label: Any
    one: Any
    column: str
    model: type[Model]
    filter: str
    nobody: Any = ""


MANAGER = Grouping("manager", gettext_lazy("Managers"), gettext_lazy("Manager"), "owner", Employee, "owner")
BRANCH = Grouping("branch", gettext_lazy("Branches"), gettext_lazy("Branch"), "branch", Branch, "branch")
TYPE = Grouping(
    "type", gettext_lazy("Types"), gettext_lazy("Type"), "segment", Segment, "segment", gettext_lazy("no type")
)
GROUPINGS = {one.key: one for one in (MANAGER, BRANCH, TYPE)}


@dataclass(frozen=True)
class Line:
    """The clients of a group: all, those of whom enough is known and verified, TOP ones that lack something."""

    name: str
    narrow: tuple[tuple[str, str], ...] = ()
    clients: int = 0
    computed: int = 0
    completeness: Decimal = Decimal(0)
    correctness: Decimal = Decimal(0)
    incomplete: int = 0
    incorrect: int = 0
    top: int = 0
    top_incomplete: int = 0

    @property
    def mean_completeness(self) -> Decimal | None:
        """Mean of the clients' completeness, as a share."""
        return self.completeness / self.computed / 100 if self.computed else None

    @property
    def mean_correctness(self) -> Decimal | None:
        """Mean of the clients' correctness, as a share."""
        return self.correctness / self.computed / 100 if self.computed else None

    @property
    def complete(self) -> int:
        """How many clients are known well enough."""
        return self.computed - self.incomplete

    def url(self, **more: str) -> str:
        """Return the list of the clients of the group, narrowed by `more`; archived ones are left out."""
        query = urlencode([*self.narrow, *more.items(), *(("state", state) for state in STATES)])
        return f"{reverse('clients:client-list')}?{query}"

    @property
    def clients_url(self) -> str:
        """All clients of the group, the emptiest first."""
        return self.url(sort="completeness", cols=COLUMNS)

    @property
    def incomplete_url(self) -> str:
        """Those of whom not enough is known."""
        return self.url(complete="incomplete", sort="completeness", cols=COLUMNS)

    @property
    def incorrect_url(self) -> str:
        """Those of whom not enough was verified in time."""
        return self.url(complete="incorrect", sort="correctness", cols=COLUMNS)

    @property
    def top_url(self) -> str:
        """TOP clients of whom not enough is known."""
        return self.url(top="yes", complete="incomplete", sort="completeness", cols=COLUMNS)


COLUMNS = "name,cls,state,completeness,correctness,turnover,owner"


def lines(clients: ClientQuerySet, grouping: Grouping, rules: CompletenessRules) -> list[Line]:
    """Sum up the clients by group, who lacks most first: one question, and one for the names."""
    counted = clients.exclude(standing__life_cycle=LifeCycle.ARCHIVED).order_by()
    if grouping is MANAGER:
        held = Ownership.objects.filter(ends_on__isnull=True, client__in=counted.values("pk")).order_by()
        rows = _sums(held, "owner", "client__standing__", rules)
    else:
        rows = _sums(counted, grouping.column, "standing__", rules)
    found = list(rows)
    names = grouping.model._default_manager.in_bulk([row["group"] for row in found if row["group"] is not None])
    made = [_line(row, grouping, names.get) for row in found]
    return sorted(made, key=lambda line: (-line.incomplete, -line.incorrect, line.name))


def _sums(rows: QuerySet[Any, Any], column: str, path: str, rules: CompletenessRules) -> QuerySet[Any, Any]:
    top = Q(**{f"{path}top": True})

    def below(figure: str) -> Q:
        return (top & Q(**{f"{path}{figure}__lt": rules.top_pass})) | (
            ~top & Q(**{f"{path}{figure}__lt": rules.other_pass})
        )

    found: QuerySet[Any, Any] = rows.values(group=F(column)).annotate(
        clients=Count("pk"),
        computed=Count(f"{path}completeness"),
        completeness=Sum(f"{path}completeness", default=Decimal(0)),
        correctness=Sum(f"{path}correctness", default=Decimal(0)),
        incomplete=Count("pk", filter=below("completeness")),
        incorrect=Count("pk", filter=below("correctness")),
        top=Count("pk", filter=top),
        top_incomplete=Count("pk", filter=top & below("completeness")),
    )
    return found


def _line(row: dict[str, Any], grouping: Grouping, named: Callable[[Any], Any]) -> Line:
    group = row.pop("group")
    one = named(group)
    name = one.short_name if isinstance(one, Employee) else str(one or grouping.nobody)
    return Line(name, ((grouping.filter, str(group) if group is not None else "none"),), **row)


def total(found: list[Line]) -> Line:
    """Add the lines up: means are made of the sums."""
    summed = ("clients", "computed", "completeness", "correctness", "incomplete", "incorrect", "top", "top_incomplete")
    return Line(_("Total"), **{name: sum(getattr(one, name) for one in found) for name in summed})


def emptiest_top(person: Employee, rules: CompletenessRules) -> QuerySet[Client]:
    """Keep the person's own TOP clients of whom not enough is known, the emptiest first."""
    mine = Client.objects.present().owned_by(person).filter(standing__top=True)
    short = mine.filter(standing__completeness__lt=rules.top_pass).select_related("standing")
    return short.order_by("standing__completeness", "-standing__turnover", "pk")
