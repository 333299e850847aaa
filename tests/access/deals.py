"""Addresses of the deals room: the task of the scene is the csm's, about the csm's client."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files.base import ContentFile

from clients.models import LossReason
from deals.actions import Changed
from deals.pipelines.models import Stage
from salescrm.base.models import Job, StoredFile
from staff.access import Act, Role
from tests import make
from tests.access.clients import CHANGERS, EDITORS, EXPORTERS, MOVERS, SEES, UNSEEN, card, owner, undo, who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.conftest import TODAY

ACTORS = EDITORS  # who may act on the csm's task: the csm and the heads
LAWYERS = frozenset({Role.DEPUTY_DIRECTOR})  # whose is the task to read the contract of the scene
DISTRIBUTORS = who_may(Act.DISTRIBUTE)
SETTERS = who_may(Act.CHANGE_PIPELINES)
SETTING_SEEN = who_may(Act.SEE_PIPELINES)
ONLY_SEE = dict.fromkeys(EVERYBODY - SEES, 404)
READ_ONLY = SEES - ACTORS


def prepare(scene: Scene) -> None:
    """Add a task of the csm, a finished export of the head's, and an undo of the head's."""
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    scene.extra["deal"] = make.deal(scene.client, csm, TODAY)
    scene.extra["item"] = scene.extra["deal"].stage.items.create(code="item", name="Матрица")
    scene.extra["reason"] = LossReason.objects.get_or_create(code="price", defaults={"name": "Цена"})[0]
    scene.extra["task"] = make.task("Позвонить", csm, client=scene.client, due_on=TODAY)
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=hos)
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "tasks-export", "state": "done", "created_by": hos, "result": {"rows": 1}}
    scene.extra["tasks-export"] = Job.objects.create(result_file=file, **job)
    scene.extra["distribution"] = Job.objects.create(kind="distribution", state="done", created_by=hos, result={})
    cache.set("undo:deals:pipeline-undo:scene", moved_nothing(scene, hos))
    told = {"pipeline": scene.extra["deal"].pipeline_id}
    job = {"kind": "stage-off", "state": "done", "created_by": hos, "result": {}, "arguments": told}
    scene.extra["emptying"] = Job.objects.create(**job)
    cache.set("undo:deals:task-undo:scene", {"person": hos.pk, "changed": Changed()}, timeout=None)


def moved_nothing(scene: Scene, hos: Any) -> dict[str, Any]:
    """What the head's undo of an emptied stage keeps: no deal has moved."""
    return {"person": hos.pk, "deals": {}, "pipeline": scene.extra["deal"].pipeline_id, "stage": None}


def task(scene: Scene) -> list[Any]:
    """Name the scene's task."""
    return [scene.extra["task"].pk]


def pipeline(scene: Scene) -> list[Any]:
    """Name the pipeline of the scene's deal."""
    return [scene.extra["deal"].pipeline_id]


def last_stage(scene: Scene) -> list[Any]:
    """Name a stage no deal stands in."""
    return [Stage.objects.get(code="shipment-2").pk]


def emptying(scene: Scene) -> list[Any]:
    """Name the head's moving of deals."""
    return [scene.extra["emptying"].pk]


def set_up(name: str, data: Any, args: Any = pipeline) -> list[Row]:
    """Ask and send the form of a change of a pipeline."""
    return [
        Row(f"deals:{name}", allowed=SETTERS, args=args),
        Row(f"deals:{name}", allowed=SETTERS, args=args, method="post", data=data, ok=302),
    ]


def deal(scene: Scene) -> list[Any]:
    """Name the scene's deal."""
    return [scene.extra["deal"].pk]


def lane(scene: Scene) -> list[Any]:
    """Name the stage of the scene's deal."""
    return [scene.extra["deal"].stage_id]


def line(scene: Scene) -> list[Any]:
    """Name a line of the checklist of the scene's deal."""
    return [scene.extra["deal"].pk, scene.extra["item"].pk]


