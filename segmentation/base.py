"""How many buy, are new, bought once, are lost, are key: counted in clients, or the same in legal entities (R2).

The counting unit is the client (a holding). The switch says the same sentences of each legal entity alone, by its own
purchases: a client of three legal entities of which one buys is one active client and one active legal entity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from clients.models import Client, LegalEntity
from salescrm.base.periods import add_months, is_month_end, month_end, window
from segmentation.models import MonthlyTurnover, PurchaseDay, RuleSet

UNITS = {"clients": "legal_entity__client", "entities": "legal_entity"}
NEW_MONTHS = 12  # the first purchase is not older: the sentence of the sales audit, not the status of work (R103)


@dataclass(frozen=True)
class Base:
    """The figures of a day; `known` counts all there are, the rest those with purchases."""

    known: int
    bought: int
    active: int
    new: int
    one_time: int
    lost: int
    key: int
    turnover: Decimal
    key_turnover: Decimal


def count(clients: QuerySet[Client], on: date, rules: RuleSet, unit: str) -> Base:
    """Count among `clients` up to the day `on`, in clients or in legal entities: five questions whatever their number.

    Active: bought within the window's months up to the day. New: the first purchase is within a year. One-time: bought
    on one day in all. Lost: silent for the months of the rules. Key: the fewest with the rules' share of the turnover
    of the window, the largest first.
    """
    by, ids = UNITS[unit], clients.values("pk")
    days = PurchaseDay.objects.filter(day__lte=on, legal_entity__client__in=ids).order_by()
    bought: Any = days.values(by).annotate(first=Min("day"), last=Max("day"), times=Count("day", distinct=True))
    counted = bought.aggregate(
        bought=Count(by),
        active=Count(by, filter=Q(last__gt=_over(on, rules.window_months))),
        new=Count(by, filter=Q(first__gt=_over(on, NEW_MONTHS))),
        one_time=Count(by, filter=Q(times=1)),
        lost=Count(by, filter=Q(last__lte=_over(on, rules.lost_other))),
    )
    start, end = window(on, rules.window_months)
    months = MonthlyTurnover.objects.filter(month__gte=start, month__lt=end, legal_entity__client__in=ids).order_by()
    sums: Any = months.values(by).annotate(net=Sum("amount")).filter(net__gt=0)
    turnover = sums.aggregate(all=Sum("net", default=Decimal(0)))["all"]
    key, key_turnover = _largest(sums, rules.key_client_share * turnover)
    known = clients.count() if unit == "clients" else LegalEntity.objects.filter(client__in=ids).count()
    return Base(known, **counted, key=key, turnover=turnover, key_turnover=key_turnover)


def _over(on: date, months: int) -> date:
    """Return the latest day from which so many months, reckoned forward from it, are over on the day `on`."""
    day = add_months(on, -months)
    return month_end(day) if is_month_end(on) else day


def _largest(sums: Any, wanted: Decimal) -> tuple[int, Decimal]:
    """Return how many of the largest reach a turnover, and theirs; rows are read until it is reached."""
    reached, number = Decimal(0), 0
    for net in sums.order_by("-net").values_list("net", flat=True).iterator():
        if reached >= wanted:
            break
        reached, number = reached + net, number + 1
    return number, reached
