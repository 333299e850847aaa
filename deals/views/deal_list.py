"""The list of deals: rows, totals, filters, columns, export; the same set as the board's."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deals.dealing import listing
from deals.dealing.listing import DEALS
from deals.exports import DEALS_EXPORT
from deals.views.board import may_change, ready_words
from salescrm.base import clock
from salescrm.base.lists import builder, exporting, looks, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from staff.access import Act, login_of, may, require
from staff.models import Employee


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(DEALS, request.GET, Here(login_of(request), clock.today()))


@require_GET
def deal_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(listing.listed(state)))
    own_url = f"{DEALS.url('list')}?{DEALS.bare}"
    context = {
        "page_title": _("Deals"),
        "rows": listing.hydrate(page.ids, state),
        "pager": state.pager(page),
        "self_url": f"{request.path}?{state.query(place=True)}",
        "own_url": own_url,
        "reset_url": "" if state.view or state.query() == DEALS.bare else own_url,
        "board_url": reverse("deals:deal-board"),
        **screen.around(state, ready_words(state.here.person)),
        **abilities(state.here.person),
    }
    return screen.answer(request, "deals/deal_list.html", context)


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    create = {"url": reverse("deals:deal-new"), "label": _("Deal")}
    return {"may": {"export": may(person, Act.EXPORT)}, "create": create if may_change(person) else None, "bulk": []}


@require_GET
def deal_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    found = state.narrow(listing.listed(state), whole=True)
    totals = found.order_by().aggregate(deals=Count("pk"), amount=Sum("amount"))
    return render(request, "deals/deal_totals.html", {"totals": totals} | abilities(state.here.person))


@require_GET
def deal_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [listing.count(tab["state"]) for tab in screen.tabs(state, ready_words(state.here.person))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def deal_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def deal_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def deal_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def deal_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def deal_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list."""
    require(login_of(request), Act.EXPORT)
    return exporting.answer(request, DEALS_EXPORT, state_of(request))
