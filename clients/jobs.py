"""The room's background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.duplicates import finding
from clients.intake import work
from salescrm.base import jobs


@jobs.kind("orders-check")
def check_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Say what an import of orders would do."""
    return work.check(progress, intake)


@jobs.kind("orders-load")
def load_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Bring an import of orders into the base."""
    return work.load_job(progress, intake)


@jobs.kind("orders-undo")
def undo_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Take an import of orders back."""
    return work.undo_job(progress, intake)


@jobs.kind("duplicates-find")
def find_duplicates(progress: jobs.Progress, *, day: str, whole: bool = False) -> dict[str, Any]:
    """Look for clients that may be one: those changed since the last search, or all."""
    return finding.told(finding.search(date.fromisoformat(day), whole=whole, tell=progress.tell))
