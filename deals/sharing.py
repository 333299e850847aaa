"""Sharing clients out: the portfolio, the plan with its figures, and carrying out exactly that plan (R208, R210).

Which clients are meant says the state of the list of clients, so whatever narrows that list narrows a portfolio too.
The rule itself is `deals.distribution`; `mark` stands for everything the rule was given: another mark, another plan.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients import figures
from clients.filters import CLIENTS
from clients.forms import owners_for
from clients.models import Client, LifeCycle, Ownership, OwnershipReason
from deals import actions, distribution
from deals.distribution import Even, Item, Move, Plan, Receiver, Rule
from deals.models import Task, TaskState
from salescrm.base import notify
from salescrm.base.jobs import Refused
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.notify import Notice
from staff.access import Role, Rows, rows
from staff.models import Absence, Employee

MOST_OUT = 300  # clients taken out of a plan: an address is only so long
MOST_RECEIVERS = 100
MOST = 20_000  # clients shared out at once: the plan of so many takes some seconds
GIVEN_TOLD = gettext_noop("{who} shared clients out, you got {rows}: {why}")
TAKEN_TOLD = gettext_noop("{who} shared clients out, {rows} of yours went to others: {why}")
GROUPS: dict[str, Any] = {
    "type": Coalesce(Cast("client__segment_id", CharField()), Value("")),
    "place": Coalesce(NullIf("client__region", Value("")), F("client__city")),
    "size": F("client__standing__abc"),
}


class Changed(Refused):
    """The base is no longer what the plan was made of."""


@dataclass(frozen=True)
class Asked:
    """What a person wants shared out, among whom, and by what rule."""

    state: ListState
    to: tuple[int, ...] = ()
    even: Even = Even.CLIENTS
    keep: str = ""
    with_norm: bool = True
    out: tuple[int, ...] = ()


def asked_of(params: QueryDict, person: Employee, today: date) -> Asked:
    """Read what is asked for from the address; what makes no sense, or may not be, is left out."""
    state = ListState.read(CLIENTS, params, Here(person, today))
    to = owners_for(person).filter(pk__in=numbers(params, "to")[:MOST_RECEIVERS])
    seen = Client.objects.visible_to(person, today)
    even, keep = params.get("even", ""), params.get("keep", "")
    return Asked(
        state,
        tuple(to.values_list("pk", flat=True)),
        Even(even) if even in set(Even) else Even.CLIENTS,
        keep if keep in GROUPS else "",
        params.get("norm") != "no",
        tuple(seen.filter(pk__in=numbers(params, "out")[:MOST_OUT]).order_by("pk").values_list("pk", flat=True)),
    )


def numbers(params: QueryDict, name: str) -> list[int]:
    """Return the whole numbers of a parameter."""
    return [int(text) for text in params.getlist(name) if text.isascii() and text.isdecimal() and len(text) < 19]


def query_of(asked: Asked, **more: Any) -> str:
    """Return the address's query of what is asked for."""
    return "&".join(part for part in (asked.state.query(), own_query(asked, **more)) if part)


def own_query(asked: Asked, **more: Any) -> str:
    """The part of the query that is the page's own: receivers, rule, clients taken out."""
    rule = [("even", asked.even.value), ("keep", asked.keep), ("norm", "" if asked.with_norm else "no")]
    said: list[tuple[str, Any]] = [(name, text) for name, text in [*rule, *more.items()] if text]
    return urlencode([*said, *(("to", one) for one in asked.to), *(("out", one) for one in asked.out)])


@dataclass
class Load:
    """What a person carries; archived clients are no load."""

    clients: int = 0
    tops: int = 0
    turnover: Decimal = Decimal(0)

    def add(self, item: Item, sign: int) -> None:
        """Count a client in (1) or out (-1)."""
        self.clients += sign
        self.tops += sign * item.top
        self.turnover += sign * Decimal(item.turnover) / 100


@dataclass
class Side:
    """A person before and after: receivers get, others give."""

    person: Employee
    before: Load
    after: Load
    gets: int = 0
    gives: int = 0
    away: Absence | None = None

    @property
    def most_clients(self) -> int | None:
        """The norm of all clients together."""
        tops, others = self.person.norms
        return None if tops is None or others is None else tops + others

    @property
    def is_over(self) -> bool:
        """Say whether the person carries more than the norm afterwards."""
        tops, others = self.person.norms
        is_over_tops = tops is not None and self.after.tops > tops
        return is_over_tops or (others is not None and self.after.clients - self.after.tops > others)


