"""Reconciliation of the base: the list of what was found, looking the base through now, tasks of lines (R6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deals.reconciliation import actions, reading
from deals.reconciliation.actions import Made
from deals.reconciliation.forms import TasksForm
from deals.reconciliation.listing import BARE, EXPORT, LINES, LineState
from deals.reconciliation.models import LineKind, LineQuerySet, Reconciliation, ReconciliationLine
from deals.reconciliation.reading import RUN, hydrate
from deals.views.shared import answered
from salescrm.base import clock, jobs, show
from salescrm.base.lists import builder, exporting, looks, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.selection import is_whole, selected
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job, JobState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from salescrm.base.undo import Undo
from staff.access import Act, login_of, may, require
from staff.calendar import Calendar
from staff.models import Employee

JOB = "reconciliation"
UNDO = Undo("reconciliation:tasks-undo")
LIST = "reconciliation:line-list"
MOST_RUNS = 12  # offered to be looked at: three years of quarters
EVENTS = {"lines-changed": True, "tasks-changed": True, "counts": True}


def reader(request: HttpRequest) -> Employee:
    """Return who asks, when that person may reconcile the base; PermissionDenied for others."""
    person = login_of(request)
    require(person, Act.RECONCILE)
    return person


def state_of(request: HttpRequest) -> ListState:
    """Read the list's state from the address, for the person who asks; all of a bare list is what it shows."""
    params = QueryDict(BARE) if set(request.GET) == {"all"} else request.GET
    return ListState.read(LINES, params, Here(reader(request), clock.today()))


# --- the list ---------------------------------------------------------------------------------------------------------


def ready_views(state: ListState) -> list[screen.Ready]:
    """The tabs over the list: of the same reconciliation, what waits for a task, by kind, and the rest."""
    labels = {
        LineKind.DUPLICATE: pgettext("reconciliation", "Duplicates"),
        LineKind.EMPTY: pgettext("reconciliation", "Empty fields"),
        LineKind.DEAD: pgettext("reconciliation", "Dead points"),
        LineKind.DIFFERS: pgettext("reconciliation", "Differences"),
    }
    tabs = [
        (pgettext("reconciliation", "To do"), BARE, "list-check"),
        *((label, f"kind={kind}&{BARE}", "") for kind, label in labels.items()),
        (pgettext("reconciliation", "With a task"), f"state={LineState.TASK}", "checkbox"),
        (pgettext("reconciliation", "Settled"), f"state={LineState.SETTLED}", "check"),
        (pgettext("reconciliation", "All"), f"view={NO_VIEW}", ""),
    ]
    return [(label, of_run(query, state), icon) for label, query, icon in tabs]


def of_run(query: str, state: ListState) -> str:
    """Return a query that stays with the reconciliation the address names."""
    run = state.others.get(RUN, "")
    return f"{urlencode({RUN: run})}&{query}" if run else query


@require_GET
def line_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the newest reconciliation, or of the one asked for; what is right again is settled first."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    person, today = state.here.person, state.here.today
    run = reading.chosen(state)
    if run and not wants_part(request):
        actions.settle(run, today=today)
    page = state.page(state.narrow(reading.listed(state)))
    own_url = f"{reverse(LIST)}?{of_run(BARE, state)}"
    context = {
        "page_title": _("Reconciliation of the base"),
        "rows": hydrate(page.ids, person, today),
        "pager": state.pager(page),
        "self_url": f"{request.path}?{state.query(place=True)}",
        "own_url": own_url,
        "reset_url": "" if state.view or state.query() == of_run(BARE, state) else own_url,
        "run": run,
        "runs": Reconciliation.objects.order_by("-day")[:MOST_RUNS],
        "run_fields": state.hidden(but=[RUN]),
        "is_running": waiting_job() is not None,
        **screen.around(state, ready_views(state)),
        **abilities(person),
    }
    return screen.answer(request, "deals/reconciliation/list.html", context)


def abilities(person: Employee) -> dict[str, Any]:
    """What the person may do on the list, for its template."""
    bulk = [{"url": reverse("reconciliation:line-tasks"), "label": _("Make tasks"), "icon": "checkbox"}]
    return {"may": {"export": may(person, Act.EXPORT)}, "create": None, "bulk": bulk}


@require_GET
def line_totals(request: HttpRequest) -> HttpResponse:
    """Totals of the whole selection, put into their places."""
    state = state_of(request)
    totals = reading.of_selection(state)
    kinds = [(kind.label, totals[kind.value]) for kind in LineKind if totals[kind.value]]
    context = {"totals": totals, "kinds": kinds} | abilities(state.here.person)
    return render(request, "deals/reconciliation/totals.html", context)


