"""The night's step of the room: the results of the open months are brought up to the night.

Only what changed is counted anew: each kind of work names the statements that read it, so a night after which
nothing but some terms have run out stays cheap.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.measures import computing, declared
from salescrm.base import sql
from salescrm.base.models import StepRun, StepState
from segmentation.steps import Inputs, Night, Outcome

NAME = "results"
EVERYTHING = frozenset(declared.statements(with_snapshots=True))
BY_WORK = {  # column of read_work_version: statements that read it; what is not named here is read by all
    "contacts": {"add_clients", "add_covered", "add_contacts"},
    "tasks": {"add_tasks", "add_special", "add_now"},
    "deals": {"add_deals", "add_now"},
    "moves": {"add_transitions"},
    "invoices": {"add_invoices"},
    "invoice_contacts": {"add_invoices"},
    "leads": {"add_leads"},
    "completeness": {"add_now"},
}
BY_STEP = {  # step that wrote something: statements that read it; moved owners are seen by themselves
    "turnover": EVERYTHING,
    "top": EVERYTHING,
    "life_cycle": {"add_zero"},
    "returns": {"add_cases", "add_recovered"},
    "hand_over": {"add_cases", "add_recovered"},
}


def inputs(night: Night) -> Inputs:
    """Name months and rules; changed when any statement would read something new."""
    return Inputs(_fingerprint(night), bool(_stale(night)))


def run(night: Night) -> Outcome:
    """Refresh this month and the one before it, unless they are closed; tell how far people's work had gone."""
    marks = _marks(night, None)
    marks.pop("fell_due")
    stale = _stale(night)
    months = computing.open_months(night.as_of)
    written = sum(computing.refresh(month, night.as_of, only=stale) for month in months)
    return Outcome(written, {"marks": marks, "counted": sorted(stale)})


def _fingerprint(night: Night) -> str:
    months = "/".join(str(one) for one in computing.open_months(night.as_of))
    return f"{months} rules {night.rule_set.pk}"


def _stale(night: Night) -> frozenset[str]:
    """Return the statements that have something new to read since the last night that counted."""
    runs = StepRun.objects.filter(step=NAME, as_of__lt=night.as_of, state=StepState.DONE)
    done = runs.order_by("-as_of").first()
    if done is None or night.rebuild or done.fingerprint != _fingerprint(night):
        return EVERYTHING
    marks, before = _marks(night, done.as_of), done.detail.get("marks", {})
    found: set[str] = {"add_tasks"} if marks.pop("fell_due") else set()
    for name, value in marks.items():
        if before.get(name) != value:
            found |= BY_WORK.get(name, EVERYTHING)
    fed = StepRun.objects.filter(
        step__in=BY_STEP, state=StepState.DONE, rows__gt=0, as_of__gt=done.as_of, as_of__lte=night.as_of
    )
    for step in fed.values_list("step", flat=True).distinct():
        found |= BY_STEP[step]
    return frozenset(found)


def _marks(night: Night, after: date | None) -> dict[str, Any]:
    """Return the ends of the tables people write, and whether a task fell due between `after` and the night."""
    return sql.row(computing.APP, "read_work_version", {"after": after, "as_of": night.as_of})
