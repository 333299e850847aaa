"""The case's figures, solved for the number of clients of each kind.

A client's pattern says in which of the last three completed half-years it bought: "110" = in the first two. The case
gives the base of the first half-year 1185, of the third 1395, of the first two together 1964, of all 2599, 760 bought
in the third and before it. Hence

    x100 + x110 + x101 + x111 = 1185      x010 + x011 = 779      x001 = 635
    x101 + x111 + x011 = 760              x100 + x110 + x010 = 1204

with one free choice between x010 and x011 and one each inside x100 + x110 = 1204 − x010 and x101 + x111 = x010 − 19.
Chosen: x010 = 589, x011 = 190, x100 = 445, x110 = 170, x101 = 180, x111 = 390.

One purchase in all: 1429, of them 1042 new (527 of x010, 515 of x001; the other 372 new ones repeat) and 387 of x100.
Key clients (the smallest set with 80 % of the first two half-years): 277, of them 256 active in the first half-year
and 214 in the third. TOP: 248, all active in the third half-year, 58 of them outside the key clients. Directions: one
per client; promo 1016 in the first half-year; 92 home, 1217 promo, 86 unidentified in the third.
`GROUPS` is that solution: the sums are tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

KEY_FIRST, KEY_THIRD = 55_613_000, 42_574_000  # roubles, turnover of the key clients in the first and third half-year
KEY_YEAR = 106_500_000  # their turnover in the first two half-years: ours
LARGEST = 0.019  # share of the largest client in the first two half-years
TOP_SHARE = 0.67  # of the turnover of the last twelve months of the three half-years
TOP_SIZE, TOP_SPB, TOP_MSK = 248, 159, 89
OTHERS_SPB, OTHERS_MSK = 772, 374  # the base of 1395 has one more: it stands with the head of client service
HOME_SHARE, UNKNOWN_SHARE = 0.07, 0.01  # of the third half-year's turnover
PROMO_FALL, HOME_FALL = 0.17, 0.18  # of the average shipment, third half-year against the first two
NEW_PER_HALF, NEW_REPEATING = 635, 120
RETURNS = 0.02  # of documents

PROMO_SEASON = (0.70, 0.85, 1.00, 1.62, 1.55, 0.95, 0.85, 0.95, 1.00, 1.05, 1.00, 0.90)
HOME_SEASON = (1.70, 1.60, 0.80, 0.55, 0.50, 0.55, 0.55, 0.75, 1.75, 1.70, 0.85, 0.80)


class Group(NamedTuple):
    """Clients of one kind: `home` and `unknown` of the `size` buy home textile or something unidentified."""

    pattern: str
    size: int
    key: bool = False
    top: bool = False
    once: bool = False
    home: int = 0
    unknown: int = 0


GROUPS = (
    Group("111", 178, key=True, top=True, home=12),
    Group("111", 7, key=True),
    Group("111", 20, top=True, home=2),
    Group("111", 185, home=16, unknown=12),
    Group("101", 12, key=True, home=1),
    Group("101", 168, home=24, unknown=14),
    Group("110", 40, key=True, home=3),
    Group("110", 130, home=9, unknown=10),
    Group("100", 19, key=True, home=1),
    Group("100", 387, once=True, home=24, unknown=35),
    Group("100", 39, home=3, unknown=3),
    Group("011", 12, key=True, top=True, home=1),
    Group("011", 5, key=True),
    Group("011", 18, top=True, home=1),
    Group("011", 155, home=13, unknown=18),
    Group("010", 4, key=True),
    Group("010", 527, once=True, home=36, unknown=41),
    Group("010", 58, home=4, unknown=4),
    Group("001", 20, top=True, home=1),
    Group("001", 515, once=True, home=18, unknown=37),
    Group("001", 100, home=3, unknown=5),
)


@dataclass(frozen=True)
class Halves:
    """The three half-years [begin, second), [second, third), [third, end) and the days [end, until] after them."""

    begin: date
    second: date
    third: date
    end: date
    until: date

    def period(self, number: int) -> tuple[date, date]:
        """Return the half-open period of half-year 0, 1 or 2."""
        edges = (self.begin, self.second, self.third, self.end)
        return edges[number], edges[number + 1]

    @property
    def last_day(self) -> date:
        """The day as of which the case's figures hold."""
        return self.end - timedelta(days=1)


def halves(until: date) -> Halves:
    """Return the last three calendar half-years that are complete on the evening of `until`."""
    after = until + timedelta(days=1)
    end = date(after.year, 7 if after.month > 6 else 1, 1)
    third = _half_before(end)
    second = _half_before(third)
    return Halves(_half_before(second), second, third, end, until)


def _half_before(start: date) -> date:
    return date(start.year, 1, 1) if start.month == 7 else date(start.year - 1, 7, 1)
