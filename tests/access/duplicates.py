"""Addresses of likely duplicates and joinings: both clients of the scene's pair are the csm's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from clients.models import Client, DuplicatePair, Joining, LegalEntity
from staff.access import Role
from tests import make
from tests.access.clients import EDITORS, MOVERS, SEES, UNSEEN, card
from tests.access.table import Row, Scene
from tests.conftest import TODAY

NOTHING: dict[str, Any] = {"rows": {}, "dropped": {}, "handed": {}, "placed": {}, "kept": {}}


def prepare(scene: Scene) -> None:
    """Add a client like the scene's, the pair of both, and one that was joined into the scene's."""
    csm = scene.people[Role.CSM]
    like, gone = make.client("Принт Хаус плюс", csm), make.client("Принт Хаус старый", csm)
    Client.objects.filter(pk=gone.pk).update(merged_into=scene.client)
    pair = DuplicatePair.objects.create(
        one=scene.client, other=like, likeness=80, reasons_mark=UUID(int=1), found_on=TODAY
    )
    made = Joining.objects.create(
        kept=scene.client, joined=gone, moved=NOTHING, submission=UUID(int=2), made_on=TODAY, made_by=csm
    )
    scene.extra |= {"like": like, "pair": pair, "joining": made}


def pair(scene: Scene) -> list[Any]:
    """Name the pair."""
    return [scene.extra["pair"].pk]


def two(scene: Scene) -> list[Any]:
    """Name both clients."""
    return [scene.client.pk, scene.extra["like"].pk]


def entity(scene: Scene) -> list[Any]:
    """Name the scene's client and its legal entity."""
    return [scene.client.pk, LegalEntity.objects.get(client=scene.client).pk]


def joining(scene: Scene) -> list[Any]:
    """Name the joining."""
    return [scene.extra["joining"].pk]


ROWS = [
    Row("clients:duplicate-list"),
    Row("clients:duplicate-search", MOVERS, "post", ok=302),
    Row("clients:duplicate-different", EDITORS, "post", args=pair, ok=302, also=UNSEEN),
    Row("clients:duplicate-reopen", EDITORS, "post", args=pair, ok=302, also=UNSEEN),
    Row("clients:join-choose", EDITORS, args=card, also=UNSEEN),
    Row("clients:join-choose", EDITORS, "post", args=card, ok=422, also=UNSEEN),
    Row("clients:client-join", EDITORS, args=two, also=UNSEEN),
    Row("clients:client-join", EDITORS, "post", args=two, ok=409, also=UNSEEN),
    Row("clients:entity-move", EDITORS, args=entity, also=UNSEEN),
    Row("clients:entity-move", EDITORS, "post", args=entity, ok=422, also=UNSEEN),
    Row("clients:joining-list"),
    Row("clients:joining", SEES, args=joining, denied=404),
    Row("clients:joining-undo", EDITORS, "post", args=joining, ok=302, also=UNSEEN),
]
