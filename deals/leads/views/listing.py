"""The list of leads: rows, totals, filters, columns, export."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.filters import ME
from deals.leads import figures
from deals.leads.exports import EXPORT
from deals.leads.filters import LEADS
from deals.leads.rows import hydrate
from salescrm.base import clock
from salescrm.base.lists import builder, exporting, looks, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.state import ListState
from staff.access import Act, login_of, may, require
from staff.models import Employee


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(LEADS, request.GET, Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[screen.Ready]:
    """The tabs over the list."""
    return [
        (pgettext("leads", "Open"), LEADS.bare, "magnet"),
        (pgettext("leads", "Nobody has them"), f"{LEADS.bare}&responsible=none", "hand-grab"),
        (pgettext("leads", "Mine"), f"{LEADS.bare}&responsible={ME}", "user"),
        (pgettext("leads", "Late first contact"), "late=contact", "clock-exclamation"),
        (pgettext("leads", "Late offer"), "late=offer", ""),
        (pgettext("leads", "Converted"), "state=converted", ""),
        (pgettext("leads", "Closed"), "state=closed", ""),
        (pgettext("leads", "All"), f"view={NO_VIEW}", ""),
    ]


@require_GET
def lead_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list: those nobody has first (R156)."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(figures.listed(state)))
    person = state.here.person
    own_url = f"{LEADS.url('list')}?{LEADS.bare}"
    context = {
        "page_title": _("Leads"),
        "rows": hydrate(page.ids, person, clock.now()),
        "pager": state.pager(page),
        "self_url": f"{request.path}?{state.query(place=True)}",
        "own_url": own_url,
        "reset_url": "" if state.view or state.query() == LEADS.bare else own_url,
        **screen.around(state, ready_views(person)),
        **abilities(person),
    }
    return screen.answer(request, "leads/list.html", context)


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    is_doer = may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)
    may_assign = may(person, Act.ASSIGN_LEADS)
    assign = {"url": reverse("leads:lead-assign"), "label": _("Give to"), "icon": "user-share"}
    return {
        "may": {"export": may(person, Act.EXPORT)},
        "may_assign": may_assign,
        "may_report": may_assign or may(person, Act.SEE_COMPANY_FIGURES),
        "may_set_up": may(person, Act.SET_UP_LEADS),
        "create": {"url": reverse("leads:lead-new"), "label": _("Lead")} if is_doer else None,
        "bulk": [assign] if may_assign else [],
    }


@require_GET
def lead_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state, clock.now())}
    return render(request, "leads/totals.html", context | abilities(state.here.person))


@require_GET
def lead_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [figures.count(tab["state"]) for tab in screen.tabs(state, ready_views(state.here.person))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def lead_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def lead_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def lead_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def lead_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def lead_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list."""
    require(login_of(request), Act.EXPORT)
    return exporting.answer(request, EXPORT, state_of(request))


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is."""
    return exporting.job_page(request, EXPORT, pk)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    return exporting.job_file(request, EXPORT, pk)
