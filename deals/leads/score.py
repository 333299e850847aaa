"""The score of a lead: weighted criteria, each with its points, so that it explains itself (R169). No database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from deals.leads.models import Lead, LeadRules

WHOLE = 100
PRIORITY = {1: Decimal(1), 2: Decimal("0.6"), None: Decimal("0.2")}  # of a type: 1 is the first to be won


@dataclass(frozen=True)
class Part:
    """What one criterion gives: its share of 0 to 1, None while nothing is known, and its weight."""

    name: str
    share: Decimal | None
    weight: int


def parts(lead: Lead, rules: LeadRules) -> Iterator[Part]:
    """Say what each criterion gives."""
    yield Part("type", PRIORITY[lead.segment.priority] if lead.segment else None, rules.weight_type)
    yield Part("stock", _flag(lead.has_stock), rules.weight_stock)
    yield Part("need", _of(lead.monthly_need, rules.full_need), rules.weight_need)
    yield Part("region", _capacity(lead.region_capacity), rules.weight_region)
    yield Part("stores", _of(lead.stores, rules.full_stores), rules.weight_stores)
    yield Part("decider", _flag(lead.decider_reached), rules.weight_decider)


def reckon(lead: Lead, rules: LeadRules) -> tuple[int, list[dict[str, Any]]]:
    """Return the score of 0 to 100 and its parts as they are stored; what is not known gives nothing."""
    found = list(parts(lead, rules))
    weights = sum(one.weight for one in found) or 1
    told = []
    for one in found:
        most = Decimal(one.weight * WHOLE) / weights
        points = most * (one.share or 0)
        told.append({"name": one.name, "points": str(round(points, 1)), "most": str(round(most, 1)),
                     "known": one.share is not None})  # fmt: skip
    total = sum(Decimal(one.weight * WHOLE) / weights * (one.share or 0) for one in found)
    return round(total), told


def label(name: str) -> str:
    """Name a criterion."""
    return {
        "type": _("Priority of the type"),
        "stock": _("Own equipment or stock"),
        "need": _("Need a month"),
        "region": _("Capacity of the region"),
        "stores": _("Number of shops"),
        "decider": _("The decision maker was reached"),
    }[name]


def _capacity(capacity: int | None) -> Decimal | None:
    return None if capacity is None else Decimal(capacity) / 3


def _flag(flag: bool | None) -> Decimal | None:
    return None if flag is None else Decimal(int(flag))


def _of(number: Decimal | int | None, full: int) -> Decimal | None:
    return None if number is None else min(Decimal(number) / full, Decimal(1))
