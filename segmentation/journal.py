"""The night's journal, read: which night was the last, what it found and did, its steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from salescrm.base import show
from salescrm.base.models import StepRun, StepState
from segmentation.models import CaseState, ZeroCase
from segmentation.steps import hand_over, last_done

NAMES = (
    "turnover",
    "classes",
    "top",
    "life_cycle",
    "returns",
    "hand_over",
    "contacts",
    "priorities",
    "results",
    "journal",
)


def last_night() -> date | None:
    """Return the newest night that is wholly done."""
    return last_done()


def steps(as_of: date) -> list[StepRun]:
    """Return the ledger rows of the night in the order of the steps; failed attempts before what came of them."""
    rows = StepRun.objects.filter(as_of=as_of, step__in=NAMES).order_by("pk")
    return sorted(rows, key=lambda row: NAMES.index(row.step))


def figures(as_of: date) -> dict[str, Any]:
    """Return the figures of the night; empty while it is not done."""
    run = StepRun.objects.filter(as_of=as_of, step="journal", state=StepState.DONE).first()
    return dict(run.detail) if run else {}


def told(as_of: date) -> dict[str, Any]:
    """Return the JSON of `nightly --json`."""
    rows = [row for row in steps(as_of) if row.state != StepState.FAILED]
    done = [{"name": row.step, "status": row.state, "rows": row.rows, "seconds": row.seconds} for row in rows]
    return {"as_of": as_of.isoformat(), "dry_run": False} | figures(as_of) | {"steps": done}


def held_words() -> list[str]:
    """Say, source by source, whose orders contact tasks waited for in the newest night; nothing while all is well."""
    run = StepRun.objects.filter(step="contacts", state=StepState.DONE).order_by("-as_of").first()
    feeds = run.detail.get("feeds", []) if run else []
    return [
        _("No orders from %(source)s since %(day)s: contact tasks and hand-overs of its clients wait until they come.")
        % {"source": source, "day": show.day_long(date.fromisoformat(day))}
        for source, day in feeds
    ]


def approve_list(as_of: date) -> int:
    """Hand over what waits for approval in the night `as_of`, from the day after; return how many clients moved."""
    cases = list(ZeroCase.objects.to_decide())
    moved = hand_over.accept(cases, as_of=as_of, night=as_of)
    _add_to_figures(as_of, [case for case in cases if case.client_id in moved])
    return len(moved)


def _add_to_figures(as_of: date, handed: list[ZeroCase]) -> None:
    """Add the accepted hand-overs to what the ledger says of the night."""
    for run in StepRun.objects.filter(as_of=as_of, step__in=("hand_over", "journal"), state=StepState.DONE):
        found = run.detail if run.step == "hand_over" else run.detail["zero"]
        found["handed_over"] += len(handed)
        found["awaiting_approval"] = ZeroCase.objects.filter(state=CaseState.PROPOSED).count()
        for case in handed:
            found["by_rule"][case.rule] += 1
        run.save(update_fields=["detail"])
