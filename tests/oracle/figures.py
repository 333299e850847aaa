"""The night's figures for the journal, from the re-computation's result."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.oracle.rules import Result


def figures_of(result: Result) -> dict[str, Any]:
    """Return the figures of `nightly --json` that the rules decide."""
    letters = [own for own in result.classes.values() if own.abc]
    everybody = sum((own.turnover for own in letters), Decimal(0))
    cells = Counter(own.cell for own in letters if own.cell)
    return {
        "clients": dict(Counter(state.status for state in result.states.values())),
        "abc": {letter: sum(own.abc == letter for own in letters) for letter in "ABC"},
        "xyz": {letter: sum(own.xyz == letter for own in letters) for letter in "XYZ"},
        "matrix": {
            cell: (number, sum((own.turnover for own in letters if own.cell == cell), Decimal(0)))
            for cell, number in cells.items()
        },
        "top": {"clients": len(result.top), "entered": result.entered, "left": result.left},
        "share_of_base": len(result.top) / len(result.classes) if result.classes else 0,
        "share_of_turnover": float(result.top_turnover / everybody) if everybody else 0,
        "zero": {
            "flagged": result.flagged,
            "handed_over": len(result.moved),
            "awaiting_approval": len(result.proposed),
            "by_rule": dict(Counter(case.rule for case in result.moved)),
        },
    }


def told(journal: dict[str, Any]) -> dict[str, Any]:
    """Return the same figures of the product's JSON, without zeros where the re-computation has none."""
    top, zero = journal["top"], journal["zero"]
    return {
        "clients": {status: number for status, number in journal["clients"].items() if number},
        "abc": journal["abc"],
        "xyz": journal["xyz"],
        "matrix": {
            cell: (content["clients"], Decimal(str(content["turnover"])))
            for cell, content in journal["matrix"].items()
            if content["clients"] and len(cell) == 2
        },
        "top": {name: top[name] for name in ("clients", "entered", "left")},
        "share_of_base": float(top["share_of_base"]),
        "share_of_turnover": float(top["share_of_turnover"]),
        "zero": {name: zero[name] for name in ("flagged", "handed_over", "awaiting_approval")}
        | {"by_rule": {rule: number for rule, number in zero["by_rule"].items() if number}},
    }


def different_figures(journal: dict[str, Any], result: Result) -> list[str]:
    """Compare the journal's figures; shares are rounded to four places."""
    theirs, ours = told(journal), figures_of(result)
    return [
        f"{result.as_of} figure {name}: product {theirs[name]}, oracle {ours[name]}"
        for name in ours
        if (
            abs(theirs[name] - ours[name]) > 0.000051
            if name.startswith("share")
            else not same(theirs[name], ours[name])
        )
    ]


def same(theirs: dict[str, Any], ours: dict[str, Any]) -> bool:
    """Compare figures; turnover of a cell to the kopeck."""
    if theirs.keys() != ours.keys():
        return False
    return all(
        one[0] == ours[name][0] and abs(one[1] - ours[name][1]) <= Decimal("0.005") if isinstance(one, tuple)
        else one == ours[name]
        for name, one in theirs.items()
    )  # fmt: skip
