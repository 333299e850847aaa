"""The log of changes: who changed owner, status, TOP, rules, plans, and why; newest first (R381).

Entries are what the rooms contribute (settings.CHANGE_LOG), assembled as the timeline of a client is.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from salescrm.base import timeline
from salescrm.base.change_log import RULES, Scope
from salescrm.base.requests import day_said
from salescrm.base.timeline import Kind
from salescrm.timeline import days, events_of, read_mark, write_mark
from staff.access import Act, Role, login_of, require
from staff.models import Employee

SIZE = 50  # entries shown at once
ENTRIES = "log-events"  # where they stand on the page


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of entry, in the order of the rooms."""
    return tuple(kind for room in settings.CHANGE_LOG for kind in import_module(room).KINDS)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the log, fifty entries at a time, narrowed by kind, person, client and days."""
    person = login_of(request)
    require(person, Act.SEE_CHANGES)
    said = {name: request.GET.get(name, "")[:20] for name in ("kind", "author", "client", "from", "to")}
    scope = Scope(day_said(said["from"]), day_said(said["to"]), _author(said["author"]), _number(said["client"]))
    shown = timeline.shown_to(kinds(), person)
    chosen = [(at, one) for at, one in shown if said["kind"] in ("", one.key)]
    found = timeline.page(chosen, scope, "", read_mark(request.GET.get("after", "")), SIZE)
    marks = found[:SIZE]
    narrowed = {name: text for name, text in said.items() if text}
    context = {
        "page_title": _("Log of changes"),
        "days": days(marks, events_of(kinds(), marks, person)),
        "kinds": [("", _("Everything")), *((one.key, one.label) for _at, one in shown)],
        "people": [("", _("everybody")), (RULES, _("the program by its rules")), *_people()],
        "said": said | {"since": said["from"]},
        "client": Client.objects.filter(pk=scope.client).first() if scope.client else None,
        "more_url": f"{request.path}?{urlencode(narrowed | {'after': write_mark(marks[-1])})}"
        if len(found) > SIZE
        else "",
        "more_id": "log-more",
        "is_narrowed": bool(narrowed),
    }
    part = "#events" if request.headers.get("HX-Target") in (ENTRIES, "log-more") else ""
    return render(request, f"changes/log.html{part}", context)


def _people() -> list[tuple[str, str]]:
    found = Employee.people.exclude(role=Role.NONE).order_by("last_name", "first_name", "pk")
    return [(str(one.pk), one.short_name) for one in found]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _author(text: str) -> int | str | None:
    return RULES if text == RULES else _number(text)
