"""The priority score of every client that buys, and, once in two weeks, the focus lists of the managers (G05)."""

from __future__ import annotations

from dataclasses import dataclass

from salescrm.base import sql
from segmentation.priorities import scoring
from segmentation.priorities.models import PriorityRules
from segmentation.priorities.programmes.models import Programme
from segmentation.steps import APP, Inputs, Night, Outcome, run_before

NAME = "priorities"


@dataclass(frozen=True)
class Look:
    """What a night finds: everybody is to be scored (points are shares of all), or somebody only loses the score."""

    fingerprint: str
    is_due: bool
    is_gone: bool


def inputs(night: Night) -> Inputs:
    """Name window, criteria, joinings and types; changed by closed months, states, and when two weeks begin."""
    rules = PriorityRules.objects.in_force(night.as_of)
    look = _look(night, rules)
    changed = look.is_due or look.is_gone or bool(rules and not scoring.is_filled(night.tomorrow))
    return Inputs(look.fingerprint, changed or Programme.objects.astray().exists())


def run(night: Night) -> Outcome:
    """Score, and fill the focus lists of the coming two weeks if nobody has; without criteria in force do neither.

    Programmes follow their clients to new owners either way.
    Between the closings of months a client that is lost or archived loses its score, and nothing else moves.
    """
    followed = Programme.objects.follow_owners()
    rules = PriorityRules.objects.in_force(night.as_of)
    if rules is None:
        return Outcome(followed)
    if _look(night, rules).is_due:
        scoring.score(rules, rules.categories.values_list("pk", flat=True), night.window)
        written = scoring.write(rules, night.as_of)
    else:
        written = sql.run(APP, "drop_left_scores")
    focused = 0 if scoring.is_filled(night.tomorrow) else scoring.fill(rules, night.as_of)
    return Outcome(written + focused + followed, {"scores": written, "focused": focused})


def _look(night: Night, rules: PriorityRules | None) -> Look:
    """Compare with the last night that looked; states that moved since leave a score to be dropped, or one missing."""
    types = ".".join(str(value) for value in sql.row(APP, "read_types_version").values())
    start, end = night.window
    fingerprint = f"{start}/{end} criteria {rules.pk if rules else None} clients {night.clients_version} types {types}"
    before = run_before(NAME, night)
    moved = sql.row(APP, "find_score_changes", {"after": before.as_of if before else None})
    is_due = (
        before is None
        or before.fingerprint != fingerprint
        or bool(night.detail_of("turnover").get("closed") or night.detail_of("classes"))
        or moved["missing"]
    )
    return Look(fingerprint, is_due, moved["gone"])
