"""Addresses of requests for help: one the csm asked, taken by the head of sales, and one that waits."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from deals.help_requests import actions
from staff.access import Act, Role
from tests.access.clients import EDITORS, UNSEEN, who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.help_requests.scene import NOW, asked

HEADS = who_may(Act.GIVE_HELP)
SEEN = HEADS | {Role.CSM}
UNSEEN_REQUEST = dict.fromkeys(EVERYBODY - SEEN, 404)
WORKERS = {Role.CSM, Role.HOS}


def prepare(scene: Scene) -> None:
    """Ask twice; the head of sales takes the first."""
    csm = scene.people[Role.CSM]
    taken = asked(scene.client, csm)
    scene.extra["help"] = actions.accept(found=taken, acting_user=scene.people[Role.HOS], now=NOW)
    scene.extra["help_open"] = asked(scene.client, csm)


def taken(scene: Scene) -> list[Any]:
    """Name the request in work."""
    return [scene.extra["help"].pk]


def waiting(scene: Scene) -> list[Any]:
    """Name the request that waits."""
    return [scene.extra["help_open"].pk]


def client(scene: Scene) -> list[Any]:
    """Name the client."""
    return [scene.client.pk]


def said(scene: Scene) -> dict[str, Any]:
    """Fill each of the forms."""
    return {
        "difficulty": "x", "tried": "x", "text": "x", "result": "x", "seen": scene.extra["help"].version,
        "submission": uuid4(),
    }  # fmt: skip


def first(scene: Scene) -> dict[str, Any]:
    """Fill the form of the withdrawing."""
    return {"result": "x", "seen": 1, "submission": uuid4()}


ROWS = [
    Row("help:request-list"),
    Row("help:request-new", allowed=EDITORS, args=client, also=UNSEEN),
    Row("help:request-new", allowed=EDITORS, args=client, method="post", data=said, ok=302, also=UNSEEN),
    Row("help:request", allowed=SEEN, args=taken, denied=404),
    Row("help:request-accept", allowed=HEADS, args=waiting, method="post", ok=302, also=UNSEEN_REQUEST),
    Row("help:request-note", allowed=WORKERS, args=taken, method="post", data=said, ok=302, also=UNSEEN_REQUEST),
    Row("help:request-close", allowed=WORKERS, args=taken, also=UNSEEN_REQUEST),
    Row("help:request-close", allowed=WORKERS, args=taken, method="post", data=said, ok=302, also=UNSEEN_REQUEST),
    Row("help:request-withdraw", allowed={Role.CSM}, args=waiting, also=UNSEEN_REQUEST),
    Row("help:request-withdraw", allowed={Role.CSM}, args=waiting, method="post", data=first, ok=302,
        also=UNSEEN_REQUEST),
]  # fmt: skip
