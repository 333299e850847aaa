"""Step 2: ABC by net turnover of the window, XYZ by regularity (R61-R64, R69)."""

from __future__ import annotations

from typing import Any

from salescrm.base import sql
from segmentation import concentration
from segmentation.models import Measure, RuleSet, Unit
from segmentation.steps import APP, Inputs, Night, Outcome, drop_work_tables

NAME = "classes"
WORK_TABLE = "night_class"


def inputs(night: Night) -> Inputs:
    """Name window, rule set and joinings; changed when closed months were touched tonight."""
    start, end = night.window
    touched = night.detail_of("turnover")
    return Inputs(
        f"{start}/{end} rules {night.rule_set.pk} clients {night.clients_version}",
        changed=bool(touched.get("closed")),
    )


def run(night: Night) -> Outcome:
    """Classify; close the rows that changed and open new ones; return how many clients got a new row.

    The heads are told of clients whose share of turnover has passed a limit.
    """
    classify(night)
    closed = sql.run(APP, "close_classes", {"as_of": night.as_of})
    opened = sql.run(APP, "open_classes", {"as_of": night.as_of})
    sql.run(APP, "write_standing_classes")
    if night.before is None:
        sql.run(APP, "analyze_states")
    told = concentration.tell_new(night)
    return Outcome(max(closed, opened), {"empty_months": empty_months(night), "concentrated": told})


def classify(night: Night) -> None:
    """Build the temporary table `night_class`; writes nothing that stays."""
    drop_work_tables(WORK_TABLE)
    sql.run(APP, "classify", parameters(night))


def parameters(night: Night) -> dict[str, Any]:
    """Return the parameters of the statement `classify`."""
    rules: RuleSet = night.rule_set
    start, end = night.window
    return {
        "window_start": start,
        "window_end": end,
        "window_months": rules.window_months,
        "unit_months": 3 if rules.unit == Unit.QUARTER and rules.measure == Measure.SHARE else 1,
        "a_share": rules.a_share,
        "b_share": rules.b_share,
        "key_client_share": rules.key_client_share,
        "measure": rules.measure,
        "x_share": rules.x_share,
        "y_share": rules.y_share,
        "x_cv": rules.x_cv,
        "y_cv": rules.y_cv,
        "min_units": rules.min_months,
        "rule_set": rules.pk,
    }


def empty_months(night: Night) -> list[str]:
    """Return months left out for everybody: no purchase in the whole company (measure share only)."""
    if night.rule_set.measure != Measure.SHARE:
        return []
    start, end = night.window
    found = sql.rows(APP, "list_empty_months", {"window_start": start, "window_end": end})
    return [row["month"].isoformat()[:7] for row in found]
