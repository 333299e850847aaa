"""Reasons of silence: which clients are asked for one, the answer that holds, and the report by type (R125)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.models import Client, LifeCycle, LossReason, Segment
from salescrm.base.lists.filters import NONE
from segmentation.models import LossAnswer
from segmentation.querysets import MONEY
from staff.models import Branch

_ONCE = Q(
    standing__purchases=1, standing__life_cycle__in=[LifeCycle.ACTIVE, LifeCycle.ZERO, LifeCycle.LOST]
)  # R105; a new client's term still runs, an archived one is asked nothing
KINDS: dict[str, Q] = {
    "zero": Q(standing__life_cycle=LifeCycle.ZERO),
    "lost": Q(standing__life_cycle=LifeCycle.LOST),
    "once": _ONCE,
}
KIND_NAMES = {
    "zero": pgettext_lazy("clients", "zero"),
    "lost": pgettext_lazy("clients", "lost"),
    "once": gettext_lazy("bought once, no longer new"),
}
ASKED = KINDS["zero"] | KINDS["lost"] | KINDS["once"]


def answered(reason: str) -> Q:
    """Keep clients whose present silence has this reason (its code); NONE: those asked for one that have none yet."""
    holding = LossAnswer.objects.holding()
    if reason == NONE:
        return ASKED & ~Q(pk__in=holding.values("client"))
    return Q(pk__in=holding.filter(reason__code=reason).values("client"))


def held(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Annotate `loss_reason`: the key of the reason that holds."""
    latest = LossAnswer.objects.latest_of("pk", "standing__last_purchase_on")
    return clients.annotate(loss_reason=Subquery(latest.values("reason")))


@dataclass
class Figure:
    """Clients and their turnover in a cell of the report, and the list of exactly these clients."""

    url: str
    clients: int = 0
    money: Decimal = Decimal(0)

    def add(self, clients: int, money: Decimal) -> None:
        """Count more clients in."""
        self.clients += clients
        self.money += money


@dataclass
class Column:
    """A column of the report: a sphere, a type of one sphere, or no type; `value` narrows the list to it."""

    name: str
    value: dict[str, str] = field(default_factory=dict)
    sphere: int | None = None


@dataclass
class Report:
    """Reasons by types: rows and columns with their sums."""

    columns: list[Column]
    rows: list[tuple[str, list[Figure], Figure]]
    sums: list[Figure]
    total: Figure


def report(
    clients: QuerySet[Client], kinds: list[str], sphere: int | None = None, branch: Branch | None = None
) -> Report:
    """Count silent clients by reason and sphere, or by reason and type of one sphere: one question for the numbers."""
    condition = Q()
    for kind in kinds:
        condition |= KINDS[kind]
    segments = {one.pk: one for one in Segment.objects.select_related("sphere").order_by("sphere", "name")}
    columns = _columns(list(segments.values()), sphere)
    reasons = list(LossReason.objects.all())
    fixed: dict[str, Any] = {"silence": kinds} | ({"sphere": str(sphere)} if sphere else {})
    fixed |= {"branch": str(branch.pk)} if branch else {}
    codes: list[tuple[int | None, str, str, bool]] = [(None, NONE, _("no reason yet"), True)]
    codes += [(one.pk, one.code, str(one), one.is_active) for one in reasons]
    cells = {
        (pk, at): Figure(_list(fixed | {"loss_reason": code} | column.value))
        for pk, code, _name, _on in codes
        for at, column in enumerate(columns)
    }
    rows = {pk: Figure(_list(fixed | {"loss_reason": code})) for pk, code, _name, _on in codes}
    sums = [Figure(_list(fixed | column.value)) for column in columns]
    total = Figure(_list(fixed))
    place = _places(columns, segments, sphere)
    for found in _counted(clients.filter(condition), sphere):
        at = place[found["segment"]]
        for figure in (cells[found["loss_reason"], at], rows[found["loss_reason"]], sums[at], total):
            figure.add(found["n"], found["money"])
    shown = [
        (name, [cells[pk, at] for at in range(len(columns))], rows[pk])
        for pk, _code, name, is_active in codes
        if is_active or rows[pk].clients
    ]
    return Report(columns, shown, sums, total)


def _counted(clients: QuerySet[Client], sphere: int | None) -> QuerySet[Client, dict[str, Any]]:
    if sphere:
        clients = clients.filter(segment__sphere=sphere)
    counted = held(clients).order_by().values("loss_reason", "segment")  # type: ignore[misc] # annotated by held
    return counted.annotate(n=Count("pk"), money=Sum(F("standing__turnover"), output_field=MONEY, default=Decimal(0)))


def _columns(segments: list[Segment], sphere: int | None) -> list[Column]:
    if sphere:
        return [Column(str(one), {"segment": str(one.pk)}) for one in segments if one.sphere_id == sphere]
    spheres = {one.sphere_id: one.sphere for one in segments}
    found = [Column(str(one), {"sphere": str(pk)}, pk) for pk, one in spheres.items()]
    return [*found, Column(_("no type"), {"segment": NONE})]


def _places(columns: list[Column], segments: dict[int, Segment], sphere: int | None) -> dict[int | None, int]:
    """Say in which column the clients of a type stand."""
    if sphere:
        return {int(column.value["segment"]): at for at, column in enumerate(columns)}
    by_sphere = {column.sphere: at for at, column in enumerate(columns)}
    return {None: len(columns) - 1} | {pk: by_sphere[one.sphere_id] for pk, one in segments.items()}


def _list(values: dict[str, Any]) -> str:
    return f"{reverse('clients:client-list')}?{urlencode(values, doseq=True)}"
