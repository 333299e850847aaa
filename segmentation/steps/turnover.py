"""Step 1: net turnover per month and category, purchase days, and the turnover columns of Standing.

Incremental: only (legal entity, month) pairs that imports touched, and those with documents dated since the last night
(a document dated ahead counts from its day on). Everything is built anew on the first night or when asked to.
"""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import Any

from salescrm.base import locks, sql
from salescrm.base.models import StepRun, StepState
from salescrm.base.periods import add_months
from segmentation.steps import APP, Inputs, Night, Outcome, last_done

NAME = "turnover"
MONTHS_SHOWN = 24


def inputs(night: Night) -> Inputs:
    """Name the window; changed when months were touched or documents are dated since the last night."""
    after = last_done(NAME, before=night.as_of)
    found = sql.row(APP, "find_new_documents", {"after": after, "as_of": night.as_of}) if after else {}
    return Inputs(_fingerprint(night), changed=night.rebuild or after is None or any(found.values()))


def _fingerprint(night: Night) -> str:
    return "/".join(day.isoformat() for day in night.window)


def run(night: Night) -> Outcome:
    """Bring the tables of turnover up to `as_of`; return rows written and how many closed months were touched.

    A rebuild compares everything with the documents; what differs is touched, so the later steps look at that alone.
    """
    locks.lock(locks.Key.INTAKE_MERGE)  # an import's documents and its touched months are seen together
    after = last_done(NAME, before=night.as_of)
    is_first = after is None
    if not is_first:
        sql.run(APP, "queue_new_days", {"after": after, "as_of": night.as_of})
    sql.run(APP, "take_touched_months")
    rows, seconds = _sum_up("rebuild" if is_first or night.rebuild else "write", night.as_of)
    if is_first:
        sql.run(APP, "analyze_turnover")
    touched = sql.row(APP, "read_touched", {"window_end": night.window[1]})
    sql.run(APP, "queue_clients", {"everybody": is_first})
    sql.run(APP, "clear_touched_pairs")
    rows += write_standing(night, everybody=is_first or _window_moved(night, after))
    detail: dict[str, Any] = {
        "pairs": touched["pairs"],
        "closed": touched["closed"],
        "rebuilt": is_first or night.rebuild,
    }
    return Outcome(rows, detail | {"seconds_categories": seconds})


def _sum_up(how: str, as_of: date) -> tuple[int, float]:
    """Write the three tables; return rows, and the seconds spent on lines (categories) alone."""
    rows = sum(sql.run(APP, f"{how}_{table}", {"as_of": as_of}) for table in ("turnover", "purchase_days"))
    begun = monotonic()
    rows += sql.run(APP, f"{how}_category_turnover", {"as_of": as_of})
    return rows, round(monotonic() - begun, 3)


def sum_up_anew(night: Night) -> None:
    """Build turnover and purchase days as of any day, for trials that are rolled back; no categories, no Standing."""
    for table in ("turnover", "purchase_days"):
        sql.run(APP, f"rebuild_{table}", {"as_of": night.as_of})
    sql.run(APP, "clear_touched_pairs")
    sql.run(APP, "analyze_turnover")


def _window_moved(night: Night, after: date | None) -> bool:
    if after is None:
        return True
    runs = StepRun.objects.filter(step=NAME, as_of=after).exclude(state=StepState.FAILED)
    return runs.values_list("fingerprint", flat=True).first() != _fingerprint(night)


def write_standing(night: Night, *, everybody: bool) -> int:
    """Write the turnover columns of Standing for the pending clients or for everybody; return rows changed."""
    sql.run(APP, "add_missing_standings")
    start, end = night.window
    months = night.rule_set.window_months
    parameters = {
        "everybody": everybody,
        "window_start": start,
        "window_end": end,
        "before_start": add_months(start, -months),
        "from_month": add_months(end, -MONTHS_SHOWN),
    }
    return sql.run(APP, "write_standing_turnover", parameters)
