"""Step 5: clients that bought go back to their owners; those that had bought all along are given back (R122)."""

from __future__ import annotations

from typing import Any

from clients.models import Ownership, OwnershipReason
from deals.actions import change_owners
from salescrm.base import sql
from salescrm.base.periods import add_months
from segmentation import guards, notices
from segmentation.models import CaseState, Exclusion, RuleSet
from segmentation.steps import APP, Inputs, Night, Outcome
from staff.models import Employee

NAME = "returns"


def inputs(night: Night) -> Inputs:
    """Run in every night: the question is one look at the open cases."""
    return Inputs("", changed=True)


def run(night: Night) -> Outcome:
    """Close cases of joined and taken clients, bring back who bought; return how many cases were closed.

    1. Cases of clients joined into others, or taken from recovery by a person, end.
    2. The verdict per case is the statement's (`find_returns`); the target is found here.
    3. Owners change from tomorrow; the case keeps the purchase and, for a return, how long recovered turnover counts.
    """
    ended = sql.run(APP, "close_joined_cases", {"as_of": night.as_of})
    ended += sql.run(APP, "close_taken_cases", {"as_of": night.as_of})
    told = {"as_of": night.as_of, "excluded": Exclusion.objects.ids_holding(night.as_of)}
    found = sql.rows(APP, "find_returns", _parameters(night.rule_set) | told)
    _find_targets(found)
    found = [row for row in found if row["target"] is not None]
    if found:
        _bring_back(night, found)
    corrections = sum(row["is_correction"] for row in found)
    figures = {"returned": len(found) - corrections, "corrections": corrections, "ended": ended}
    return Outcome(ended + len(found), figures)


def _parameters(rules: RuleSet) -> dict[str, Any]:
    from segmentation.steps.life_cycle import terms

    named = terms(rules)
    wanted = (
        "own_rhythm",
        "hand_over_factor",
        "grace_days",
        "hand_over_top",
        "hand_over_other",
        "lost_top",
        "lost_other",
        "seasonal_guard",
    )
    return {name: named[name] for name in wanted} | {"separation_days": rules.separation_days}


def _bring_back(night: Night, found: list[dict[str, Any]]) -> None:
    for reason, is_correction in ((OwnershipReason.RETURN, False), (OwnershipReason.CORRECTION, True)):
        owners = {row["client_id"]: row["target"] for row in found if row["is_correction"] == is_correction}
        if owners:
            change_owners(owners, starts_on=night.tomorrow, reason=reason, night=night.as_of)
    sql.run(
        APP,
        "close_returned_cases",
        {
            "as_of": night.as_of,
            "returned_on": night.tomorrow,
            "recovered_months": night.rule_set.recovered_months,
            "case_ids": [row["id"] for row in found],
            "states": [CaseState.HAD_BOUGHT if row["is_correction"] else CaseState.RETURNED for row in found],
            "bought_on": [row["bought_on"] for row in found],
            "owners": [row["target"] for row in found],
            "to_head": [row["to_head"] for row in found],
        },
    )
    sql.run(APP, "write_standing_life_cycle", {"client_ids": [row["client_id"] for row in found]})
    for row in found:
        row["until"] = None if row["is_correction"] else add_months(row["bought_on"], night.rule_set.recovered_months)
    notices.tell_returns(found, night.as_of)


def _find_targets(found: list[dict[str, Any]]) -> None:
    """Set `target`: the owner kept in the case, else who took over the portfolio, else (`to_head`) the head."""
    if not found:
        return
    people = Employee.objects.in_bulk()
    keeps = _clients_of_branches({row["from_owner_id"] for row in found})
    head = guards.head()
    for row in found:
        found_one = _target(people, keeps, row["from_owner_id"], row["branch_id"])
        row["target"], row["to_head"] = found_one or head, found_one is None


def _clients_of_branches(owners: set[int]) -> set[tuple[int, int]]:
    """Return the pairs (owner, branch) for which the owner has clients of the branch now."""
    held = Ownership.objects.filter(owner__in=owners, ends_on__isnull=True, client__merged_into__isnull=True)
    return set(held.values_list("owner_id", "client__branch_id").distinct())


def _target(people: dict[int, Employee], keeps: set[tuple[int, int]], owner_id: int, branch_id: int) -> int | None:
    owner = people[owner_id]
    if owner.is_active and owner.owns_clients and (owner.branch_id == branch_id or (owner_id, branch_id) in keeps):
        return owner_id
    seen = {owner_id}
    while owner.portfolio_successor_id and owner.portfolio_successor_id not in seen:
        owner = people[owner.portfolio_successor_id]
        seen.add(owner.pk)
        if owner.is_active and owner.owns_clients:
            return owner.pk
    return None
