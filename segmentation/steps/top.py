"""Step 3: the TOP list: entry in any night while buying, exit at reviews, a person's word in any night (R63-R68)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop

from salescrm.base import notify, sql
from salescrm.base.periods import add_months, is_month_end
from segmentation import notices
from segmentation.guards import heads
from segmentation.models import RuleSet
from segmentation.steps import APP, Inputs, Night, Outcome, drop_work_tables, last_done

NAME = "top"
# columns of a rule set whose change makes the night a review night: classes, cells, cap
REVIEWED = (
    "window_months", "a_share", "b_share", "measure", "unit", "x_share", "y_share", "x_cv", "y_cv", "min_months",
    "top_cells", "top_cap",
)  # fmt: skip


def inputs(night: Night) -> Inputs:
    """Name rule set and joinings; changed by new classes, purchases, words of people, and at every review."""
    after = last_done(NAME, before=night.as_of)
    return Inputs(
        f"rules {night.rule_set.pk} clients {night.clients_version}",
        changed=bool(
            after is None
            or night.detail_of("turnover").get("pairs")
            or night.detail_of("classes")
            or is_review(night.as_of, night.rule_set)
            or sql.row(APP, "count_words_changing", {"after": after, "as_of": night.as_of})["words"]
        ),
    )


def run(night: Night) -> Outcome:
    """Let clients out and in; return how many memberships were written."""
    rules = night.rule_set
    drop_work_tables("night_top")
    sql.run(APP, "rank_top", _terms(rules) | {"as_of": night.as_of, "cells": rules.top_cells, "cap": rules.top_cap})
    changed = rules_changed(night)
    review = changed or is_review(night.as_of, rules)
    told = {"as_of": night.as_of, "is_review": review, "rules_changed": changed, "rule_set": rules.pk}
    left = sql.run(APP, "leave_top", told)
    entered = sql.run(APP, "enter_top", told)
    sql.run(APP, "write_standing_top")
    if entered:
        notices.tell_top_entries(night.as_of, is_review=review)
    if review:
        _tell_review(night, entered, left)
    return Outcome(left + entered, {"entered": entered, "left": left, "review": review})


def _terms(rules: RuleSet) -> dict[str, int]:
    return {name: getattr(rules, name) for name in ("zero_top", "lost_top", "lost_new", "lost_other", "seasonal_guard")}


def is_review(as_of: date, rules: RuleSet) -> bool:
    """Say whether the calendar makes `as_of` a review: the last day of a month counted back from December."""
    return is_month_end(as_of) and (12 - as_of.month) % rules.review_months == 0


def next_review(after: date, rules: RuleSet) -> date:
    """Return the first night after `after` that the calendar makes a review."""
    ends = (add_months(after.replace(day=1), number) - timedelta(days=1) for number in range(1, 14))
    return next(day for day in ends if day > after and is_review(day, rules))


def _tell_review(night: Night, entered: int, left: int) -> None:
    """Tell the heads what the review did; the link leads to who left and why."""
    notify.tell(
        heads(),
        kind="top_review",
        text=gettext_noop(
            "TOP list reviewed in the night of {day}: left {left}, entered {entered}; who and why is here"
        ),
        key=f"top-review:{night.as_of}",
        url=f"/segmentation/top/?view=left&on={night.as_of}&since={night.as_of - timedelta(days=1)}",
        day=f"{night.as_of:%d.%m.%Y}",
        left=left,
        entered=entered,
    )


def rules_changed(night: Night) -> bool:
    """Say whether tonight's rule set differs from that of the last TOP night in classes, cells or cap."""
    after = last_done(NAME, before=night.as_of)
    if after is None:
        return False
    before = RuleSet.objects.in_force(after)
    return any(_value(before, name) != _value(night.rule_set, name) for name in REVIEWED)


def _value(rules: RuleSet, name: str) -> object:
    value = getattr(rules, name)
    if name == "top_cells":
        return sorted(value)
    return value if value is None or name in ("measure", "unit") else Decimal(value)
