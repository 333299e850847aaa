"""Addresses of meetings: one led by the head of sales with the csm called, a line and a decision in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kpi.meetings import actions
from kpi.meetings.models import AgendaLine, LineSource
from staff.access import Act, Role
from tests.access.clients import who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.conftest import TODAY

HOLDERS = who_may(Act.HOLD_MEETINGS)
SEES = frozenset({Role.CSM, Role.CSH, Role.HOS, Role.DIRECTOR, Role.DEPUTY_DIRECTOR})  # the csm is called to it
LEADS = frozenset({Role.HOS})
NOT_SEEN = dict.fromkeys(EVERYBODY - SEES, 404)
FIGURES = frozenset({Role.CSM, Role.CSH, Role.HOS, Role.DIRECTOR, Role.DEPUTY_DIRECTOR})
NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)


def prepare(scene: Scene) -> None:
    """Add the meeting of the whole department."""
    hos = scene.people[Role.HOS]
    made = actions.create(
        fields={"kind": "weekly", "starts_at": NOW, "branch": None, "chair": hos}, people=[scene.people[Role.CSM]],
        submission=uuid4(), acting_user=hos, today=TODAY,
    )  # fmt: skip
    scene.extra["meeting"] = made
    scene.extra["agenda line"] = AgendaLine.objects.create(
        meeting=made, source=LineSource.OWN, text="Отпуска", order=900
    )


def one(scene: Scene) -> list[Any]:
    """Name the meeting."""
    return [scene.extra["meeting"].pk]


def line(scene: Scene) -> list[Any]:
    """Name its line, and what is done with it."""
    return [*one(scene), scene.extra["agenda line"].pk, "up"]


def walked(scene: Scene) -> list[Any]:
    """Name the csm in it."""
    return [*one(scene), scene.people[Role.CSM].pk]


def called(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new meeting."""
    return {"kind": "daily", "day": TODAY, "at": "10:00", "chair": scene.people[Role.HOS].pk,
            "people": [scene.people[Role.HOS].pk], "branch": scene.client.branch_id}  # fmt: skip


def decision(scene: Scene) -> dict[str, Any]:
    """Fill the form of a decision."""
    return {"text": "Позвонить ТОР", "assignee": scene.people[Role.CSM].pk, "due_on": TODAY}


def written(name: str, data: Any = lambda scene: {}, args: Any = one) -> Row:
    """Send what the chair alone writes."""
    return Row(f"kpi:{name}", LEADS, args=args, method="post", data=data, ok=302, also=NOT_SEEN)


ROWS = [
    Row("kpi:meetings"),
    Row("kpi:meeting-new", HOLDERS),
    Row("kpi:meeting-new", HOLDERS, method="post", data=called, ok=302),
    Row("kpi:decisions", query="?tab=all"),
    Row("kpi:meeting", SEES, args=one, denied=404),
    Row("kpi:meeting-walk", FIGURES, args=walked, denied=404),
    written("meeting-fill"),
    written("meeting-line", lambda scene: {"text": "Склад"}),
    written("meeting-line-act", args=line),
    Row("kpi:meeting-decide", LEADS, args=one, also=NOT_SEEN),
    written("meeting-decide", decision),
    Row("kpi:meeting-close", LEADS, args=one, also=NOT_SEEN),
    written("meeting-close", lambda scene: {"seen": 1}),
]
