"""Addresses of the KPI room: the board, what is behind its figures, months."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.measures.models import Month, Result
from staff.access import Role
from tests import make
from tests.access.table import EVERYBODY, NOBODY, Row, Scene

SEES_FIGURES = EVERYBODY - {Role.DEPUTY_IT}
SEES_OWN = {Role.CSM, Role.BDM_KEY, Role.BDM_RECOVERY, Role.LEAD_MANAGER, Role.OPERATOR}
SEES_BY_NAME = SEES_FIGURES - {Role.MARKETER}
BOSS = {Role.HOS}
HEADS = SEES_FIGURES - SEES_OWN - {Role.MARKETER}
MONTH = date(2026, 5, 1)
NO_FIGURES: dict[str, int] = {Role.DEPUTY_IT: 403}


def prepare(scene: Scene) -> None:
    """Add a month that is over with a figure of the csm."""
    rules = make.rule_set(effective_from=date(1999, 1, 1))
    month = Month.objects.create(day=MONTH, as_of=date(2026, 5, 31), rule_set=rules)
    csm = scene.people[Role.CSM]
    Result.objects.create(
        month=month, measure="turnover", employee=csm, branch=csm.branch, client_group="others", value=100
    )


def the_month(scene: Scene) -> list[Any]:
    """Return the month as the address's argument."""
    return ["2026-05"]


ROWS = [
    Row("kpi:board", SEES_FIGURES),
    Row("kpi:board", SEES_FIGURES, query="?month=2026-05"),
    Row("kpi:board-xlsx", SEES_FIGURES, query="?month=2026-05"),
    Row("kpi:tv", HEADS),
    Row("kpi:tv", HEADS, query="?screen=coverage"),
    Row("kpi:tv", HEADS, query="?screen=leaders"),
    Row("kpi:behind", SEES_BY_NAME, query="?month=2026-05&measure=turnover", also={Role.MARKETER: 404}),
    Row("kpi:behind", NOBODY, query="?month=2026-05&measure=nothing", denied=404, also=NO_FIGURES),
    Row("kpi:month-close", BOSS, args=the_month),
    Row("kpi:month-close", BOSS, method="post", args=the_month, ok=302),
    Row("kpi:month-reopen", BOSS, args=the_month),
    Row("kpi:month-reopen", BOSS, method="post", args=the_month, ok=422),
    Row("kpi:month-reckon", BOSS, method="post", ok=302),
]
