"""Addresses of automatic work."""

from __future__ import annotations

from salescrm.base.models import Job
from staff.access import Role
from tests.access.table import Row, Scene

AUTOMATE = {Role.HOS, Role.DEPUTY_IT}


def prepare(scene: Scene) -> None:
    """Add a trial."""
    arguments = {"code": "invoices", "language": "en"}
    scene.extra["automation trial"] = Job.objects.create(kind="automation-trial", arguments=arguments)


FIGURE = {"value": "10", "effective_from": "2999-01-01", "comment": "x", "was": ""}
ROWS = [
    Row("automation:list", AUTOMATE),
    Row("automation:switch", AUTOMATE, args=lambda scene: ["invoices"]),
    Row(
        "automation:switch",
        AUTOMATE,
        method="post",
        args=lambda scene: ["invoices"],
        data=lambda scene: {"comment": "x", "was": ""},
        ok=302,
    ),
    Row("automation:trial", AUTOMATE, method="post", args=lambda scene: ["invoices"], ok=302),
    Row("automation:trial-job", AUTOMATE, args=lambda scene: [scene.extra["automation trial"].pk]),
    Row("automation:number", AUTOMATE, args=lambda scene: ["cards-a-day"]),
    Row(
        "automation:number",
        AUTOMATE,
        method="post",
        args=lambda scene: ["cards-a-day"],
        data=lambda scene: FIGURE,
        ok=302,
    ),
]
