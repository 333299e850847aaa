"""Addresses of loads: the table, its workbook, norms."""

from __future__ import annotations

from staff.access import Act, Role
from tests.access.clients import who_may
from tests.access.kpi import NO_FIGURES, SEES_FIGURES
from tests.access.staff import csm
from tests.access.table import NOBODY, Row

SETTERS = who_may(Act.SET_LOAD_NORMS)

ROWS = [
    Row("kpi:workload", SEES_FIGURES),
    Row("kpi:workload", SEES_FIGURES, query="?month=2026-05"),
    Row("kpi:workload", NOBODY, query="?person=999999", denied=404, also=NO_FIGURES),
    Row("kpi:workload-export", SEES_FIGURES),
    Row("kpi:leaving", who_may(Act.DISMISS), args=csm),
    Row("kpi:leaving", who_may(Act.DISMISS), method="post", args=csm, ok=422),
    Row("kpi:workload-norms", {Role.CSH, Role.HOS}),
    Row("kpi:workload-norm-clients", SETTERS),
    Row("kpi:workload-norm-clients", SETTERS, method="post", ok=422),
    Row("kpi:workload-norm-output", SETTERS),
    Row("kpi:workload-norm-output", SETTERS, method="post", ok=422),
]
