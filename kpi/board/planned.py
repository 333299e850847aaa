"""The plan and the forecast of a month as the board reads them: the one place that knows where they are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Sum

from kpi.plans import reading
from kpi.plans.models import Forecast
from kpi.plans.querysets import seen_employees
from salescrm.base import clock
from staff.access import Act, may
from staff.models import Employee


def planned(month: date, viewer: Employee) -> list[dict[str, Any]]:
    """Return what is planned for a month that `viewer` may see; empty while no plan is in force.

    Rows: measure, employee (id), client_group, direction (id), amount; leaves, so that any sum of them agrees.
    """
    return reading.planned(month, viewer) if may(viewer, Act.SEE_PLANS) else []


def forecast(month: date, viewer: Employee) -> dict[int, Decimal]:
    """Return where the turnover of a month will land by person, as last reckoned (R226); empty before that."""
    if not may(viewer, Act.SEE_PLANS):
        return {}
    kept = Forecast.objects.filter(month=month)
    newest = kept.filter(day=kept.aggregate(day=Max("day"))["day"]).filter(seen_employees(viewer, clock.today()))
    lands = newest.values("employee").annotate(lands=Sum(F("shipped") + F("deals") + F("cyclic")))
    return dict(lands.values_list("employee", "lands"))
