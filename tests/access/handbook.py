"""Addresses of the sales book."""

from __future__ import annotations

from typing import Any

from salescrm.base import clock
from staff.access import ACTS, Role
from staff.handbook.actions import load_content
from staff.handbook.views import HEADS
from tests.access.table import Row, Scene

READERS = {role for role in ACTS if any(act in ACTS[role] for act in HEADS)}


def prepare(scene: Scene) -> None:
    """Add the articles the program brings along."""
    load_content(clock.now())


def code(scene: Scene) -> list[Any]:
    """Return an article's code."""
    return ["crm_1c"]


def version(scene: Scene) -> list[Any]:
    """Return an article's code and version."""
    return ["crm_1c", 1]


def entered(scene: Scene) -> dict[str, Any]:
    """Return a good form."""
    return {"title": "x", "text": "y", "title_en": "", "text_en": "", "seen": "1"}


ROWS = [
    Row("handbook:book"),
    Row("handbook:article", args=code),
    Row("handbook:edit", {Role.HOS}, args=code),
    Row("handbook:edit", {Role.HOS}, "post", args=code, data=entered, ok=302),
    Row("handbook:readers", READERS, args=code),
    Row("handbook:acknowledge", method="post", args=version, ok=302),
]
