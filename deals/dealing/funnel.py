"""How deals go through the stages of a pipeline in a period: came, went on, lost, how long it took (R131, R146)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from deals.pipelines.models import Stage
from salescrm.base import sql

APP = "deals"


@dataclass(frozen=True)
class Step:
    """A stage in a period: arrivals, how many of them went on, how many were lost; the median of days it took."""

    stage: Stage
    entered: int
    moved: int
    lost: int
    days: float | None

    @property
    def there(self) -> int:
        """How many of those that came still stand there."""
        return self.entered - self.moved - self.lost

    @property
    def share(self) -> float | None:
        """How many per cent of those that came went on."""
        return 100 * self.moved / self.entered if self.entered else None

    @property
    def is_slow(self) -> bool:
        """Say whether the median is over the norm."""
        return self.days is not None and self.stage.norm_days is not None and self.days > self.stage.norm_days


def steps(
    stages: list[Stage], start: date, end: date, *, segment: int | None, owner: int | None, branch: int | None
) -> list[Step]:
    """Count what came to stages of one pipeline on the days from `start` until before `end`; one statement."""
    if not stages:
        return []
    said: dict[str, Any] = {"pipeline_id": stages[0].pipeline_id, "segment_id": segment, "owner_id": owner}
    rows = sql.rows(APP, "count_stage_ways", said | _between(start, end) | {"branch_id": branch})
    by_stage = {row["stage_id"]: row for row in rows}
    return [_step(stage, by_stage.get(stage.pk)) for stage in stages]


def _step(stage: Stage, row: dict[str, Any] | None) -> Step:
    if row is None:
        return Step(stage, 0, 0, 0, None)
    return Step(stage, row["entered"], row["moved"], row["lost"], None if row["days"] is None else float(row["days"]))


def deals(stage: int, what: str, start: date, end: date) -> list[int]:
    """Return the deals behind a figure: `what` is entered, moved or lost."""
    said = {"stage_id": stage, "what": what} | _between(start, end)
    return [row["deal_id"] for row in sql.rows(APP, "find_stage_ways", said)]


def _between(start: date, end: date) -> dict[str, datetime]:
    zone = timezone.get_default_timezone()
    return {
        "starts_at": datetime.combine(start, time(), tzinfo=zone),
        "ends_at": datetime.combine(end, time(), tzinfo=zone),
    }
