"""Background work: a `Job` row written with the request, dispatched on commit, claimed by a conditional UPDATE.

A room registers a function per kind: `@jobs.kind("import-check")` over `def check(progress: Progress, **arguments)`.
A lost message is dispatched again by the minute's tick, a doubled one finds the job claimed; a job whose heartbeat is
older than STALE is taken up again, so its function is safe to start twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from time import monotonic
from typing import Any

import pghistory
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from salescrm.base.models import Heartbeat, Job, JobState

STALE = timedelta(minutes=1)
BEAT_SECONDS = 10
MOST_ATTEMPTS = 5
logger = logging.getLogger("salescrm.jobs")

_kinds: dict[str, Callable[..., Any]] = {}


class Refused(Exception):
    """The work cannot be done; the message is for the person who asked."""


@dataclass
class Progress:
    """What a job's function tells about itself; writes at most once a second."""

    job: Job
    _told: float = field(default=0.0, init=False)

    def tell(self, done: int, total: int | None = None, stage: str = "") -> None:
        """Store units done of units known, and what is being done; seen at once by the page."""
        if monotonic() - self._told < 1 and not stage:
            return
        self._told = monotonic()
        fields: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now()}
        fields |= {"total": total} if total is not None else {}
        fields |= {"stage": stage} if stage else {}
        _outside_transaction(lambda: Job.objects.filter(pk=self.job.pk).update(**fields))


def kind(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that does jobs of this kind; its result (JSON) is stored on the job."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _kinds[name] = function
        return function

    return register


def start(kind: str, *, by: Any, total: int | None = None, **arguments: Any) -> Job:
    """Write a job of a person (or None) in the caller's transaction and dispatch it when that commits."""
    job = Job.objects.create(kind=kind, arguments=arguments, created_by=by, total=total)
    transaction.on_commit(lambda: dispatch(job.pk))
    return job


def dispatch(job_id: int) -> None:
    """Send the job's number to the workers; with the broker down the tick does it later."""
    from salescrm.base.tasks import run_job

    Job.objects.filter(pk=job_id).update(dispatched_at=timezone.now())
    try:
        run_job.apply_async((job_id,), expires=STALE.total_seconds() * 10, retry=False)
    except Exception:  # the broker's client raises its own kinds; the row waits for the next tick
        logger.warning("job %s: broker unreachable, will be dispatched by the tick", job_id)


def claim(job_id: int) -> Job | None:
    """Take a waiting or abandoned job; None when another worker has it or it is over."""
    now = timezone.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    taken = Job.objects.filter(free, pk=job_id, attempts__lt=MOST_ATTEMPTS).update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=now, attempts=F("attempts") + 1
    )
    return Job.objects.select_related("created_by").get(pk=job_id) if taken else None


def work(job_id: int) -> None:
    """Do the job if it can be claimed; every outcome ends in its row."""
    job = claim(job_id)
    if job is None:
        return
    load_kinds()
    with pghistory.context(user=job.created_by_id, job=job.pk), _heart(job):
        try:
            result = _kinds[job.kind](Progress(job), **job.arguments)
        except Refused as refusal:
            _finish(job, state=JobState.FAILED, error=str(refusal))
        except Exception as fault:
            logger.exception("job %s %s failed", job.pk, job.kind)
            _finish(job, state=JobState.FAILED, error=f"{type(fault).__name__}: {fault}"[:2000])
        else:
            _finish(job, state=JobState.DONE, result=result)


def tick() -> None:
    """Dispatch again what waits or was abandoned, fail what was tried too often, show that beat lives (each minute)."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": now})
    waiting = Q(state=JobState.WAITING) & (Q(dispatched_at=None) | Q(dispatched_at__lt=now - STALE))
    abandoned = Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    Job.objects.filter(abandoned, attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, error="abandoned by its workers", finished_at=now
    )
    for job_id in Job.objects.filter(waiting | abandoned).values_list("pk", flat=True)[:500]:
        dispatch(job_id)


def load_kinds() -> None:
    """Import the modules that register kinds (settings.JOBS)."""
    for module in settings.JOBS:
        import_module(module)


def _finish(job: Job, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), **fields)


@contextmanager
def _heart(job: Job) -> Iterator[None]:
    """Refresh the heartbeat from a thread with its own connection while the work runs."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(BEAT_SECONDS):
            try:
                Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
            except Exception:
                logger.warning("job %s: heartbeat not written", job.pk)
                close_old_connections()
        connection.close()

    thread = threading.Thread(target=beat, name=f"heart-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _outside_transaction(write: Callable[[], Any]) -> None:
    """Run `write` on a connection of its own, so that others see it while a long transaction is open."""
    if not connection.in_atomic_block:
        write()
        return

    def on_own_connection() -> None:
        write()
        connection.close()

    thread = threading.Thread(target=on_own_connection)
    thread.start()
    thread.join()
