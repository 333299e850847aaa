"""Addresses of own reports: one of the head of sales shared with client service managers, one of the csm's own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from kpi.reports.own import actions
from kpi.reports.own.models import OwnReport
from staff.access import Role
from tests.access.kpi import NO_FIGURES, SEES_FIGURES
from tests.access.table import Row, Scene

HAS = frozenset({Role.HOS, Role.CSM})
BOSS = frozenset({Role.HOS})
READS = {Role.CSM: 403} | NO_FIGURES


def prepare(scene: Scene) -> None:
    """Add the shared report."""
    report = OwnReport(name="Итоги", rows=["group"], columns=["turnover"], period="range",
                       first_month="2026-05-01", last_month="2026-05-01")  # fmt: skip
    made = actions.create(report=report, submission=uuid4(), acting_user=scene.people[Role.HOS])
    OwnReport.objects.filter(pk=made.pk).update(roles=[Role.CSM])
    scene.extra["own report"] = made


def one(scene: Scene) -> list[Any]:
    """Name the report."""
    return [scene.extra["own report"].pk]


def form(scene: Scene) -> dict[str, Any]:
    """Fill the builder."""
    return {"first": "month", "results": ["turnover"], "period": "last", "name": "Новый", "seen": 1}


def written(name: str, method: str = "post", data: Any = form, ok: int = 302) -> Row:
    """Send what the owner alone does."""
    return Row(f"kpi:own-report-{name}", BOSS, method, args=one, data=data, ok=ok, denied=404, also=READS)


ROWS = [
    Row("kpi:own-reports", SEES_FIGURES),
    Row("kpi:own-reports", SEES_FIGURES, query="?tab=shared"),
    Row("kpi:own-report-new", SEES_FIGURES),
    Row("kpi:own-report-new", SEES_FIGURES, "post", data=form, ok=302),
    Row("kpi:own-report-new", SEES_FIGURES, "post", data=lambda scene: {"first": "nothing"}, ok=422),
    Row("kpi:report-deliveries", SEES_FIGURES),
    Row("kpi:own-report", HAS, args=one, denied=404, also=NO_FIGURES),
    Row("kpi:own-report-xlsx", HAS, args=one, denied=404, also=NO_FIGURES),
    Row("kpi:own-report-copy", HAS, "post", args=one, ok=302, denied=404, also=NO_FIGURES),
    written("edit", "get", ok=200),
    written("edit"),
    written("share", "get", ok=200),
    written("share", data=lambda scene: {"seen": 1, "roles": ["csm"]}),
    written("letter", "get", ok=200),
    written("letter", data=lambda scene: {"seen": 1, "sending": "week", "weekday": 1, "hour": 8}),
    written("delete"),
    Row("kpi:own-report-undo", (), "post", args=lambda scene: ["nothing"], denied=404, also=NO_FIGURES),
]
