"""The plan and the forecast of a month as the board reads them: the one place that knows where they are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from staff.models import Employee


def planned(month: date, viewer: Employee) -> list[dict[str, Any]]:
    """Return what is planned for a month that `viewer` may see; empty while no plan is in force.

    Rows: measure, employee (id), client_group, direction (id), amount; leaves, so that any sum of them agrees.
    """
    return []


def forecast(month: date, viewer: Employee) -> dict[int, Decimal]:
    """Return where the turnover of a month will land by person (R226); empty while nobody reckons it."""
    return {}
