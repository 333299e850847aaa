"""Read side of the TOP page: the list of a day, who entered and left, whom people put in or took out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from clients.models import Client
from salescrm.base import names
from salescrm.base.lists.paging import Page, Sort
from salescrm.base.lists.state import ListSpec
from salescrm.base.models import StepRun, StepState
from segmentation.models import RuleSet, TopOverride, TopReason
from segmentation.steps import top

VIEWS = ("list", "entered", "left", "hand")


def named(typed: str, whole: bool) -> Q:
    """Keep the clients whose name has the typed text."""
    return Q(name_key__contains=names.key(typed))


TOP = ListSpec(
    "top",
    (),
    (Sort("order", "order", nullable=True),),
    "-order",
    search=named,
    others=("on", "since", "view", "branch"),
    size=50,
)


def members(clients: QuerySet[Client], view: str, on: date, since: date) -> QuerySet[Client]:
    """Keep what the page shows: `list` on a day, `entered` or `left` in the nights (since, on], `hand` = overrides.

    By falling `order` the largest stand first, or those who entered or left last; who did so twice stands there twice.
    """
    rows = clients.annotate(
        member=FilteredRelation("top_memberships", condition=_condition(view, on, since)),
        cls=FilteredRelation("classifications", condition=_holds("classifications", "since", "until", on)),
        held=FilteredRelation("ownerships", condition=Q(ownerships__ends_on__isnull=True)),
    )
    hand = TopOverride.objects.filter(client=OuterRef("pk"), starts_on__lte=on, until__gt=on).order_by(
        "-starts_on", "-pk"
    )
    order = {"entered": "member__entered_on", "left": "member__left_on"}.get(view, "cls__turnover")
    found: Any = rows.annotate(
        hand_in=Subquery(hand.values("is_in")[:1]),
        hand_until=Subquery(hand.values("until")[:1]),
        hand_why=Subquery(hand.values("reason")[:1]),
        order=F(order),
    )
    kept: QuerySet[Client] = found.filter(Q(hand_until__isnull=False) if view == "hand" else Q(member__isnull=False))
    return kept


def read(rows: QuerySet[Client], page: Page) -> list[dict[str, Any]]:
    """Return the rows of a page with all they show, in its order."""
    some: Any = rows.filter(pk__in=page.ids)
    asked = some.values(
        "pk",
        "name",
        "hand_in",
        "hand_until",
        "hand_why",
        "order",
        top_now=F("standing__top"),
        abc=F("cls__abc"),
        xyz=F("cls__xyz"),
        turnover=F("cls__turnover"),
        entered_on=F("member__entered_on"),
        entered_reason=F("member__entered_reason"),
        entered_cell=F("member__entered_cell"),
        left_on=F("member__left_on"),
        left_reason=F("member__left_reason"),
        left_cell=F("member__left_cell"),
        rank=F("member__rank"),
        owner_first=F("held__owner__first_name"),
        owner_last=F("held__owner__last_name"),
    )
    known = {(row["pk"], row["order"]): row for row in asked}
    return _with_words([known[place] for place in zip(page.ids, page.keys, strict=True)])


def reviews(on: date, rules: RuleSet | None) -> dict[str, date | None]:
    """Return the last night up to `on` that reviewed the list, the day before it, and the next one by the calendar."""
    nights = StepRun.objects.filter(step=top.NAME, state=StepState.DONE, detail__review=True, as_of__lte=on)
    last = nights.order_by("-as_of").values_list("as_of", flat=True).first()
    return {
        "reviewed_on": last,
        "before_review": last - timedelta(days=1) if last else None,
        "next_review": top.next_review(on, rules) if rules else None,
    }


def _condition(view: str, on: date, since: date) -> Q:
    if view == "entered":
        return Q(top_memberships__entered_on__gt=since, top_memberships__entered_on__lte=on)
    if view == "left":
        return Q(top_memberships__left_on__gt=since, top_memberships__left_on__lte=on)
    return _holds("top_memberships", "entered_on", "left_on", on)


def _holds(relation: str, start: str, end: str, on: date) -> Q:
    ended = Q(**{f"{relation}__{end}__isnull": True}) | Q(**{f"{relation}__{end}__gt": on})
    return Q(ended, **{f"{relation}__{start}__lte": on})


def _with_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the owner's name and the reasons in words."""
    for row in rows:
        row["owner"] = f"{row['owner_first'] or ''} {row['owner_last'] or ''}".strip()
        for name in ("entered_reason", "left_reason"):
            row[f"{name}_word"] = TopReason(row[name]).label if row[name] else ""
    return rows
