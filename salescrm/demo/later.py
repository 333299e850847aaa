"""From the end of the third half-year to the last day: the same pace, clients old, new and come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from salescrm.base import periods
from salescrm.demo import figures, portfolios
from salescrm.demo.buyers import HOME, PROMO, UNKNOWN, Buyer
from salescrm.demo.figures import Halves
from salescrm.demo.goods import Good
from salescrm.demo.history import Document, Shelf, is_working, season

HALF_DAYS = 182
SILENT_TOP = 0.16  # of the TOP clients stop buying some day within half a year
STAYING = 0.42  # of the others buy again within half a year
BACK = 0.05  # of those gone buy again within half a year
BACK_LATELY = 0.07  # of those gone buy in the last days, when many of them have been handed over
LATELY = 30  # days
JUST_SILENT = 0.05  # of the TOP clients bought last so many days before the end: their term runs out in the last nights
JUST_SILENT_SINCE = (62, 69)  # days
FULL_RETURNS = 4  # first purchases that came back whole


@dataclass
class Pace:
    """How much of a half-year the days after the three half-years are."""

    start: date
    until: date
    random: Random

    @property
    def part(self) -> float:
        """Half-years from start to the last day."""
        return max(0.0, ((self.until - self.start).days + 1) / HALF_DAYS)

    def day(self, start: date, end: date) -> date | None:
        """Draw a working day in [start, end]; None when there is none."""
        days = [day for day in periods.days(start, end + timedelta(days=1)) if is_working(day)]
        return self.random.choice(days) if days else None


def write(buyers: list[Buyer], halves: Halves, goods: Sequence[Good], random: Random) -> list[Document]:
    """Add the new clients to `buyers`; return the documents from the end of the half-years to the last day."""
    pace = Pace(halves.end, halves.until, random)
    if pace.part <= 0:
        return []
    documents = [document for buyer in buyers for document in _of_old(buyer, pace)]
    for number in range(round(figures.NEW_PER_HALF * pace.part)):
        buyer = _new(len(buyers) + 1, random, number)
        documents += _of_new(buyer, pace, number)
        buyers.append(buyer)
    shelf = Shelf(goods)
    for document in documents:
        shelf.fill(document, random)
    return documents


def _of_old(buyer: Buyer, pace: Pace) -> list[Document]:
    if buyer.top:
        return _of_top(buyer, pace)
    if buyer.bought_in(2):
        if buyer.once and pace.random.random() < BACK_LATELY:
            return _lately(buyer, pace)
        once = 0.16 if buyer.once else STAYING
        times = sum(pace.random.random() < once * pace.part for _ in range(1 if buyer.once else 2))
        return _documents(buyer, times, pace.start, pace.until, pace)
    if pace.random.random() < BACK_LATELY:
        return _lately(buyer, pace)
    times = int(pace.random.random() < BACK * pace.part)
    return _documents(buyer, times, pace.start, pace.until, pace)


def _lately(buyer: Buyer, pace: Pace) -> list[Document]:
    return _documents(buyer, 1, max(pace.start, pace.until - timedelta(days=LATELY)), pace.until, pace)


def _of_top(buyer: Buyer, pace: Pace) -> list[Document]:
    """A TOP client keeps its pace, or falls silent on some day."""
    days = (pace.until - pace.start).days + 1
    end = pace.until
    if pace.random.random() < SILENT_TOP * pace.part:
        end = pace.start + timedelta(days=pace.random.randint(0, days - 1))
    if pace.random.random() < JUST_SILENT:
        end = max(pace.start, pace.until - timedelta(days=pace.random.randint(*JUST_SILENT_SINCE)))
    part = ((end - pace.start).days + 1) / HALF_DAYS
    times = round(buyer.documents[2] * part * pace.random.uniform(0.85, 1.15))
    return _spread(buyer, times, end, pace)


def _spread(buyer: Buyer, times: int, end: date, pace: Pace) -> list[Document]:
    """Buy `times` times at about even intervals: a client's own rhythm is seen in its dates."""
    found, step = [], ((end - pace.start).days + 1) / max(times, 1)
    for number in range(times):
        first = pace.start + timedelta(days=int(number * step))
        found += _documents(buyer, 1, first, min(end, first + timedelta(days=max(int(step) - 1, 0))), pace)
    days = {document.day: document for document in found}
    return list(days.values())


def _documents(buyer: Buyer, times: int, start: date, end: date, pace: Pace) -> list[Document]:
    days = {day for _ in range(times) if (day := pace.day(start, end))}
    return [Document(buyer, day, _amount(buyer, day, pace.random)) for day in sorted(days)]


def _amount(buyer: Buyer, day: date, random: Random) -> float:
    """What the client usually orders at once, with the season."""
    half = max(half for half in range(3) if buyer.documents[half]) if any(buyer.documents) else None
    weight: float = season(buyer, periods.month_start(day)) ** 0.5
    usual = buyer.turnover[half] / buyer.documents[half] if half is not None else random.lognormvariate(9.3, 0.6)
    return max(900.0, usual * weight * random.lognormvariate(0, 0.3))


def _new(number: int, random: Random, order: int) -> Buyer:
    direction = random.choices((PROMO, HOME, UNKNOWN), (88, 6, 6))[0]
    buyer = Buyer(number, "", direction=direction, segment=portfolios.a_type(direction, random))
    buyer.branch = "msk" if order % 3 == 2 else "spb"
    pool = portfolios.CSM_MSK if buyer.branch == "msk" else portfolios.CSM_SPB
    buyer.owner = pool[order // 3 % len(pool)]
    if buyer.segment == "trade_internet" and buyer.branch == "spb":
        buyer.owner = portfolios.HEAD_OF_SERVICE
    elif order % 31 == 7:
        buyer.owner = "operator"
    return buyer


def _of_new(buyer: Buyer, pace: Pace, number: int) -> list[Document]:
    """A first purchase spread evenly over the days; one client in five has bought again."""
    found = _documents(buyer, 1, pace.start, pace.until, pace)
    if not found:
        return []
    first = found[0]
    if number % 60 == 11 and first.day + timedelta(days=6) <= pace.until and number // 60 < FULL_RETURNS:
        return [first, Document(buyer, first.day + timedelta(days=6), -first.target, reverses=first)]
    if pace.random.random() < figures.NEW_REPEATING / figures.NEW_PER_HALF:
        found += _documents(buyer, 1, first.day + timedelta(days=10), pace.until, pace)
    return found
