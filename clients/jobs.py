"""The room's background work."""

from __future__ import annotations

from typing import Any

from clients.intake import work
from salescrm.base import jobs


@jobs.kind("import-check")
def check_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Say what an import would do."""
    return work.check(progress, intake)


@jobs.kind("import-load")
def load_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Bring an import into the base."""
    return work.load_job(progress, intake)


@jobs.kind("import-undo")
def undo_import(progress: jobs.Progress, *, intake: int) -> dict[str, Any]:
    """Take an import back."""
    return work.undo_job(progress, intake)
