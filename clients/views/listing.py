"""The list of clients: rows, totals, filters, columns, export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import figures, search
from clients.contacts import seeing
from clients.exports import ENTITIES, EXPORT, LIST_SCREEN, PEOPLE, heads
from clients.filters import CLIENTS, ME
from clients.models import Client, LifeCycle
from clients.rows import ClientRow, hydrate
from salescrm.base import clock, guard, show
from salescrm.base.lists import builder, cells, exporting, looks, screen, views
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Employee

SHOWN_NAMES = 8  # in a dialog about many clients
MOST_CITIES = 50
MOST_CHOICES = 20
TOTALLED = ("turnover", "change")  # the count of the selection is written over the columns before them
NAMED = (
    ("branch", "branch"),
    ("segment", "type"),
    ("inn", "inn"),
    ("entities", "entities"),
)  # what is read along for a column


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(CLIENTS, request.GET, Here(login_of(request), clock.today()))


def named(clients: QuerySet[Client]) -> dict[str, Any]:
    """Say in a dialog about many clients how many they are, the first of their names and how many more."""
    count = clients.count()
    names = list(clients.order_by("name_sort").values_list("name", flat=True)[:SHOWN_NAMES])
    return {"count": count, "names": names, "more": count - len(names)}


def ready_views(person: Employee) -> list[screen.Ready]:
    """The tabs over the list."""
    mine = [(pgettext("view", "Mine"), f"owner={ME}", "user")]
    owns = person.owns_clients and rows(person) != Rows.POTENTIAL
    return [
        (pgettext("view", "All"), "", ""),
        *(mine if owns else []),
        (_("TOP"), "top=yes", "star"),
        (_("Classes A and B"), "abc=A&abc=B", ""),
        (pgettext("view", "Zero"), "state=zero", "circle-off"),
        (pgettext("view", "Lost"), "state=lost", ""),
        (pgettext("view", "New"), "state=new", ""),
    ]


@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(figures.listed(state)))
    shown = shown_columns(state)
    columns = state.shown
    clients = hydrate(page.ids, state.here.today, names=[name for name, column in NAMED if shown[column]])
    count_listed(state, clients)
    leading = next((at for at, column in enumerate(columns) if column.key in TOTALLED), len(columns))
    context = {
        "page_title": _("Clients"),
        "rows": clients,
        "shown": shown,
        "total_span": leading,
        "total_columns": columns[leading:],
        "base": reverse("clients:client-list"),
        "editing": cells.editing(state, "clients:client-edit", lambda: changeable(state, page.ids)),
        "pager": state.pager(page),
        "all_rows_url": f"{reverse('clients:client-list')}?{state.cleared()}",
        "reset_url": reset_url(state),
        **screen.around(state, ready_views(state.here.person)),
        **abilities(state),
    }
    return screen.answer(request, "clients/list.html", context)


def count_listed(state: ListState, clients: Sequence[ClientRow]) -> None:
    """Count the rows of the page that are others' clients, as their cards are counted (R21)."""
    person, today = state.here.person, state.here.today
    if may(person, Act.CHANGE_OWNER) or rows(person) == Rows.OWN:  # who sees own rows sees nothing else
        return
    others = [row.client.pk for row in clients if row.owner != person]
    if others:
        guard.listed(person, screen=LIST_SCREEN, numbers=others, day=today, heads=heads)


def changeable(state: ListState, ids: list[int]) -> set[int]:
    """Return which of the rows the person may change."""
    here = state.here
    return set(Client.objects.changeable_by(here.person, here.today).filter(pk__in=ids).values_list("pk", flat=True))


def shown_columns(state: ListState) -> dict[str, bool]:
    """Say of every column whether it is shown (a name a template does not find costs it ten times as much)."""
    shown = {column.key for column in state.shown}
    return {column.key: column.key in shown for column in CLIENTS.columns}


def reset_url(state: ListState) -> str:
    """Where "Reset" leads: to the whole list, when filters narrow it and no view does."""
    return f"{CLIENTS.url('list')}?{state.cleared()}" if state.is_narrowed and not state.view else ""


