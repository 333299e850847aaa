"""The room's background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.completeness import writing
from clients.duplicates import finding
from clients.intake import work
from salescrm.base import clock, jobs


@jobs.kind("orders-check")
def check_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Say what an import of orders would do."""
    return work.check(progress, intake)


@jobs.kind("orders-load")
def load_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Bring an import of orders into the base; how complete what it says of new clients is, is written next."""
    told = work.load_job(progress, intake)
    if told:
        jobs.start("completeness", by=None, today=clock.today().isoformat(), only_new=True)
    return told


@jobs.kind("orders-undo")
def undo_orders(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Take an import of orders back."""
    return work.undo_job(progress, intake)


@jobs.kind("duplicates-find")
def find_duplicates(progress: jobs.Progress, *, day: str, whole: bool = False) -> dict[str, Any]:
    """Look for clients that may be one: those changed since the last search, or all."""
    return finding.told(finding.search(date.fromisoformat(day), whole=whole, tell=progress.tell))


@jobs.kind("completeness")
def write_completeness(progress: jobs.Progress, *, today: str, only_new: bool = False) -> dict[str, Any]:
    """Write how complete and correct what is known of every client is, or of those not written yet."""
    day = date.fromisoformat(today)
    return {"changed": writing.write_all(today=day, only_new=only_new, progress=progress)}
