"""The room's background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.completeness import writing
from clients.duplicates import finding
from clients.intake import work
from salescrm.base import clock, jobs


@jobs.kind("import-check")
def check_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Say what an import would do."""
    return work.check(progress, intake)


@jobs.kind("import-load")
def load_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Bring an import into the base; what follows starts with it."""
    return work.load_job(progress, intake)


@jobs.kind("import-undo")
def undo_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Take an import back; how complete what is known of clients is now, is written next."""
    told = work.undo_job(progress, intake)
    jobs.start("completeness", by=None, today=clock.today().isoformat())
    return told


@jobs.kind("duplicates-find")
def find_duplicates(progress: jobs.Progress, *, day: str, whole: bool = False) -> dict[str, Any]:
    """Look for clients that may be one: those changed since the last search, or all."""
    return finding.told(finding.search(date.fromisoformat(day), whole=whole, tell=progress.tell))


@jobs.kind("completeness")
def write_completeness(progress: jobs.Progress, *, today: str, only_new: bool = False) -> dict[str, Any]:
    """Write how complete and correct what is known of every client is, or of those not written yet."""
    day = date.fromisoformat(today)
    return {"changed": writing.write_all(today=day, only_new=only_new, progress=progress)}
