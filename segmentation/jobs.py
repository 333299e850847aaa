"""The room's background work: classes of a chosen period reckoned beside those in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import OperationalError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from salescrm.base import jobs, notify
from segmentation import reckoning

TOLD = gettext_noop("Classes are reckoned on trial: {changed} clients would change class")


@jobs.kind(reckoning.KIND)
def classes_on_trial(
    progress: jobs.Progress, *, as_of: str, rules: int, months: int | None = None, branch: int | None = None
) -> dict[str, Any]:
    """Reckon for who asked; the result is kept with the job, nothing else is written (R61)."""
    try:
        found = reckoning.reckon(
            date.fromisoformat(as_of), rules=rules, months=months, branch=branch, tell=progress.tell
        )
    except OperationalError as error:  # the trial waits for a lock of a running night five seconds at most
        raise jobs.Refused(_("A night or an import is at work: reckon again when it is over.")) from error
    if progress.job.created_by_id:
        url = f"{reverse('segmentation:trial')}?job={progress.job.pk}"
        key = f"classes-{progress.job.pk}"
        notify.tell([progress.job.created_by_id], kind="job", text=TOLD, key=key, url=url, changed=found["changed"])
    return found
