"""Addresses of segmentation: matrix, TOP list, zero board, rules, nights, "why?"."""

from __future__ import annotations

from datetime import date
from typing import Any

from segmentation.models import CaseState
from staff.access import Role
from tests.access.table import EVERYBODY, Row, Scene
from tests.segmentation import world

READERS = EVERYBODY - {Role.OPERATOR, Role.LEAD_MANAGER}
HEADS = {Role.CSH, Role.BRANCH_HEAD, Role.HOS}
BOSS = {Role.HOS}
NIGHT_READERS = HEADS | {Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR}
SEES_THE_CLIENT = EVERYBODY - {Role.OPERATOR, Role.LEAD_MANAGER, Role.BDM_KEY, Role.BDM_RECOVERY}
ANSWERERS = HEADS | {Role.CSM}  # who works the client, and the heads
UNSEEN: dict[str, int] = dict.fromkeys((Role.OPERATOR, Role.LEAD_MANAGER, Role.BDM_KEY, Role.BDM_RECOVERY), 404)
DAY = world.NIGHT.isoformat()


def prepare(scene: Scene) -> None:
    """Add a night with a proposal and a hand-over; the scene's client stays where it is."""
    rules = world.nights()
    csm, recovery = scene.people[Role.CSM], scene.people[Role.BDM_RECOVERY]
    world.classed(scene.client, "AX", 1000)
    world.silent(scene.client, days=100)
    handed = world.case(scene.client, CaseState.HANDED_OVER, csm, recovery)
    scene.extra |= {"rules": rules, "handed": handed}


def client(scene: Scene) -> list[Any]:
    """Return the scene's client as the address's argument."""
    return [scene.client.pk]


def topic(name: str) -> Any:
    """Return the arguments of a "why?" address."""
    return lambda scene: [scene.client.pk, name]


def case(scene: Scene) -> list[Any]:
    """Return the hand-over as the address's argument."""
    return [scene.extra["handed"].pk]


def a_night(scene: Scene) -> list[Any]:
    """Return the day of the night."""
    return [date.fromisoformat(DAY).isoformat()]


SENT = {"reason": "", "until": ""}

ROWS = [
    Row("segmentation:matrix", READERS),
    Row("segmentation:rules", READERS),
    Row("segmentation:rules-one", READERS, args=lambda scene: [scene.extra["rules"].pk]),
    Row("segmentation:rules-new", BOSS),
    Row("segmentation:rules-new", BOSS, method="post", ok=422),
    Row("segmentation:rules-preview", BOSS, method="post"),
    Row("segmentation:rules-search", BOSS, method="post"),
    Row("segmentation:top", READERS),
    Row("segmentation:top-choose", HEADS),
    Row("segmentation:top-clients", HEADS),
    Row("segmentation:top-override", HEADS, args=client),
    Row("segmentation:top-override", HEADS, method="post", args=client, data=lambda scene: SENT, ok=422),
    Row("segmentation:zero", READERS),
    Row("segmentation:zero-lane", READERS, args=lambda scene: ["owner"]),
    Row("segmentation:zero-proposals", READERS),
    Row("segmentation:zero-approve", HEADS),
    Row("segmentation:zero-approve", HEADS, method="post", data=lambda scene: {"confirmed": "7"}, ok=422),
    Row("segmentation:zero-refuse", HEADS),
    Row("segmentation:zero-refuse", HEADS, method="post", data=lambda scene: SENT, ok=422),
    Row("segmentation:zero-exclude", HEADS, args=client),
    Row("segmentation:zero-exclude", HEADS, method="post", args=client, data=lambda scene: SENT, ok=422),
    Row("segmentation:zero-undo", HEADS, args=case),
    Row("segmentation:zero-reason", ANSWERERS, args=client, also=UNSEEN),
    Row("segmentation:zero-reason", ANSWERERS, method="post", args=client, ok=422, also=UNSEEN),
    Row("segmentation:zero-reasons", READERS),
    Row("segmentation:zero-recovery", READERS),
    Row("segmentation:contacts", READERS),
    Row("segmentation:contacts-day", READERS),
    Row("segmentation:norm-new", BOSS),
    Row("segmentation:norm-new", BOSS, method="post", ok=422),
    Row("segmentation:nights", NIGHT_READERS),
    Row("segmentation:nights-run", BOSS),
    Row("segmentation:nights-run", BOSS, method="post", ok=302),
    Row("segmentation:nights-job", NIGHT_READERS, args=lambda scene: [999_999], ok=404),
    Row("segmentation:nights-one", NIGHT_READERS, args=a_night),
    Row("segmentation:nights-undo", BOSS, args=a_night),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("class"), denied=404),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("hand_over"), denied=404),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("contact"), denied=404),
]
