"""Read side of the zero board: lanes over the clients a person sees, each with exact count and sum, loaded in pages.

Lanes are disjoint. A client with an open case stands by the case's state, any other by life cycle and count-down;
the returned lane alone is of closed cases. The head's list is what only the head can give to somebody: silent clients
of development managers, those of branches without one, and those that came back when nobody had their portfolio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf

from clients.models import Client, LifeCycle, Shipment
from salescrm.base import names
from salescrm.base.lists.filters import NONE
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec
from salescrm.base.periods import add_months
from segmentation import silence, transfers
from segmentation.models import CaseRule, CaseState, Exclusion, HeadListReason, LossAnswer, ZeroCase
from segmentation.querysets import MONEY, OPEN

SOON_DAYS = 14
RETURNED_MONTHS = 3
PAGE = 8
DUE = [CaseState.WAITING, CaseState.ORDER_IN_WORK, CaseState.PROPOSED]
LANES = ("owner", "soon", "due", "head", "handed", "returned", "lost")
AGES = {"3": (0, 3), "6": (3, 6), "9": (6, 9), "more": (9, None)}
NO_ANSWER = Q(loss_reason__isnull=True)
URGENCY = DecimalField(max_digits=28, decimal_places=4)
ABOVE_TURNOVER = Decimal(10) ** 17


@dataclass(frozen=True)
class Choice:
    """What the board is narrowed to; empty = everything."""

    rule: str = ""
    age: str = ""
    branch: int | None = None
    q: str = ""
    reason: str = ""


@dataclass
class Lane:
    """One column of the board."""

    name: str
    count: int = 0
    money: Decimal = Decimal(0)
    cards: list[dict[str, Any]] = field(default_factory=list)
    offset: int = 0

    @property
    def left(self) -> int:
        """Cards after those of this page."""
        return max(self.count - self.offset - len(self.cards), 0)

    @property
    def next_offset(self) -> int:
        """Where the next page begins."""
        return self.offset + len(self.cards)


def board(clients: QuerySet[Client], today: date, choice: Choice) -> dict[str, Lane]:
    """Return all lanes with their first pages in a number of queries that does not grow with the clients."""
    rows = _with_case(_narrowed(clients, today, choice))
    back = _back_with_head()
    conditions = _conditions(today, back)
    asked: dict[str, Any] = {}
    for name, condition in conditions.items():
        asked[f"{name}_n"] = Count("pk", filter=condition)
        asked[f"{name}_sum"] = Coalesce(Sum(_turnover(), filter=condition), Value(Decimal(0)), output_field=MONEY)
    totals = rows.filter(_on_board(back)).aggregate(**asked)
    lanes = {name: Lane(name, totals[f"{name}_n"], totals[f"{name}_sum"]) for name in conditions}
    for name, lane in lanes.items():
        lane.cards = _cards(rows.filter(conditions[name]), name, today, 0) if lane.count else []
    returned = _returned(clients, today, choice)
    counted = returned.aggregate(n=Count("pk"), sum=Coalesce(Sum("recovered"), Value(Decimal(0)), output_field=MONEY))
    lanes["returned"] = Lane("returned", counted["n"], counted["sum"], list(_returned_cards(returned, today, 0)))
    return {name: lanes[name] for name in LANES}


def lane(clients: QuerySet[Client], today: date, choice: Choice, name: str, offset: int) -> Lane:
    """Return one page of a lane; its count and sum are not asked again, only how many cards are left."""
    if name == "returned":
        returned = _returned(clients, today, choice)
        return Lane(name, returned.count(), Decimal(0), list(_returned_cards(returned, today, offset)), offset)
    rows = _with_case(_narrowed(clients, today, choice)).filter(_conditions(today, _back_with_head())[name])
    return Lane(name, rows.count(), Decimal(0), _cards(rows, name, today, offset), offset)


def _with_case(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Keep clients that are not archived: those are in no list but their own."""
    return (
        clients.exclude(standing__life_cycle=LifeCycle.ARCHIVED)
        .annotate(
            open_case=FilteredRelation("zero_cases", condition=Q(zero_cases__state__in=OPEN)),
            held=FilteredRelation("ownerships", condition=Q(ownerships__ends_on__isnull=True)),
        )
        .annotate(
            head_list=Coalesce(KeyTextTransform("head_list", "open_case__why"), Value(""), output_field=TextField())
        )
    )


def _back_with_head() -> list[int]:
    """Return clients the night gave to the head, as nobody had their portfolio, and nobody has given away since."""
    cases = ZeroCase.objects.filter(
        state__in=[CaseState.RETURNED, CaseState.HAD_BOUGHT],
        why__head_list=HeadListReason.NO_OWNER,
        client__ownerships__ends_on__isnull=True,
        client__ownerships__starts_on=F("returned_on"),
    )
    return list(cases.values_list("client_id", flat=True))


def _turnover() -> Any:
    """Money at stake: what the night wrote on the case, for the others the turnover of 12 months."""
    return Coalesce(NullIf(F("open_case__turnover"), Value(Decimal(0))), F("standing__turnover"), output_field=MONEY)


