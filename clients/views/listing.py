"""The list of clients: rows, totals, filters, columns, export."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import exports, figures, find
from clients.filters import CLIENTS, ME
from clients.models import Client
from clients.rows import hydrate
from salescrm.base import clock, jobs, show
from salescrm.base.lists import builder, export, looks, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Employee

MOST_CITIES = 50
MOST_CHOICES = 20
TOTALLED = ("turnover", "change")  # the count of the selection is written over the columns before them
NAMED = (("branch", "branch"), ("segment", "type"), ("inn", "inn"))  # what is read along for a column


def state_of(request: HttpRequest, params: QueryDict | None = None) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(CLIENTS, request.GET if params is None else params, Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[tuple[str, str, str]]:
    """The tabs over the list: label, query, icon."""
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


def tabs(request: HttpRequest, state: ListState) -> list[dict[str, Any]]:
    """The ready views with their addresses; the order and columns chosen stay, those of a saved view stay with it."""
    found = []
    for label, query, icon in ready_views(state.here.person):
        other = state_of(request, QueryDict(query))
        if not state.view:
            other.sort, other.columns = state.sort, state.columns
        is_current = not state.view and other.selection() == state.selection()
        found.append({"label": label, "url": f"?{other.query()}", "icon": icon, "current": is_current, "state": other})
    return found


@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list; htmx gets the rows with the chips and tabs around them."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(figures.listed(state)))
    shown = shown_columns(state)
    columns = state.shown
    leading = next((at for at, column in enumerate(columns) if column.key in TOTALLED), len(columns))
    context = {
        "page_title": _("Clients"),
        "state": state,
        "rows": hydrate(page.ids, state.here.today, names=[name for name, column in NAMED if shown[column]]),
        "shown": shown,
        "cells": [column.key for column in columns if not column.fixed],
        "total_span": leading,
        "total_columns": columns[leading:],
        "base": reverse("clients:client-list"),
        "sort": state.sort or CLIENTS.default_sort,
        "pager": state.pager(page),
        "tabs": tabs(request, state),
        "saved": views.bar(state),
        "all_rows_url": f"{reverse('clients:client-list')}?{state.cleared()}",
        "totals_url": f"{reverse('clients:client-totals')}?{state.query()}",
        "place": state.query(),
        **bar(state),
        **abilities(state.here.person),
    }
    is_part = wants_part(request)
    answer = render(request, "clients/list.html#answer" if is_part else "clients/list.html", context)
    if is_part:
        answer.headers["HX-Push-Url"] = f"{request.path}?{state.query(place=True)}"
    return answer


def shown_columns(state: ListState) -> dict[str, bool]:
    """Say of every column whether it is shown (a name a template does not find costs it ten times as much)."""
    shown = {column.key for column in state.shown}
    return {column.key: column.key in shown for column in CLIENTS.columns}


def bar(state: ListState) -> dict[str, Any]:
    """What the filter bar shows."""
    plain = f"{reverse('clients:client-list')}?{state.cleared()}"
    return {
        "chips": state.chips(),
        "hidden": state.hidden(but=["q"]),
        "filters_url": f"{reverse('clients:client-filters')}?{state.query()}",
        "groups_url": f"{reverse('clients:client-groups')}?{state.query()}",
        "fault": builder.fault(state),
        "reset_url": plain if state.is_narrowed and not state.view else "",
    }


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    change = {"url": reverse("deals:owner-change-many"), "label": _("Owner"), "icon": "user-share"}
    can = {
        "create": may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER),
        "export": may(person, Act.EXPORT),
    }
    fill = (reverse("clients:client-new"), _("Add a client")) if can["create"] else ("", "")
    bulk = [change] if may(person, Act.CHANGE_OWNER) else []
    if may(person, Act.DECIDE_TYPES):
        bulk.append({"url": reverse("clients:type-set-many"), "label": _("Type"), "icon": "category"})
    return {"may": can, "bulk": bulk, "empty_url": fill[0], "empty_button": fill[1]}


@require_GET
def client_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state), "shown": shown_columns(state)}
    return render(request, "clients/totals.html", context | abilities(state.here.person))


@require_GET
def client_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    counts = [figures.count(tab["state"]) for tab in tabs(request, state_of(request))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def client_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters; applied, it leads to the list under its shortest address."""
    state = state_of(request)
    fault = builder.fault(state)
    if "apply" in request.GET and not fault:
        return redirect(f"{reverse('clients:client-list')}?{state.query()}")
    context = {
        "page_title": _("Filters"),
        "fields": state.fields(),
        "apply_url": reverse("clients:client-filters"),
        "hidden": state.hidden(but=[key for key, one in state.filters.items() if one.offered]),
        "fault": fault,
    }
    return render(request, "lists/filters.html", context, status=422 if fault else 200)


