"""The clients of the three half-years: which kind, how much in each half-year, in how many documents.

Amounts are made so that the figures come out: key clients by rank along a falling curve, everybody else below them;
TOP clients above all other regular ones; the rest scaled to what is left of each sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from salescrm.demo import figures
from salescrm.demo.figures import GROUPS

PROMO, HOME, UNKNOWN = "promo", "home", ""
CURVE = 30
SMALL_YEAR, SMALL_THIRD = 19_500.0, 38_000.0  # most roubles per half-year outside key clients and TOP
TOP_LEAST = 62_000.0  # least roubles of a TOP client in its last twelve months: above all small ones
MOST_IRREGULAR = 12  # documents of an irregular key client in a half-year: they fall into one or two months
SHIPMENT = 29_000.0  # roubles a large client orders at once, before the averages are put right


@dataclass
class Buyer:
    """A client of the generator; `turnover` in roubles and `documents` per half-year, zero where it did not buy."""

    number: int
    pattern: str
    key: bool = False
    top: bool = False
    once: bool = False
    direction: str = PROMO
    turnover: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    documents: list[int] = field(default_factory=lambda: [0, 0, 0])
    branch: str = "spb"
    owner: str = ""
    segment: str = ""
    top_months: tuple[int, int] = (0, 0)

    def bought_in(self, half: int) -> bool:
        """Say whether the pattern has half-year 0, 1 or 2."""
        return self.pattern[half] == "1"

    @property
    def is_small(self) -> bool:
        """Neither key client nor TOP."""
        return not (self.key or self.top)


def make(random: Random) -> list[Buyer]:
    """Return the 2599 clients of the three half-years."""
    buyers = _by_groups(random)
    _give_key_clients(buyers, random)
    _give_other_top(buyers, random)
    _give_small(buyers, random)
    _count_documents(buyers, random)
    _lower_average_shipment(buyers, PROMO, figures.PROMO_FALL, random)
    _lower_average_shipment(buyers, HOME, figures.HOME_FALL, random)
    return buyers


def _by_groups(random: Random) -> list[Buyer]:
    buyers: list[Buyer] = []
    for group in GROUPS:
        directions = [HOME] * group.home + [UNKNOWN] * group.unknown
        directions += [PROMO] * (group.size - len(directions))
        buyers += [Buyer(0, group.pattern, group.key, group.top, group.once, one) for one in directions]
    random.shuffle(buyers)
    for number, buyer in enumerate(buyers, start=1):
        buyer.number = number
    return buyers


def _give_key_clients(buyers: list[Buyer], random: Random) -> None:
    keys = [buyer for buyer in buyers if buyer.key]
    # The largest stays a TOP client; the lost ones are as large as the others.
    keys.sort(key=lambda buyer: not (buyer.top and buyer.pattern == "111" and buyer.direction == PROMO))
    rest = keys[1:]
    random.shuffle(rest)
    for buyer, year in zip([keys[0], *rest], key_curve(len(keys)), strict=True):
        part = {"1": 1.0, "0": 0.0}[buyer.pattern[0]]
        if buyer.pattern.startswith("11"):
            part = random.uniform(0.44, 0.60)
        buyer.turnover[:2] = [year * part, year * (1 - part)]
    _fit_first_half(keys)
    _fit_third_half(keys, random)


def key_curve(count: int) -> list[float]:
    """Return the key clients' roubles of the first two half-years, falling from the largest, summing to KEY_YEAR."""
    largest = largest_client()

    def curve(steep: float) -> list[float]:
        return [largest * (1 + rank / CURVE) ** -steep for rank in range(count)]

    low, high = 0.1, 4.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(curve(middle)) > figures.KEY_YEAR else (low, middle)
    return curve(low)


def largest_client() -> float:
    """Return the largest client's roubles: a share of the first two half-years, of which key clients are 80 %."""
    return figures.LARGEST * figures.KEY_YEAR / 0.8


def _fit_first_half(keys: list[Buyer]) -> None:
    """Shift parts of clients active in both half-years so that the first sums to KEY_FIRST exactly."""
    both = [buyer for buyer in keys if buyer.pattern.startswith("11")]
    missing = figures.KEY_FIRST - sum(buyer.turnover[0] for buyer in keys)
    whole = sum(sum(buyer.turnover[:2]) for buyer in both)
    for buyer in both:
        shift = missing * sum(buyer.turnover[:2]) / whole
        buyer.turnover[0] += shift
        buyer.turnover[1] -= shift


def _fit_third_half(keys: list[Buyer], random: Random) -> None:
    active = [buyer for buyer in keys if buyer.bought_in(2)]
    for buyer in active:
        buyer.turnover[2] = sum(buyer.turnover[:2]) * random.uniform(0.36, 0.62)
    _scale(active, 2, figures.KEY_THIRD)
    for buyer in active:
        if buyer.top:
            buyer.turnover[2] = max(buyer.turnover[2], TOP_LEAST - buyer.turnover[1])
    _scale([buyer for buyer in active if buyer.turnover[2] > TOP_LEAST], 2, figures.KEY_THIRD, active)


def _give_other_top(buyers: list[Buyer], random: Random) -> None:
    """Give the TOP clients outside the key clients little in the year and much in the third half-year."""
    ranges = {
        "111": ((14, 30), (25, 40), (62, 140)),
        "011": ((0, 0), (25, 70), (62, 130)),
        "001": ((0, 0), (0, 0), (80, 220)),
    }
    for buyer in buyers:
        if buyer.top and not buyer.key:
            buyer.turnover = [random.uniform(*bounds) * 1000 for bounds in ranges[buyer.pattern]]


