"""The timeline of a client: what the rooms contribute (settings.TIMELINE), newest first, by kind and by words (R22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.panels import seen
from salescrm.base import show, timeline
from salescrm.base.timeline import Event, Kind, Mark
from staff.access import login_of

SIZE = 15  # events shown at once


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of event, in the order of the rooms."""
    return tuple(kind for room in settings.TIMELINE for kind in import_module(room).KINDS)


@require_GET
def client_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened with a client, fifteen events at a time; narrowed by kind and by words."""
    client, person = seen(request, pk), login_of(request)
    asked, words = request.GET.get("kind", ""), request.GET.get("q", "").replace("\x00", "").strip()[:100]
    shown = timeline.shown_to(kinds(), person)
    narrowed = [(at, one.named(asked)) for at, one in shown if not words or one.search]
    chosen = [(at, one) for at, one in narrowed if one]
    found = timeline.page(chosen, client.pk, words, read_mark(request.GET.get("after", "")), SIZE)
    marks = found[:SIZE]
    said = {name: text for name, text in (("kind", asked), ("q", words)) if text}
    url = reverse("client-timeline", args=[client.pk])
    more = urlencode(said | {"after": write_mark(marks[-1])}) if len(found) > SIZE else ""
    context = {
        "days": days(marks, events_of(kinds(), marks, person)),
        "kinds": [("", _("Everything")), *_options(one for _at, one in shown)],
        "kind": asked,
        "q": words,
        "url": url,
        "more_url": f"{url}?{more}" if more else "",
        "more_id": "timeline-more",
        "is_narrowed": bool(said),
    }
    name = "#events" if request.headers.get("HX-Target") in ("timeline-events", "timeline-more") else ""
    return render(request, f"clients/timeline.html{name}", context)


def _options(shown: Iterable[Kind]) -> list[tuple[str, Any]]:
    """The kinds to choose by, each with its parts after it."""
    found: list[tuple[str, Any]] = []
    for kind in shown:
        found += [(kind.key, kind.label), *((part.key, part.label) for part in kind.parts)]
    return found


def events_of(known: Sequence[Kind], marks: Sequence[Mark], person: Any) -> dict[tuple[int, int], Event]:
    """Read what the events say: one query per kind that occurs."""
    found: dict[tuple[int, int], Event] = {}
    for place in sorted({mark.place for mark in marks}):
        numbers = [mark.number for mark in marks if mark.place == place]
        found |= {(place, number): event for number, event in known[place].events(numbers, person).items()}
    return found


def days(marks: Sequence[Mark], events: dict[tuple[int, int], Event]) -> list[dict[str, Any]]:
    """Put the events under their days."""
    return [
        {"title": show.day_long(day), "items": [events[one.place, one.number] for one in group]}
        for day, group in groupby(marks, key=lambda mark: mark.day)
    ]


def write_mark(mark: Mark) -> str:
    """Write for the address where a page ends."""
    return f"{mark.day.isoformat()}_{mark.place}_{mark.number}"


def read_mark(text: str) -> Mark | None:
    """Read where the page goes on; what makes no sense is the beginning."""
    try:
        day, place, number = text.split("_")
        mark = Mark(date.fromisoformat(day), int(place), int(number))
    except ValueError:
        return None
    return mark if 0 <= mark.place < 100 and 0 <= mark.number < 2**63 else None
