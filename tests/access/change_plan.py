"""Addresses of the plan of changes: one step, the review of a year with one question."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.change_plan.models import Block, ChangeStep, Review, ReviewQuestion
from staff.access import Act
from tests.access.clients import who_may
from tests.access.table import Row, Scene

SEES = who_may(Act.SEE_CHANGE_PLAN)
CHANGES = who_may(Act.CHANGE_CHANGE_PLAN)
FIELDS = {"block": "staff", "name": "Описать функционал", "state": "planned"}


def prepare(scene: Scene) -> None:
    """Add the step and the review."""
    scene.extra["step"] = ChangeStep.objects.create(code="own", block=Block.STAFF, number=1, name="Вакансии")
    Review.objects.create(year=2025, due_on=date(2025, 12, 20))
    scene.extra["question"] = ReviewQuestion.objects.create(code="own", number=1, name="Всё ли в порядке")


def step(scene: Scene) -> list[Any]:
    """Name the step."""
    return [scene.extra["step"].pk]


def year(scene: Scene) -> list[Any]:
    """Name the year of the review."""
    return [2025]


def found(scene: Scene) -> dict[str, Any]:
    """Answer the question."""
    return {"question": scene.extra["question"].pk, "verdict": "yes"}


ROWS = [
    Row("kpi:change-plan", SEES, query="?tab=all"),
    Row("kpi:change-step-new", CHANGES),
    Row("kpi:change-step-new", CHANGES, method="post", data=lambda scene: FIELDS, ok=302),
    Row("kpi:change-step", CHANGES, args=step),
    Row("kpi:change-step", CHANGES, args=step, method="post", data=lambda scene: FIELDS | {"seen": 1}, ok=302),
    Row("kpi:review", SEES, args=year),
    Row("kpi:review-answer", CHANGES, args=year, method="post", data=found, ok=302),
    Row("kpi:review-close", CHANGES, args=year),
    Row("kpi:review-close", CHANGES, args=year, method="post", data=lambda scene: {"conclusion": "Да"}, ok=422),
]