@require_GET
def line_counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    counts = [reading.count(tab["state"]) for tab in screen.tabs(state, ready_views(state))]
    return render(request, "lists/counts.html", {"counts": counts})


@require_GET
def line_filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters."""
    return builder.choose(request, state_of(request))


@require_GET
def line_groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request))


@require_http_methods(["GET", "POST"])
def line_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of columns: which, and in what order."""
    return looks.choose(request, state_of(request))


@require_POST
def line_width(request: HttpRequest) -> HttpResponse:
    """Keep the width of a column."""
    return looks.set_width(request, state_of(request))


@require_http_methods(["GET", "POST"])
def line_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list."""
    require(reader(request), Act.EXPORT)
    return exporting.answer(request, EXPORT, state_of(request))


@require_GET
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is."""
    return exporting.job_page(request, EXPORT, pk)


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a finished export."""
    return exporting.job_file(request, EXPORT, pk)


# --- looking the base through -----------------------------------------------------------------------------------------


def waiting_job() -> Job | None:
    """Return the reconciliation that waits or runs."""
    return Job.objects.filter(kind=JOB, state__in=[JobState.WAITING, JobState.RUNNING]).first()


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Look the base through now; a reconciliation that is on its way is enough."""
    person = reader(request)
    if waiting_job() is None:
        jobs.start(JOB, by=person, day=clock.today().isoformat())
    toast(request, _("The base is being looked through: load the page again in a minute."), level="info")
    return redirect(LIST)


# --- tasks ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def tasks(request: HttpRequest) -> HttpResponse:
    """Make tasks of the selected lines: first how many each manager gets and until when, then carried out."""
    state = state_of(request)
    person, today = state.here.person, state.here.today
    lines = chosen_lines(request, state)
    first = Calendar(person.branch).on_or_after(today)
    form = TasksForm(posted(request), today=today, initial={"due_on": first})
    is_sent = request.method == "POST" and "preview" not in request.POST
    if is_sent and form.is_valid():
        made = actions.make_tasks(lines=lines, acting_user=person, **form.cleaned_data)
        return told(request, state, made)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if not form.is_bound:
        said = {"due_on": first, "per_day": form.fields["per_day"].initial}
    context = {
        "page_title": _("Make tasks"),
        "form": form,
        "plan": actions.plan(lines, **said) if said else None,
    }
    return render(request, "deals/reconciliation/tasks.html", context, status=422 if form.errors else 200)


def chosen_lines(request: HttpRequest, state: ListState) -> LineQuerySet:
    """Return the lines of the address: `ids`, or `all` of the list's; 404 when none of the `ids` is seen."""
    seen = ReconciliationLine.objects.visible_to(state.here.person, state.here.today)
    whole = is_whole(request.GET)
    lines = selected(reading.listed(state) if whole else seen, state, request.GET)
    if not whole and not lines.exists():
        raise Http404
    found: LineQuerySet = seen.filter(pk__in=lines.order_by().values("pk"))
    return found


def told(request: HttpRequest, state: ListState, made: Made) -> HttpResponse:
    """Say how many tasks were made and how many lines got none; who came second is told so."""
    count, url = len(made.tasks), f"{reverse(LIST)}?{state.query(place=True)}"
    if not count:
        text = _("Nothing was made: these lines are settled, have a task already, or their managers have left.")
        return answered(request, text, back=url, level="info", events=EVENTS)
    words = ngettext("%s task is made", "%s tasks are made", count) % show.number(count)
    if made.left:
        left = ngettext("%s line got none", "%s lines got none", made.left) % show.number(made.left)
        words = f"{words}. {left}"
    undo = UNDO.keep(state.here.person.pk, tasks=list(made.tasks.values()))
    return answered(request, words, back=url, undo=undo, events=EVENTS)


@require_POST
def tasks_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel the tasks that were made, those still open; only by the person who made them, and only once."""
    person = reader(request)
    kept = UNDO.take(person.pk, token)
    count = actions.take_back(tasks=kept["tasks"], acting_user=person, now=clock.now())
    words = ngettext("%s task is taken back", "%s tasks are taken back", count) % show.number(count)
    if left := len(kept["tasks"]) - count:
        stays = ngettext("%s stays: it is closed already", "%s stay: they are closed already", left)
        words = f"{words}. {stays % show.number(left)}"
    return answered(request, words, back=reverse(LIST), level="info", events=EVENTS)
