"""The TOP list: on any day, who entered and left and why, and a person's word on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client
from salescrm.base import names, show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.periods import add_months
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from segmentation import actions, figures, toplist
from segmentation.forms import OverrideForm
from segmentation.views.shared import Reader, address_with, choice_in, concentrated, day_in, in_branch, reader
from staff.access import Act

SUGGESTIONS = 20


@require_GET
def top(request: HttpRequest) -> HttpResponse:
    """Show the TOP list of a day, or who entered and left since another one."""
    who = in_branch(request)
    last = figures.last_night()
    context: dict[str, Any] = {"page_title": _("TOP list"), "may_run": who.may(Act.RUN_NIGHTS)}
    if last is None:
        return render(request, "segmentation/top.html", context)
    on = min(day_in(request, "on") or last, last)
    since = min(day_in(request, "since") or add_months(on, -3), on)
    context |= {"on": on, "since": since, "last": last, "may_override": who.may(Act.APPROVE_HAND_OVERS)}
    context |= {"branch": who.branch, "branches": who.branches}
    context |= _rows(request, who, on, since)
    if not request.htmx:  # type: ignore[attr-defined] # django-htmx
        context |= concentrated(who, on, context["rules"]) | toplist.reviews(on, context["rules"])
    return render(request, f"segmentation/top.html{'#rows' if wants_part(request) else ''}", context)


def _rows(request: HttpRequest, who: Reader, on: date, since: date) -> dict[str, Any]:
    view = choice_in(request, "view", toplist.VIEWS)
    state = ListState.read(toplist.TOP, request.GET, Here(who.person, who.today))
    rows = state.narrow(toplist.members(who.clients, view, on, since))
    page = state.page(rows)
    matrix = figures.matrix(who.clients, on)
    return {
        "view": view,
        "q": state.q,
        "rows": toplist.read(rows, page),
        "total": rows.count(),
        "pager": state.pager(page),
        "views": _views(request, view),
        "figures": matrix.top,
        "rules": matrix.rules,
        "hidden": state.hidden(but=["q"]),
    }


def _views(request: HttpRequest, view: str) -> list[dict[str, Any]]:
    labels = {
        "list": _("The list"),
        "entered": pgettext("TOP", "Entered"),
        "left": pgettext("TOP", "Left"),
        "hand": _("By hand"),
    }
    return [
        {"label": label, "current": name == view, "url": address_with(request, view=name, after="", before="", at="")}
        for name, label in labels.items()
    ]


@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Put a client into the list or take it out until a day, with a reason."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    client = get_object_or_404(who.clients.select_related("standing"), pk=client_pk)
    way = "out" if client.standing.top else "in"
    form = OverrideForm(posted(request), today=who.today, initial={"way": way})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.override_top(
            client=client,
            is_in=data["way"] == "in",
            until=data["until"],
            reason=data["reason"],
            acting_user=who.person,
            today=who.today,
        )
        toast(request, _("%(client)s: noted, the next night obeys until %(day)s") % {
            "client": client.name, "day": show.day_long(data["until"]),
        })  # fmt: skip
        return redirect("segmentation:top")
    title = _("TOP by hand: %s") % client.name
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "segmentation/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Ask which client the person has in mind, then go on to its form."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    chosen = request.POST.get("client", "")
    if request.method == "POST" and chosen.isdigit():
        client = get_object_or_404(who.clients, pk=int(chosen))
        return redirect("segmentation:top-override", client.pk)
    context = {
        "page_title": _("TOP by hand"),
        "submit_label": _("Next"),
        "found": request.method == "POST",
        "picker_url": reverse("segmentation:top-clients"),
    }
    return render(request, "clients/choose.html", context)


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer the picker: clients the person sees whose name has the typed text."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    q = request.GET.get("q", "").strip()[:100]
    rows = who.clients.select_related("standing").order_by("name_sort", "pk")
    if q:
        rows = rows.filter(name_key__contains=names.key(q))
    return JsonResponse([_option(client) for client in rows[:SUGGESTIONS]], safe=False)


def _option(client: Client) -> dict[str, Any]:
    return {
        "value": client.pk,
        "text": client.name,
        "sub": f"{client.standing.abc}{client.standing.xyz} · {show.money_short(client.standing.turnover)}",
    }
