"""The rule of distribution: a table of cases, and what holds of every plan (R208, R210)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.distribution import PRECISION, Even, Item, NoPlace, Plan, Receiver, Rule, Why, distribute

A, B, C, GONE = 1, 2, 3, 9


def items(owner: int, number: int, start: int = 1, **fields: object) -> list[Item]:
    return [Item(start + n, owner, **fields) for n in range(number)]  # type: ignore[arg-type]


@dataclass
class Case:
    """Clients, receivers and a rule; how many each gets (client: receiver) and why."""

    name: str
    items: list[Item]
    receivers: list[Receiver]
    moves: dict[int, tuple[int, Why]]
    rule: Rule = field(default_factory=Rule)
    unplaced: dict[int, NoPlace] = field(default_factory=dict)
    split: bool = False


TWO = [Receiver(A), Receiver(B)]
TURNOVER, TOP = Rule(Even.TURNOVER), Rule(Even.TOP)
TOGETHER = Rule(together=True)
CASES = [
    Case("nothing to share out", [], TWO, {}),
    Case("nobody to give to", items(GONE, 2), [], {}),
    Case("one receiver takes all", items(GONE, 2), [Receiver(A)], {1: (A, Why.SHARED), 2: (A, Why.SHARED)}),
    Case("a portfolio in halves", items(GONE, 2), TWO, {1: (B, Why.SHARED), 2: (A, Why.SHARED)}),
    Case("the lower load first", items(GONE, 1), [Receiver(A, others=1), Receiver(B)], {1: (B, Why.SHARED)}),
    Case("even already", items(A, 2) + items(B, 1, 3), TWO, {}),
    Case("one too many stays", items(A, 1), TWO, {}),
    Case("levelled by the least missed", [*items(A, 3, turnover=5), Item(4, A, 1)], TWO,
         {4: (B, Why.LEVELLED), 1: (B, Why.LEVELLED)}),
    Case("a TOP client is moved last", [Item(1, A, 1, top=True), Item(2, A, 9)], TWO, {2: (B, Why.LEVELLED)}),
    Case("by turnover the heaviest first", [Item(1, GONE, 10), Item(2, GONE, 6), Item(3, GONE, 5)], TWO,
         {1: (A, Why.SHARED), 2: (B, Why.SHARED), 3: (B, Why.SHARED)}, TURNOVER),
    Case("returns weigh nothing", [Item(1, GONE, -10), Item(2, GONE, 0)], TWO,
         {1: (B, Why.SHARED), 2: (A, Why.SHARED)}, TURNOVER),
    Case("clients without turnover by number", [Item(n, GONE) for n in range(1, 5)],
         [Receiver(A, others=2, turnover=1), Receiver(B)],
         {1: (B, Why.SHARED), 2: (A, Why.SHARED), 3: (B, Why.SHARED), 4: (B, Why.SHARED)}, TURNOVER),
    Case("TOP evenly, the others evenly", [Item(1, A, top=True), Item(2, A, top=True), Item(3, GONE), Item(4, GONE)],
         TWO, {1: (B, Why.LEVELLED), 3: (B, Why.SHARED), 4: (A, Why.SHARED)}, TOP),
    Case("no room for TOP", [Item(1, GONE, top=True), Item(2, GONE)], [Receiver(A, most_tops=0, most_others=1)],
         {2: (A, Why.SHARED)}, unplaced={1: NoPlace.TOP}),
    Case("no room for another", items(GONE, 2), [Receiver(A, most_tops=5, most_others=1)], {2: (A, Why.SHARED)},
         unplaced={1: NoPlace.OTHER}),
    Case("exactly the norm", items(GONE, 2), [Receiver(A, others=1, most_tops=0, most_others=3)],
         {1: (A, Why.SHARED), 2: (A, Why.SHARED)}),
    Case("above the norm gives", [Item(1, A, 5), Item(2, A, 4)], [Receiver(A, most_others=1), Receiver(B, others=7)],
         {2: (B, Why.OVER_NORM)}),
    Case("above the norm, nobody has room", items(A, 2), [Receiver(A, most_others=1), Receiver(B, most_others=0)], {},
         unplaced={2: NoPlace.OTHER}),
    Case("a group in one hand", [Item(1, GONE, group="x"), Item(2, GONE, group="x"), Item(3, GONE, group="y")], TWO,
         {1: (A, Why.SHARED), 2: (A, Why.SHARED), 3: (B, Why.SHARED)}, TOGETHER),
    Case("a group goes to who has most of it", [Item(1, A, group="x"), Item(2, B, group="x")],
         [Receiver(A, groups={"x": 1}, others=1), Receiver(B, others=3)], {2: (A, Why.TOGETHER)}, TOGETHER),
    Case("without a group each for itself", [Item(1, GONE), Item(2, GONE)], TWO,
         {1: (B, Why.SHARED), 2: (A, Why.SHARED)}, TOGETHER),
    Case("the norm splits a group", [Item(1, GONE, group="x"), Item(2, GONE, group="x")],
         [Receiver(A, most_others=1), Receiver(B, most_others=1)], {1: (B, Why.SHARED), 2: (A, Why.SHARED)}, TOGETHER,
         split=True),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_gets_which_client(case: Case) -> None:
    plan = distribute(case.items, case.receivers, case.rule)
    assert {move.item.client: (move.to, move.why) for move in plan.moves} == case.moves
    assert (dict(plan.unplaced), plan.split) == (case.unplaced, case.split)


PEOPLE = st.integers(A, 5)


@st.composite
def receivers(draw: st.DrawFn) -> list[Receiver]:
    """Some people, with norms or without."""
    most = st.none() | st.integers(0, 12)
    load = st.integers(0, 8)
    return [
        Receiver(person, draw(load), draw(load), draw(st.integers(0, 10**6)), draw(most), draw(most), {"x": draw(load)})
        for person in sorted(draw(st.sets(PEOPLE, min_size=1)))
    ]


@st.composite
def portfolios(draw: st.DrawFn) -> list[Item]:
    """Some clients of these people and of others."""
    row = st.tuples(PEOPLE | st.just(GONE), st.integers(-50, 10**6), st.booleans(), st.sampled_from(["", "x", "y"]))
    return [Item(n, *one) for n, one in enumerate(draw(st.lists(row, max_size=30)), start=1)]


rules = st.builds(Rule, st.sampled_from(list(Even)), st.booleans())


def owners(found: list[Item], plan: Plan) -> dict[int, int]:
    """Say whose each client is afterwards."""
    return {item.client: item.owner for item in found} | {move.item.client: move.to for move in plan.moves}


def loads(found: list[Item], people: list[Receiver], whose: dict[int, int]) -> dict[int, tuple[int, int, int]]:
    """TOP clients, others and turnover of each receiver."""
    tops = Counter({one.person: one.tops for one in people})
    others = Counter({one.person: one.others for one in people})
    turnover = Counter({one.person: one.turnover for one in people})
    for item in found:
        (tops if item.top else others)[whose[item.client]] += 1
        turnover[whose[item.client]] += max(item.turnover, 0)
    return {one.person: (tops[one.person], others[one.person], turnover[one.person]) for one in people}


@settings(max_examples=300, deadline=None)
@given(portfolios(), receivers(), rules)
def test_everybody_is_placed_or_named_and_no_norm_is_passed(
    found: list[Item], people: list[Receiver], rule: Rule
) -> None:
    plan = distribute(found, people, rule)
    receiving = {one.person for one in people}
    whose = owners(found, plan)
    for item in found:
        named = item.client in plan.unplaced
        assert named == (whose[item.client] not in receiving) or (named and whose[item.client] == item.owner)
    before = loads(found, people, {item.client: item.owner for item in found})
    after = loads(found, people, whose)
    for one in people:
        for most, was, now in zip(
            (one.most_tops, one.most_others), before[one.person], after[one.person], strict=False
        ):
            assert most is None or now <= max(most, was)


@settings(max_examples=300, deadline=None)
@given(portfolios(), receivers(), st.sampled_from(list(Even)))
def test_no_single_move_would_make_it_more_even(found: list[Item], people: list[Receiver], even: Even) -> None:
    """So the highest load is at most the lowest one and one client: the bound of giving to the least loaded."""
    free = [Receiver(one.person, one.tops, one.others, one.turnover) for one in people]
    plan = distribute(found, free, Rule(even))
    whose = owners(found, plan)
    load = {
        person: {Even.CLIENTS: tops + others, Even.TURNOVER: turnover, Even.TOP: tops}[even]
        for person, (tops, others, turnover) in loads(found, free, whose).items()
    }
    least = max(sum(load.values()) // len(load) // PRECISION, 1) if even == Even.TURNOVER else 1
    lowest = min(load.values())
    for item in found:
        weight = {Even.CLIENTS: 1, Even.TURNOVER: max(item.turnover, 0), Even.TOP: int(item.top)}[even]
        if weight:
            assert load[whose[item.client]] - lowest <= max(weight, least)


@settings(max_examples=100, deadline=None)
@given(portfolios(), receivers(), rules)
def test_the_order_of_the_input_does_not_matter(found: list[Item], people: list[Receiver], rule: Rule) -> None:
    assert distribute(found, people, rule) == distribute(found[::-1], people[::-1], rule)


@settings(max_examples=100, deadline=None)
@given(portfolios(), receivers(), st.sampled_from(list(Even)))
def test_what_is_level_is_left_alone(found: list[Item], people: list[Receiver], even: Even) -> None:
    plan = distribute(found, people, Rule(even))
    whose = owners(found, plan)
    again = [Item(item.client, whose[item.client], item.turnover, item.top, item.group) for item in found]
    assert not [move for move in distribute(again, people, Rule(even)).moves if move.item.client not in plan.unplaced]
