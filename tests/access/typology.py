"""Addresses of the typology and of a client's questionnaire."""

from __future__ import annotations

from typing import Any

from clients.models import TypologyVersion
from staff.access import Act, Role
from tests.access.clients import EDITORS, SEES, UNSEEN, card, who_may
from tests.access.table import Row, Scene
from tests.clients import types

CHANGERS = who_may(Act.CHANGE_TYPOLOGY)
PUBLISHERS = who_may(Act.PUBLISH_TYPOLOGY)
DECIDERS = who_may(Act.DECIDE_TYPES)


def prepare(scene: Scene) -> None:
    """Make a small typology, a version, and a type of the scene's client that waits for a head."""
    made = types.make_types()
    version = TypologyVersion.objects.create(
        effective_from="2026-01-01", author=scene.people[Role.HOS], comment="первая",
        content={"common_question": "", "spheres": []},
    )  # fmt: skip
    differs = {"suggested": made.segments["shop"], "differs": True, "reason": "другое"}
    waiting = types.choose(scene.client, scene.people[Role.CSM], made.segments["agency"], **differs)
    scene.extra |= {"types": made, "version": version, "waiting": waiting}


def part(table: str, code: str) -> Any:
    """Return the number of a row of the small typology as the address's argument."""
    return lambda scene: [getattr(scene.extra["types"], table)[code].pk]


def sign(scene: Scene) -> list[Any]:
    """Name a sign to be edited."""
    return ["sign", scene.extra["types"].signs["agency1"].pk]


def new_sign(scene: Scene) -> list[Any]:
    """Name the type a new sign belongs to."""
    return ["sign", scene.extra["types"].segments["agency"].pk]


def question(scene: Scene) -> list[Any]:
    """Name the client and the question to everybody."""
    return [scene.client.pk, "question", scene.extra["types"].questions["common"].pk]


def waiting(scene: Scene) -> list[Any]:
    """Name the type that waits for a head."""
    return [scene.extra["waiting"].pk]


def agency(scene: Scene) -> dict[str, Any]:
    """Choose the agency for a reason."""
    return {"segment": scene.extra["types"].segments["agency"].pk, "reason": "так сказали"}


ROWS = [
    Row("typology:overview"),
    Row("typology:sphere", args=part("spheres", "trade")),
    Row("typology:segment", args=part("segments", "shop")),
    Row("typology:row-new", CHANGERS, args=new_sign),
    Row("typology:row-new", CHANGERS, "post", args=new_sign, data=lambda scene: {"text": "x", "order": 1}, ok=302),
    Row("typology:row-edit", CHANGERS, args=sign),
    Row("typology:row-edit", CHANGERS, "post", args=sign, data=lambda scene: {"text": "x", "order": 1}, ok=422),
    Row("typology:row-new", CHANGERS, args=lambda scene: ["objection-of-all", 0]),
    Row("typology:objections"),
    Row("typology:progress"),
    Row("typology:disagreements", DECIDERS),
    Row("typology:agree", DECIDERS, "post", args=waiting, ok=302),
    Row("typology:return", DECIDERS, args=waiting),
    Row("typology:return", DECIDERS, "post", args=waiting, data=lambda scene: {"note": "нет"}, ok=302),
    Row("typology:versions"),
    Row("typology:version", args=lambda scene: [scene.extra["version"].pk]),
    Row("typology:publish", PUBLISHERS),
    Row("typology:publish", PUBLISHERS, "post", ok=422),
    Row("clients:client-type", SEES, args=card, denied=404),
    Row("clients:questionnaire", SEES, args=card, denied=404),
    Row("clients:answer", EDITORS, "post", args=question, data=lambda scene: {"value": "x"}, ok=302, also=UNSEEN),
    Row("clients:type-set", EDITORS, args=card, also=UNSEEN),
    Row("clients:type-set", EDITORS, "post", args=card, data=agency, ok=422, also=UNSEEN),
    Row("clients:type-set-many", DECIDERS),
    Row("clients:type-set-many", DECIDERS, "post", data=agency, query="?all=1", ok=302),
]
