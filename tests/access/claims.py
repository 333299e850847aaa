"""Addresses of claims: the claim of the scene is the csm's, its client too."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from staff.access import Role
from tests.access.clients import EDITORS, SEES
from tests.access.deals import ONLY_SEE
from tests.access.table import Row, Scene
from tests.claims.scene import kind, made


def prepare(scene: Scene) -> None:
    """Add a registered claim."""
    scene.extra["claim"] = made(scene.client, scene.people[Role.CSM])


def one(scene: Scene) -> list[Any]:
    """Name the claim of the scene."""
    return [scene.extra["claim"].pk]


def card(scene: Scene) -> list[Any]:
    """Name the client of the scene."""
    return [scene.client.pk]


def seen(scene: Scene) -> dict[str, Any]:
    """Say which version was seen."""
    return {"seen": scene.extra["claim"].version}


def fields(scene: Scene) -> dict[str, Any]:
    """Fill the form of a claim."""
    return {"kind": kind().pk, "happened": "Недостача", "wish": "answer", "submission": uuid4()}


def act(name: str, method: str = "get", ok: int = 200, data: Any = lambda scene: {}, args: Any = one) -> Row:
    """Ask as everybody: only who may change the deal acts."""
    return Row(f"deals:{name}", allowed=EDITORS, args=args, method=method, data=data, ok=ok, also=ONLY_SEE)


ROWS = [
    Row("deals:claim-list"),
    Row("deals:claim-figures"),
    Row("deals:client-claims", allowed=SEES, args=card, denied=404),
    act("claim-new", args=card),
    act("claim-new", "post", 302, fields, card),
    act("claim-decide"),
    act("claim-decide", "post", 422),
    act("claim-answer", "post", 302, seen),
    act("claim-confirm", "post", 302, seen),
]
