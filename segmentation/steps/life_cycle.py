"""Step 4: the life cycle from potential to archived, with the days each term is reached (R8, R102-R114)."""

from __future__ import annotations

from typing import Any

from django.db import connection

from salescrm.base import sql
from salescrm.base.models import StepRun, StepState
from segmentation.models import HandOverMode, RuleSet
from segmentation.steps import APP, Inputs, Night, Outcome, drop_work_tables, last_done

NAME = "life_cycle"


def inputs(night: Night) -> Inputs:
    """Name rule set, joinings and archivings by hand; changed by purchases, terms, recovery closed and TOP."""
    asked = {"as_of": night.as_of, "archive_cycles": night.rule_set.archive_cycles}
    due = sql.row(APP, "find_due_judgements", asked)
    return Inputs(_fingerprint(night), changed=any(due.values()) or night.rule_set.seasonal_guard)


def _fingerprint(night: Night) -> str:
    return f"rules {night.rule_set.pk} clients {night.clients_version}"


def run(night: Night) -> Outcome:
    """Judge the clients something happened to; return how many states were written and who became zero."""
    everybody = _rules_are_new(night)
    if everybody:
        sql.run(APP, "queue_everybody")
    drop_work_tables("night_client", "night_purchase", "night_state")
    parameters = terms(night.rule_set) | {"as_of": night.as_of, "rule_set": night.rule_set.pk}
    everybody = everybody or night.rule_set.seasonal_guard
    sql.run(APP, "gather_candidates", parameters | {"everybody": everybody})
    sql.run(APP, "measure_purchases", parameters)
    sql.run(APP, "judge_clients", parameters)
    late = sql.row(APP, "count_late_purchases", {"before": night.before})["late"] if night.before else 0
    sql.run(APP, "write_status_changes", parameters)
    rows = sql.run(APP, "write_states", parameters)
    sql.run(APP, "write_standing_life_cycle", {"client_ids": _judged()})
    if everybody:
        sql.run(APP, "analyze_states")
    sql.run(APP, "delete_joined_states")
    sql.run(APP, "clear_pending_clients")
    return Outcome(rows, {"late_purchases": late})


def _rules_are_new(night: Night) -> bool:
    after = last_done(NAME, before=night.as_of)
    if after is None:
        return True
    runs = StepRun.objects.filter(step=NAME, as_of=after).exclude(state=StepState.FAILED)
    before = runs.values_list("fingerprint", flat=True).first() or ""
    return before.split(" clients ")[0] != _fingerprint(night).split(" clients ")[0]


def _judged() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_id FROM night_state")
        return [client_id for (client_id,) in cursor.fetchall()]


def terms(rules: RuleSet) -> dict[str, Any]:
    """Return the parameters of `judge_clients` that stand in the rule set; no grace in mode month_end."""
    classes = ("top", "new", "other")
    names = [f"{term}_{name}" for term in ("zero", "hand_over", "lost") for name in classes]
    return {name: getattr(rules, name) for name in names} | {
        "archive_months": rules.archive_months,
        "archive_cycles": rules.archive_cycles,
        "own_rhythm": rules.own_rhythm,
        "zero_factor": rules.zero_rhythm_factor,
        "hand_over_factor": rules.hand_over_rhythm_factor,
        "min_purchases": rules.rhythm_min_purchases,
        "grace_days": 0 if rules.hand_over_mode == HandOverMode.MONTH_END else rules.grace_days,
        "known_from": rules.first_purchase_known_from,
        "seasonal_guard": rules.seasonal_guard,
    }
