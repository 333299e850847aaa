"""Global search and the command palette: what the rooms find and offer (settings.SEARCH), and pages of the menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from salescrm.base import menu
from salescrm.base.found import FULL, Group, Item, fits, reason
from salescrm.base.names import key
from staff.access import login_of

FEW = 8  # in the palette


def find(request: HttpRequest, limit: int) -> tuple[str, list[Group]]:
    """Return what was typed and what the rooms find; only when none has these letters, what is much like them."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = [group for group in asked(request, words, limit, forgiving=False) if group.items]
    if words and not found:
        found = [group for group in asked(request, words, limit, forgiving=True) if group.items]
    return words, found


def asked(request: HttpRequest, words: str, limit: int, *, forgiving: bool) -> Iterator[Group]:
    """Ask every room; then come what the person can do and, when something was typed, the pages of the menu."""
    person = login_of(request)
    rooms = [import_module(name) for name in settings.SEARCH]
    for room in rooms:
        if hasattr(room, "find"):
            yield from room.find(person, words, limit, forgiving=forgiving)
    acts = [item for room in rooms if hasattr(room, "actions") for item in room.actions(person)]
    yield Group(_("Actions"), fitting(acts, words, forgiving=forgiving) if words else acts)
    pages = [Item(line.url, str(line.entry.label), icon=line.entry.icon) for line in menu.menu_lines(request)]
    yield Group(_("Go to"), fitting(pages, words, forgiving=forgiving))


def fitting(items: list[Item], words: str, *, forgiving: bool) -> list[Item]:
    """Return the actions or pages called like what was typed, with the reason when the name does not show it."""
    chosen = [item for item in items if fits(item.title, words, forgiving=forgiving)]
    return [replace(item, reason=reason(words, key(item.title), like=_("similar words"))) for item in chosen]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show up to 50 finds of each kind; with nothing typed the clients opened last, and what one can do."""
    words, groups = find(request, FULL)
    return render(request, "search/page.html", {"q": words, "groups": groups})


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Answer the command palette with a fragment: up to 8 finds of each kind."""
    words, groups = find(request, FEW)
    return render(request, "components/palette.html", {"q": words, "groups": groups})
