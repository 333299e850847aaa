"""Addresses of the calendar of tasks: what the list shows may be looked at, who acts on a task moves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deals.forms import task_mark
from tests.access.deals import ACTORS, ONLY_SEE, task
from tests.access.table import Row, Scene
from tests.conftest import TODAY


def to(scene: Scene) -> dict[str, Any]:
    """Say another day for the scene's task."""
    return {"due_on": TODAY + timedelta(days=1), "seen": task_mark(scene.extra["task"])}


def unknown(scene: Scene) -> list[Any]:
    """Name the address of nobody's feed."""
    return ["0" * 64]


ROWS = [
    Row("tasking:calendar-list"),
    Row("tasking:calendar-list", query="?look=week&state=open"),
    Row("tasking:calendar-list", query="?look=day&state=open"),
    Row("tasking:calendar-counts"),
    Row("tasking:calendar-filters"),
    Row("tasking:calendar-groups"),
    Row("tasking:feed"),
    Row("tasking:feed-make", method="post"),
    Row("tasking:feed-revoke", method="post", ok=302),
    Row("tasking:feed-file", args=unknown, ok=404, stranger=404),
    Row("tasking:task-move", allowed=ACTORS, args=task, also=ONLY_SEE),
    Row("tasking:task-move", allowed=ACTORS, args=task, method="post", data=to, ok=302, also=ONLY_SEE),
]
