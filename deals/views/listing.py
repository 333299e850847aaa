"""The list of tasks: rows, totals, filters, columns, export."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.filters import ME, TEAM
from deals import exports, figures
from deals.filters import TASKS
from deals.rows import hydrate
from salescrm.base import clock, jobs, show
from salescrm.base.lists import builder, export, looks
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from staff.access import Act, login_of, may, require
from staff.models import Employee

DEFAULT = f"assignee={ME}&state=open"
EVERYTHING = "state=open&state=done&state=cancelled"


def state_of(request: HttpRequest, params: QueryDict | None = None) -> ListState:
    """Read the list's state from the address, for the person who asks; a bare address is one's own open tasks."""
    asked = request.GET if params is None else params
    return ListState.read(TASKS, asked or QueryDict(DEFAULT), Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[tuple[str, str, str]]:
    """The tabs over the list: label, query, icon."""
    whose = TEAM if may(person, Act.CHANGE_OWNER) else ME
    team = [(pgettext("tasks", "My team"), f"assignee={TEAM}&state=open", "users")] if whose == TEAM else []
    return [
        (pgettext("tasks", "Mine"), DEFAULT, "user"),
        *team,
        (pgettext("tasks", "Overdue"), f"assignee={whose}&due=..-1d&state=open", "clock-exclamation"),
        (pgettext("tasks", "Today"), f"assignee={whose}&due=%2B0d..%2B0d&state=open", ""),
        (pgettext("tasks", "Within a week"), f"assignee={whose}&due=%2B0d..%2B6d&state=open", ""),
        (pgettext("tasks", "All open"), "state=open", ""),
        (pgettext("tasks", "Done"), "state=done", ""),
        (pgettext("tasks", "All"), EVERYTHING, ""),
    ]


def tabs(request: HttpRequest, state: ListState) -> list[dict[str, Any]]:
    """The ready views with their addresses; the order and columns chosen stay."""
    found = []
    for label, query, icon in ready_views(state.here.person):
        other = state_of(request, QueryDict(query))
        other.sort, other.columns = state.sort, state.columns
        is_current = other.selection() == state.selection()
        found.append({"label": label, "url": f"?{other.query()}", "icon": icon, "current": is_current, "state": other})
    return found


@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list; htmx gets the rows with the chips and tabs around them."""
    state = state_of(request)
    page = state.page(state.narrow(figures.listed(state)))
    context = {
        "page_title": _("Tasks"),
        "state": state,
        "rows": hydrate(page.ids, state.here.person, state.here.today),
        "cells": [column.key for column in state.shown if not column.fixed],
        "sort": state.sort or TASKS.default_sort,
        "pager": state.pager(page),
        "tabs": tabs(request, state),
        "totals_url": f"{reverse('deals:task-totals')}?{state.query()}",
        "self_url": f"{request.path}?{state.query(place=True)}",
        "place": state.query(),
        **bar(state),
        **abilities(state.here.person),
    }
    is_part = wants_part(request)
    answer = render(request, "deals/list.html#answer" if is_part else "deals/list.html", context)
    if is_part:
        answer.headers["HX-Push-Url"] = f"{request.path}?{state.query(place=True)}"
    return answer


def bar(state: ListState) -> dict[str, Any]:
    """What the filter bar shows."""
    is_default = state.query() == QueryDict(DEFAULT).urlencode()
    return {
        "chips": state.chips(),
        "hidden": state.hidden(but=["q"]),
        "filters_url": f"{reverse('deals:task-filters')}?{state.query()}",
        "groups_url": f"{reverse('deals:task-groups')}?{state.query()}",
        "fault": builder.fault(state),
        "reset_url": "" if is_default else reverse("deals:task-list"),
    }


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    doer = may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)
    bulk = [
        {"url": reverse("deals:task-done"), "label": _("Done"), "icon": "check"},
        {"url": reverse("deals:task-snooze"), "label": _("Put off"), "icon": "clock-pause"},
    ]
    if may(person, Act.CHANGE_OWNER):
        bulk.append({"url": reverse("deals:task-reassign"), "label": _("Give to"), "icon": "user-share"})
    return {"may": {"create": doer, "export": may(person, Act.EXPORT)}, "bulk": bulk if doer else []}


@require_GET
def task_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state)}
    return render(request, "deals/totals.html", context | abilities(state.here.person))


@require_GET
def task_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    counts = [figures.count(tab["state"]) for tab in tabs(request, state_of(request))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def task_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters; applied, it leads to the list under its shortest address."""
    state = ListState.read(TASKS, request.GET, Here(login_of(request), clock.today()))
    fault = builder.fault(state)
    if "apply" in request.GET and not fault:
        return redirect(f"{reverse('deals:task-list')}?{state.query() or EVERYTHING}")
    context = {
        "page_title": _("Filters"),
        "fields": state.fields(),
        "apply_url": reverse("deals:task-filters"),
        "hidden": state.hidden(but=[key for key, one in state.filters.items() if one.offered]),
        "fault": fault,
    }
    return render(request, "lists/filters.html", context, status=422 if fault else 200)


@require_GET
def task_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request), reverse("deals:task-list"))


@require_http_methods(["GET", "POST"])
def task_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request), reverse("deals:task-list"))


@require_POST
def task_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def task_export(request: HttpRequest) -> HttpResponseBase:
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
        asked = {"query": state.query(cols=columns), "form": form, "language": get_language() or ""}
        job = jobs.start("tasks-export", by=person, total=count, today=str(state.here.today), **asked)
        return redirect("deals:export-job", job.pk)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"tasks.{form}"
        exports.write(path, form, state)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=exports.file_name(form, state.here.today))
    answer.headers["Content-Type"] = export.FORMATS[form]
    return answer


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is, for the person who asked for it."""
    job = get_object_or_404(Job, pk=pk, kind="tasks-export", created_by=login_of(request))
    context = {
        "page_title": _("Export of tasks"),
        "job": job,
        "poll_url": request.path,
        "title": _("Export of tasks"),
        "result_url": reverse("deals:export-file", args=[job.pk]) if job.result_file_id else "",
        "result_text": _("%s rows are ready") % show.number((job.result or {}).get("rows", 0)),
    }
    return render(request, "lists/export_job.html#job" if wants_part(request) else "lists/export_job.html", context)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    own = Job.objects.select_related("result_file").filter(kind="tasks-export", created_by=login_of(request))
    stored = get_object_or_404(own.filter(result_file__isnull=False), pk=pk).result_file
    assert stored is not None  # noqa: S101 - filtered above
    return FileResponse(stored.file.open("rb"), as_attachment=True, filename=stored.name)