def new_deal(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new deal."""
    said = {"client": scene.client.pk, "pipeline": "shipment", "title": "Заказ", "submission": uuid4()}
    return said | {"owner": scene.people[Role.CSM].pk}


def move(scene: Scene) -> dict[str, Any]:
    """Fill the form of a move."""
    return {"seen": scene.extra["deal"].version, "to": Stage.objects.get(code="shipment-2").pk}


def win(scene: Scene) -> dict[str, Any]:
    """Fill the form of winning."""
    return {"seen": scene.extra["deal"].version, "amount": 5, "closed_on": TODAY}


def lose(scene: Scene) -> dict[str, Any]:
    """Fill the form of losing."""
    return {"seen": scene.extra["deal"].version, "reason": scene.extra["reason"].pk}


def fields(scene: Scene) -> dict[str, Any]:
    """Fill the form of the fields of the deal."""
    who = scene.people[Role.CSM].pk
    return {"seen": scene.extra["deal"].version, "title": "Другое", "amount": 7, "owner": who}


def goods(scene: Scene) -> dict[str, Any]:
    """Fill the form of its goods."""
    one = {"lines-0-name": "Поло", "lines-0-price": "5"}
    return one | {"seen": scene.extra["deal"].version, "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}


def on_deal(name: str, data: Any) -> list[Row]:
    """Ask and send the form of an act on the scene's deal."""
    return [
        Row(f"deals:{name}", allowed=ACTORS, args=deal, also=ONLY_SEE),
        Row(f"deals:{name}", allowed=ACTORS, args=deal, method="post", data=data, ok=302, also=ONLY_SEE),
    ]


def cell(scene: Scene) -> list[Any]:
    """Name a cell of the scene's task."""
    return [scene.extra["task"].pk, "due"]


def export(scene: Scene) -> list[Any]:
    """Name the head's export."""
    return [scene.extra["tasks-export"].pk]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new task."""
    return {
        "title": "Подготовить отчёт",
        "kind": "other",
        "due_on": TODAY,
        "priority": 2,
        "assignee": scene.people[Role.CSM].pk,
        "submission": uuid4(),
    }


def said(scene: Scene) -> dict[str, Any]:
    """Fill the form of a note."""
    return {"text": "Просил каталог", "client": scene.client.pk, "submission": uuid4()}


def later(scene: Scene) -> dict[str, Any]:
    """Fill the form of a day."""
    return {"day": TODAY + timedelta(days=1)}


def everything(name: str, act: str, **more: Any) -> list[Row]:
    """Ask and send the form of an act on everything the person sees.

    There are two tasks: the csm's, and the lawyers' to read the contract of the scene (`own` acts on that).
    """
    also = dict.fromkeys(EVERYBODY - SEES, 404) | more.pop("also", {})
    allowed, query = ACTORS | more.pop("own", set()), "?all=1&state=open"
    return [
        Row(f"deals:{name}", allowed=allowed, query=query, also=also),
        Row(f"deals:{name}", allowed=allowed, method="post", query=query, ok=302, also=also, **more),
    ]


def distribution(scene: Scene) -> list[Any]:
    """Name the head's distribution."""
    return [scene.extra["distribution"].pk]


WHOLE = {"seen": 1, "name": "Отгрузка", "purpose": "shipment", "grouping": "client", "opens_next": "on"}

ROWS = [
    Row("deals:control", allowed=MOVERS),
    Row("deals:funnel"),
    Row("deals:pipeline-list", allowed=SETTING_SEEN),
    Row("deals:pipeline", allowed=SETTING_SEEN, args=pipeline),
    *set_up("pipeline-edit", lambda scene: WHOLE),
    *set_up("pipeline-copy", lambda scene: {"name": "Тендер", "purpose": "other"}),
    *set_up("stage-new", lambda scene: {"seen": 1, "name": "Отзыв"}),
    *set_up("stage-off", lambda scene: {"seen": 1}, last_stage),
    Row("deals:pipeline-off", allowed=SETTERS, args=pipeline),
    Row("deals:pipeline-off", allowed=SETTERS, args=pipeline, method="post", ok=422),
    Row("deals:pipeline-on", allowed=SETTERS, args=pipeline, method="post", ok=302),
    Row("deals:stage-on", allowed=SETTERS, args=last_stage, method="post", ok=302),
    Row("deals:stage-place", allowed=SETTERS, args=pipeline, method="post", ok=302),
    Row("deals:stage", allowed=SETTING_SEEN, args=lane),
    Row("deals:stage", allowed=SETTERS, args=lane, method="post", ok=422),
    Row("deals:pipeline-job", allowed={Role.HOS}, args=emptying, also={Role.CSH: 404}),
    Row("deals:pipeline-undo", allowed={Role.HOS}, args=undo, method="post", ok=302),
    Row("deals:deal-board"),
    Row("deals:deal-lane", args=lane),
    Row("deals:deal-missing", allowed=MOVERS - {Role.BRANCH_HEAD}, also={Role.BRANCH_HEAD: 404}),
    Row(
        "deals:deal-missing",
        allowed=MOVERS - {Role.BRANCH_HEAD},
        method="post",
        ok=302,
        also={Role.BRANCH_HEAD: 404},
    ),
    Row("deals:deal-list"),
    Row("deals:deal-totals"),
    Row("deals:deal-counts"),
    Row("deals:deal-filters"),
    Row("deals:deal-groups"),
    Row("deals:deal-columns"),
    Row("deals:deal-columns", method="post", data=lambda scene: {"col": "client"}, ok=302),
    Row("deals:deal-width", method="post", data=lambda scene: {"column": "client", "width": 90}, ok=204),
    Row("deals:deal-export", allowed=EXPORTERS),
    Row("deals:deal-export", allowed=EXPORTERS, method="post"),
    Row("deals:deal-new", allowed=CHANGERS),
    Row(
        "deals:deal-new",
        allowed=EDITORS,
        method="post",
        data=new_deal,
        ok=302,
        also=dict.fromkeys(CHANGERS - EDITORS, 422),
    ),
    Row("deals:deal", allowed=SEES, args=deal, denied=404),
    *on_deal("deal-move", move),
    *on_deal("deal-win", win),
    *on_deal("deal-lose", lose),
    *on_deal("deal-edit", fields),
    *on_deal("deal-lines", goods),
    Row("deals:deal-products", allowed=ACTORS, args=deal, also=ONLY_SEE),
    Row("deals:deal-back", allowed=ACTORS, args=deal, method="post", ok=302, also=ONLY_SEE),
    Row("deals:deal-tick", allowed=ACTORS, args=line, method="post", ok=302, also=ONLY_SEE),
    Row("deals:client-deals", allowed=SEES, args=card, denied=404),
    Row("deals:task-list"),
    Row("deals:task-totals"),
    Row("deals:task-counts"),
    Row("deals:task-filters"),
    Row("deals:task-groups"),
    Row("deals:task-columns"),
    Row("deals:task-columns", method="post", data=lambda scene: {"col": "kind"}, ok=302),
    Row("deals:task-width", method="post", data=lambda scene: {"column": "kind", "width": 90}, ok=204),
    Row("deals:task-export", allowed=EXPORTERS),
    Row("deals:task-export", allowed=EXPORTERS, method="post"),
    Row("deals:export-job", allowed={Role.HOS}, args=export, denied=404),
    Row("deals:export-file", allowed={Role.HOS}, args=export, denied=404),
    Row("deals:task-day"),
    Row("deals:task-new", allowed=CHANGERS),
    Row("deals:task-new", allowed=CHANGERS, method="post", data=new, ok=302),
    *everything("task-done", "done", own=LAWYERS),
    *everything("task-snooze", "snooze", own=LAWYERS, data=later),
    *everything("task-cancel", "cancel", own=LAWYERS, data=lambda scene: {"reason": "не нужно"}),
    Row(
        "deals:task-reassign",
        allowed=MOVERS,
        method="post",
        query="?all=1&state=open",
        data=lambda scene: {"assignee": scene.people[Role.CSH].pk},
        ok=302,
    ),
    Row("deals:task-undo", allowed={Role.HOS}, args=undo, method="post", ok=302, denied=404),
    Row("deals:task-card", allowed=SEES, args=task, denied=404),
    Row("deals:task-card", allowed=ACTORS, args=task, method="post", ok=422, also=ONLY_SEE),
    Row("deals:task-cell", allowed=ACTORS, args=cell, also=ONLY_SEE),
    Row("deals:task-cell", allowed=ACTORS, args=cell, method="post", ok=422, also=ONLY_SEE),
    Row("deals:log", allowed=CHANGERS),
    Row(
        "deals:log",
        allowed=EDITORS,
        method="post",
        query="?kind=note",
        data=said,
        ok=302,
        also=dict.fromkeys(CHANGERS - EDITORS, 422),
    ),
    Row("deals:log-client", allowed=EDITORS, args=card, also=UNSEEN),
    Row(
        "deals:log-client",
        allowed=EDITORS,
        args=card,
        method="post",
        query="?kind=note",
        data=said,
        ok=302,
        also=UNSEEN,
    ),
    Row("deals:client-tasks", allowed=SEES, args=card, denied=404),
    Row("client-timeline", allowed=SEES, args=card, denied=404),
    Row("deals:owner-change-many", allowed=MOVERS),
    Row("deals:owner-change-many", allowed=MOVERS, method="post", data=owner, query="?all=1", ok=302),
    Row("deals:owner-change", allowed=MOVERS, args=card, also=UNSEEN),
    Row("deals:owner-change", allowed=MOVERS, args=card, data=owner, method="post", ok=302, also=UNSEEN),
    Row(
        "deals:owner-undo",
        allowed={Role.HOS},
        args=undo,
        method="post",
        ok=204,
        also=dict.fromkeys(MOVERS - {Role.HOS}, 404),
    ),
    Row("deals:distribution", allowed=DISTRIBUTORS),
    Row("deals:distribution", allowed=DISTRIBUTORS, query="?state=potential&to=1&keep=type&even=turnover"),
    Row("deals:distribution-of", allowed=DISTRIBUTORS, query="?all=1", ok=302),
    Row("deals:distribution-carry-out", allowed=DISTRIBUTORS, query="?state=potential"),
    Row("deals:distribution-carry-out", allowed=DISTRIBUTORS, method="post", query="?state=potential", ok=422),
    Row("deals:distribution-job", allowed={Role.HOS}, args=distribution, denied=404),
]
