"""The list of invoices: rows, totals, filters, columns, export."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.filters import ME, TEAM
from deals.invoices import figures
from deals.invoices.exports import EXPORT
from deals.invoices.filters import INVOICES
from deals.invoices.models import Deferral, DeferralState
from deals.invoices.rows import hydrate
from salescrm.base import clock
from salescrm.base.lists import builder, exporting, looks, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.state import ListState
from staff.access import Act, login_of, may, require
from staff.models import Employee


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(INVOICES, request.GET, Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[screen.Ready]:
    """The tabs over the list; heads have their control of what is not agreed (R176)."""
    whose = TEAM if may(person, Act.CHANGE_OWNER) else ME
    control = [(pgettext("invoices", "Control: nothing agreed"), CONTROL, "eye-check")] if whose == TEAM else []
    return [
        (pgettext("invoices", "To be paid"), INVOICES.bare, "file-invoice"),
        *control,
        (pgettext("invoices", "Mine from day 2"), f"owner={ME}&work=2%2B", "user"),
        (pgettext("invoices", "Issued today"), "issued=%2B0d..%2B0d", ""),
        (pgettext("invoices", "Day 2"), "work=2", ""),
        (pgettext("invoices", "Day 3"), "work=3", ""),
        (pgettext("invoices", "Overdue"), "state=overdue", "clock-exclamation"),
        (pgettext("invoices", "Paid"), "state=paid", ""),
        (pgettext("invoices", "Cancelled"), "state=cancelled", ""),
        (pgettext("invoices", "All"), f"view={NO_VIEW}", ""),
    ]


CONTROL = "work=2%2B&answer=open"


@require_GET
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(figures.listed(state)))
    person = state.here.person
    asked = Deferral.objects.visible_to(person, state.here.today).filter(state=DeferralState.ASKED)
    context = {
        "page_title": _("Invoices"),
        "rows": hydrate(page.ids, person, state.here.today),
        "pager": state.pager(page),
        "self_url": f"{request.path}?{state.query(place=True)}",
        "own_url": f"{request.path}?{INVOICES.bare}",
        "reset_url": "" if state.view or state.query() == INVOICES.bare else f"{request.path}?{INVOICES.bare}",
        "asked": asked.count(),
        **screen.around(state, ready_views(person)),
        **abilities(person),
    }
    return screen.answer(request, "invoices/list.html", context)


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    doer = may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)
    bulk = [
        {"url": reverse("deals:invoice-contact"), "label": _("Contact"), "icon": "phone"},
        {"url": reverse("deals:invoice-cancel"), "label": _("Cancel the invoice"), "icon": "x"},
    ]
    create = {"url": reverse("deals:invoice-new"), "label": _("Invoice")}
    return {
        "may": {"export": may(person, Act.EXPORT)},
        "create": create if doer else None,
        "bulk": bulk if doer else [],
    }


@require_GET
def invoice_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state)}
    return render(request, "invoices/totals.html", context | abilities(state.here.person))


@require_GET
def invoice_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [figures.count(tab["state"]) for tab in screen.tabs(state, ready_views(state.here.person))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def invoice_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def invoice_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def invoice_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def invoice_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def invoice_export(request: HttpRequest) -> HttpResponseBase:
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
