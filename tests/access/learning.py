"""Addresses of learning: the csm is being brought in by the operator, the head of sales planned the rest."""

from __future__ import annotations

import uuid
from typing import Any

from staff.access import Act, Role
from staff.learning.models import AdaptationTask, Competence, LearningStep, Training
from tests.access.clients import who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.conftest import TODAY
from tests.learning import scene as learning

HEADS = who_may(Act.LEAD_LEARNING)
CHECKERS = who_may(Act.CHECK_READING)
MENTOR = Role.OPERATOR
SEEN = CHECKERS | {Role.CSM, MENTOR}  # the csm's own card
UNSEEN = dict.fromkeys(EVERYBODY - SEEN, 404)
SETTERS = who_may(Act.SET_COMPETENCES)
KEEPERS: set[str] = {Role.HOS, Role.DIRECTOR}
ASKED = CHECKERS | {Role.CSM, MENTOR}  # to the training; the mentor sees what the csm learns
UNASKED = dict.fromkeys(EVERYBODY - ASKED, 404)


def prepare(scene: Scene) -> None:
    """Bring the csm in, plan a training, ask posts for something."""
    hos, csm = scene.people[Role.HOS], scene.people[Role.CSM]
    Competence.objects.get_or_create(code="calls", name="Звонки")
    AdaptationTask.objects.get_or_create(code="functions", name="Функции", by_day=1)
    scene.extra["adaptation"] = learning.begun(csm, scene.people[MENTOR], hos)
    scene.extra["training"] = learning.planned(hos, [csm], TODAY)


def csm(scene: Scene) -> list[Any]:
    """Name the csm."""
    return [scene.people[Role.CSM].pk]


def adaptation(scene: Scene) -> list[Any]:
    """Name the csm's adaptation."""
    return [scene.extra["adaptation"].pk]


def step(scene: Scene) -> list[Any]:
    """Name a step of it."""
    return [LearningStep.objects.earliest("pk").pk]


def training(scene: Scene) -> list[Any]:
    """Name the training."""
    return [Training.objects.earliest("pk").pk]


def competence(scene: Scene) -> list[Any]:
    """Name a competence."""
    return [Competence.objects.earliest("pk").pk]


def task(scene: Scene) -> list[Any]:
    """Name a step of every adaptation."""
    return [AdaptationTask.objects.earliest("pk").pk]


def led(name: str, args: Any, *, allowed: set[str] = HEADS, ok: int = 422, **more: Any) -> list[Row]:
    """Ask for a form about the csm and send it empty."""
    more = {"also": {role: status for role, status in UNSEEN.items() if role not in allowed}} | more
    return [
        Row(f"staff:{name}", allowed, args=args, **more),
        Row(f"staff:{name}", allowed, args=args, method="post", ok=ok, **more),
    ]


def done(scene: Scene) -> dict[str, Any]:
    """Say how a step went."""
    return {"result": "Принято"}


def new_training(scene: Scene) -> dict[str, Any]:
    """Plan a training for the csm."""
    return {
        "topic": "Возражения", "kind": "focused", "held_on": f"{TODAY}", "trainer": "", "outside_trainer": "Эксперт",
        "article": "", "people": scene.people[Role.CSM].pk, "submission": uuid.uuid4(),
    }  # fmt: skip


ROWS = [
    Row("staff:learning", CHECKERS),
    Row("staff:learning-asked", CHECKERS),
    Row("staff:learning-card", SEEN, args=csm, denied=404),
    *led("adaptation-new", csm),
    *led("assess", csm),
    *led("learning-step-new", csm, allowed=HEADS | {MENTOR}),
    *led("adaptation-end", adaptation),
    Row("staff:learning-step-done", HEADS | {MENTOR, Role.CSM}, args=step, also=UNSEEN),
    Row("staff:learning-step-done", HEADS | {MENTOR, Role.CSM}, "post", args=step, data=done, ok=302, also=UNSEEN),
    Row("staff:learning-step-drop", HEADS | {MENTOR}, args=step, also=UNSEEN),
    Row("staff:learning-step-drop", HEADS | {MENTOR}, "post", args=step, ok=302, also=UNSEEN),
    Row("staff:competence-new", SETTERS),
    Row("staff:competence", SETTERS, args=competence),
    Row("staff:competence", SETTERS, "post", args=competence, ok=422),
    Row("staff:adaptation-task-new", SETTERS),
    Row("staff:adaptation-task", SETTERS, args=task),
    Row("staff:adaptation-task", SETTERS, "post", args=task, ok=422),
    Row("staff:trainings"),
    Row("staff:training-new", HEADS),
    Row("staff:training-new", HEADS, "post", data=new_training, ok=302),
    Row("staff:training", ASKED, args=training, denied=404),
    *led("training-held", training, allowed=KEEPERS, ok=302, also=UNASKED),
    *led("training-cancel", training, allowed=KEEPERS, also=UNASKED),
]
