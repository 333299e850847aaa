"""What was shipped, by the owner of each document's day: the one place plans take facts from (R226, R230)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from salescrm.base import sql

ROOM = "kpi"


def by_person(start: date, end: date) -> dict[tuple[int, date], Decimal]:
    """Return the net turnover of documents of [start, end) by (employee, month's first day), to the cent."""
    found = sql.rows(ROOM, "read_plan_facts", {"start": start, "end": end})
    return {(row["employee"], row["month"]): row["amount"] for row in found}
