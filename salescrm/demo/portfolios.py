"""Who serves whom on the last day of the third half-year: the portfolios of the department, and the clients' types."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from random import Random

from salescrm.demo import figures
from salescrm.demo.buyers import HOME, PROMO, UNKNOWN, Buyer

CSM_SPB = ("csm1", "csm2", "csm3", "csm4")
CSM_MSK = ("csm5", "csm6")
HEAD_OF_SERVICE = "csh"

_TYPES: dict[str, dict[str, int]] = {
    PROMO: {
        "ad_production": 33, "ad_agency": 9, "workwear_production": 5, "workwear_wholesale": 6, "workwear_retail": 5,
        "trade_wholesale": 7, "trade_retail": 6, "trade_chain": 1, "trade_internet": 3, "trade_other": 1,
        "souvenir_prints": 7, "event_agency": 6, "end_buyer": 8, "consumer": 3, "horeca": 1,
    },
    HOME: {"trade_wholesale": 36, "trade_retail": 34, "trade_chain": 6, "trade_internet": 14, "horeca": 10},
    UNKNOWN: {"consumer": 30, "end_buyer": 34, "event_agency": 16, "trade_retail": 12, "ad_agency": 8},
}  # fmt: skip


def assign(buyers: Sequence[Buyer], random: Random) -> None:
    """Give every client of the three half-years its type, branch and owner (Appendix 3 for the base of the third)."""
    for buyer in buyers:
        buyer.segment = a_type(buyer.direction, random)
    top = [buyer for buyer in buyers if buyer.top]
    others = [buyer for buyer in buyers if buyer.bought_in(2) and not buyer.top]
    gone = [buyer for buyer in buyers if not buyer.bought_in(2)]
    shop = next(buyer for buyer in others if buyer.direction == PROMO and buyer.is_small)
    shop.segment, shop.owner = "trade_internet", HEAD_OF_SERVICE
    others.remove(shop)
    for part in (top, others, gone):
        random.shuffle(part)
    _divide(top, figures.TOP_SPB)
    _divide(others, figures.OTHERS_SPB)
    _divide(gone, len(gone) * 2 // 3)


def a_type(direction: str, random: Random) -> str:
    """Draw a type of client among those that buy a direction."""
    types = _TYPES[direction]
    return random.choices(list(types), list(types.values()))[0]


def _divide(part: list[Buyer], in_spb: int) -> None:
    """Give the first `in_spb` clients to the managers in St Petersburg in turn, the rest to those in Moscow."""
    for buyer, owner in zip(part[:in_spb], cycle(CSM_SPB), strict=False):
        buyer.branch, buyer.owner = "spb", owner
    for buyer, owner in zip(part[in_spb:], cycle(CSM_MSK), strict=False):
        buyer.branch, buyer.owner = "msk", owner
