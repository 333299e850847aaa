"""Step 6: silent clients whose term is over go to the development managers (R109-R120).

With them go potential ones whose first invoice nobody has confirmed (R177).

The list is one statement (`find_due`), so are the places (`place_due`); what happens to each row is decided here, and
written by one statement per table, however many clients there are.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clients.models import OwnershipReason
from deals import orders
from deals.actions import change_owners
from deals.invoices.daily import unconfirmed
from salescrm.base import sql
from salescrm.base.periods import is_month_end
from segmentation import guards, month_end, notices
from segmentation.models import CaseRule, CaseState, Exclusion, HandOverMode, HeadListReason, RuleSet, ZeroCase
from segmentation.receivers import Receivers
from segmentation.steps import APP, Inputs, Night, Outcome

NAME = "hand_over"


@dataclass
class Due:
    """A due client: the row of `find_due`, its receiver or why it is for the head, and what tonight makes of it."""

    row: dict[str, Any]
    receiver: int | None = None
    state: str = CaseState.WAITING
    head_list: str = ""
    stays_with_head: bool = False
    approval: str = ""
    approved: bool = False

    @property
    def client_id(self) -> int:
        """Return the client's id."""
        return int(self.row["client_id"])


def inputs(night: Night) -> Inputs:
    """Run in every night: the question is one look at an index."""
    return Inputs("", changed=True)


def run(night: Night) -> Outcome:
    """Hand over, propose or let wait every due client; return how many cases were written.

    1. Cases of clients that bought are withdrawn, whatever the mode; with hand-overs not of this night, also those of
       clients that are due no more, and that is all.
    2. The due list in work order; sources with a broken feed left out.
    3. Places; then each row: order in work, waiting for a place, proposed, or handed over.
    4. Cases, owners from tomorrow, count-downs, messages.
    """
    rows = sql.run(APP, "withdraw_bought_cases", {"as_of": night.as_of})
    missed = month_end.missed(night)
    if not _is_due_night(night):
        return _waiting_night(night, rows, missed)
    feeds = guards.broken_feeds(night)
    found = find_due(night, [feed.source_id for feed in feeds])
    rows += _withdraw(night, found)
    due = place(night, [one for one in found if not one.row["is_feed_broken"]])
    held = decide(night, due)
    rows += _write(night, due)
    _tell(night, due, feeds, held)
    left = [one for one in found if one.row["is_feed_broken"]]
    if missed and found:
        month_end.tell_missed(night, missed, _branches(found))
    if left and night.rule_set.hand_over_mode == HandOverMode.MONTH_END:
        month_end.tell_feeds(night, feeds, _branches(left))
    return Outcome(rows, _figures(due, feeds, held) | {"left": len(left)})


def _waiting_night(night: Night, rows: int, missed: list[date]) -> Outcome:
    """Hand nobody over tonight: withdraw what is due no more, and say whom a missed month's end leaves for the next."""
    figures = _figures([], [], [])
    if missed or ZeroCase.objects.undecided().exists():
        found = find_due(night, broken_sources=[])
        rows += _withdraw(night, found)
        if missed and found:
            month_end.tell_missed(night, missed, _branches(found))
            figures["guards"] = month_end.guard_names(missed)
            figures |= {"left": len(found), "missed": [day.isoformat() for day in missed]}
    return Outcome(rows, figures)


def _branches(due: list[Due]) -> Counter[int]:
    return Counter(int(one.row["branch_id"]) for one in due)


def _is_due_night(night: Night) -> bool:
    mode = night.rule_set.hand_over_mode
    if mode == HandOverMode.OFF:
        return False
    return mode != HandOverMode.MONTH_END or is_month_end(night.as_of)


def find_due(night: Night, broken_sources: list[int]) -> list[Due]:
    """Return the due clients in the order of places, those of a broken feed among them."""
    rules = night.rule_set
    invoices = unconfirmed(night.as_of)
    parameters = {
        "as_of": night.as_of,
        "separation_days": rules.separation_days,
        "broken_sources": broken_sources,
        "swing_returns": rules.swing_returns,
        "excluded": Exclusion.objects.ids_holding(night.as_of),
        "in_work": orders.in_work(night.as_of),
        "in_work_days": rules.order_in_work_days,
        "invoice_clients": [one.client_id for one in invoices],
        "invoice_ids": [one.invoice_id for one in invoices],
        "issued_on": [one.issued_on for one in invoices],
        "invoice_due_on": [one.due_on for one in invoices],
    }
    return [Due(row) for row in sql.rows(APP, "find_due", parameters)]


