"""The night's step of the room: the results of the open months are brought up to the night."""

from __future__ import annotations

from datetime import date

from kpi.measures import computing
from salescrm.base import sql
from salescrm.base.models import StepRun, StepState
from segmentation.steps import Inputs, Night, Outcome

NAME = "results"
FEEDING = ("turnover", "classes", "top", "life_cycle", "returns", "hand_over")


def inputs(night: Night) -> Inputs:
    """Name months and rules; changed when people's work went on, or a step that feeds the results ran since."""
    done = _last_reckoned(night)
    after = done.as_of if done else None
    months = computing.open_months(night.as_of)
    marks = _marks(night, after)
    fed = StepRun.objects.filter(step__in=FEEDING, state=StepState.DONE, rows__gt=0, as_of__lte=night.as_of)
    if after is not None:
        fed = fed.filter(as_of__gt=after)
    changed = done is None or bool(marks.pop("fell_due")) or done.detail.get("marks") != marks or fed.exists()
    return Inputs(f"{'/'.join(str(one) for one in months)} rules {night.rule_set.pk}", changed)


def run(night: Night) -> Outcome:
    """Refresh this month and the one before it, unless they are closed; tell how far people's work had gone."""
    marks = _marks(night, None)
    marks.pop("fell_due")
    written = sum(computing.refresh(month, night.as_of) for month in computing.open_months(night.as_of))
    return Outcome(written, {"marks": marks})


def _last_reckoned(night: Night) -> StepRun | None:
    runs = StepRun.objects.filter(step=NAME, as_of__lt=night.as_of, state=StepState.DONE)
    return runs.order_by("-as_of").first()


def _marks(night: Night, after: date | None) -> dict[str, int | None]:
    """Return the ends of the tables people write, and whether a task fell due between `after` and the night."""
    return sql.row(computing.APP, "read_work_version", {"after": after, "as_of": night.as_of})
