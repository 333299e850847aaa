"""Addresses of claims: the claim of the scene is the csm's, its client too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from deals.claims import actions
from staff.access import Role
from tests.access.clients import CHANGERS, EDITORS, SEES
from tests.access.deals import ONLY_SEE, SETTERS, SETTING_SEEN
from tests.access.table import Row, Scene
from tests.claims.scene import NOW, cause, kind, made

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def prepare(scene: Scene) -> None:
    """Add a registered claim."""
    csm = scene.people[Role.CSM]
    claim = scene.extra["claim"] = made(scene.client, csm)
    upload = SimpleUploadedFile("a.png", PNG)
    said: dict[str, Any] = {
        "uploads": [upload],
        "submission": uuid4(),
        "acting_user": csm,
        "now": NOW - timedelta(days=2),
    }
    (scene.extra["claim-file"],) = actions.add_files(claim=claim, **said)


def one(scene: Scene) -> list[Any]:
    """Name the claim of the scene."""
    return [scene.extra["claim"].pk]


def card(scene: Scene) -> list[Any]:
    """Name the client of the scene."""
    return [scene.client.pk]


def file(scene: Scene) -> list[Any]:
    """Name the photo of the claim."""
    return [scene.extra["claim-file"].pk]


def kind_of(scene: Scene) -> list[Any]:
    """Name the kind of the claim."""
    return [kind().pk]


def upload(scene: Scene) -> dict[str, Any]:
    """Fill the form of files."""
    return {"uploads": SimpleUploadedFile("b.png", PNG), "submission": uuid4()}


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
    Row("deals:claim-choose", allowed=CHANGERS),
    Row("deals:claim-choose", allowed=CHANGERS, method="post", ok=422),
    Row("deals:claim-dictionaries", allowed=SETTING_SEEN),
    *(
        Row(f"deals:{name}", allowed=SETTERS, args=args, method=method, ok=200 if method == "get" else 422)
        for name, args in (
            ("claim-kind-new", lambda scene: []),
            ("claim-kind", kind_of),
            ("claim-terms", kind_of),
            ("claim-cause-new", lambda scene: []),
            ("claim-cause", lambda scene: [cause().pk]),
        )
        for method in ("get", "post")
    ),
    act("claim-files"),
    act("claim-files", "post", 302, upload),
    Row("deals:claim-file", allowed=SEES, args=file, denied=404),
    Row("deals:claim-picture", allowed=SEES, args=file, denied=404),
    act("claim-file-remove", "post", 302, args=file),
    act("claim-file-back", "post", 302, args=file),
    act("claim-new", args=card),
    act("claim-new", "post", 302, fields, card),
    act("claim-decide"),
    act("claim-decide", "post", 422),
    act("claim-answer", "post", 302, seen),
    act("claim-confirm", "post", 302, seen),
]
