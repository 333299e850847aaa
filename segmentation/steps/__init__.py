"""The night's steps, one module each: `NAME`, `inputs(night)` and `run(night)`.

A step is called inside a transaction of its own under the night's lock (`salescrm.nightly`); it never commits, never
reads the clock, and names in its outcome what the next steps and the journal need to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Max

from salescrm.base import sql
from salescrm.base.models import StepRun, StepState
from salescrm.base.periods import window
from segmentation.models import RuleSet

APP = "segmentation"


@dataclass(frozen=True)
class Inputs:
    """What a step works on: an equal fingerprint and nothing changed mean that its last result still holds."""

    fingerprint: str
    changed: bool


@dataclass(frozen=True)
class Outcome:
    """What a step did: rows written and what it has to say to later steps and to the journal."""

    rows: int
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Night:
    """The night `as_of`: its rules, the last night done before it, and what was asked for."""

    as_of: date
    rule_set: RuleSet
    before: date | None
    is_newest: bool = True
    approve: bool = False
    rebuild: bool = False

    @property
    def tomorrow(self) -> date:
        """Return the day from which this night moves owners."""
        return self.as_of + timedelta(days=1)

    @property
    def window(self) -> tuple[date, date]:
        """Return [start, end) of the rule set's window."""
        return window(self.as_of, self.rule_set.window_months)

    @cached_property
    def clients_version(self) -> str:
        """Return what changes when clients are joined, separated or archived by hand up to this night."""
        row = sql.row(APP, "read_clients_version", {"as_of": self.as_of})
        return ".".join(str(value) for value in row.values())

    def detail_of(self, step: str) -> dict[str, Any]:
        """Return what `step` said in this very night; empty when it was skipped or did not run."""
        run = StepRun.objects.filter(as_of=self.as_of, step=step, state=StepState.DONE).first()
        return run.detail if run else {}


def run_before(step: str, night: Night) -> StepRun | None:
    """Return what the newest night before this one says of a step, done or rested; None when there is none."""
    runs = StepRun.objects.filter(step=step, as_of__lt=night.as_of, state__in=[StepState.DONE, StepState.SKIPPED])
    return runs.order_by("-as_of").first()


def last_done(step: str = "journal", before: date | None = None) -> date | None:
    """Return the newest night in which `step` was done or skipped (earlier than `before`), None when there is none."""
    runs = StepRun.objects.filter(step=step, state__in=[StepState.DONE, StepState.SKIPPED])
    if before is not None:
        runs = runs.filter(as_of__lt=before)
    last: date | None = runs.aggregate(last=Max("as_of"))["last"]
    return last


def drop_work_tables(*names: str) -> None:
    """Drop a step's temporary tables: several nights may run in one transaction (dry run)."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
