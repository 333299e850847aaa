"""Addresses of reports."""

from __future__ import annotations

from tests.access.kpi import NO_FIGURES, SEES_FIGURES
from tests.access.table import Row

WEEK = ["week", "2026-05-06"]

ROWS = [
    Row("kpi:reports", SEES_FIGURES),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: ["day", "2026-05-05"]),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: WEEK),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: ["month", "2026-05-05"]),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: ["year", "2026-05-05"], ok=404),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: ["day", "2026-02-30"], ok=404),
    Row("kpi:report", SEES_FIGURES, args=lambda scene: WEEK, query="?branch=999999", ok=404, also=NO_FIGURES),
    Row("kpi:report-xlsx", SEES_FIGURES, args=lambda scene: WEEK),
    Row("kpi:report-letter", SEES_FIGURES),
    Row("kpi:report-letter", SEES_FIGURES, "post", data=lambda scene: {"hour": 7, "day": "on"}, ok=302),
    Row("kpi:report-letter", SEES_FIGURES, "post", data=lambda scene: {"hour": 25}, ok=422),
]
