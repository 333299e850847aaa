"""A small base for the screens: nights, classes, TOP list, zero cases written as the night leaves them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clients.models import Client
from salescrm.base.models import StepRun
from segmentation.models import (
    CaseState,
    Classification,
    ClientState,
    RuleSet,
    TopMembership,
    ZeroCase,
)
from staff.models import Employee
from tests import make

NIGHT = date(2026, 7, 15)
EARLIER = date(2026, 4, 15)
STEPS = (
    "turnover",
    "classes",
    "top",
    "life_cycle",
    "returns",
    "hand_over",
    "contacts",
    "priorities",
    "results",
    "journal",
)
JOURNAL: dict[str, Any] = {
    "top": {"clients": 2, "entered": 1, "left": 0},
    "zero": {"flagged": 3, "handed_over": 2, "returned": 1, "awaiting_approval": 1, "by_rule": {"top": 2}},
    "guards": [],
}


def nights(*days: date) -> RuleSet:
    """Make the rule set and the ledger of finished nights."""
    rules = RuleSet.objects.first() or make.rule_set(comment="first")
    for day in days or (EARLIER, NIGHT):
        for step in STEPS:
            detail = JOURNAL if step == "journal" else {}
            StepRun.objects.create(as_of=day, step=step, state="done", rows=4, seconds=0.5, detail=detail)
    return rules


def classed(
    client: Client, cell: str, turnover: int, *, since: date = EARLIER, until: date | None = None, **fields: Any
) -> Classification:
    """Give a client a class for the nights [since, until); the cell of the last one goes to its Standing row."""
    fields = {"months_bought": 8, "months_counted": 12, "share_before": 0} | fields
    abc, xyz = list((cell + "  ")[:2].replace("-", " "))
    made = Classification.objects.create(
        client=client, since=since, until=until, abc=abc.strip(), xyz=xyz.strip(), turnover=Decimal(turnover),
        window_start=date(2025, 7, 1), window_end=date(2026, 7, 1), rule_set=RuleSet.objects.get(), **fields,
    )  # fmt: skip
    if until is None:
        client.standing.abc, client.standing.xyz, client.standing.turnover = made.abc, made.xyz, made.turnover
        client.standing.save()
    return made


def member(client: Client, entered: date = EARLIER, left: date | None = None, **fields: Any) -> TopMembership:
    """Put a client on the TOP list for the nights [entered, left)."""
    fields = {"entered_reason": "cell", "left_reason": "class_lost" if left else ""} | fields
    client.standing.top = left is None
    client.standing.save()
    return TopMembership.objects.create(
        client=client, entered_on=entered, left_on=left, rule_set=RuleSet.objects.get(), **fields
    )


def silent(
    client: Client, *, days: int, left: int | None = None, life: str = "zero", rule: str = "other"
) -> ClientState:
    """Make a client silent for some days before the night, its hand-over some days after it."""
    bought, over = NIGHT - timedelta(days=days), NIGHT + timedelta(days=left) if left is not None else None
    standing = client.standing
    standing.life_cycle, standing.last_purchase_on, standing.hand_over_on = life, bought, over
    standing.save()
    return ClientState.objects.create(
        client=client,
        status=life,
        silence=life if life in ("zero", "lost", "archived") else "",
        since=NIGHT,
        last_purchase_on=bought,
        term_class=rule,
        rule_set=RuleSet.objects.get(),
    )


def case(client: Client, state: str, owner: Employee, to: Employee | None = None, **fields: Any) -> ZeroCase:
    """Open a zero case of a client."""
    given: dict[str, Any] = {
        "rule": "other",
        "silent_since": NIGHT - timedelta(days=200),
        "due_on": NIGHT,
        "turnover": Decimal(1000),
        "from_owner": owner,
        "to_owner": to,
        "opened_on": NIGHT,
        "night": NIGHT,
        "rule_set": RuleSet.objects.get(),
    }
    if state in (CaseState.HANDED_OVER, CaseState.RETURNED):
        given["handed_on"] = NIGHT + timedelta(days=1)
    return ZeroCase.objects.create(client=client, state=state, **given | fields)
