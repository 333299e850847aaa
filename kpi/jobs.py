"""The room's background work: results of past months reckoned on demand."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.measures import computing
from salescrm.base import jobs


@jobs.kind("kpi-results")
def results(progress: jobs.Progress, *, as_of: str, months: int = 1) -> dict[str, Any]:
    """Reckon the month of `as_of` and so many before it anew; closed ones stay as they are."""
    written = computing.backfill(months, date.fromisoformat(as_of), progress.tell)
    return {"rows": written, "months": months + 1}
