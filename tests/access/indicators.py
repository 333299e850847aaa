"""Addresses of indicators: a set that holds and one that is to come, of a post the csm has."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.indicators import actions
from kpi.indicators.models import Indicator
from staff.access import Act, Figures, Role, figures
from staff.models import Employee, Position
from tests.access.clients import who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.kpi.held import hold

READERS = {role for role in EVERYBODY if figures(Employee(role=role)) in (Figures.ALL, Figures.BRANCH)}
CHANGERS = who_may(Act.CHANGE_PAY)


def prepare(scene: Scene) -> None:
    """Add the sets."""
    hos = scene.people[Role.HOS]
    post = Position.objects.create(code="indicator-post", name="Indicator post", role=Role.CSM)
    mine = Indicator.objects.create(code="indicator-turnover", name="i", measure="turnover", roles=[Role.CSM])
    scene.extra["indicator line"] = hold(post, date(2026, 7, 1), mine, 60, hos)
    scene.extra["indicator coming"] = actions.begin(position=post, month=date(2026, 9, 1), acting_user=hos)


def post(scene: Scene) -> list[Any]:
    """Name the position."""
    return [scene.extra["indicator line"].set.position_id]


def held(scene: Scene) -> list[Any]:
    """Name the set that holds."""
    return [scene.extra["indicator line"].set_id]


def line(scene: Scene) -> list[Any]:
    """Name the line of the set."""
    return [scene.extra["indicator line"].set_id, scene.extra["indicator line"].pk]


def coming(scene: Scene) -> list[Any]:
    """Name the set that is to come."""
    return [scene.extra["indicator coming"].pk]


def indicator(scene: Scene) -> list[Any]:
    """Name the indicator."""
    return [scene.extra["indicator line"].indicator_id]


ROWS = [
    Row("kpi:indicators", READERS),
    Row("kpi:indicators-ready", READERS),
    Row("kpi:indicator-position", READERS, args=post),
    Row("kpi:indicator-set-begin", CHANGERS, args=post),
    Row("kpi:indicator-set-begin", CHANGERS, args=post, method="post", ok=422),
    Row("kpi:indicator-set-discard", CHANGERS, args=coming, method="post", data=lambda scene: {"seen": 1}, ok=302),
    Row("kpi:indicator-line-new", CHANGERS, args=held),
    Row("kpi:indicator-line-new", CHANGERS, args=held, method="post", ok=422),
    Row("kpi:indicator-line", CHANGERS, args=line),
    Row("kpi:indicator-line", CHANGERS, args=line, method="post", ok=422),
    Row("kpi:indicator-line-remove", CHANGERS, args=line, method="post", data=lambda scene: {"seen": 1}, ok=302),
    Row("kpi:indicator-new", CHANGERS),
    Row("kpi:indicator-new", CHANGERS, method="post", ok=422),
    Row("kpi:indicator", CHANGERS, args=indicator),
    Row("kpi:indicator", CHANGERS, args=indicator, method="post", ok=422),
]