def _give_small(buyers: list[Buyer], random: Random) -> None:
    """Scale everybody else to what the sums leave: 80 % of the year are key clients, TOP_SHARE of the window is TOP."""
    small = [buyer for buyer in buyers if buyer.is_small]
    for buyer in small:
        for half in range(3):
            if buyer.bought_in(half):
                weight = min(random.lognormvariate(0, 0.7), 2.4) + 0.15
                buyer.turnover[half] = weight * (0.45 if buyer.direction == UNKNOWN else 1.0)
    least_key = min(sum(buyer.turnover[:2]) for buyer in buyers if buyer.key)
    large = [buyer for buyer in buyers if not buyer.is_small]
    year = (sum(sum(b.turnover[:2]) for b in large if b.key) - least_key / 2) / 0.8
    left = year - sum(sum(buyer.turnover[:2]) for buyer in large)
    members = [len([b for b in small if b.bought_in(half)]) for half in (0, 1)]
    first = left * members[0] / sum(members)
    _scale_below(small, 0, first, SMALL_YEAR * 2)
    _scale_below(small, 1, left - first, SMALL_YEAR * 1.3)
    window = sum(sum(buyer.turnover[1:]) for buyer in large if buyer.top) / figures.TOP_SHARE
    third = window - sum(sum(buyer.turnover[1:]) for buyer in large) - (left - first)
    _share_third(buyers, small, third)


def _share_third(buyers: list[Buyer], small: list[Buyer], third: float) -> None:
    """Give the small clients of each direction what brings the direction to its share of the third half-year."""
    total = third + sum(buyer.turnover[2] for buyer in buyers if not buyer.is_small)
    home_large = sum(buyer.turnover[2] for buyer in buyers if not buyer.is_small and buyer.direction == HOME)
    home, unknown = figures.HOME_SHARE * total - home_large, figures.UNKNOWN_SHARE * total
    for direction, amount in ((HOME, home), (UNKNOWN, unknown), (PROMO, third - home - unknown)):
        _scale_below([buyer for buyer in small if buyer.direction == direction], 2, amount, SMALL_THIRD)


def _scale(part: list[Buyer], half: int, total: float, whole: list[Buyer] | None = None) -> None:
    """Multiply the amounts of `part` so that those of `whole` sum to `total`."""
    held = sum(buyer.turnover[half] for buyer in part)
    missing = total - sum(buyer.turnover[half] for buyer in whole or part)
    for buyer in part:
        buyer.turnover[half] *= (held + missing) / held


def _scale_below(part: list[Buyer], half: int, total: float, most: float) -> None:
    """Multiply amounts so that they sum to `total`, none above `most`; what is cut goes to the others."""
    for _ in range(40):
        _scale(part, half, total)
        if all(buyer.turnover[half] <= most for buyer in part):
            return
        for buyer in part:
            buyer.turnover[half] = min(buyer.turnover[half], most)
    _scale(part, half, total)


def _count_documents(buyers: list[Buyer], random: Random) -> None:
    for buyer in buyers:
        halves = [half for half in range(3) if buyer.bought_in(half)]
        for half in halves:
            buyer.documents[half] = _documents(buyer, half, len(halves), random)
        if buyer.top:
            _choose_months(buyer, random)


def _choose_months(buyer: Buyer, random: Random) -> None:
    """Say in how many months of the second and third half-year a TOP client buys: often enough for X or Y."""
    before, later = (max(random.choice((2, 3, 4, 5, 6)), -(-buyer.documents[1] // 10)), random.choice((3, 4, 5, 6, 6)))
    later = max(later, -(-buyer.documents[2] // 10))
    buyer.top_months = (min(before, 6), min(later, 6))
    buyer.documents[2] = max(buyer.documents[2], buyer.top_months[1])
    if buyer.bought_in(1):
        buyer.documents[1] = max(buyer.documents[1], buyer.top_months[0])


def _documents(buyer: Buyer, half: int, active: int, random: Random) -> int:
    if buyer.once:
        return 1
    if buyer.is_small:
        return random.choice((2, 2, 2, 3, 4)) if active == 1 else random.choice((1, 1, 2, 3))
    if buyer.key and not buyer.top and half == 2:
        return 1  # irregular by construction: Z
    wanted = round(buyer.turnover[half] / SHIPMENT * random.uniform(0.7, 1.4))
    if not buyer.top:
        wanted = min(wanted, MOST_IRREGULAR)
    return max(wanted, 2 if active == 1 else 1)


def _lower_average_shipment(buyers: list[Buyer], direction: str, fall: float, random: Random) -> None:
    """Change the number of documents of the third half-year until its average is `fall` below that of the first two."""
    mine = [buyer for buyer in buyers if buyer.direction == direction]
    year = sum(sum(b.turnover[:2]) for b in mine) / sum(sum(b.documents[:2]) for b in mine)
    target = round(sum(b.turnover[2] for b in mine) / (year * (1 - fall)))
    regular = [b for b in mine if b.bought_in(2) and not b.once and (b.top or not b.key)]
    large = [b for b in regular if b.top]
    while (missing := target - sum(b.documents[2] for b in mine)) != 0:
        buyer = random.choices(large, [b.turnover[2] for b in large])[0]
        if missing > 0:
            buyer.documents[2] += 1 if buyer.documents[2] < 40 else 0
        elif not _take_one(large, buyer):
            break


def _take_one(large: list[Buyer], buyer: Buyer) -> bool:
    """Take a document from `buyer`, or from the first that can spare one; False when none can."""
    for one in (buyer, *large):
        if one.documents[2] > one.top_months[1]:
            one.documents[2] -= 1
            return True
    return False
