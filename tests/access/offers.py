"""Addresses of offers and their templates: the offer of the scene is a draft of the csm's deal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from staff.access import Act, Role
from tests import make
from tests.access.clients import EDITORS, SEES, who_may
from tests.access.deals import ONLY_SEE
from tests.access.table import Row, Scene
from tests.conftest import TODAY
from tests.offers.scene import approved, drafted, written

KEEPERS = who_may(Act.KEEP_OFFER_TEMPLATES)
APPROVERS = who_may(Act.APPROVE_OFFER_TEMPLATES)
WORDS = {"name": "Новый", "language": "ru", "greeting": "Добрый день"}


def prepare(scene: Scene) -> None:
    """Add an approved template, one that waits, a deal and a draft of it."""
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    scene.extra["offer-template"] = approved(hos)
    scene.extra["offer-version"] = written(hos, "Ждёт")
    scene.extra["offer-deal"] = make.deal(scene.client, csm, TODAY)
    scene.extra["offer"] = drafted(scene.extra["offer-deal"], scene.extra["offer-template"], csm)


def one(name: str) -> Any:
    """Name a row of the scene."""
    return lambda scene: [scene.extra[name].pk]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of an offer."""
    made = {"template": scene.extra["offer-template"].pk, "valid_until": TODAY, "submission": uuid4()}
    return made | {"seen": scene.extra["offer"].version}


def send(scene: Scene) -> dict[str, Any]:
    """Fill the form of sending."""
    return {"way": "other", "remind_in": 2, "seen": scene.extra["offer"].version}


def acts(name: str, data: Any, ok: int = 302, args: Any = None) -> list[Row]:
    """Ask and send the form of an act."""
    args = args or one("offer")
    return [
        Row(f"deals:{name}", allowed=EDITORS, args=args, also=ONLY_SEE),
        Row(f"deals:{name}", allowed=EDITORS, args=args, method="post", data=data, ok=ok, also=ONLY_SEE),
    ]


ROWS = [
    Row("deals:offer", allowed=SEES, args=one("offer"), denied=404),
    Row("deals:offer-print", allowed=SEES, args=one("offer"), denied=404),
    *acts("offer-new", new, args=one("offer-deal")),
    *acts("offer-edit", new),
    *acts("offer-send", send),
    *acts("offer-answer", lambda scene: {}, 422),
    *acts("offer-renew", lambda scene: {"valid_until": TODAY, "submission": uuid4()}, 422),
    Row("deals:offer-discard", allowed=EDITORS, args=one("offer"), method="post", ok=302, also=ONLY_SEE),
    Row("deals:offer-templates"),
    Row("deals:offer-template-new", allowed=KEEPERS),
    Row("deals:offer-template-new", allowed=KEEPERS, method="post", data=lambda scene: WORDS, ok=302),
    Row("deals:offer-letterhead", allowed=KEEPERS),
    Row("deals:offer-letterhead", allowed=KEEPERS, method="post", data=lambda scene: {"name": "Мы"}, ok=302),
    Row("deals:offer-template-edit", allowed=KEEPERS, args=one("offer-template")),
    Row("deals:offer-template-edit", allowed=KEEPERS, args=one("offer-template"), method="post", ok=422),
    Row("deals:offer-template", args=one("offer-version")),
    Row("deals:offer-template-approve", allowed=APPROVERS, args=one("offer-version"), method="post", ok=302),
]
