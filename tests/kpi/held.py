"""Sets of indicators for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.indicators import actions
from kpi.indicators.models import Indicator, SetLine
from staff.models import Employee, Position


def hold(
    position: Position, month: date, indicator: Indicator, weight: int, acting_user: Employee, **more: Any
) -> SetLine:
    """Hold a position to an indicator from a month on."""
    found = actions.begin(position=position, month=month, acting_user=acting_user)
    seen = found.version
    return actions.put(found=found, seen=seen, indicator=indicator, weight=weight, acting_user=acting_user, **more)
