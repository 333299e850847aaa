"""Step 8: the figures of the night, stored with the ledger row that says the night is done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from clients import tally, words
from clients.models import LifeCycle
from salescrm.base import sql
from segmentation.models import CaseRule, StatusChange
from segmentation.steps import APP, Inputs, Night, Outcome

NAME = "journal"
LETTERS = {"abc": "ABC", "xyz": "XYZ"}


def inputs(night: Night) -> Inputs:
    """Write the figures of every night."""
    return Inputs("", changed=True)


def run(night: Night) -> Outcome:
    """Gather the figures of the steps that ran tonight and of the tables as they stand; bring kept sums up to them."""
    tally.work_off()
    if night.rebuild:
        words.rebuild()
    words.work_off()
    cells = sql.rows(APP, "count_cells")
    return Outcome(
        0,
        {
            "rule_set": {"id": night.rule_set.pk, "effective_from": night.rule_set.effective_from.isoformat()},
            "clients": _statuses(night),
            **matrix(cells),
            "empty_months": night.detail_of("classes").get("empty_months", []),
            "top": _top(night, cells),
            "zero": _zero(night),
            "guards": _guards(night),
        },
    )


def _guards(night: Night) -> list[str]:
    """Return the guards of hand-overs, and the feeds for whose clients contact tasks wait."""
    found: list[str] = night.detail_of("hand_over").get("guards", [])
    return found + [one for one in night.detail_of("contacts").get("guards", []) if one not in found]


def _statuses(night: Night) -> dict[str, int]:
    found = {row["status"]: row["clients"] for row in sql.rows(APP, "count_statuses", {"as_of": night.as_of})}
    return {status: found.get(status, 0) for status in LifeCycle.values}


def matrix(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Return abc, xyz and matrix of the figures; the matrix sums to all with a purchase: "A" lacks XYZ, "none" both."""
    summed = {
        axis: {letter: sum(row["clients"] for row in cells if row[axis] == letter) for letter in letters}
        for axis, letters in LETTERS.items()
    }
    named = {a + x: {"clients": 0, "turnover": 0.0} for a in "ABC" for x in "XYZ"}
    for row in sorted(cells, key=lambda row: (row["abc"], row["xyz"]), reverse=True):
        named[row["abc"] + row["xyz"] or "none"] = {"clients": row["clients"], "turnover": float(row["turnover"])}
    return summed | {"matrix": named}


def _top(night: Night, cells: list[dict[str, Any]]) -> dict[str, Any]:
    members = sql.row(APP, "count_top")
    ran = night.detail_of("top")
    return shares(members["clients"], members["turnover"], cells) | {
        "entered": ran.get("entered", 0),
        "left": ran.get("left", 0),
        "review": ran.get("review", False),
    }


def shares(clients: int, turnover: Decimal, cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Return size of a list and its shares: of clients with a purchase, of turnover of all with a letter."""
    base = sum(row["clients"] for row in cells)
    money = sum((row["turnover"] for row in cells if row["abc"]), Decimal(0))
    return {
        "clients": clients,
        "share_of_base": round(clients / base, 4) if base else 0.0,
        "share_of_turnover": float(round(turnover / money, 4)) if money else 0.0,
    }


def _zero(night: Night) -> dict[str, Any]:
    handed, returned = night.detail_of("hand_over"), night.detail_of("returns")
    return {
        "flagged": StatusChange.objects.filter(as_of=night.as_of, after=LifeCycle.ZERO).count(),
        "handed_over": handed.get("handed_over", 0),
        "returned": returned.get("returned", 0),
        "corrections": returned.get("corrections", 0),
        "by_rule": handed.get("by_rule", dict.fromkeys(CaseRule.values, 0)),
        "awaiting_approval": handed.get("awaiting_approval", 0),
        "waiting": handed.get("waiting", 0),
    }
