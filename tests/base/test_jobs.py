"""Background work: claimed once, told as it goes, taken up again after a death."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from salescrm.base import jobs
from salescrm.base.models import Heartbeat, Job, JobState
from salescrm.base.tasks import run_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the numbers that would go to the broker."""
    numbers: list[int] = []
    monkeypatch.setattr(run_job, "apply_async", lambda arguments, **options: numbers.extend(arguments))
    return numbers


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(progress: jobs.Progress, *, upto: int) -> dict[str, int]:
        progress.tell(upto // 2, upto, stage="half way")
        return {"counted": upto}

    def refuse(progress: jobs.Progress) -> None:
        raise jobs.Refused("The file is empty.")

    def break_down(progress: jobs.Progress) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(jobs, "_kinds", {"count": count, "refuse": refuse, "break": break_down})
    monkeypatch.setattr(jobs, "load_kinds", lambda: None)


def test_it_is_sent_on_commit_and_done_once(sent: list[int]) -> None:
    job = jobs.start("count", by=None, upto=10)
    assert sent == [job.pk]
    jobs.work(job.pk)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total, job.attempts) == (JobState.DONE, {"counted": 10}, 5, 10, 1)


@pytest.mark.parametrize(("kind", "error"), [("refuse", "The file is empty."), ("break", "ZeroDivisionError: by zero")])
def test_it_ends_with_its_reason(sent: list[int], kind: str, error: str) -> None:
    job = jobs.start(kind, by=None)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, error)


def test_a_broker_that_is_down_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*arguments: Any, **options: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(run_job, "apply_async", down)
    assert jobs.start("count", by=None, upto=1).state == JobState.WAITING


NOW = timedelta(0)
LONG_AGO = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("state", "dispatched", "heartbeat", "sent_again"),
    [
        (JobState.WAITING, NOW, None, False),
        (JobState.WAITING, LONG_AGO, None, True),
        (JobState.RUNNING, LONG_AGO, NOW, False),
        (JobState.RUNNING, LONG_AGO, LONG_AGO, True),
        (JobState.DONE, LONG_AGO, LONG_AGO, False),
        (JobState.FAILED, LONG_AGO, LONG_AGO, False),
    ],
)
def test_the_tick_dispatches_what_waits_or_was_abandoned(
    sent: list[int], state: str, dispatched: timedelta, heartbeat: timedelta | None, sent_again: bool
) -> None:
    now = timezone.now()
    at = now - heartbeat if heartbeat is not None else None
    job = Job.objects.create(kind="count", state=state, dispatched_at=now - dispatched, heartbeat_at=at)
    jobs.tick()
    assert sent == ([job.pk] if sent_again else [])
    assert Heartbeat.objects.filter(name="beat").exists()


def test_a_job_abandoned_too_often_fails(sent: list[int]) -> None:
    long_ago = timezone.now() - LONG_AGO
    job = Job.objects.create(kind="count", state=JobState.RUNNING, heartbeat_at=long_ago, attempts=jobs.MOST_ATTEMPTS)
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, sent) == (JobState.FAILED, [])
