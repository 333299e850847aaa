"""Which article explains a place of the program: a stage, a kind of task, a field, an indicator (R278).

A place names keys from the nearest to the widest ("stage-shipment-offer", "pipeline-shipment"); an article answers to
its own code and to what it `explains`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from staff.handbook import reading


@dataclass(frozen=True)
class Rule:
    """An article as a place leads to it."""

    code: str
    title: str


def by_key() -> dict[str, Rule]:
    """Return the articles in force by the keys they answer to, in one question; a code comes before an `explains`."""
    names = ("article__code", "article__explains", "title", "title_en")
    found = [
        (code, explains, (title_en if get_language() == "en" else "") or title)
        for code, explains, title, title_en in reading.in_force().values_list(*names)
    ]
    rules: dict[str, Rule] = {}
    for code, explains, title in found:
        for key in explains:
            rules.setdefault(key, Rule(code, title))
    return rules | {code: Rule(code, title) for code, _explains, title in found}


def first(rules: dict[str, Rule], *keys: str) -> Rule | None:
    """Return the article of the nearest of these places that has one."""
    return next((rules[key] for key in keys if key in rules), None)
