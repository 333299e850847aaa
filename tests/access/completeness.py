"""Addresses of completeness: summed up for everybody who sees clients, verified by who may change the client."""

from __future__ import annotations

from typing import Any

from staff.access import Act
from tests.access.clients import CONTACT_EDITORS, EDITORS, SEES, UNSEEN, card, who_may
from tests.access.table import Row, Scene

RULERS = who_may(Act.CHANGE_COMPLETENESS)


def company(scene: Scene) -> list[Any]:
    """Name the scene's client and the section of the company."""
    return [scene.client.pk, "company"]


def people(scene: Scene) -> list[Any]:
    """Name the scene's client and the section of its people."""
    return [scene.client.pk, "people"]


ROWS = [
    Row("clients:completeness"),
    Row("clients:completeness-rules"),
    Row("clients:completeness-rules-new", RULERS),
    Row("clients:completeness-rules-new", RULERS, "post", ok=422),
    Row("clients:client-completeness", SEES, args=card, denied=404),
    Row("clients:completeness-panel", SEES, args=card, denied=404),
    Row("clients:completeness-verify", EDITORS, "post", args=company, ok=302, also=UNSEEN),
    Row("clients:completeness-verify", CONTACT_EDITORS, "post", args=people, ok=302, also=UNSEEN),
]
