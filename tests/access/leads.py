"""Addresses of leads: the lead of the scene is the csm's, in the head office; the public form is for strangers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from salescrm.base.models import Job, StoredFile
from staff.access import Act, Role
from tests import make
from tests.access.clients import CHANGERS, EXPORTERS, who_may
from tests.access.table import EVERYBODY, Row, Scene

ASSIGNERS = who_may(Act.ASSIGN_LEADS)
SETTERS = who_may(Act.SET_UP_LEADS)
OWN_ROWS = {Role.BDM_KEY, Role.BDM_RECOVERY, Role.OPERATOR}  # see their own leads, and this is the csm's
SEES = EVERYBODY - OWN_ROWS
WORKERS = {Role.CSM, Role.LEAD_MANAGER, Role.CSH, Role.BRANCH_HEAD, Role.HOS}
UNSEEN: dict[str, int] = dict.fromkeys(OWN_ROWS, 404)


def prepare(scene: Scene) -> None:
    """Add a lead of the csm, a form, a finished export of the head's."""
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    scene.extra["lead"] = make.lead("Текстиль Дом", responsible=csm)
    scene.extra["lead form"] = make.lead_form(hos)
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=hos)
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "leads-export", "state": "done", "created_by": hos, "result": {"rows": 1}}
    scene.extra["leads-export"] = Job.objects.create(result_file=file, **job)


def lead(scene: Scene) -> list[Any]:
    """Name the scene's lead."""
    return [scene.extra["lead"].pk]


def form(scene: Scene) -> list[Any]:
    """Name the scene's form."""
    return [scene.extra["lead form"].pk]


def public(scene: Scene) -> list[Any]:
    """Name the public address of the form."""
    return [scene.extra["lead form"].slug]


def export(scene: Scene) -> list[Any]:
    """Name the head's export."""
    return [scene.extra["leads-export"].pk]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new lead."""
    return {
        "person": "Анна",
        "phone": "+7 921 000-00-01",
        "source": make.lead_source().pk,
        "branch": scene.client.branch_id,
        "submission": uuid4(),
    }


def quick(scene: Scene) -> dict[str, Any]:
    """Fill the three fields of the exhibition mode."""
    return {"person": "Анна", "reach": "a@b.ru", "exhibition": "Текстильлегпром", "submission": uuid4()}


def touch(scene: Scene) -> dict[str, Any]:
    """Fill the form of a contact."""
    return {"kind": "call", "text": "Просили каталог", "submission": uuid4()}


def act(name: str, **more: Any) -> list[Row]:
    """Ask for a dialog and send it: who works the lead may."""
    return [
        Row(f"leads:{name}", allowed=WORKERS, args=lead, also=UNSEEN),
        Row(f"leads:{name}", allowed=WORKERS, method="post", args=lead, also=UNSEEN, **({"ok": 302} | more)),
    ]


ROWS = [
    Row("leads:lead-list"),
    Row("leads:lead-totals"),
    Row("leads:lead-counts"),
    Row("leads:lead-filters"),
    Row("leads:lead-groups"),
    Row("leads:lead-columns"),
    Row("leads:lead-columns", method="post", data=lambda scene: {"col": "score"}, ok=302),
    Row("leads:lead-width", method="post", data=lambda scene: {"column": "score", "width": 90}, ok=204),
    Row("leads:lead-export", allowed=EXPORTERS),
    Row("leads:lead-export", allowed=EXPORTERS, method="post"),
    Row("leads:export-job", allowed={Role.HOS}, args=export, denied=404),
    Row("leads:export-file", allowed={Role.HOS}, args=export, denied=404),
    Row("leads:lead-new", allowed=CHANGERS),
    Row("leads:lead-new", allowed=CHANGERS, method="post", data=new, ok=302),
    Row("leads:lead-quick", allowed=CHANGERS),
    Row("leads:lead-quick", allowed=CHANGERS, method="post", data=quick, ok=302),
    Row("leads:lead-assign", allowed=ASSIGNERS, query="?all=1"),
    Row(
        "leads:lead-assign",
        allowed=ASSIGNERS,
        method="post",
        query="?all=1",
        data=lambda scene: {"to": scene.people[Role.CSH].pk},
        ok=302,
    ),
    Row("leads:report", allowed=who_may(Act.ASSIGN_LEADS) | who_may(Act.SEE_COMPANY_FIGURES)),
    Row("leads:settings", allowed=SETTERS),
    Row("leads:settings", allowed=SETTERS, method="post", ok=422),
    Row("leads:form-new", allowed=SETTERS),
    Row("leads:form-new", allowed=SETTERS, method="post", ok=422),
    Row("leads:form", allowed=SETTERS, args=form),
    Row("leads:form", allowed=SETTERS, args=form, method="post", ok=422),
    Row("leads:lead-card", allowed=SEES, args=lead, denied=404),
    Row("leads:lead-take", allowed=WORKERS, method="post", args=lead, ok=302, also=UNSEEN),
    *act("lead-log", data=touch),
    *act("lead-facts"),
    *act("lead-qualify", data=lambda scene: {"type_unknown": "не сказали"}),
    Row("leads:lead-offer", allowed=WORKERS, method="post", args=lead, ok=302, also=UNSEEN),
    *act("lead-convert", data=lambda scene: {"into": "new", "name": "Новый", "owner": scene.people[Role.CSM].pk}),
    *act("lead-close", data=lambda scene: {"reason": "spam"}),
    Row("leads:lead-reopen", allowed=WORKERS, method="post", args=lead, ok=302, also=UNSEEN),
    Row("leads:public-form", args=public, stranger=200),
    Row("leads:public-form", args=public, method="post", ok=422, stranger=422),
]