def _on_board(back: list[int]) -> Q:
    return Q(standing__life_cycle__in=["zero", "lost"]) | Q(open_case__isnull=False) | Q(pk__in=back)


def _conditions(today: date, back: list[int]) -> dict[str, Q]:
    soon = Q(standing__hand_over_on__gte=today, standing__hand_over_on__lte=today + timedelta(days=SOON_DAYS))
    alone = Q(open_case__isnull=True) & ~Q(pk__in=back)
    zero_alone = Q(standing__life_cycle="zero") & alone
    to_head = Q(head_list=HeadListReason.NO_RECEIVER)
    handed = Q(open_case__state=CaseState.HANDED_OVER)
    lost = Q(standing__life_cycle="lost")
    return {
        "owner": zero_alone & ~(soon & Q(standing__hand_over_on__isnull=False)),
        "soon": zero_alone & soon,
        "due": Q(open_case__state__in=DUE),
        "head": Q(open_case__state=CaseState.HEAD_LIST) | (handed & to_head) | Q(open_case__isnull=True, pk__in=back),
        "handed": handed & ~to_head & ~lost,
        "lost": lost & (alone | handed & ~to_head),
    }


def _narrowed(clients: QuerySet[Client], today: date, choice: Choice) -> QuerySet[Client]:
    rows = _by_branch_and_name(clients, choice)
    if choice.rule:
        in_case = Q(pk__in=ZeroCase.objects.open().filter(rule=choice.rule).values("client"))
        any_case = Q(pk__in=ZeroCase.objects.open().values("client"))
        rows = rows.filter(in_case | (Q(state__term_class=choice.rule) & ~any_case))
    if choice.reason:
        rows = rows.filter(silence.answered(choice.reason))
    return rows.filter(_age("standing__last_purchase_on", today, choice)) if choice.age else rows


def _by_branch_and_name(clients: QuerySet[Client], choice: Choice) -> QuerySet[Client]:
    rows = clients.filter(branch_id=choice.branch) if choice.branch else clients
    return rows.filter(name_key__contains=names.key(choice.q)) if choice.q else rows


def _age(column: str, today: date, choice: Choice) -> Q:
    low, high = AGES[choice.age]
    young = Q(**{f"{column}__lte": add_months(today, -low)})
    return young & Q(**{f"{column}__gt": add_months(today, -high)}) if high else young


ORDER: dict[str, tuple[str, ...]] = {
    "owner": ("standing__hand_over_on", "-money", "pk"),
    "soon": ("standing__hand_over_on", "-money", "pk"),
    "due": ("-money", "pk"),
    "head": ("-money", "pk"),
    "handed": ("-money", "pk"),
    "lost": ("-money", "pk"),
}


def _cards(rows: QuerySet[Client], name: str, today: date, offset: int) -> list[dict[str, Any]]:
    excluded = Exclusion.objects.holding(today).filter(client=OuterRef("pk")).order_by("-starts_on")
    found = (
        silence.held(rows)
        .annotate(money=_turnover(), excluded=Exists(excluded), excluded_why=Subquery(excluded.values("reason")[:1]))
        .annotate(is_asked=ExpressionWrapper(silence.ASKED, output_field=BooleanField()))
        .order_by(*ORDER[name])
        .values(
            "pk",
            "name",
            "money",
            "excluded",
            "excluded_why",
            "head_list",
            "loss_reason",
            "is_asked",
            abc=F("standing__abc"),
            xyz=F("standing__xyz"),
            top=F("standing__top"),
            life=F("standing__life_cycle"),
            last_purchase_on=F("standing__last_purchase_on"),
            rhythm=F("standing__rhythm_days"),
            hand_over_on=F("standing__hand_over_on"),
            term_class=F("state__term_class"),
            owner_first=F("held__owner__first_name"),
            owner_last=F("held__owner__last_name"),
            case_pk=F("open_case__pk"),
            case_state=F("open_case__state"),
            rule=F("open_case__rule"),
            due_on=F("open_case__due_on"),
            handed_on=F("open_case__handed_on"),
            why=F("open_case__why"),
            from_first=F("open_case__from_owner__first_name"),
            from_last=F("open_case__from_owner__last_name"),
            to_first=F("open_case__to_owner__first_name"),
            to_last=F("open_case__to_owner__last_name"),
        )
    )
    cards = [_finished(dict(row), today) for row in found[offset : offset + PAGE]]
    handed = [card["case_pk"] for card in cards if card["case_state"] == CaseState.HANDED_OVER]
    done = transfers.since_cases(handed) if handed else {}
    for card in cards:
        card["since"] = done.get(card["pk"])
    return cards


