"""Addresses of the clients room: the client of the scene is the csm's, in the head office, with documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files.base import ContentFile

from clients.forms import mark_entity
from clients.models import Argument, LegalEntity, Need, Objection, Participant
from salescrm.base.models import Job, StoredFile
from staff.access import ACTS, Act, Role
from tests import make
from tests.access.table import EVERYBODY, Row, Scene
from tests.conftest import TODAY


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
CONTACT_READERS = SEES & who_may(Act.SEE_CONTACTS)
CONTACT_EDITORS = EDITORS & who_may(Act.SEE_CONTACTS)
ADDERS = CHANGERS & who_may(Act.SEE_CONTACTS)
EXPORTERS = who_may(Act.EXPORT)


def prepare(scene: Scene) -> None:
    """Add a document, a finished export of the head's, and an undo of the head's."""
    contact = make.contact(scene.client, "Волкова Анна", left_on=None)
    noted = {"contact": contact, "text": "дорого", "noted_on": date(2026, 7, 1)}
    scene.extra |= {
        "contact": contact,
        "point": make.point(scene.client, "+79215550012", contact=contact),
        "need": Need.objects.create(**noted),
        "argument": Argument.objects.create(**noted),
        "objection": Objection.objects.create(**noted),
        "participant": Participant.objects.create(
            client=scene.client, employee=scene.people[Role.DIRECTOR], starts_on=date(2026, 7, 1)
        ),
    }
    scene.extra["paper"] = make.document(scene.client, scene.people[Role.CSM])
    scene.extra["shipment"] = make.shipment(scene.client, date(2026, 7, 1), 100, number="T1")
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=scene.people[Role.HOS])
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "clients-export", "state": "done", "created_by": scene.people[Role.HOS], "result": {"rows": 1}}
    scene.extra["export"] = Job.objects.create(result_file=file, **job)
    owners = {scene.client.pk: scene.people[Role.CSM].pk}
    kept = {"person": scene.people[Role.HOS].pk, "owners": owners, "given": owners, "starts_on": TODAY}
    cache.set("undo:deals:owner-undo:scene", kept, timeout=None)


def participant(scene: Scene) -> dict[str, Any]:
    """Fill the form of a participant."""
    return {"employee": scene.people[Role.MARKETER].pk, "role": "marketing"}


def participation(scene: Scene) -> list[Any]:
    """Name a participation in the client of the scene."""
    return [scene.client.pk, scene.extra["participant"].pk]


def card(scene: Scene) -> list[Any]:
    """Name the scene's client."""
    return [scene.client.pk]


def cell(scene: Scene) -> list[Any]:
    """Name a cell of the scene's client."""
    return [scene.client.pk, "branch"]


def paper(scene: Scene) -> list[Any]:
    """Name a paper kept with the scene's client."""
    return [scene.extra["paper"].pk]


def paper_form(scene: Scene) -> dict[str, Any]:
    """Fill the form of a paper."""
    return {"uploads": ContentFile("Договор".encode(), "Договор.txt"), "kind": "contract", "submission": uuid4()}


def document(scene: Scene) -> list[Any]:
    """Name the scene's client and document."""
    return [scene.client.pk, scene.extra["shipment"].pk]


def of_client(name: str) -> Callable[[Scene], list[Any]]:
    """Name the scene's client and one of the rows of its people."""
    return lambda scene: [scene.client.pk, scene.extra[name].pk]


def person(scene: Scene) -> dict[str, Any]:
    """Fill the form of a person."""
    return {"name": "Белов Олег", "p0-kind": "phone", "p0-value": "+7 921 555-00-13"}


def export(scene: Scene) -> list[Any]:
    """Name the head's export."""
    return [scene.extra["export"].pk]


def undo(scene: Scene) -> list[Any]:
    """Name the head's change of owner."""
    return ["scene"]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new client."""
    return {"name": "Новый", "branch": scene.people[Role.CSM].branch_id, "owner": scene.people[Role.CSM].pk}


def firm(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new legal entity."""
    return {"name": "ООО Новое", "seen": mark_entity(LegalEntity())}