@require_GET
def client_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request), reverse("clients:client-list"))


@require_http_methods(["GET", "POST"])
def client_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request), reverse("clients:client-list"))


@require_POST
def client_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def client_export(request: HttpRequest) -> HttpResponseBase:
    """Ask for the form of the file, then write it at once or, if it is long, as a job."""
    person = login_of(request)
    require(person, Act.EXPORT)
    state = state_of(request)
    count = figures.count(state)
    if request.method == "GET":
        context = {"page_title": _("Export"), "count": count, "is_long": count > export.AT_ONCE, "state": state}
        return render(request, "lists/export.html", context)
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    if count > export.AT_ONCE:
        columns = ",".join(column.key for column in state.shown)
        asked = {
            "query": state.query(whole=True, cols=columns),
            "form": form,
            "language": get_language() or "",
            "today": str(state.here.today),
        }
        job = jobs.start("clients-export", by=person, total=count, **asked)
        return redirect("clients:export-job", job.pk)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"clients.{form}"
        exports.write(path, form, state)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=exports.file_name(form, state.here.today))
    answer.headers["Content-Type"] = export.FORMATS[form]
    return answer


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is, for the person who asked for it."""
    job = get_object_or_404(Job, pk=pk, kind="clients-export", created_by=login_of(request))
    context = {
        "page_title": _("Export of clients"),
        "job": job,
        "poll_url": request.path,
        "title": _("Export of clients"),
        "result_url": reverse("clients:export-file", args=[job.pk]) if job.result_file_id else "",
        "result_text": _("%s rows are ready") % show.number((job.result or {}).get("rows", 0)),
    }
    return render(request, "lists/export_job.html#job" if wants_part(request) else "lists/export_job.html", context)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    job = get_object_or_404(
        Job.objects.select_related("result_file"),
        pk=pk,
        kind="clients-export",
        created_by=login_of(request),
        result_file__isnull=False,
    )
    stored = job.result_file
    assert stored is not None  # noqa: S101 - filtered above
    return FileResponse(stored.file.open("rb"), as_attachment=True, filename=stored.name)


@require_GET
def client_choose(request: HttpRequest) -> JsonResponse:
    """Clients for a picker: those the person sees whose names fit what is typed."""
    seen = Client.objects.visible_to(login_of(request), clock.today())
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:50]
    found = seen.filter(find.condition(typed, False)) if typed else seen
    rows = found.order_by("name_sort", "pk").values_list("pk", "name", "city")[:MOST_CHOICES]
    return JsonResponse([{"value": pk, "text": name, "sub": city} for pk, name, city in rows], safe=False)


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
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:50]
    fitting = seen.filter(**{f"{column}__istartswith": typed}) if typed else seen
    found = fitting.values_list(column).annotate(n=Count("pk")).order_by("-n", column)[:MOST_CITIES]
    return JsonResponse([{"value": name, "text": name, "sub": show.number(n)} for name, n in found], safe=False)
