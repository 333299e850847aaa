"""The priority score of every client that buys, and, once in two weeks, the focus lists of the managers (G05)."""

from __future__ import annotations

from salescrm.base import sql
from segmentation.priorities import scoring
from segmentation.priorities.models import PriorityRules
from segmentation.steps import APP, Inputs, Night, Outcome

NAME = "priorities"


def inputs(night: Night) -> Inputs:
    """Name window, criteria, joinings and types; changed by closed months, states, and when two weeks begin."""
    rules = PriorityRules.objects.in_force(night.as_of)
    types = ".".join(str(value) for value in sql.row(APP, "read_types_version").values())
    start, end = night.window
    return Inputs(
        f"{start}/{end} criteria {rules.pk if rules else None} clients {night.clients_version} types {types}",
        changed=bool(
            night.detail_of("turnover").get("closed")
            or night.detail_of("classes")
            or any(sql.row(APP, "find_score_changes").values())
            or (rules and not scoring.is_filled(night.tomorrow))
        ),
    )


def run(night: Night) -> Outcome:
    """Score, and fill the focus lists of the coming two weeks if nobody has; without criteria in force do nothing."""
    rules = PriorityRules.objects.in_force(night.as_of)
    if rules is None:
        return Outcome(0)
    scoring.score(rules, rules.categories.values_list("pk", flat=True), night.window)
    written = scoring.write(rules, night.as_of)
    focused = 0 if scoring.is_filled(night.tomorrow) else scoring.fill(rules, night.as_of)
    return Outcome(written + focused, {"scores": written, "focused": focused})
