"""Addresses of the clients room: the client of the scene is the csm's, in the head office, with documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile

from salescrm.base.models import Job, StoredFile
from staff.access import ACTS, Act, Role
from tests import make
from tests.access.table import EVERYBODY, Row, Scene


def who_may(*acts: Act) -> set[str]:
    """List the roles that may do one of the acts."""
    return {role for role in EVERYBODY if ACTS[role] & set(acts)}


SEES = EVERYBODY - {
    Role.BDM_KEY,
    Role.BDM_RECOVERY,
    Role.OPERATOR,
    Role.LEAD_MANAGER,
}  # the lead manager: potential ones
CHANGERS = who_may(Act.CHANGE_OWN, Act.CHANGE_OWNER)
MOVERS = who_may(Act.CHANGE_OWNER)
EDITORS = MOVERS | {Role.CSM}
UNSEEN = dict.fromkeys(EVERYBODY - SEES, 404)
EXPORTERS = who_may(Act.EXPORT)


def prepare(scene: Scene) -> None:
    """Add a document, a finished export of the head's, and an undo of the head's."""
    scene.extra["shipment"] = make.shipment(scene.client, date(2026, 7, 1), 100, number="T1")
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=scene.people[Role.HOS])
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "clients-export", "state": "done", "created_by": scene.people[Role.HOS], "result": {"rows": 1}}
    scene.extra["export"] = Job.objects.create(result_file=file, **job)
    kept = {"person": scene.people[Role.HOS].pk, "owners": {scene.client.pk: scene.people[Role.CSM].pk}}
    cache.set("owner-undo:scene", kept)


def card(scene: Scene) -> list[Any]:
    """Name the scene's client."""
    return [scene.client.pk]


def document(scene: Scene) -> list[Any]:
    """Name the scene's client and document."""
    return [scene.client.pk, scene.extra["shipment"].pk]


def export(scene: Scene) -> list[Any]:
    """Name the head's export."""
    return [scene.extra["export"].pk]


def undo(scene: Scene) -> list[Any]:
    """Name the head's change of owner."""
    return ["scene"]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new client."""
    return {"name": "Новый", "branch": scene.people[Role.CSM].branch_id, "owner": scene.people[Role.CSM].pk}


def owner(scene: Scene) -> dict[str, Any]:
    """Fill the form of a change of owner."""
    return {"owner": scene.people[Role.BDM_KEY].pk, "note": "проверка"}


ROWS = [
    Row("clients:client-list"),
    Row("clients:client-totals"),
    Row("clients:client-counts"),
    Row("clients:client-filters"),
    Row("clients:client-groups"),
    Row("clients:client-columns"),
    Row("clients:client-columns", method="post", data=lambda scene: {"col": "city"}, ok=302),
    Row("clients:client-width", method="post", data=lambda scene: {"column": "city", "width": 90}, ok=204),
    Row("clients:client-choose"),
    Row("clients:city-list"),
    Row("clients:region-list"),
    Row("clients:client-export", allowed=EXPORTERS),
    Row("clients:client-export", allowed=EXPORTERS, method="post"),
    Row("clients:export-job", allowed={Role.HOS}, args=export, denied=404),
    Row("clients:export-file", allowed={Role.HOS}, args=export, denied=404),
    Row("clients:client-new", allowed=CHANGERS),
    Row("clients:client-new", allowed=CHANGERS, method="post", data=new, ok=302),
    Row("clients:client-alike", allowed=CHANGERS, query="?name=принт"),
    Row("clients:client-card", allowed=SEES, args=card, denied=404),
    Row("clients:client-neighbours", args=card),
    Row("clients:client-position", args=card),
    Row("clients:client-shipments", allowed=SEES, args=card, denied=404),
    Row("clients:shipment-lines", allowed=SEES, args=document, denied=404),
    Row("clients:client-owners", allowed=SEES, args=card, denied=404),
    Row("clients:client-history", allowed=SEES, args=card, denied=404),
    Row("segmentation-panels:turnover", allowed=SEES, args=card, denied=404),
    Row("segmentation-panels:classes", allowed=SEES, args=card, denied=404),
    Row("segmentation-panels:silence", allowed=SEES, args=card, denied=404),
    Row("clients:client-edit", allowed=EDITORS, args=card, also=UNSEEN),
    Row("clients:client-edit", allowed=EDITORS, args=card, method="post", also=UNSEEN),
]