def entity(scene: Scene) -> list[Any]:
    """Name the scene's client and its legal entity."""
    return [scene.client.pk, LegalEntity.objects.get(client=scene.client).pk]


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
    Row("clients:client-choose", query="?q=принт"),
    Row("clients:client-choose-changeable", query="?q=принт"),
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
    Row("clients:client-facts", allowed=SEES, args=card, denied=404),
    Row("clients:client-neighbours", args=card),
    Row("clients:client-position", args=card),
    Row("clients:client-shipments", allowed=SEES, args=card, denied=404),
    Row("clients:shipment-lines", allowed=SEES, args=document, denied=404),
    Row("clients:client-participants", allowed=SEES, args=card, denied=404),
    Row("clients:participant-new", allowed=MOVERS, args=card, also=UNSEEN),
    Row("clients:participant-new", allowed=MOVERS, args=card, method="post", data=participant, ok=302, also=UNSEEN),
    Row("clients:participant-end", allowed=MOVERS, args=participation, also=UNSEEN),
    Row("clients:participant-end", allowed=MOVERS, args=participation, method="post", ok=302, also=UNSEEN),
    Row("clients:client-documents", allowed=CONTACT_READERS, args=card, also=UNSEEN),
    Row("clients:document-new", allowed=EDITORS, args=card, also=UNSEEN),
    Row("clients:document-new", allowed=EDITORS, args=card, method="post", data=paper_form, ok=302, also=UNSEEN),
    Row("clients:document-file", allowed=CONTACT_READERS, args=paper, also=UNSEEN),
    Row("clients:document-remove", allowed=EDITORS, args=paper, method="post", ok=302, also=UNSEEN),
    Row("clients:document-back", allowed=EDITORS, args=paper, method="post", ok=302, also=UNSEEN),
    Row("clients:client-owners", allowed=SEES, args=card, denied=404),
    Row("clients:client-history", allowed=SEES, args=card, denied=404),
    Row("clients:client-contacts", allowed=CONTACT_READERS, args=card, also=UNSEEN),
    Row("clients:contact-reveal", allowed=CONTACT_READERS, args=card, method="post", also=UNSEEN),
    Row("clients:contact-new", allowed=CONTACT_EDITORS, args=card, also=UNSEEN),
    Row("clients:contact-new", allowed=CONTACT_EDITORS, args=card, data=person, method="post", ok=302, also=UNSEEN),
    Row("clients:company-points", allowed=CONTACT_EDITORS, args=card, also=UNSEEN),
    Row("clients:company-points", allowed=CONTACT_EDITORS, args=card, method="post", also=UNSEEN),
    Row("clients:contact-edit", allowed=CONTACT_EDITORS, args=of_client("contact"), also=UNSEEN),
    Row("clients:contact-edit", allowed=CONTACT_EDITORS, args=of_client("contact"), method="post", also=UNSEEN),
    Row(
        "clients:contact-verify", allowed=CONTACT_EDITORS, args=of_client("contact"), method="post", ok=302, also=UNSEEN
    ),
    Row("clients:contact-left", allowed=CONTACT_EDITORS, args=of_client("contact"), also=UNSEEN),
    Row("clients:contact-left", allowed=CONTACT_EDITORS, args=of_client("contact"), method="post", also=UNSEEN),
    Row("clients:contact-back", allowed=CONTACT_EDITORS, args=of_client("contact"), method="post", ok=302, also=UNSEEN),
    Row("clients:contact-notes", allowed=CONTACT_READERS, args=of_client("contact"), also=UNSEEN),
    Row(
        "clients:contact-notes",
        allowed=CONTACT_EDITORS,
        args=of_client("contact"),
        method="post",
        data=lambda scene: {"kind": "need", "text": "Футболки"},
        ok=302,
        also=UNSEEN,
    ),
    Row("clients:point-dead", allowed=CONTACT_EDITORS, args=of_client("point"), also=UNSEEN),
    Row("clients:point-dead", allowed=CONTACT_EDITORS, args=of_client("point"), method="post", also=UNSEEN),
    Row("clients:point-alive", allowed=CONTACT_EDITORS, args=of_client("point"), method="post", ok=302, also=UNSEEN),
    Row(
        "clients:need-state",
        allowed=CONTACT_EDITORS,
        args=of_client("need"),
        method="post",
        data=lambda scene: {"state": "offered"},
        ok=302,
        also=UNSEEN,
    ),
    Row(
        "clients:argument-withdraw",
        allowed=CONTACT_EDITORS,
        args=of_client("argument"),
        method="post",
        ok=302,
        also=UNSEEN,
    ),
    Row(
        "clients:objection-helped",
        allowed=CONTACT_EDITORS,
        args=of_client("objection"),
        method="post",
        data=lambda scene: {"helped": "yes"},
        ok=302,
        also=UNSEEN,
    ),
    Row(
        "clients:objection-answer",
        allowed=CONTACT_EDITORS,
        args=of_client("objection"),
        method="post",
        data=lambda scene: {"text": "Зато есть на складе"},
        ok=302,
        also=UNSEEN,
    ),
    Row("clients:client-deciding", allowed=CONTACT_EDITORS, args=card, also=UNSEEN),
    Row("clients:client-deciding", allowed=CONTACT_EDITORS, args=card, method="post", also=UNSEEN),
    Row("clients:contact-choose", allowed=ADDERS),
    Row("clients:contact-choose", allowed=ADDERS, method="post"),
    Row("clients:point-row", allowed=who_may(Act.SEE_CONTACTS)),
    Row("clients:point-alike", allowed=who_may(Act.SEE_CONTACTS), query="?p0-kind=phone&p0-value=89215550012"),
    Row("segmentation-panels:turnover", allowed=SEES, args=card, denied=404),
    Row("segmentation-panels:classes", allowed=SEES, args=card, denied=404),
    Row("segmentation-panels:silence", allowed=SEES, args=card, denied=404),
    Row("clients:client-entities", allowed=SEES, args=card, denied=404),
    Row("clients:entity-new", allowed=EDITORS, args=card, also=UNSEEN),
    Row("clients:entity-new", allowed=EDITORS, args=card, method="post", data=firm, ok=302, also=UNSEEN),
    Row("clients:entity-edit", allowed=EDITORS, args=entity, also=UNSEEN),
    Row("clients:entity-edit", allowed=EDITORS, args=entity, method="post", ok=422, also=UNSEEN),
    Row("clients:client-edit", allowed=EDITORS, args=card, also=UNSEEN),
    Row("clients:client-edit", allowed=EDITORS, args=card, method="post", also=UNSEEN),
    Row("clients:client-cell", allowed=EDITORS, args=cell, also=UNSEEN),
    Row("clients:client-cell", allowed=EDITORS, args=cell, method="post", ok=422, also=UNSEEN),
]
