"""Addresses of call reviews: the reviewed call is the csm's, of the scene's client; the head of sales reviewed it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from staff.access import Act, Role
from tests import make
from tests.access.clients import who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.call_reviews.scene import criteria, reviewed, said
from tests.conftest import TODAY

HEADS = who_may(Act.REVIEW_CALLS)
SETTERS = {Role.HOS, Role.CSH}
SEEN = HEADS | {Role.CSM}
UNSEEN = dict.fromkeys(EVERYBODY - SEEN, 404)


def prepare(scene: Scene) -> None:
    """Review a call of the csm; another one waits."""
    criteria()
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    recording = said(upload=SimpleUploadedFile("call.mp3", b"ID3 sound"))
    scene.extra["review"] = reviewed(make.said(scene.client, csm, TODAY), hos, said=recording)
    scene.extra["call"] = make.said(scene.client, csm, TODAY, "Ещё один")


def review(scene: Scene) -> list[Any]:
    """Name the review of the scene."""
    return [scene.extra["review"].pk]


def call(scene: Scene) -> list[Any]:
    """Name the call that waits."""
    return [scene.extra["call"].pk]


def csm(scene: Scene) -> list[Any]:
    """Name the csm."""
    return [scene.people[Role.CSM].pk]


def criterion(scene: Scene) -> list[Any]:
    """Name a criterion."""
    return [criteria()[0].pk]


def filled(scene: Scene) -> dict[str, Any]:
    """Fill the form of a review as it was seen."""
    marks = {f"mark_{one.pk}": "1" for one in criteria()}
    return marks | {"feedback": "Хорошо", "submission": uuid4(), "seen": scene.extra["review"].version}


def named(scene: Scene) -> dict[str, Any]:
    """Fill the form of a criterion."""
    return {"name": str(criteria()[0]), "weight": 1, "order": 1, "is_active": "on"}


ROWS = [
    Row("calls:team", allowed=HEADS),
    Row("calls:waiting", allowed=HEADS, args=csm),
    Row("calls:review-new", allowed=HEADS, args=call),
    Row("calls:review-new", allowed=HEADS, args=call, method="post", ok=422),
    Row("calls:review-list"),
    Row("calls:review-export", allowed=who_may(Act.EXPORT)),
    Row("calls:review", allowed=SEEN, args=review, denied=404),
    Row("calls:review-correct", allowed={Role.HOS}, args=review, also=UNSEEN),
    Row("calls:review-correct", allowed={Role.HOS}, args=review, method="post", data=filled, ok=302, also=UNSEEN),
    Row("calls:review-recording", allowed=SEEN, args=review, denied=404),
    Row("calls:review-confirm", allowed={Role.CSM}, args=review, method="post", ok=422, also=UNSEEN),
    Row("calls:criteria", allowed=SETTERS),
    Row("calls:criterion-new", allowed=SETTERS),
    Row("calls:criterion-new", allowed=SETTERS, method="post", ok=422),
    Row("calls:criterion", allowed=SETTERS, args=criterion),
    Row("calls:criterion", allowed=SETTERS, args=criterion, method="post", data=named, ok=302),
]