@dataclass(frozen=True)
class Preview:
    """A plan with what it does to each person."""

    asked: Asked
    mark: str
    plan: Plan
    items: Mapping[int, Item] = field(default_factory=dict)
    receivers: list[Side] = field(default_factory=list)
    givers: list[Side] = field(default_factory=list)
    is_too_much: bool = False

    @property
    def moves(self) -> tuple[Move, ...]:
        """The clients that get another owner."""
        return self.plan.moves


def preview(asked: Asked, today: date) -> Preview:
    """Read the portfolio and the receivers and make the plan: a number of queries that does not grow with them."""
    items = _portfolio(asked, today)
    if len(items) > MOST:
        return Preview(asked, "", Plan((), {}), is_too_much=True)
    people = _people({*asked.to, *(item.owner for item in items)})
    loads = _loads(people, asked.state.here.person)
    to = [people[person] for person in asked.to if person in people]
    receivers = _receivers(asked, to, items, loads)
    rule = Rule(asked.even, together=bool(asked.keep))
    plan = distribution.distribute(items, receivers, rule)
    sides = _sides(people, loads, plan, _absences(people, today + timedelta(days=1)))
    return Preview(
        asked,
        _mark(items, receivers, rule),
        plan,
        {item.client: item for item in items},
        [sides[person.pk] for person in to],
        [side for pk, side in sides.items() if pk not in asked.to and side.gives],
    )


def tasks_along(moves: Iterable[Move]) -> int:
    """How many open tasks of the old owners go along."""
    owners = {move.item.client: move.item.owner for move in moves}
    tasks = Task.objects.filter(client__in=list(owners), assignee__in=set(owners.values()), state=TaskState.OPEN)
    return sum(owners[client] == doer for client, doer in tasks.values_list("client_id", "assignee_id"))


# --- reading ----------------------------------------------------------------------------------------------------------


def _portfolio(asked: Asked, today: date) -> list[Item]:
    """The clients to be shared out; left alone are those whose owner changes on a later day already.

    So are those handed over for recovery, unless their owner is named.
    """
    clients = asked.state.narrow(figures.listed(asked.state), whole=True).exclude(pk__in=asked.out)
    held = _present().filter(client__in=clients.values("pk"), starts_on__lte=today + timedelta(days=1))
    if "owner" not in asked.state.values:
        held = held.exclude(owner__role=Role.BDM_RECOVERY, reason=OwnershipReason.ZERO)
    found = held.order_by().values_list(
        "client_id", "owner_id", "client__standing__turnover", "client__standing__top", _group(asked)
    )
    return [
        Item(client, owner, int(turnover * 100), top, group)
        for client, owner, turnover, top, group in found[: MOST + 1]
    ]


def _present() -> QuerySet[Ownership]:
    """The open intervals of clients that are a load."""
    held = Ownership.objects.filter(ends_on__isnull=True, client__merged_into__isnull=True)
    return held.exclude(client__standing__life_cycle=LifeCycle.ARCHIVED)


def _group(asked: Asked) -> Any:
    return GROUPS.get(asked.keep, Value(""))


def _people(ids: Iterable[int]) -> dict[int, Employee]:
    found = Employee.objects.filter(pk__in=set(ids)).select_related("branch")
    return {one.pk: one for one in found.order_by("last_name", "first_name", "pk")}


def _absences(people: Iterable[int], day: date) -> dict[int, Absence]:
    return {one.employee_id: one for one in Absence.objects.on(day).filter(employee__in=list(people))}


def _loads(people: Iterable[int], reader: Employee) -> dict[int, Load]:
    """What each of these people carries now; of another branch's people who sees a branch is told of its clients."""
    held = _present().filter(owner__in=list(people))
    if rows(reader) == Rows.BRANCH:
        held = held.filter(Q(owner__branch=reader.branch_id) | Q(client__branch=reader.branch_id))
    counted = (
        held.order_by()
        .values("owner_id")
        .annotate(
            clients=Count("pk"),
            tops=Count("pk", filter=Q(client__standing__top=True)),
            turnover=Coalesce(Sum("client__standing__turnover"), Decimal(0)),
        )
    )
    return {row["owner_id"]: Load(row["clients"], row["tops"], row["turnover"]) for row in counted}


