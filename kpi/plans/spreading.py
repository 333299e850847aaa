"""Dividing an amount so that the parts add up to it exactly, at every level of a tree (largest remainder)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, TypeVar

CENT = Decimal("0.01")
Path = TypeVar("Path", bound=tuple[Hashable, ...])


def spread(total: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Return parts of `total`, whole multiples of `unit` as near to the weights as can be, that add up to it.

    `total` is a multiple of `unit`, weights are not negative; where all are nothing the parts are even. What rounding
    down leaves goes, a unit each, to the largest remainders; of equal ones to the first.
    """
    if not weights:
        if total:
            raise ValueError("there is nobody to divide it among")
        return []
    whole = sum(weights, Decimal(0))
    shares = [Decimal(1)] * len(weights) if not whole else list(weights)
    units, whole = total / unit, sum(shares, Decimal(0))
    if units != units.to_integral_value():
        raise ValueError(f"{total} is no multiple of {unit}")
    exact = [units * share / whole for share in shares]
    down = [one.to_integral_value(ROUND_FLOOR) for one in exact]
    left = int(units - sum(down))
    places = sorted(range(len(exact)), key=lambda at: (down[at] - exact[at], at))
    for at in places[:left]:
        down[at] += 1
    return [one * unit for one in down]


def spread_tree(total: Decimal, leaves: Mapping[Path, Decimal], unit: Decimal = CENT) -> dict[Path, Decimal]:
    """Divide `total` among leaves, level by level of their paths, so that what each knot got is what it gives on.

    All paths are of one length; a path's first part is its place on the first level.
    """
    if not leaves:
        spread(total, [], unit)
        return {}
    found: dict[Path, Decimal] = {}
    waiting: list[tuple[int, Decimal, list[Path]]] = [(0, total, list(leaves))]
    while waiting:
        depth, amount, paths = waiting.pop()
        if depth == len(paths[0]):
            found[paths[0]] = amount
            continue
        knots: dict[Any, list[Path]] = {}
        for path in paths:
            knots.setdefault(path[depth], []).append(path)
        weights = [sum((leaves[path] for path in below), Decimal(0)) for below in knots.values()]
        parts = spread(amount, weights, unit)
        waiting.extend((depth + 1, part, below) for part, below in zip(parts, knots.values(), strict=True))
    return found
