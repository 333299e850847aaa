"""Addresses of reconciliations: the line of the scene is of the csm's client, in the head office."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile

from deals.reconciliation.models import Reconciliation, ReconciliationLine
from salescrm.base.models import Job, StoredFile
from staff.access import Act, Role
from tests.access.clients import EXPORTERS, who_may
from tests.access.table import Row, Scene
from tests.conftest import TODAY

RECONCILERS = who_may(Act.RECONCILE)


def prepare(scene: Scene) -> None:
    """Add a reconciliation with a line, a finished export of the head's, and an undo of the head's."""
    hos = scene.people[Role.HOS]
    run = Reconciliation.objects.create(day=TODAY)
    about = {"parts": ["city"], "completeness": None}
    line = ReconciliationLine.objects.create(reconciliation=run, kind="empty", client=scene.client, about=about)
    scene.extra["line"] = line
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=hos)
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "reconciliation-export", "state": "done", "created_by": hos, "result": {"rows": 1}}
    scene.extra["reconciliation-export"] = Job.objects.create(result_file=file, **job)
    cache.set("undo:reconciliation:tasks-undo:scene", {"person": hos.pk, "tasks": []}, timeout=None)


def export(scene: Scene) -> list[Any]:
    """Name the head's export."""
    return [scene.extra["reconciliation-export"].pk]


def undo(scene: Scene) -> list[Any]:
    """Name the head's undo."""
    return ["scene"]


def planned(scene: Scene) -> dict[str, Any]:
    """Fill the form of tasks."""
    return {"due_on": TODAY, "per_day": 5}


def row(name: str, **more: Any) -> Row:
    """Build a row of those who may reconcile."""
    return Row(f"reconciliation:{name}", **({"allowed": RECONCILERS} | more))


ROWS = [
    row("line-list"),
    row("line-totals"),
    row("line-counts"),
    row("line-filters"),
    row("line-groups"),
    row("line-columns"),
    row("line-columns", method="post", data=lambda scene: {"col": "kind"}, ok=302),
    row("line-width", method="post", data=lambda scene: {"column": "kind", "width": 90}, ok=204),
    row("line-export", allowed=RECONCILERS & EXPORTERS),
    row("line-export", allowed=RECONCILERS & EXPORTERS, method="post"),
    row("export-job", allowed={Role.HOS}, args=export, denied=404),
    row("export-file", allowed={Role.HOS}, args=export, denied=404),
    row("start", method="post", ok=302),
    row("line-tasks", query="?all=1"),
    row("line-tasks", method="post", query="?all=1", data=planned, ok=302),
    row("line-tasks", method="post", query="?all=1", ok=422),
    row(
        "tasks-undo",
        allowed={Role.HOS},
        args=undo,
        method="post",
        ok=302,
        also=dict.fromkeys(RECONCILERS - {Role.HOS}, 404),
    ),
]
