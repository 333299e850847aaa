"""The list of tasks: rows, totals, filters, columns, export."""

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
from deals import figures
from deals.exports import EXPORT, of_job
from deals.filters import TASKS
from deals.rows import hydrate
from salescrm.base import clock
from salescrm.base.lists import builder, cells, exporting, looks, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.state import ListState
from staff.access import Act, login_of, may, require
from staff.models import Employee


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks."""
    return ListState.read(TASKS, request.GET, Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[screen.Ready]:
    """The tabs over the list."""
    whose = TEAM if may(person, Act.CHANGE_OWNER) else ME
    team = [(pgettext("tasks", "My team"), f"assignee={TEAM}&state=open", "users")] if whose == TEAM else []
    return [
        (pgettext("tasks", "Mine"), TASKS.bare, "user"),
        *team,
        (pgettext("tasks", "Overdue"), f"assignee={whose}&due=..-1d&state=open", "clock-exclamation"),
        (pgettext("tasks", "Today"), f"assignee={whose}&due=%2B0d..%2B0d&state=open", ""),
        (pgettext("tasks", "Within a week"), f"assignee={whose}&due=%2B0d..%2B6d&state=open", ""),
        (pgettext("tasks", "All open"), "state=open", ""),
        (pgettext("tasks", "Done"), "state=done", ""),
        (pgettext("tasks", "All"), f"view={NO_VIEW}", ""),
    ]


@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the list."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    page = state.page(state.narrow(figures.listed(state)))
    rows = hydrate(page.ids, state.here.person, state.here.today)
    context = {
        "page_title": _("Tasks"),
        "rows": rows,
        "editing": cells.editing(state, "deals:task-card", lambda: {row.task.pk for row in rows if row.may_act}),
        "pager": state.pager(page),
        "self_url": f"{request.path}?{state.query(place=True)}",
        "calendar_url": f"{reverse('tasking:calendar-list')}?{state.query()}",
        "own_url": own_url(),
        "reset_url": "" if state.view or state.query() == TASKS.bare else own_url(),
        **screen.around(state, ready_views(state.here.person)),
        **abilities(state.here.person),
    }
    return screen.answer(request, "deals/list.html", context)


def own_url() -> str:
    """Return the address of a person's own open tasks, whatever the list opens with."""
    return f"{TASKS.url('list')}?{TASKS.bare}"


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    doer = may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)
    bulk = [
        {"url": reverse("deals:task-done"), "label": _("Done"), "icon": "check"},
        {"url": reverse("deals:task-snooze"), "label": _("Put off"), "icon": "clock-pause"},
    ]
    if may(person, Act.CHANGE_OWNER):
        bulk.append({"url": reverse("deals:task-reassign"), "label": _("Give to"), "icon": "user-share"})
    create = {"url": reverse("deals:task-new"), "label": _("Task")}
    return {
        "may": {"export": may(person, Act.EXPORT)},
        "create": create if doer else None,
        "bulk": bulk if doer else [],
    }


@require_GET
def task_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    context = {"totals": figures.of_selection(state)}
    return render(request, "deals/totals.html", context | abilities(state.here.person))


@require_GET
def task_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [figures.count(tab["state"]) for tab in screen.tabs(state, ready_views(state.here.person))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def task_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def task_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def task_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def task_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def task_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list."""
    require(login_of(request), Act.EXPORT)
    return exporting.answer(request, EXPORT, state_of(request))


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is."""
    return exporting.job_page(request, of_job(pk), pk)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    return exporting.job_file(request, of_job(pk), pk)