def place(night: Night, due: list[Due]) -> list[Due]:
    """Give every due client its receiver, except those with an order in work or nobody to take them from the head.

    A swinging client takes no place from others: it asks for one only when it is approved, after all of them.
    """
    receivers = Receivers(night)
    targets = {one.client_id: receivers.branch_for(one.row["branch_id"]) for one in due}
    for one in due:
        one.head_list = _for_head(one, targets[one.client_id])
        already = one.head_list == HeadListReason.NO_RECEIVER and one.row["owner_id"] == receivers.head
        one.stays_with_head = already or one.head_list == HeadListReason.DEVELOPMENT
    movable = [one for one in due if not one.row["has_order_in_work"] and not one.stays_with_head]
    asking = [one for one in movable if not one.row["is_swinging"]]
    asking += [one for one in movable if one.row["is_swinging"]] if night.approve else []
    placed = receivers.place([(one.client_id, targets[one.client_id]) for one in asking])
    for one in asking:
        one.receiver = placed.get(one.client_id)
    return due


def _for_head(one: Due, branch: int | None) -> str:
    if one.row["is_with_development"]:
        return HeadListReason.DEVELOPMENT
    return "" if branch is not None else HeadListReason.NO_RECEIVER


def decide(night: Night, due: list[Due]) -> list[str]:
    """Set the state of each due client; return the guards that turned the night's hand-overs into an approval list."""
    for one in due:
        one.state = _first_state(night, one)
    moves = [one for one in due if one.state == CaseState.HANDED_OVER]
    held = guards.wave(night, len(moves))
    for one in moves if held else []:
        one.state, one.approval = CaseState.PROPOSED, held[0]
    if night.approve:
        for one in due:
            if one.state == CaseState.PROPOSED and one.receiver:
                one.state, one.approved = CaseState.HANDED_OVER, True
    return held


def _first_state(night: Night, one: Due) -> str:
    """Say what a client is before the guards of size and backlog; a proposal stays one until it is decided."""
    if one.stays_with_head:
        return CaseState.HEAD_LIST
    if one.row["has_order_in_work"]:
        return CaseState.ORDER_IN_WORK
    if one.row["case_state"] == CaseState.PROPOSED:
        one.approval = one.row["case_approval"] or "kept"
    elif one.row["is_swinging"]:
        one.approval = "swinging"
    elif not one.receiver:
        return CaseState.WAITING
    elif night.rule_set.hand_over_mode == HandOverMode.APPROVE:
        one.approval = "mode"
    return CaseState.PROPOSED if one.approval else CaseState.HANDED_OVER


def _withdraw(night: Night, due: list[Due]) -> int:
    return sql.run(APP, "withdraw_cases", {"as_of": night.as_of, "due_ids": [one.client_id for one in due]})


def _write(night: Night, due: list[Due]) -> int:
    """Write cases, then owners and count-downs of those handed over."""
    cases = json.dumps([_case(night, one) for one in due], default=str)
    written = sql.row(APP, "write_cases", {"as_of": night.as_of, "rule_set": night.rule_set.pk, "cases": cases})
    handed = {one.client_id: one.receiver for one in due if one.state == CaseState.HANDED_OVER and one.receiver}
    if handed:
        change_owners(handed, starts_on=night.tomorrow, reason=OwnershipReason.ZERO, night=night.as_of)
        _after(list(handed), night.tomorrow)
    return int(written["cases"])


def _after(clients: list[int], starts_on: date) -> None:
    """End earlier recovered turnover and the count-down of clients handed over from `starts_on`."""
    sql.run(APP, "end_recovered_turnover", {"client_ids": clients, "handed_on": starts_on})
    sql.run(APP, "write_standing_life_cycle", {"client_ids": clients})


def _case(night: Night, one: Due) -> dict[str, Any]:
    row = one.row
    why = {
        "term_class": row["term_class"],
        "status": row["status"],
        "zero_on": row["zero_on"],
        "rhythm_days": row["rhythm_days"],
        "returned_in_full": row["returned_in_full"],
        "swinging": row["is_swinging"],
        "approval": one.approval,
    }
    proposed_on = row["case_proposed_on"] if row["case_state"] == CaseState.PROPOSED else night.as_of
    if one.approval and proposed_on:
        why["proposed_on"] = proposed_on
    if row["invoice_id"]:
        why["invoice"] = row["invoice_id"]
    if one.head_list:
        why["head_list"] = one.head_list
    return {
        "case_id": row["case_id"],
        "client_id": row["client_id"],
        "rule": row["term_class"],
        "state": one.state,
        "silent_since": row["last_purchase_on"],
        "due_on": row["hand_over_on"],
        "was_lost": row["status"] == "lost",
        "turnover": row["turnover"],
        "from_owner_id": row["owner_id"],
        "to_owner_id": one.receiver,
        "handed_on": night.tomorrow if one.state == CaseState.HANDED_OVER else None,
        "approved": one.approved,
        "why": why,
    }


