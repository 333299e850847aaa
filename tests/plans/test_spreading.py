"""Dividing an amount: parts add up exactly, at every level, whatever the weights."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from kpi.plans.spreading import CENT, spread, spread_tree

ONE = Decimal(1)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (0, [3, 5], [0, 0]),
        (10, [0, 0], [5, 5]),
        (10, [0, 7], [0, 10]),
        (7, [1], [7]),
        (100, [50, 30, 20], [50, 30, 20]),
        (1, [1, 1000], [0, 1]),
    ],
)
def test_the_rest_goes_to_the_largest_remainders(total: int, weights: list[int], parts: list[int]) -> None:
    assert spread(Decimal(total), [Decimal(one) for one in weights], ONE) == [Decimal(one) for one in parts]


def test_nothing_is_divided_among_nobody_and_something_is_refused() -> None:
    assert spread(Decimal(0), []) == []
    with pytest.raises(ValueError, match="nobody"):
        spread(Decimal(1), [])
    with pytest.raises(ValueError, match="multiple"):
        spread(Decimal("0.5"), [ONE], ONE)


@pytest.mark.parametrize("seed", range(60))
def test_any_tree_adds_up_at_every_level(seed: int) -> None:
    chance = Random(seed)  # no secret
    leaves = {
        (month, branch, person, group): Decimal(chance.choice([0, 1, 7, chance.randrange(10**9)])) / 10_000
        for month in range(chance.randrange(1, 13))
        for branch in range(chance.randrange(1, 3))
        for person in range(chance.randrange(1, 5))
        for group in range(chance.randrange(1, 5))
    }
    unit = chance.choice([ONE, CENT])
    total = Decimal(chance.randrange(10**12)) * unit
    found = spread_tree(total, leaves, unit)
    assert sum(found.values()) == total
    assert found.keys() == leaves.keys()
    assert all(amount >= 0 and amount % unit == 0 for amount in found.values())
    whole = sum(leaves.values())
    for depth in range(1, 5):  # what a knot got is its share within a unit a level, and what it gives on
        knots: dict[tuple[int, ...], list[Decimal]] = {}
        for path, amount in found.items():
            at = knots.setdefault(path[:depth], [Decimal(0), Decimal(0)])
            at[0] += amount
            at[1] += leaves[path]
        if whole:
            assert all(abs(got - total * weight / whole) <= 2 * depth * unit for got, weight in knots.values())
        assert sum(got for got, _weight in knots.values()) == total
