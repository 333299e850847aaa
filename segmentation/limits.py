"""Search for the limits of TOP that reach a wanted size or a wanted share of turnover (R63)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segmentation.models import Measure, RuleSet

CELLS = (["AX"], ["AX", "BX"], ["AX", "AY"], ["AX", "AY", "BX"], ["AX", "AY", "BX", "BY"], ["AX", "AY", "AZ"])
X_SHARES = [Decimal(per_cent) / 100 for per_cent in range(30, 85, 5)]

Row = tuple[str, str, Decimal, int, int]  # abc, xyz, turnover, months bought, months counted; by turnover, falling


@dataclass(frozen=True)
class Found:
    """A choice of cells, limits and cap with what it gives; shares are fractions."""

    top_cells: list[str]
    x_share: Decimal
    y_share: Decimal
    cap: int | None
    clients: int
    share_of_base: Decimal
    share_of_turnover: Decimal


def search(rules: RuleSet, rows: list[Row], base: int, *, clients: int | None, coverage: Decimal | None) -> list[Found]:
    """Try cells × X limits, with and without a cap; nearest to the wish first, then the fewest cells."""
    money = sum((row[2] for row in rows), Decimal(0))
    if not rows or money <= 0 or not (clients or coverage):
        return []
    found = [
        one
        for x_share, y_share in _limits(rules)
        for lettered in [[(row[0] + _letter(rules, row, x_share, y_share), row[2]) for row in rows]]
        for cells in CELLS
        for one in _choices(cells, x_share, y_share, lettered, base, money, clients, coverage)
    ]
    wanted = Decimal(clients) if clients else Decimal(coverage or 0)
    found.sort(key=lambda one: (_distance(one, wanted, by_size=bool(clients)), len(one.top_cells), one.cap or 0))
    return found


def _limits(rules: RuleSet) -> list[tuple[Decimal, Decimal]]:
    y_share = Decimal(rules.y_share)
    if rules.measure == Measure.CV:
        return [(Decimal(rules.x_share), y_share)]
    return [(x_share, min(y_share, x_share / 2)) for x_share in X_SHARES]


def _letter(rules: RuleSet, row: Row, x_share: Decimal, y_share: Decimal) -> str:
    """Return the letter under other limits; what the measure cv or too few months decided stays."""
    _abc, xyz, _turnover, bought, counted = row
    if rules.measure == Measure.CV or not xyz:
        return xyz
    if bought >= x_share * counted and bought >= 3:
        return "X"
    return "Y" if bought >= y_share * counted and bought >= 2 else "Z"


def _choices(
    cells: list[str], x_share: Decimal, y_share: Decimal, lettered: Iterable[tuple[str, Decimal]], base: int,
    money: Decimal, clients: int | None, coverage: Decimal | None,
) -> list[Found]:  # fmt: skip
    """Return the choice without a cap and, where it is too large, with the cap that comes nearest."""
    turnovers = [turnover for cell, turnover in lettered if cell in cells]
    choices: list[tuple[int | None, int]] = [(None, len(turnovers))]
    if clients and len(turnovers) > clients:
        choices.append((clients, clients))
    if coverage and sum(turnovers, Decimal(0)) > coverage * money:
        enough = _first_reaching(turnovers, coverage * money)
        choices.append((enough, enough))
    return [
        Found(cells, x_share, y_share, cap, size, Decimal(size) / base, sum(turnovers[:size], Decimal(0)) / money)
        for cap, size in choices
    ]


def _first_reaching(turnovers: list[Decimal], wanted: Decimal) -> int:
    total = Decimal(0)
    for number, turnover in enumerate(turnovers, start=1):
        total += turnover
        if total >= wanted:
            return number
    return len(turnovers)


def _distance(one: Found, wanted: Decimal, *, by_size: bool) -> Any:
    return abs(one.clients - wanted) if by_size else round(abs(one.share_of_turnover - wanted), 3)
