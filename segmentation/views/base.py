"""The base in numbers, counted in clients or in legal entities (R2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from segmentation import base as reading
from segmentation import figures
from segmentation.models import RuleSet
from segmentation.views.shared import branch_field, choice_in, day_in, in_branch, switch
from staff.access import Act


@require_GET
def base(request: HttpRequest) -> HttpResponse:
    """Show how many there are, buy, are new, bought once, are lost and are key, among the clients the person sees."""
    who = in_branch(request)
    last = figures.last_night()
    context: dict[str, Any] = {"page_title": _("The base in numbers"), "may_run": who.may(Act.RUN_NIGHTS)}
    on = min(day_in(request, "on") or last, last) if last else None
    rules = figures.rules_on(on) if on else None
    if on is None or rules is None:
        return render(request, "segmentation/base.html", context)
    unit = choice_in(request, "unit", tuple(reading.UNITS))
    found = reading.count(who.clients, on, rules, unit)
    context |= {
        "on": on,
        "last": last,
        "unit": unit,
        "units": switch(request, "unit", unit, {"clients": _("Clients"), "entities": _("Legal entities")}),
        "found": found,
        "lines": _lines(found, rules),
    }
    return render(request, "segmentation/base.html", context | branch_field(request, who, "on"))


def _lines(found: reading.Base, rules: RuleSet) -> list[dict[str, Any]]:
    """Return title, sentence, number and share of who has ever bought, line by line."""
    active = ngettext("bought within %(n)s month", "bought within %(n)s months", rules.window_months)
    lost = ngettext(
        "bought before, nothing for %(n)s month", "bought before, nothing for %(n)s months", rules.lost_other
    )
    words = [
        (_("Have bought"), _("at least one purchase up to that day"), found.bought),
        (_("Active"), active % {"n": rules.window_months}, found.active),
        (_("New"), _("the first purchase is within a year"), found.new),
        (_("Bought once"), _("purchases on one day only, in all history"), found.one_time),
        (_("Lost"), lost % {"n": rules.lost_other}, found.lost),
    ]
    return [
        {"title": title, "note": note, "number": number, "share": figures.share(number, found.bought)}
        for title, note, number in words
    ]