def abilities(state: ListState) -> dict[str, Any]:
    """What the person may do on the list, for its template; archived clients are offered the way back."""
    person = state.here.person
    adds = may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)
    create = {"url": reverse("clients:client-new"), "label": _("Client"), "wide_only": True}
    bulk = []
    if may(person, Act.CHANGE_OWNER):
        bulk.append({"url": reverse("deals:owner-change-many"), "label": _("Owner"), "icon": "user-share"})
    if may(person, Act.DISTRIBUTE):
        bulk.append({"url": reverse("deals:distribution-of"), "label": _("Share out"), "icon": "scale"})
    if may(person, Act.ARCHIVE):
        bulk.append(_archive_act(is_back=state.values.get("state") == (LifeCycle.ARCHIVED,)))
    if may(person, Act.DECIDE_TYPES):
        bulk.append({"url": reverse("clients:type-set-many"), "label": _("Type"), "icon": "category"})
    if may(person, Act.SET_SPECIAL_TASKS) or may(person, Act.SET_MARKETING_TASKS):
        bulk.append({"url": reverse("deals:special-of"), "label": _("Special task"), "icon": "flag"})
    return {"may": {"export": may(person, Act.EXPORT)}, "create": create if adds else None, "bulk": bulk}


def _archive_act(*, is_back: bool) -> dict[str, Any]:
    if is_back:
        url = reverse("segmentation:archive-back-many")
        return {"url": url, "label": _("Return from the archive"), "icon": "archive-off"}
    return {"url": reverse("segmentation:archive-many"), "label": _("Into the archive"), "icon": "archive"}


@require_GET
def client_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state), "shown": shown_columns(state)}
    return render(request, "clients/totals.html", context | abilities(state))


@require_GET
def client_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [figures.count(tab["state"]) for tab in screen.tabs(state, ready_views(state.here.person))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def client_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def client_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def client_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def client_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def client_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list, or the contacts or the legal entities of its clients."""
    person = login_of(request)
    require(person, Act.EXPORT)
    chosen = {"contacts": PEOPLE, "entities": ENTITIES}.get(request.POST.get("what", ""), EXPORT)
    if chosen is PEOPLE:
        require(person, Act.SEE_CONTACTS)
    offers = {"offers_people": seeing.changes_any(person), "offers_entities": True}
    return exporting.answer(request, chosen, state_of(request), offers)


def _export_of(job: int) -> Export:
    kind = Job.objects.filter(pk=job).values_list("kind", flat=True).first()
    return next((one for one in (PEOPLE, ENTITIES) if one.kind == kind), EXPORT)


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is."""
    return exporting.job_page(request, _export_of(pk), pk)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    return exporting.job_file(request, _export_of(pk), pk)


@require_GET
def client_choose(request: HttpRequest, *, changeable: bool = False) -> JsonResponse:
    """Clients for a picker: those the person sees, or may change, whose names fit what is typed."""
    found = search.choose(login_of(request), typed(request), MOST_CHOICES, changeable=changeable)
    return JsonResponse([{"value": one.pk, "text": one.name, "sub": one.city} for one in found], safe=False)


@require_GET
def city_list(request: HttpRequest) -> JsonResponse:
    """Cities for the picker, the ones with most clients first."""
    return _places(request, "city")


@require_GET
def region_list(request: HttpRequest) -> JsonResponse:
    """Regions for the picker."""
    return _places(request, "region")


def _places(request: HttpRequest, column: str) -> JsonResponse:
    seen = Client.objects.visible_to(login_of(request), clock.today()).exclude(**{column: ""})
    start = typed(request)
    fitting = seen.filter(**{f"{column}__istartswith": start}) if start else seen
    found = fitting.values_list(column).annotate(n=Count("pk")).order_by("-n", column)[:MOST_CITIES]
    return JsonResponse([{"value": name, "text": name, "sub": show.number(n)} for name, n in found], safe=False)


def typed(request: HttpRequest) -> str:
    """Return what a person types into a picker."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:50]
