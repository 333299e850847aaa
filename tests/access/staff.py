"""Addresses of the people."""

from __future__ import annotations

from datetime import date
from typing import Any

from staff.access import Act, Role
from staff.models import Absence
from tests.access.clients import who_may
from tests.access.table import Row, Scene

ENTER = {Role.CSH, Role.BRANCH_HEAD, Role.HOS, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT}


def prepare(scene: Scene) -> None:
    """Add an absence of the csm."""
    csm = scene.people[Role.CSM]
    scene.extra["absence"] = Absence.objects.create(
        employee=csm, starts_on=date(2027, 1, 11), ends_on=date(2027, 1, 25)
    )


def csm(scene: Scene) -> list[Any]:
    """Return the csm as the address's argument."""
    return [scene.people[Role.CSM].pk]


def absence(scene: Scene) -> list[Any]:
    """Return the absence as the address's argument."""
    return [scene.extra["absence"].pk]


def entered(scene: Scene) -> dict[str, Any]:
    """Return a good form."""
    return {"starts_on": "2027-03-01", "last_day": "2027-03-05", "substitute": "", "reason": "x"}


ROWS = [
    Row("staff:person-list"),
    Row("staff:structure"),
    Row("staff:structure", query="?line=functional"),
    Row("staff:structure-post", who_may(Act.CHANGE_STAFF)),
    Row("staff:structure-post", who_may(Act.CHANGE_STAFF), "post", ok=422),
    Row("staff:structure-approve", who_may(Act.APPROVE_STRUCTURE)),
    Row("staff:structure-approve", who_may(Act.APPROVE_STRUCTURE), "post", ok=422),
    Row("staff:absence-calendar"),
    Row("staff:absence-calendar", (), query="?month=jul", denied=404),
    Row("staff:access-log", {Role.HOS, Role.DEPUTY_IT}),
    Row("staff:person", args=csm),
    Row("staff:record", who_may(Act.CHANGE_STAFF), args=csm),
    Row("staff:record", who_may(Act.CHANGE_STAFF), "post", args=csm, ok=422),
    Row("staff:absence-new", ENTER, args=csm),
    Row("staff:absence-new", ENTER, "post", args=csm, data=entered, ok=302),
    Row("staff:absence-remove", ENTER, args=absence),
    Row("staff:absence-remove", ENTER, "post", args=absence, ok=302),
]
