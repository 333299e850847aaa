"""The small link from a place of the program to the rule that asks for it (R278)."""

from __future__ import annotations

from typing import Any

from django import template

from staff.handbook import rules

register = template.Library()


@register.inclusion_tag("components/rule.html", takes_context=True)
def rule(context: template.Context, *keys: str) -> dict[str, Any]:
    """Draw the link of the nearest of these keys that an article answers to; nothing when none does.

    The articles are read once per request, however many links a page has. Keys are joined from parts by the template:
    `{% rule "stage-"|add:stage.code %}`.
    """
    request = context.get("request")
    known = getattr(request, "handbook_rules", None)
    if known is None:
        known = rules.by_key()
        if request is not None:
            request.handbook_rules = known
    return {"rule": rules.first(known, *keys)}
