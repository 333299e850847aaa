"""The board on a television: one screen at a time, the next one fetched by itself; for heads."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpi.board import tv
from kpi.measures.models import Month
from kpi.views.shared import reader
from salescrm.base.periods import month_start
from staff.access import Figures, figures

SECONDS = 20  # of a screen


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show a screen and say which one comes next; `hold` keeps it, with fresh figures."""
    who = reader(request, departments=True)
    if figures(who.person) not in (Figures.ALL, Figures.BRANCH):
        raise PermissionDenied
    codes = list(tv.SCREENS)
    code = request.GET.get("screen", "")
    code = code if code in codes else codes[0]
    held = request.GET.get("hold") == "1"
    request.session.modified = True  # a screen that runs all month is not signed out: its session begins anew
    month = month_start(who.today - timedelta(days=1))
    stored = Month.objects.filter(day=month).first()

    def address(screen: str, *, hold: bool) -> str:
        return "?" + urlencode({"screen": screen} | ({"hold": "1"} if hold else {}) | who.place)

    following = code if held else codes[(codes.index(code) + 1) % len(codes)]
    context = {
        "page_title": _("Board on a television"),
        "screen": tv.read(who.person, who.scope, code, month, stored.as_of if stored else None, who.today),
        "title": tv.SCREENS[code],
        "who": who,
        "next": address(following, hold=held),
        "seconds": SECONDS,
        "held": held,
        "toggle": address(code, hold=not held),
        "switch": [
            {"label": label, "url": address(one, hold=held), "on": one == code} for one, label in tv.SCREENS.items()
        ],
    }
    return render(request, "kpi/tv.html", context)