def _tell(night: Night, due: list[Due], feeds: list[guards.Feed], held: list[str]) -> None:
    guards.tell_feeds(night, feeds)
    counted = _by_state(due)
    fresh = [one for one in due if one.state == CaseState.PROPOSED and one.row["case_state"] != CaseState.PROPOSED]
    if fresh:
        branches = [one.row["branch_id"] for one in fresh]
        guards.tell_wave(night, held, _by_branch(due, CaseState.PROPOSED), branches)
    if counted[CaseState.WAITING]:
        guards.tell_waiting(night, _by_branch(due, CaseState.WAITING))
    if counted[CaseState.HEAD_LIST]:
        reasons = [one.head_list for one in due if one.state == CaseState.HEAD_LIST]
        guards.tell_head_list(night, {reason: reasons.count(reason) for reason in HeadListReason.values})
    handed = [_handed(one) for one in due if one.state == CaseState.HANDED_OVER]
    if handed:
        notices.tell_hand_overs(handed, night.as_of)


def _by_branch(due: list[Due], state: str) -> Counter[int]:
    return Counter(one.row["branch_id"] for one in due if one.state == state)


def _handed(one: Due) -> dict[str, Any]:
    """Return what `notices.tell_hand_overs` asks of a hand-over."""
    row = one.row
    return {
        "client_id": row["client_id"],
        "name": row["name"],
        "branch_id": row["branch_id"],
        "rule": row["term_class"],
        "since": row["last_purchase_on"],
        "from_owner_id": row["owner_id"],
        "to_owner_id": one.receiver,
    }


def _by_state(due: list[Due]) -> dict[str, int]:
    return {state: sum(one.state == state for one in due) for state in CaseState.values}


def _figures(due: list[Due], feeds: list[guards.Feed], held: list[str]) -> dict[str, Any]:
    handed = [one.row["term_class"] for one in due if one.state == CaseState.HANDED_OVER]
    counted = _by_state(due)
    return {
        "handed_over": len(handed),
        "by_rule": {rule: handed.count(rule) for rule in CaseRule.values},
        "awaiting_approval": ZeroCase.objects.to_decide().count(),
        "waiting": counted[CaseState.WAITING],
        "head_list": counted[CaseState.HEAD_LIST],
        "guards": [f"{guards.FEED}:{feed.code}" for feed in feeds] + held,
    }


def accept(cases: list[ZeroCase], *, as_of: date, night: date | None, author: int | None = None) -> set[int]:
    """Hand over proposals that have or find a place from the day after `as_of`; return the clients moved.

    The cases become handed over with the approval noted; `night` is set when a command accepts the list,
    `author` when a person does.
    """
    ids = [case.pk for case in cases]
    still = ZeroCase.objects.select_for_update(of=("self",)).filter(pk__in=ids, state=CaseState.PROPOSED)
    chosen = list(still.select_related("client", "to_owner").order_by("pk"))
    handed = places(chosen, as_of)
    late = [case for case in chosen if case.client_id in handed and case.to_owner_id is None]
    for case in late:
        case.to_owner_id = handed[case.client_id]
    ZeroCase.objects.bulk_update(late, ["to_owner"])
    starts_on = as_of + timedelta(days=1)
    options = {"author": author, "night": night}
    moved = set(change_owners(handed, starts_on=starts_on, reason=OwnershipReason.ZERO, **options))
    ZeroCase.objects.filter(pk__in=ids, client__in=moved).update(
        state=CaseState.HANDED_OVER, handed_on=starts_on, approved=True, approved_by=author
    )
    _after(sorted(moved), starts_on)
    notices.tell_hand_overs([_told(case) for case in chosen if case.client_id in moved], as_of)
    return moved


def places(cases: list[ZeroCase], as_of: date) -> dict[int, int]:
    """Return client → receiver of proposals: the one they have while active; those without one find a place now."""
    kept = {case.client_id: case.to_owner_id for case in cases if case.to_owner and case.to_owner.is_active}
    found = {client: receiver for client, receiver in kept.items() if receiver is not None}
    asking = sorted((case for case in cases if case.to_owner_id is None), key=_work_order)
    if not asking:
        return found
    receivers = Receivers(Night(as_of, RuleSet.objects.in_force(as_of), None))
    listed = [(case.client_id, receivers.branch_for(case.client.branch_id)) for case in asking]
    return found | receivers.place(listed, found.values())


def _work_order(case: ZeroCase) -> tuple[bool, int, Decimal, int]:
    return case.was_lost, CaseRule.values.index(case.rule), -case.turnover, case.pk


def _told(case: ZeroCase) -> dict[str, Any]:
    return {
        "client_id": case.client_id,
        "name": case.client.name,
        "branch_id": case.client.branch_id,
        "rule": case.rule,
        "since": case.silent_since,
        "from_owner_id": case.from_owner_id,
        "to_owner_id": case.to_owner_id,
    }
