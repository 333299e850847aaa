"""Addresses of the frame: counts, notifications, preferences; and the developers' page where it is switched on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from salescrm.base.models import Notification, SavedView
from staff.access import Role
from tests import make
from tests.access.table import NOBODY, Row, Scene


def clients(scene: Scene) -> list[str]:
    """Name the list of clients."""
    return ["clients"]


def view(scene: Scene, name: str) -> list[Any]:
    """Name a view of the scene."""
    return ["clients", scene.extra[f"{name} view"].pk]


def mark(scene: Scene, act: str) -> str:
    """Say what is done with the shared view."""
    return f"{act}:{scene.extra['shared view'].pk}"


ROWS = [
    Row("frame:counts"),
    Row("frame:notifications"),
    Row("frame:notifications-read", method="post"),
    # a notification is its owner's: everybody else is told there is none
    Row("frame:notification-open", NOBODY, args=lambda scene: [scene.extra["notification"].pk], denied=404),
    Row("frame:view-list", args=clients),
    Row("frame:view-list", method="post", args=clients, data=lambda scene: {"do": mark(scene, "pin")}, ok=302),
    Row("frame:view-new", args=clients, query="?abc=A"),
    Row("frame:view-new", method="post", args=clients, data=lambda scene: {"name": "n", "audience": "own"}, ok=302),
    # a shared view is its owner's to change; a private one is there for nobody else
    Row("frame:view-edit", {Role.HOS}, args=lambda scene: view(scene, "shared")),
    Row("frame:view-edit", {Role.CSM}, args=lambda scene: view(scene, "private"), denied=404),
    Row(
        "frame:view-edit",
        {Role.HOS},
        method="post",
        args=lambda scene: view(scene, "shared"),
        data=lambda scene: {"name": "other", "audience": "all"},
        ok=302,
    ),
    Row("frame:view-save", {Role.CSM}, method="post", args=lambda scene: view(scene, "private"), denied=404, ok=404),
    Row("frame:view-delete", {Role.HOS}, method="post", args=lambda scene: view(scene, "shared"), ok=302),
    Row("frame:view-delete", {Role.CSM}, method="post", args=lambda scene: view(scene, "private"), ok=302, denied=404),
    Row("frame:view-restore", {Role.CSM}, method="post", args=lambda scene: view(scene, "gone"), ok=204, denied=404),
    Row("frame:notification-settings"),
    Row("frame:notification-settings", method="post", ok=422),
    Row("frame:preferences", method="post", data=lambda scene: {"theme": "dark"}, ok=302),
]
if settings.SHOW_UI_PAGE:
    ROWS += [
        Row("ui", stranger=200),
        Row("ui-dialog", stranger=200),
        Row("ui-undo", method="post", ok=204, stranger=204),
        Row("ui-why", stranger=200),
    ]


def prepare(scene: Scene) -> None:
    """Tell something to a person who is none of the roles."""
    other = make.employee("other")
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    for name, owner, fields in (
        ("shared", hos, {"audience": "all"}),
        ("private", csm, {}),
        ("gone", csm, {"deleted_at": timezone.now()}),
    ):
        scene.extra[f"{name} view"] = SavedView.objects.create(owner=owner, list_name="clients", name=name, **fields)
    scene.extra["notification"] = Notification.objects.create(person=other, kind="x", text="x", key="x")
