"""Score and focus lists, reckoned set-based; the night and the preview of the editor run the same statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from salescrm.base import sql
from segmentation.priorities.models import WEIGHTS, FocusList, PriorityRules
from segmentation.steps import APP, drop_work_tables

FORTNIGHT = 14
MONDAY = date(2024, 1, 1)  # periods of two weeks are counted from this one


def period_of(day: date) -> tuple[date, date]:
    """Return the two weeks [start, end) a day is in; they begin on a Monday."""
    start = MONDAY + timedelta(days=(day - MONDAY).days // FORTNIGHT * FORTNIGHT)
    return start, start + timedelta(days=FORTNIGHT)


def score(rules: PriorityRules, categories: Iterable[int], window: tuple[date, date]) -> None:
    """Build the temporary table `night_priority`; writes nothing that stays."""
    chosen = list(categories)
    drop_work_tables("night_priority")
    parameters: dict[str, Any] = {f"{name}_weight": getattr(rules, f"{name}_weight") for name in WEIGHTS}
    parameters |= {"growth_full": rules.growth_full, "categories": chosen, "all_goods": not chosen}
    sql.run(APP, "score_clients", parameters | {"window_start": window[0], "window_end": window[1]})


def write(rules: PriorityRules, as_of: date) -> int:
    """Keep the scores of `night_priority`; return how many changed."""
    told = {"rules": rules.pk, "as_of": as_of}
    return sql.run(APP, "write_priority_scores", told) + sql.run(APP, "drop_priority_scores")


def is_filled(day: date) -> bool:
    """Say whether the night has filled the focus lists of the period a day is in."""
    return FocusList.objects.filter(starts_on=period_of(day)[0], filled_on__isnull=False).exists()


def fill(rules: PriorityRules, as_of: date) -> int:
    """Fill the focus lists of the period that holds the day after the night; return how many clients came on them."""
    starts_on, ends_on = period_of(as_of + timedelta(days=1))
    drop_work_tables("night_deviation", "night_focus")
    names = ("fall_share", "fall_rhythm_days", "late_factor")
    sql.run(APP, "find_deviations", {name: getattr(rules, name) for name in names} | {"as_of": as_of})
    chosen = {"starts_on": starts_on, "year": starts_on.year, "focus_size": rules.focus_size}
    sql.run(APP, "choose_focus_clients", chosen)
    told = {"starts_on": starts_on, "ends_on": ends_on, "filled_on": as_of, "rules": rules.pk}
    sql.run(APP, "open_focus_lists", told)
    return sql.run(APP, "fill_focus_lists", told)
