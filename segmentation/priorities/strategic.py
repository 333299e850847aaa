"""The strategic list of a year: who is on it, who is proposed by the score, who left (R74, R75)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from clients.models import Client, Ownership
from salescrm.base import show
from segmentation.priorities.models import WEIGHTS, PriorityRules, PriorityScore, StrategicClient

VIEWS = ("list", "proposed", "left")
LISTED = 500  # more lines than these no head reads


@dataclass(frozen=True)
class Row:
    """A client of one of the views."""

    client: Client
    owner: str
    score: Decimal | None
    entry: StrategicClient | None = None


def rows(clients: QuerySet[Client], view: str, year: int, rules: PriorityRules | None) -> list[Row]:
    """Return the lines of a view, of the clients the person sees."""
    if view == "proposed":
        found = [Row(one.client, "", one.score) for one in proposed(clients, year, rules)] if rules else []
    else:
        found = [Row(one.client, "", _score(one), one) for one in members(clients, view, year)]
    owners = _owners([row.client.pk for row in found])
    return [Row(row.client, owners.get(row.client.pk, ""), row.score, row.entry) for row in found]


def members(clients: QuerySet[Client], view: str, year: int) -> list[StrategicClient]:
    """Return who is on the list or has left it, the highest score first."""
    found = StrategicClient.objects.filter(year=year, left_on__isnull=view == "list", client__in=clients.values("pk"))
    found = found.select_related(
        "client__standing", "client__branch", "client__priority_score", "entered_by", "left_by"
    )
    order = ("-left_on", "-pk") if view == "left" else (F("client__priority_score__score").desc(nulls_last=True), "pk")
    return list(found.order_by(*order)[:LISTED])


def proposed(clients: QuerySet[Client], year: int, rules: PriorityRules) -> list[PriorityScore]:
    """Return who would be on the list by the score: above the limit and among the first of the branch.

    Who is on the list has its place; so a full list of a branch proposes nobody.
    """
    here = StrategicClient.objects.on_list(year).filter(client=OuterRef("client"))
    order = [F("is_on").desc(), F("score").desc(), F("client").asc()]
    place = Window(RowNumber(), partition_by="client__branch", order_by=order)
    # the other conditions wait: beside a window they would be applied before it
    first = PriorityScore.objects.annotate(is_on=Exists(here), place=place).filter(place__lte=rules.list_size)
    wanted = [one.pk for one in first if not one.is_on and one.score >= rules.cut_off]
    found = clients.filter(pk__in=wanted).values_list("pk", flat=True)
    chosen = PriorityScore.objects.filter(pk__in=found).select_related("client__standing", "client__branch")
    return list(chosen.order_by("-score", "client")[:LISTED])


def _score(entry: StrategicClient) -> Decimal | None:
    known = getattr(entry.client, "priority_score", None)
    return known.score if known else entry.score


def _owners(ids: list[int]) -> dict[int, str]:
    found = Ownership.objects.filter(client__in=ids, ends_on__isnull=True).select_related("owner")
    return {one.client_id: one.owner.short_name for one in found}


def explained(client: Client) -> tuple[PriorityScore | None, list[tuple[str, str, str]]]:
    """Return the score of a client and its criteria: name, points with weight, what they were reckoned from."""
    row = PriorityScore.objects.filter(client=client).select_related("rules").first()
    if row is None:
        return None, []
    names, inputs = labels(), _inputs(row)
    told = [
        (
            names[name],
            _("%(points)s × weight %(weight)s") % {
                "points": show.number(getattr(row, name), 1), "weight": getattr(row.rules, f"{name}_weight"),
            },
            inputs[name],
        )
        for name in WEIGHTS
    ]  # fmt: skip
    return row, told


def labels() -> dict[str, str]:
    """Return what the criteria are called."""
    return {
        "value": _("Turnover now"),
        "growth": _("Growth"),
        "regularity": _("Regularity"),
        "potential": _("Potential"),
        "kind": _("Type"),
    }


def _inputs(row: PriorityScore) -> dict[str, str]:
    return {
        "value": _("%(money)s in the window: more than %(share)s of the buyers")
        % {"money": show.money_short(row.turnover), "share": show.percent(row.value / 100)},
        "growth": _("%(now)s after %(before)s the window before")
        % {"now": show.money_short(row.turnover), "before": show.money_short(row.turnover_before)}
        if row.turnover_before > 0
        else _("no turnover the window before: neither growth nor fall"),
        "regularity": _("class %s") % (row.xyz or show.NOTHING),
        "potential": _("%(own)s of strategic goods, a buyer of the type has %(usual)s")
        % {"own": show.money_short(row.own), "usual": show.money_short(row.usual)}
        if row.usual is not None
        else _("too few buyers of the type to compare with"),
        "kind": {1: _("first priority"), 2: _("second priority")}.get(row.type_priority or 0, _("no priority")),
    }


def year_of(text: str, today: date) -> int:
    """Read a year of the address; this one for anything else."""
    return int(text) if text.isdecimal() and len(text) == 4 and abs(int(text) - today.year) <= 50 else today.year
