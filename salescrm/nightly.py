"""The night: ordered steps, each in a transaction of its own with its ledger row; resumable, missed days in order.

1. A step runs under the night's advisory lock; a second night finds it taken and ends with "another night is running".
2. Its DONE row commits with what it wrote, so there is no half state; a failure is noted after the rollback.
3. A step whose fingerprint (window, rule set) and inputs have not changed since its last run is skipped.
4. Missed nights fill turnover, classes, list and statuses; returns, hand-overs and contacts run once, in the newest.
5. A dry run is the same code in a transaction that is rolled back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from time import monotonic
from types import ModuleType
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils.translation import gettext as _

from kpi import night as results
from salescrm.base import jobs, locks, periods
from salescrm.base.jobs import Refused
from salescrm.base.models import StepRun, StepState
from segmentation import journal as journals
from segmentation import rewind
from segmentation.models import RuleSet
from segmentation.steps import (
    Night,
    Outcome,
    classes,
    contacts,
    hand_over,
    journal,
    last_done,
    life_cycle,
    priorities,
    returns,
    run_before,
    top,
    turnover,
)

STEPS: tuple[ModuleType, ...] = (
    turnover, classes, top, life_cycle, returns, hand_over, contacts, priorities, results, journal,
)  # fmt: skip
NAMES = tuple(step.NAME for step in STEPS)
ONLY_NEWEST = {returns.NAME, hand_over.NAME, contacts.NAME, priorities.NAME, results.NAME}
FINISHED = (StepState.DONE, StepState.SKIPPED)
logger = logging.getLogger("salescrm.night")


def run(
    as_of: date,
    *,
    only: str | None = None,
    dry_run: bool = False,
    approve: bool = False,
    rebuild: bool = False,
    tell: Callable[[int, int, str], None] = lambda done, total, step: None,
) -> dict[str, Any]:
    """Run the night `as_of` and the missed ones before it; return its figures (the JSON of `nightly --json`).

    `tell` hears steps done of steps to do and the name of the next one.
    `only` runs one step of that night; `approve` accepts the approval list; `rebuild` builds turnover anew.
    Raises Refused with one line for the person.
    """
    with pghistory.context(night=as_of.isoformat()):
        if not dry_run:
            return _run(as_of, only=only, approve=approve, rebuild=rebuild, tell=tell)
        with transaction.atomic():
            if _newest_begun() is not None and as_of <= (_newest_begun() or as_of):
                rewind.to(as_of)
            told = _run(as_of, only=only, approve=approve, rebuild=rebuild, tell=tell)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
        return told | {"dry_run": True}


def _run(
    as_of: date, *, only: str | None, approve: bool, rebuild: bool, tell: Callable[[int, int, str], None]
) -> dict[str, Any]:
    days = _days(as_of, only)
    for passed, day in enumerate(days):
        night = _night(day, is_newest=day == as_of, approve=approve, rebuild=rebuild and day == days[0])
        for place, step in enumerate(STEPS):
            if only in (None, step.NAME):
                tell(passed * len(STEPS) + place, len(days) * len(STEPS), step.NAME)
                _step(step, night)
    if not days and approve:
        _approve_again(as_of)
    return journals.told(as_of)


def _days(as_of: date, only: str | None) -> list[date]:
    """Return the nights to walk, none when `as_of` is done; raise Refused for a night in the past or out of turn."""
    done, begun = last_done(), _newest_begun()
    if begun is not None and as_of < begun:
        raise Refused(
            _("the night of %(newest)s is done already; an earlier one can only be tried: --dry-run")
            % {"newest": begun}
        )
    if done is None:
        start = (
            StepRun.objects.filter(state__in=FINISHED).order_by("as_of").values_list("as_of", flat=True).first()
            or as_of
        )
    else:
        start = done + timedelta(days=1)
    if only is not None and start < as_of:
        raise Refused(_("nights from %(day)s on are missing: run the whole night") % {"day": start})
    return periods.days(start, as_of + timedelta(days=1))


def _newest_begun() -> date | None:
    return StepRun.objects.filter(state__in=FINISHED).order_by("-as_of").values_list("as_of", flat=True).first()


def _night(day: date, *, is_newest: bool, approve: bool, rebuild: bool) -> Night:
    try:
        rules = RuleSet.objects.in_force(day)
    except RuleSet.DoesNotExist:
        raise Refused(_("no rule set is in force on %(day)s: run `manage.py reference` first") % {"day": day}) from None
    return Night(day, rules, last_done(before=day), is_newest, approve, rebuild)


def _step(step: ModuleType, night: Night) -> None:
    """Run one step of one night; what is done already is left alone."""
    begun = monotonic()
    try:
        with transaction.atomic():
            _take_lock()
            if StepRun.objects.filter(step=step.NAME, as_of=night.as_of, state__in=FINISHED).exists():
                return
            _refuse_ahead_of_input(step, night)
            written = _do(step, night, begun)
    except Refused:
        raise
    except Exception as error:
        StepRun.objects.create(
            step=step.NAME,
            as_of=night.as_of,
            state=StepState.FAILED,
            seconds=monotonic() - begun,
            detail={"error": f"{type(error).__name__}: {error}"[:2000]},
        )
        raise
    logger.info("%s %s %s: %s rows, %.2f s", night.as_of, step.NAME, written.state, written.rows, written.seconds)


def _take_lock() -> None:
    """Hold the night's lock to the end of the transaction, with memory for its hashes; refuse when it is taken.

    Measured on 20,000 clients and 250,000 documents: with the server's 4 MB a rebuild spends half its time on disk.
    """
    if not locks.try_lock(locks.Key.NIGHT):
        raise Refused(_("another night is running"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")


def _refuse_ahead_of_input(step: ModuleType, night: Night) -> None:
    place = NAMES.index(step.NAME)
    missing = [
        name
        for name in NAMES[:place][-1:]
        if not StepRun.objects.filter(step=name, as_of=night.as_of, state__in=FINISHED).exists()
    ]
    if missing:
        raise Refused(
            _("step %(step)s of %(day)s waits for step %(before)s")
            % {"step": step.NAME, "day": night.as_of, "before": missing[0]}
        )


def _do(step: ModuleType, night: Night, begun: float) -> StepRun:
    state, outcome, fingerprint = StepState.SKIPPED, Outcome(0), ""
    if step.NAME in ONLY_NEWEST and not night.is_newest:
        outcome = Outcome(0, {"missed": True})
    else:
        inputs = step.inputs(night)
        fingerprint = inputs.fingerprint
        before = run_before(step.NAME, night)
        if inputs.changed or before is None or before.fingerprint != fingerprint:
            state, outcome = StepState.DONE, step.run(night)
    return StepRun.objects.create(
        step=step.NAME,
        as_of=night.as_of,
        state=state,
        rows=outcome.rows,
        seconds=round(monotonic() - begun, 3),
        fingerprint=fingerprint,
        detail=outcome.detail,
    )


def _approve_again(as_of: date) -> None:
    """Accept the approval list of a night that is done: owners change from the day after it, the journal says so."""
    with transaction.atomic():
        _take_lock()
        journals.approve_list(as_of)


@jobs.kind("night")
def night(progress: jobs.Progress, as_of: str, dry_run: bool = False, approve: bool = False) -> dict[str, Any]:
    """Run the night from the page: the same code, its figures are the job's result."""
    return run(date.fromisoformat(as_of), dry_run=dry_run, approve=approve, tell=progress.tell)
