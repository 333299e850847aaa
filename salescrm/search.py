"""Global search and the command palette: groups contributed by the rooms (settings.SEARCH)."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from salescrm.base.found import Group
from staff.access import login_of


def find(request: HttpRequest, words: str, limit: int) -> list[Group]:
    """Ask every room for what it finds for the person; groups of one name are one, the actions come last."""
    person = login_of(request)
    found: dict[str, Group] = {}
    for room in settings.SEARCH:
        for group in import_module(room).find(person, words, limit):
            found.setdefault(group.title, Group(group.title)).items.extend(group.items)
    actions = found.pop(_("Actions"), Group(""))
    return [group for group in (*found.values(), actions) if group.items]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show up to 50 finds of each kind."""
    words = request.GET.get("q", "").strip()[:100]
    return render(request, "search/page.html", {"q": words, "groups": find(request, words, 50) if words else []})


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Answer the command palette with a fragment: up to 8 finds of each kind."""
    words = request.GET.get("q", "").strip()[:100]
    return render(request, "components/palette.html", {"q": words, "groups": find(request, words, 8)})
