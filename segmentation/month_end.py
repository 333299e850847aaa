"""Hand-overs once a month: what a missed night of the month's last day, or a broken feed in it, leaves for later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from salescrm.base import notify, show
from salescrm.base.models import StepRun, StepState
from salescrm.base.periods import is_month_end, month_end
from segmentation.guards import Feed, for_heads
from segmentation.models import HandOverMode, RuleSet

if TYPE_CHECKING:
    from segmentation.steps import Night

HAND_OVER = "hand_over"
GUARD = "month_end"
WAITS = gettext_noop(
    "The night of {missed}, in which clients are handed over, did not run: those due stay with their owners until the "
    "night of {next}. Due now: {count}"
)
RUNS_NOW = gettext_noop(
    "The night of {missed}, in which clients are handed over, did not run: its clients are decided in the night of "
    "{next}. Due: {count}"
)
FEED_WAITS = gettext_noop(
    "No documents from {source} since {day}: in the hand-over of the month its clients stay with their owners, until "
    "the night of {next}. Due now: {count}"
)


@dataclass(frozen=True)
class Missed:
    """What the newest nights say of a month's end that was missed: its days, how many clients wait, until when."""

    days: list[date]
    clients: int
    until: date

    @property
    def named(self) -> str:
        """Return the days in words."""
        return ", ".join(show.day_long(day) for day in self.days)


def next_end(day: date) -> date:
    """Return the last day of a month that comes after `day`."""
    return month_end(day + timedelta(days=1))


def missed(night: Night) -> list[date]:
    """Return the month ends passed over since hand-overs were last looked at, of those the rules waited for.

    Empty unless the mode of tonight is month_end too: in any other mode those clients go tonight.
    """
    if night.rule_set.hand_over_mode != HandOverMode.MONTH_END:
        return []
    runs = StepRun.objects.filter(step=HAND_OVER, as_of__lt=night.as_of)
    looked = runs.filter(state=StepState.DONE).order_by("-as_of").values_list("as_of", flat=True).first()
    passed = runs.filter(state=StepState.SKIPPED, as_of__gt=looked or date.min).order_by("as_of")
    ends = [day for day in passed.values_list("as_of", flat=True) if is_month_end(day)]
    return [day for day in ends if RuleSet.objects.in_force(day).hand_over_mode == HandOverMode.MONTH_END]


def tell_missed(night: Night, days: list[date], due: Counter[int]) -> None:
    """Tell the heads, with the figures of their branches, which night was missed and when its clients go now."""
    is_now = is_month_end(night.as_of)
    until = night.as_of if is_now else next_end(night.as_of)
    values = {"missed": ", ".join(f"{day:%d.%m.%Y}" for day in days), "next": f"{until:%d.%m.%Y}"}
    text, key = RUNS_NOW if is_now else WAITS, f"month-end:{days[-1]}"

    def notice(counted: Counter[str]) -> notify.Notice:
        return notify.Notice(key, text, values | {"count": counted["count"]}, "/segmentation/zero/")

    notify.tell_each("guard", for_heads(_counted(due), notice))


def tell_feeds(night: Night, feeds: list[Feed], due: Counter[int]) -> None:
    """Tell the heads that clients of a broken feed miss the hand-over of the month."""
    until = f"{next_end(night.as_of):%d.%m.%Y}"
    named = {"source": ", ".join(feed.name for feed in feeds), "day": f"{min(feed.newest for feed in feeds):%d.%m.%Y}"}

    def notice(counted: Counter[str]) -> notify.Notice:
        values = named | {"next": until, "count": counted["count"]}
        return notify.Notice(f"month-end-feed:{night.as_of}", FEED_WAITS, values, "/segmentation/zero/")

    notify.tell_each("guard", for_heads(_counted(due), notice))


def _counted(by_branch: Mapping[int, int]) -> dict[int, Counter[str]]:
    return {branch: Counter(count=number) for branch, number in by_branch.items()}


def guard_names(days: Iterable[date]) -> list[str]:
    """Return what the journal says of missed month ends, beside the guards."""
    return [f"{GUARD}:{day:%d.%m.%Y}" for day in days]


def left(rules: RuleSet | None, last: date) -> Missed | None:
    """Return what waits for the next month's end, the last one being missed or its feed broken; for screens."""
    if rules is None or rules.hand_over_mode != HandOverMode.MONTH_END:
        return None
    since = last if is_month_end(last) else last.replace(day=1) - timedelta(days=1)
    runs = StepRun.objects.filter(step=HAND_OVER, state=StepState.DONE, as_of__gte=since, as_of__lte=last)
    run = runs.filter(detail__left__gt=0).order_by("-as_of").first()
    if run is None:
        return None
    days = [date.fromisoformat(day) for day in run.detail.get("missed", [])] or [run.as_of]
    return Missed(days, run.detail["left"], next_end(last))
