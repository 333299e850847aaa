"""Killed with -9 and started again, import, night and approval end as if nobody had killed them, row for row.

Points come from a fixed seed and are aimed: after a step's first statement, before its commit, between steps, in the
import's merge, in the middle of a request. The victim is the process at work or PostgreSQL itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from tests.faults.driver import SPRUNG
from tests.faults.ground import SEED, Ground

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Kill:
    """One death: in which work, at which statement, before or after it, of whom."""

    work: str
    number: int
    when: str
    victim: str
    aim: str


def aims(statements: list[str], work: str) -> dict[str, list[tuple[int, str]]]:
    """Find the points of a list of statements: (number, before or after) by what they aim at."""
    locks = [n for n, text in enumerate(statements) if "advisory_xact_lock" in text]
    ledger = [n for n, text in enumerate(statements) if 'INSERT INTO "base_steprun"' in text]
    if work == "night":
        return {
            "after a step's first statement": [(n + 1, "after") for n in locks],
            "before a step's commit": [(n, "after") for n in ledger],
            "between steps": [(n, "before") for n in locks[1:]],
        }
    begin = locks[0] if work == "import" and locks else 0
    name = "in the import's merge" if work == "import" else "in a request"
    changing = [
        n for n, text in enumerate(statements) if n >= begin and text.startswith(("INSERT", "UPDATE", "DELETE", "WITH"))
    ]
    return {name: [(n, "after") for n in changing]}


def kills(place: Ground, count: int) -> list[Kill]:
    """Draw `count` deaths, all aims in turn."""
    chance = random.Random(SEED)
    targets = [
        (work, aim, points)
        for work in place.works
        for aim, points in aims(place.statements[work], work).items()
        if points
    ]
    drawn = []
    for turn in range(count):
        work, aim, points = targets[turn % len(targets)]
        number, when = chance.choice(points)
        drawn.append(Kill(work, number, when, "postgres" if turn % 3 == 2 else "self", aim))
    return drawn


def check(place: Ground, kill: Kill) -> None:
    """Kill, start again, compare."""
    place.begin(f"before_{kill.work}")
    trap = ["--die", kill.when, str(kill.number), "--victim", kill.victim]
    died = place.call("tests.faults.driver", *place.works[kill.work], *trap, check=False)
    assert SPRUNG in died.stderr, f"{kill} did not come to pass"
    place.call("tests.faults.driver", *place.works[kill.work], "--list")
    now = place.dump()
    different = {table: (now[table], rows) for table, rows in place.ends[kill.work].items() if now[table] != rows}
    assert different == {}, kill


def test_it_has_something_to_kill(ground: Ground) -> None:
    night = ground.ends["night"]
    assert len(night["clients.Client"]) == 60
    assert any("handed_over" in row for row in night["segmentation.ZeroCase"])
    assert any("proposed" not in row for row in ground.ends["approve"]["segmentation.ZeroCase"])
    assert {kill.aim for kill in kills(ground, 5)} == {
        aim for w in ground.works for aim in aims(ground.statements[w], w)
    }


def test_fifty_deaths_change_nothing(ground: Ground) -> None:
    for kill in kills(ground, 50):
        check(ground, kill)
