"""The life of an import's row: the only place of intake that writes when something ended."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from salescrm.base.models import Intake, IntakeState, Job


def end(intake: int, state: str, **values: Any) -> None:
    """Put an import in the state its work ended in."""
    Intake.objects.filter(pk=intake).update(state=state, finished_at=timezone.now(), **values)


def mark_undone(intake: int, by: int | None) -> None:
    """Say who took the import back."""
    Intake.objects.filter(pk=intake).update(state=IntakeState.UNDONE, undone_at=timezone.now(), undone_by_id=by)


def seconds_at_work(job: Job) -> float:
    """Return the seconds since the job was begun, 0 before that."""
    return (timezone.now() - job.started_at).total_seconds() if job.started_at else 0.0
