"""The room's background work with leads: terms told, silent leads closed, next steps kept planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deals.leads import actions
from salescrm.base import jobs
from salescrm.base.jobs import Progress


@jobs.kind("leads-daily")
def keep_going(progress: Progress, *, now: str) -> dict[str, Any]:
    """Close silent leads and plan a next step for the others (R163, R165)."""
    return dict(actions.keep_going(now=datetime.fromisoformat(now)))
