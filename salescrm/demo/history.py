"""Dated documents with lines: when each client bought in the three half-years, what, for how much, what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from salescrm.base import periods
from salescrm.demo import figures
from salescrm.demo.buyers import HOME, Buyer
from salescrm.demo.figures import Halves
from salescrm.demo.goods import Good

RETURN_AFTER = (3, 18)  # days between a purchase and its return
RETURN_PART = (0.05, 0.30)  # of the purchase
_DAYS_OFF = {(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
CENT = Decimal("0.01")


@dataclass
class Line:
    """A line of a document; a return has negative quantity and amount."""

    good: Good
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Roubles of the line."""
        return self.quantity * self.price


@dataclass
class Document:
    """A shipment, or a return when `target` is negative; `target` are the roubles its lines come close to.

    `reverses` is a document that came back whole.
    """

    buyer: Buyer
    day: date
    target: float
    lines: list[Line] = field(default_factory=list)
    reverses: Document | None = None

    @property
    def total(self) -> Decimal:
        """Roubles of all lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


class Calendar:
    """The working days of each month, made once."""

    def __init__(self) -> None:
        self._months: dict[date, list[date]] = {}

    def month(self, start: date) -> list[date]:
        """Return the working days of the month that begins on `start`."""
        if start not in self._months:
            days = periods.days(start, periods.add_months(start, 1))
            self._months[start] = [day for day in days if is_working(day)]
        return self._months[start]


def is_working(day: date) -> bool:
    """Say whether the company ships on `day`: Monday to Friday, no public holiday."""
    return day.weekday() < 5 and (day.month, day.day) not in _DAYS_OFF


def season(buyer: Buyer, month: date) -> float:
    """Return the weight of a month for the client's direction."""
    table = figures.HOME_SEASON if buyer.direction == HOME else figures.PROMO_SEASON
    return table[month.month - 1]


def write(buyers: Sequence[Buyer], halves: Halves, goods: Sequence[Good], random: Random) -> list[Document]:
    """Return the documents of the three half-years, lines included."""
    calendar, documents = Calendar(), []
    for buyer in buyers:
        for half in range(3):
            if buyer.documents[half]:
                documents += _half(buyer, half, halves, calendar, random)
    shelf = Shelf(goods)
    for document in documents:
        shelf.fill(document, random)
    return documents


def _half(buyer: Buyer, half: int, halves: Halves, calendar: Calendar, random: Random) -> list[Document]:
    start, end = halves.period(half)
    months = [periods.add_months(start, n) for n in range(6)]
    days = _days(buyer, half, months, calendar, random)
    weights = [season(buyer, periods.month_start(day)) ** 0.8 * random.lognormvariate(0, 0.35) for day in days]
    returned = _returns(buyer, days, end, random)
    part = [(random.uniform(*RETURN_PART) if back else 0.0) for back in returned]
    whole = sum(weight * (1 - share) for weight, share in zip(weights, part, strict=True))
    documents = []
    for day, weight, share, back in zip(days, weights, part, returned, strict=True):
        amount = buyer.turnover[half] * weight / whole
        documents.append(Document(buyer, day, amount))
        if back:
            documents.append(Document(buyer, back, -amount * share))
    return documents


def _days(buyer: Buyer, half: int, months: list[date], calendar: Calendar, random: Random) -> list[date]:
    """Choose the days of the half-year's purchases, all different, in the months the kind of client asks for."""
    count = buyer.documents[half]
    chosen = _months(buyer, half, months, random)
    least = dict.fromkeys(chosen, 1) if buyer.top and half > 0 else dict.fromkeys(chosen, 0)
    weights = [season(buyer, month) for month in chosen]
    while sum(least.values()) < count:
        free = [n for n, month in enumerate(chosen) if least[month] < len(calendar.month(month))]
        month = chosen[random.choices(free, [weights[n] for n in free])[0]]
        least[month] += 1
    return sorted(day for month in chosen for day in random.sample(calendar.month(month), least[month]))


def _months(buyer: Buyer, half: int, months: list[date], random: Random) -> list[date]:
    """A TOP client buys in so many months, in the last one always; an irregular key client in at most two of twelve."""
    weights = [season(buyer, month) for month in months]
    if buyer.top and half == 2:
        return [*_sample(months[:-1], weights[:-1], buyer.top_months[1] - 1, random), months[-1]]
    if buyer.top and half == 1:
        return _sample(months, weights, buyer.top_months[0], random)
    if buyer.key and half == 1:
        first = months[:2] if buyer.pattern[0] == "0" else months
        return _sample(first, weights, 2 if buyer.pattern[2] == "0" else 1, random)
    return months


def _sample(months: list[date], weights: list[float], count: int, random: Random) -> list[date]:
    ranked = sorted(zip(months, weights, strict=False), key=lambda pair: random.random() ** (1 / pair[1]), reverse=True)
    return sorted(month for month, _ in ranked[:count])


def _returns(buyer: Buyer, days: list[date], end: date, random: Random) -> list[date | None]:
    """Say for each purchase when a part of it came back; only clients that buy often, inside the half-year."""
    found: list[date | None] = []
    for day in days:
        back = day + timedelta(days=random.randint(*RETURN_AFTER))
        while not is_working(back):
            back += timedelta(days=1)
        often = len(days) > 2 and random.random() < figures.RETURNS * 1.8
        found.append(back if often and back < end and back not in (*days, *found) else None)
    return found


class Shelf:
    """Puts goods into documents."""

    def __init__(self, goods: Sequence[Good]) -> None:
        self._goods: dict[str, list[Good]] = {}
        for good in goods:
            self._goods.setdefault(good.direction, []).append(good)

    def fill(self, document: Document, random: Random) -> None:
        """Add one to six lines of the client's direction that come to the document's amount."""
        if document.reverses:
            document.lines = [Line(line.good, -line.quantity, line.price) for line in document.reverses.lines]
            return
        goods = self._goods[document.buyer.direction]
        amount = abs(document.target)
        count = 1 if document.target < 0 or amount < 1500 else random.randint(2, min(6, len(goods)))
        sign = 1 if document.target > 0 else -1
        chosen = random.sample(goods, count)
        weights = [random.uniform(0.4, 1.6) for _ in chosen]
        for good, weight in zip(chosen, weights, strict=True):
            document.lines.append(_line(good, amount * weight / sum(weights), sign))


def _line(good: Good, amount: float, sign: int) -> Line:
    quantity = max(1, round(amount / good.price))
    if quantity > 24:
        quantity = round(quantity / 5) * 5
    price = max(CENT, Decimal(amount / quantity).quantize(CENT))
    return Line(good, sign * quantity, price)
