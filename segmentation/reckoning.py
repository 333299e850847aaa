"""Classes of a chosen period, branch and version of the rules beside those in force; nothing is kept of it (R61-R63).

The night's own statements with an unsaved copy of the rules in a transaction that is rolled back. Letters are those of
the whole company whatever the branch: it narrows who is compared. What was found is the result of the job that asked,
so each run stands with its day, its rules and who asked for it; classes in force move by nights alone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.models import Client
from salescrm.base import sql
from salescrm.base.jobs import Refused
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec
from salescrm.base.models import Job, JobState
from segmentation import figures
from segmentation.models import RuleSet
from segmentation.preview import on_trial
from segmentation.steps import APP, Night, classes, turnover

KIND = "classes"
LISTED = 1000  # changed clients kept with a run, the largest; the numbers are of all
SHOWN = 100
STAGES = ("turnover", "classes", "comparing")
RUNS = ListSpec("trials", (), (Sort("run", "pk"),), "-run", others=("job", "move"), size=20)
NOBODY = figures.NONE * 2


def reckon(
    as_of: date,
    *,
    rules: int,
    months: int | None = None,
    branch: int | None = None,
    tell: Callable[[int, int, str], None] = lambda done, total, stage: None,
) -> dict[str, Any]:
    """Return what the classes of a window would be beside those of the newest night, as JSON.

    `months` stands in place of the rules' window. Raises Refused without a night or without such rules.
    """
    last, found = figures.last_night(), RuleSet.objects.filter(pk=rules).first()
    if last is None or found is None:
        raise Refused(_("No night has run yet: there is nothing to compare with."))
    draft = copy.copy(found)
    draft.window_months = months or found.window_months
    tell(0, len(STAGES), STAGES[0])
    with on_trial(draft, last) as night:
        turnover.run(night)
        tell(1, len(STAGES), STAGES[1])
        asked = replace(night, as_of=as_of)
        classes.classify(asked)
        tell(2, len(STAGES), STAGES[2])
        return _compared(asked, last, branch)


def _compared(night: Night, last: date, branch: int | None) -> dict[str, Any]:
    rules = night.rule_set
    start, end = night.window
    sql.run(APP, "compare_classes", {"night": last, "cells": rules.top_cells, "cap": rules.top_cap, "branch": branch})
    moves = sql.rows(APP, "count_trial_moves")
    members = sql.row(APP, "count_trial_top")
    base = sum(row["clients"] for row in moves if row["after"] != NOBODY)
    money = sum((row["has"] for row in moves if row["after"] != NOBODY), Decimal(0))
    return {
        "night": last.isoformat(),
        "window": [start.isoformat(), end.isoformat()],
        "empty_months": classes.empty_months(night),
        "moves": [[row["before"], row["after"], row["clients"], str(row["had"]), str(row["has"])] for row in moves],
        "changed": sum(row["clients"] for row in moves if row["before"] != row["after"]),
        "base": base,
        "top": {name: members[name] for name in ("now", "then", "entered", "left")}
        | {
            "share_of_base": _fraction(members["then"], base),
            "share_of_turnover": _fraction(members["turnover"], money),
        },
        "clients": [
            [row["client_id"], row["before"], row["after"], str(row["has"]), row["was_top"], row["is_top"]]
            for row in sql.rows(APP, "list_trial_changes", {"size": LISTED})
        ],
    }


def _fraction(part: Decimal | int, whole: Decimal | int) -> str | None:
    found = figures.share(part, whole)
    return None if found is None else str(round(found, 4))


# --- what a page shows of it ------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """A cell now and on trial."""

    name: str
    now: int = 0
    then: int = 0

    @property
    def more(self) -> int:
        """How many more clients it would have."""
        return self.then - self.now


@dataclass(frozen=True)
class Move:
    """Clients that would go from one cell to another."""

    before: str
    after: str
    clients: int
    had: Decimal
    has: Decimal

    @property
    def value(self) -> str:
        """The move as the address names it."""
        return f"{self.before}:{self.after}"


@dataclass(frozen=True)
class Line:
    """A client that would change."""

    client: Client
    before: str
    after: str
    turnover: Decimal
    was_top: bool
    is_top: bool


@dataclass
class Reading:
    """A finished run as people read it."""

    night: date
    window: tuple[date, date]
    rows: list[tuple[str, list[Cell]]]
    columns: list[str]
    moves: list[Move]
    changed: int
    base: int
    top: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    more: int = 0
    empty_months: list[str] = field(default_factory=list)

    @property
    def last_month(self) -> date:
        """A day of the last month of the window."""
        return self.window[1] - timedelta(days=1)


def read(job: Job, clients: QuerySet[Client], move: str = "") -> Reading | None:
    """Return what a run found, with the changed clients among those the person sees, of one move if it is named."""
    result = job.result
    if job.state != JobState.DONE or not isinstance(result, dict):
        return None
    moves = [Move(a, b, n, Decimal(had), Decimal(has)) for a, b, n, had, has in result["moves"]]
    top = result["top"]
    for name in ("share_of_base", "share_of_turnover"):
        top[name] = None if top[name] is None else Decimal(top[name])
    start, end = (date.fromisoformat(day) for day in result["window"])
    kept = [row for row in result["clients"] if not move or f"{row[1]}:{row[2]}" == move]
    columns = [*figures.XYZ, *([figures.NONE] if _has_half_letters(moves) else [])]
    return Reading(
        date.fromisoformat(result["night"]), (start, end), _cells(moves, columns), columns,
        [one for one in moves if one.before != one.after], result["changed"], result["base"], top,
        _lines(kept[:SHOWN], clients), _more(moves, kept, move), result["empty_months"],
    )  # fmt: skip


def _has_half_letters(moves: Iterable[Move]) -> bool:
    return any(cell[0] != figures.NONE and cell[1] == figures.NONE for one in moves for cell in (one.before, one.after))


def _cells(moves: Iterable[Move], columns: list[str]) -> list[tuple[str, list[Cell]]]:
    cells: dict[str, Cell] = {}
    for one in moves:
        cells.setdefault(one.before, Cell(one.before)).now += one.clients
        cells.setdefault(one.after, Cell(one.after)).then += one.clients
    return [(abc, [cells.get(abc + xyz, Cell(abc + xyz)) for xyz in columns]) for abc in figures.ABC]


def _lines(kept: list[list[Any]], clients: QuerySet[Client]) -> list[Line]:
    seen = clients.in_bulk([row[0] for row in kept])
    return [
        Line(seen[pk], before, after, Decimal(has), was_top, is_top)
        for pk, before, after, has, was_top, is_top in kept
        if pk in seen
    ]


def _more(moves: Iterable[Move], kept: list[list[Any]], move: str) -> int:
    """Say how many changed clients are not shown; who only enters or leaves TOP is in no move."""
    if move:
        return sum(one.clients for one in moves if one.value == move) - len(kept[:SHOWN])
    beside = sum(1 for row in kept if row[1] == row[2])
    return sum(one.clients for one in moves if one.before != one.after) + beside - len(kept[:SHOWN])


def runs() -> QuerySet[Job]:
    """Return the runs that were asked for."""
    return Job.objects.filter(kind=KIND)


def running() -> Job | None:
    """Return the run that waits or is at work, None when there is none."""
    return runs().filter(state__in=[JobState.WAITING, JobState.RUNNING]).order_by("pk").first()