def _finished(row: dict[str, Any], today: date) -> dict[str, Any]:
    row["owner"] = _name(row, "owner")
    row["from"] = _name(row, "from")
    row["to"] = _name(row, "to")
    row["months"] = months_between(row["last_purchase_on"], today)
    row["silent_days"] = (today - row["last_purchase_on"]).days if row["last_purchase_on"] else None
    row["days_left"] = (row["hand_over_on"] - today).days if row["hand_over_on"] else None
    row["days_there"] = (today - row["handed_on"]).days if row["handed_on"] else None
    row["reason"] = row["rule"] or row["term_class"] or ""
    row["is_asked"] = row["is_asked"] and row["last_purchase_on"] is not None
    row["head_word"] = HeadListReason(row["head_list"] or HeadListReason.NO_OWNER).label
    return row


def _name(row: dict[str, Any], who: str) -> str:
    return f"{row[who + '_first'] or ''} {row[who + '_last'] or ''}".strip()


def months_between(start: date | None, end: date) -> int | None:
    """Return how many whole months lie between two days, clamped at month ends; None without a start."""
    if start is None:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if add_months(start, months) > end else months


def _recovered() -> Subquery:
    """Turnover of the client's documents from the returning purchase on, while the recovery counts."""
    documents = Shipment.objects.filter(
        legal_entity__client=OuterRef("client"),
        day__gte=OuterRef("bought_on"),
        day__lt=OuterRef("recovered_until"),
    )
    summed = documents.order_by().values("legal_entity__client").annotate(sum=Sum("total")).values("sum")
    return Subquery(summed[:1], output_field=MONEY)


def with_recovered(cases: QuerySet[ZeroCase]) -> QuerySet[ZeroCase]:
    """Annotate `recovered`: net turnover a returned case has brought so far."""
    return cases.annotate(recovered=Coalesce(_recovered(), Value(Decimal(0)), output_field=MONEY))


def _returned(clients: QuerySet[Client], today: date, choice: Choice) -> QuerySet[ZeroCase]:
    seen = _by_branch_and_name(clients, choice)
    cases = ZeroCase.objects.filter(
        state=CaseState.RETURNED, returned_on__gt=add_months(today, -RETURNED_MONTHS), client__in=seen.values("pk")
    )
    if choice.rule:
        cases = cases.filter(rule=choice.rule)
    if choice.age:
        cases = cases.filter(_age("silent_since", today, choice))
    if choice.reason:  # of the silence that has ended
        latest = LossAnswer.objects.latest_of("client", "silent_since").values("reason__code")
        code = None if choice.reason == NONE else choice.reason
        cases = cases.annotate(loss_reason=Subquery(latest)).filter(Q(loss_reason=code) if code else NO_ANSWER)
    return with_recovered(cases)


def _returned_cards(cases: QuerySet[ZeroCase], today: date, offset: int) -> list[dict[str, Any]]:
    related = cases.select_related("client__standing", "to_owner", "returned_to", "from_owner")
    page = related.order_by("-returned_on", "pk")[offset : offset + PAGE]
    return [
        {
            "pk": case.client_id,
            "name": case.client.name,
            "abc": case.client.standing.abc,
            "xyz": case.client.standing.xyz,
            "top": case.client.standing.top,
            "money": getattr(case, "recovered", Decimal(0)),
            "bought_on": case.bought_on,
            "from": str(case.to_owner) if case.to_owner else "",
            "to": str(case.returned_to or case.from_owner),
            "case_pk": case.pk,
            "recovered_until": case.recovered_until,
            "reason": case.rule,
            "still_counts": bool(case.recovered_until and case.recovered_until > today),
        }
        for case in page
    ]


def zero_figures(clients: QuerySet[Client]) -> dict[str, Any]:
    """Return counts of the head line: zero, lost, buying clients and what is at risk in a year."""
    return clients.aggregate(
        zero=Count("pk", filter=Q(standing__life_cycle="zero")),
        lost=Count("pk", filter=Q(standing__life_cycle="lost")),
        active=Count("pk", filter=Q(standing__life_cycle__in=["new", "active", "zero"])),
        at_risk=Coalesce(
            Sum("standing__turnover", filter=Q(standing__life_cycle="zero")), Value(Decimal(0)), output_field=MONEY
        ),
    )


def proposals(clients: QuerySet[Client]) -> QuerySet[ZeroCase]:
    """Return the hand-overs that wait for approval; by falling `urgency` they stand in the work order of R120."""
    waiting = ZeroCase.objects.to_decide().filter(client__in=clients.values("pk"))
    return waiting.annotate(urgency=_urgency()).order_by("-urgency", "-pk")


def _urgency() -> Any:
    """Say the work order and, within it, the turnover as one number: no turnover reaches the next place."""
    by_rule = [When(rule=rule, then=Value(place)) for place, rule in enumerate(reversed(CaseRule.values), start=1)]
    place = Case(When(was_lost=True, then=Value(0)), *by_rule, default=Value(0), output_field=IntegerField())
    return ExpressionWrapper(place * Value(ABOVE_TURNOVER) + F("turnover"), output_field=URGENCY)


PROPOSALS = ListSpec("proposals", (), (Sort("urgency", "urgency"),), "-urgency", size=50)
