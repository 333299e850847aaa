"""Addresses of special tasks: the one of the scene is the head's, for the csm's client."""

from __future__ import annotations

from typing import Any

from deals.models import Task
from staff.access import ACTS, Act, Role
from tests.access.clients import who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.special.scene import made

SETTERS = who_may(Act.SET_SPECIAL_TASKS) | who_may(Act.SET_MARKETING_TASKS)
# a head of a branch is of the csm's office; the own line is the csm's; marketing sees marketing tasks
SEEN = who_may(Act.SET_SPECIAL_TASKS) | {Role.CSM, Role.DEPUTY_DIRECTOR, Role.DIRECTOR}
UNSEEN = dict.fromkeys(EVERYBODY - SEEN, 404)
UNSEEN_EXPORT = {role: 404 for role in UNSEEN if Act.EXPORT in ACTS[role]}
CHANGERS = {Role.HOS, Role.CSH}


def prepare(scene: Scene) -> None:
    """Give a special task; its task asks for no result, so that all tasks of the scene can be done in one go."""
    scene.extra["special"] = made(scene.people[Role.HOS], [scene.client])
    Task.objects.filter(origin__startswith="special_task:").update(needs_result=False)


def one(scene: Scene) -> list[Any]:
    """Name the special task of the scene."""
    return [scene.extra["special"].pk]


def finish(scene: Scene) -> dict[str, Any]:
    """Say why and which version was seen."""
    return {"reason": "Коллекция снята", "seen": scene.extra["special"].version}


def act(name: str, method: str = "get", ok: int = 200, data: Any = lambda scene: {}) -> Row:
    """Ask as everybody: who set it and heads of all act; who only sees it does not."""
    return Row(f"deals:{name}", allowed=CHANGERS, args=one, method=method, data=data, ok=ok, also=UNSEEN)


ROWS = [
    Row("deals:special-list"),
    Row("deals:special-new", allowed=SETTERS),
    Row("deals:special-new", allowed=SETTERS, method="post", ok=422),
    Row("deals:special-of", allowed=SETTERS, ok=302, query="?all=1"),
    Row("deals:special-task", allowed=SEEN, args=one, denied=404),
    Row("deals:special-export", allowed=who_may(Act.EXPORT) & SEEN, args=one, also=UNSEEN_EXPORT),
    act("special-close"),
    act("special-close", "post", 302, finish),
    act("special-cancel"),
    act("special-cancel", "post", 302, finish),
]