def _receivers(asked: Asked, to: list[Employee], items: list[Item], loads: Mapping[int, Load]) -> list[Receiver]:
    """The receivers with what they carry beside the clients that are shared out."""
    shared: dict[int, Load] = {person.pk: Load() for person in to}
    groups = Counter[tuple[int, str]]()
    if asked.keep:
        groups.update(_groups(asked))
    for item in items:
        if item.owner in shared:
            shared[item.owner].add(item, 1)
            groups[item.owner, item.group] -= 1
    found = []
    for person in to:
        load, part = loads.get(person.pk, Load()), shared[person.pk]
        tops = load.tops - part.tops
        most_tops, most_others = person.norms if asked.with_norm else (None, None)
        found.append(
            Receiver(
                person.pk,
                tops,
                load.clients - part.clients - tops,
                max(int((load.turnover - part.turnover) * 100), 0),
                most_tops,
                most_others,
                {group: n for (owner, group), n in sorted(groups.items()) if owner == person.pk and n > 0},
            )
        )
    return found


def _groups(asked: Asked) -> dict[tuple[int, str], int]:
    """How many clients of each group each receiver has."""
    held = _present().filter(owner__in=asked.to).order_by().annotate(group=_group(asked))
    return {(owner, group): n for owner, group, n in held.values_list("owner_id", "group").annotate(n=Count("pk"))}


def _mark(items: list[Item], receivers: list[Receiver], rule: Rule) -> str:
    """Return a mark of everything the plan is made of."""
    said = repr((sorted(items), [(one, sorted(one.groups.items())) for one in receivers], rule))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _sides(
    people: Mapping[int, Employee], loads: Mapping[int, Load], plan: Plan, away: Mapping[int, Absence]
) -> dict[int, Side]:
    sides = {}
    for pk, person in people.items():
        load = loads.get(pk, Load())
        after = Load(load.clients, load.tops, load.turnover)
        sides[pk] = Side(person, load, after, away=away.get(pk))
    for move in plan.moves:
        giver, receiver = sides[move.item.owner], sides[move.to]
        giver.after.add(move.item, -1)
        giver.gives += 1
        receiver.after.add(move.item, 1)
        receiver.gets += 1
    return sides


# --- carrying out -----------------------------------------------------------------------------------------------------


@transaction.atomic
def carry_out(
    *,
    asked: Asked,
    seen: str,
    starts_on: date,
    reason: OwnershipReason,
    acting_user: Employee,
    today: date,
    **told: Any,
) -> dict[int, int]:
    """Move the clients of the plan a person has seen; return who owned them. Everybody concerned is told once.

    1. Make the plan anew; raise Changed when it is made of anything else than what was seen.
    2. Move all clients and their owners' open tasks in one go, under locks.
    3. Raise Changed, and move nothing, when somebody else moved one of them meanwhile.
    """
    found = preview(asked, today)
    if not found.moves or found.mark != seen:
        raise Changed(_("The base has changed meanwhile: here is the new plan. Look, then carry it out."))
    owners = {move.item.client: move.to for move in found.moves}
    before = actions.change_owners(owners, starts_on=starts_on, reason=reason, author=acting_user.pk, **told)
    if before != {move.item.client: move.item.owner for move in found.moves}:
        raise Changed(_("Somebody else has moved some of these clients meanwhile: here is the new plan."))
    _tell(found, acting_user, told.get("note", ""))
    return before


def _tell(found: Preview, acting_user: Employee, why: str) -> None:
    """Notify who got and who gave; nobody hears of what they did themselves."""
    said = {"who": acting_user.short_name, "why": why}
    url, key = reverse("clients:client-list"), f"distribution-{found.mark}"
    notices = []
    for side in [*found.receivers, *found.givers]:
        pk = side.person.pk
        if side.gets and pk != acting_user.pk:
            notices.append((pk, Notice(f"{key}-got", GIVEN_TOLD, said | {"rows": side.gets}, f"{url}?owner=me")))
        if side.gives and pk != acting_user.pk:
            notices.append((pk, Notice(f"{key}-gave", TAKEN_TOLD, said | {"rows": side.gives}, url)))
    notify.tell_each("owner", notices)
