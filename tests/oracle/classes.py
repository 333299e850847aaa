"""Classes: ABC by net turnover of the window, XYZ by regularity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.purchases import Facts
from tests.oracle.world import ONE_DAY, Client, Rules, first_of_month, plus_months


@dataclass(frozen=True)
class Class:
    """The class of a client; letters may be empty."""

    abc: str
    xyz: str
    turnover: Decimal
    bought: int
    counted: int

    @property
    def cell(self) -> str:
        """Return the cell, empty unless both letters are there."""
        return self.abc + self.xyz if self.abc and self.xyz else ""


def window_of(as_of: date, months: int) -> tuple[date, date]:
    """Return [start, end) of the last full calendar months that end on or before `as_of`."""
    end = first_of_month(as_of + ONE_DAY)  # a month is full in the night of its last day
    return plus_months(end, -months), end


def classes_of(clients: dict[int, Client], facts: dict[int, Facts], as_of: date, rules: Rules) -> dict[int, Class]:
    """Class every client with a purchase in the window."""
    start, end = window_of(as_of, rules.window_months)
    bought = {number: {d for d in known.purchases if start <= d < end} for number, known in facts.items()}
    buyers = [number for number, days in bought.items() if days]
    turnover = {number: turnover_between(facts[number], start, end) for number in buyers}
    letters = abc_of([clients[number] for number in buyers], turnover, rules)
    months = [plus_months(start, number) for number in range(rules.window_months)]
    counted = counted_units(facts, units_of(start, end, rules))
    classes = {}
    for number in buyers:
        mine = [unit for unit in counted if unit[1] > facts[number].purchases[0]]
        with_purchase = [unit for unit in counted if any(unit[0] <= day < unit[1] for day in bought[number])]
        xyz = ""
        if letters.get(number) and rules.measure == "cv":
            xyz = by_variation(facts[number], months, rules)
        elif letters.get(number):
            xyz = by_share(len(with_purchase), len(mine), rules)
        classes[number] = Class(letters.get(number, ""), xyz, turnover[number], len(with_purchase), len(mine))
    return classes


def turnover_between(facts: Facts, start: date, end: date) -> Decimal:
    """Sum all documents, returns too, of [start, end)."""
    return sum((net for day, net in facts.documents if start <= day < end), Decimal(0))


def ranked(clients: list[Client], turnover: dict[int, Decimal]) -> list[Client]:
    """Sort by turnover, descending, then external code as text by code points, then id."""
    return sorted(clients, key=lambda client: (-turnover[client.id], client.code, client.id))


def abc_of(clients: list[Client], turnover: dict[int, Decimal], rules: Rules) -> dict[int, str]:
    """Give A while the share before the client is below the first limit, B below the second, then C."""
    positive = [client for client in clients if turnover[client.id] > 0]
    total = sum((turnover[client.id] for client in positive), Decimal(0))
    before, letters = Decimal(0), {}
    for client in ranked(positive, turnover):
        share = Fraction(before) / Fraction(total)
        letters[client.id] = "A" if share < rules.a_share else "B" if share < rules.b_share else "C"
        before += turnover[client.id]
    return letters


def units_of(start: date, end: date, rules: Rules) -> list[tuple[date, date]]:
    """Cut the window into months, or into blocks of three months counted back from its end."""
    length, units = 3 if (rules.measure, rules.unit) == ("share", "quarter") else 1, []
    while end > start:
        units.append((max(start, plus_months(end, -length)), end))
        end = plus_months(end, -length)
    return units[::-1]


def counted_units(facts: dict[int, Facts], units: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Leave out months of the window in which nobody in the company bought."""
    alive = {day for known in facts.values() for day in known.purchases}
    return [unit for unit in units if any(unit[0] <= day < unit[1] for day in alive)]


def by_share(bought: int, counted: int, rules: Rules) -> str:
    """Give the letter by months with a purchase ÷ months since the first purchase."""
    if counted < rules.min_months:
        return ""
    share = Fraction(bought, counted)
    if share >= rules.x_share and bought >= 3:
        return "X"
    return "Y" if share >= rules.y_share and bought >= 2 else "Z"


def by_variation(facts: Facts, months: list[date], rules: Rules) -> str:
    """Give the letter by deviation ÷ mean of monthly net turnover; squares are compared, so nothing is rounded."""
    amounts = [Fraction(turnover_between(facts, month, plus_months(month, 1))) for month in months]
    mean = sum(amounts, Fraction(0)) / len(amounts)
    variance = sum(((amount - mean) ** 2 for amount in amounts), Fraction(0)) / len(amounts)
    if variance <= (rules.x_cv * mean) ** 2:
        return "X"
    return "Y" if variance <= (rules.y_cv * mean) ** 2 else "Z"
