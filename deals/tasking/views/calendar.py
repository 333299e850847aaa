"""The calendar of tasks: a month, a week or a day, and a task moved in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.filters import TEAM
from deals import figures
from deals.models import Task
from deals.tasking import calendar as reading
from deals.tasking import moving
from deals.tasking.calendar import CALENDAR, LOOKS, Span
from deals.tasking.forms import MoveForm
from deals.views import listing
from deals.views.shared import answered, keep_undo
from salescrm.base import automation, clock, show
from salescrm.base.lists import builder, screen, views
from salescrm.base.lists.filters import Here
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.state import ListState
from salescrm.base.requests import posted
from staff.access import Act, login_of, may
from staff.calendar import Calendar
from staff.models import Employee


def state_of(request: HttpRequest, url_name: str = "") -> ListState:
    """Read the list's state with the look of the calendar; `url_name` is where its dialogs lead."""
    spec = replace(CALENDAR, url_name=url_name) if url_name else CALENDAR
    return ListState.read(spec, request.GET, Here(login_of(request), clock.today()))


def ready_views(person: Employee) -> list[screen.Ready]:
    """The tabs over the calendar: whose tasks; the days are turned."""
    team = [(pgettext("tasks", "My team"), f"assignee={TEAM}&state=open", "users")]
    return [
        (pgettext("tasks", "Mine"), CALENDAR.bare, "user"),
        *(team if may(person, Act.CHANGE_OWNER) else []),
        (pgettext("tasks", "All open"), "state=open", ""),
        (pgettext("tasks", "Done"), "state=done", ""),
        (pgettext("tasks", "All"), f"view={NO_VIEW}", ""),
    ]


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the days of a look."""
    state = state_of(request)
    if opening := views.opening(request, state):
        return redirect(f"{request.path}?{opening}")
    person, today = state.here.person, state.here.today
    span = reading.asked(state)
    whose = shown_person(state)
    norm = automation.number("task-day-norm", reading.DAY_NORM, today)
    found = reading.days(state.narrow(figures.listed(state)), span, state, Calendar(whose.branch), norm, address(state))
    context: dict[str, Any] = {
        "page_title": _("Tasks"),
        "span": span,
        "title": title(span),
        "days": found,
        "weeks": reading.weeks(found) if span.look == reading.MONTH else [],
        "grid": reading.grid(found) if span.look != reading.MONTH else [],
        "norm": norm,
        "branch": whose.branch,
        "looks": [(name, word, turned(state, name, span.on), name == span.look) for name, word in LOOKS.items()],
        "before_url": turned(state, span.look, span.before),
        "after_url": turned(state, span.look, span.after),
        "today_url": turned(state, span.look, today),
        "self_url": f"{request.path}?{state.query()}",
        "calendar_url": f"{request.path}?{state.query()}",
        "list_url": f"{reverse('deals:task-list')}?{state.query(look=None, on=None)}",
        "reset_url": "" if state.view or is_bare(state) else f"{request.path}?{CALENDAR.bare}",
        **around(state),
        **listing.abilities(person),
    }
    return screen.answer(request, "deals/tasking/calendar.html", context)


def is_bare(state: ListState) -> bool:
    """Say whether the person's own open tasks are looked at."""
    return state.query(look=None, on=None) == CALENDAR.bare


def around(state: ListState) -> dict[str, Any]:
    """What stands around the days: the list's, with the calendar's own dialogs, and tabs that keep the look."""
    found = screen.around(state, ready_views(state.here.person))
    for tab in found["tabs"]:
        tab["state"].others = state.others
        tab["url"] = f"?{tab['state'].query()}"
    own = {part: f"{reverse(f'tasking:calendar-{part}')}?{state.query()}" for part in ("filters", "groups", "counts")}
    return found | {"urls": found["urls"] | own}


def shown_person(state: ListState) -> Employee:
    """Return whose working days are shown: those of the one person looked at, else of who looks."""
    asked = state.values.get("assignee") or ()
    numbers = [int(one) for one in asked if str(one).isdecimal()]
    found = Employee.people.select_related("branch").filter(pk__in=numbers).first() if len(asked) == 1 else None
    return found or state.here.person


def turned(state: ListState, look: str, on: date) -> str:
    """Return the address of the calendar turned to a look and a day."""
    return f"{reverse('tasking:calendar-list')}?{state.query(look=look, on=on.isoformat())}"


def address(state: ListState) -> reading.Address:
    """Say where a day leads: to the calendar of it, and to the list of its tasks."""
    listed = reverse("deals:task-list")

    def of_day(day: date) -> tuple[str, str]:
        in_list = state.query(look=None, on=None, due=f"{day}..{day}")
        return turned(state, reading.DAY, day), f"{listed}?{in_list}"

    return of_day


def title(span: Span) -> str:
    """Say what is looked at."""
    if span.look == reading.MONTH:
        return show.month(span.on)
    if span.look == reading.DAY:
        return show.day_long(span.on)
    return f"{show.day(span.days[0])} – {show.day(span.days[-1])}"


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Counts of the ready views, put into their places."""
    state = state_of(request)
    found = [figures.count(tab["state"]) for tab in screen.tabs(state, ready_views(state.here.person))]
    return render(request, "lists/counts.html", {"counts": found})


@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """The dialog of filters; applied, it leads back to the calendar."""
    return builder.choose(request, state_of(request, "tasking:calendar-list"))


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """The dialog of groups of conditions."""
    return builder.answer(request, state_of(request, "tasking:calendar-list"))


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a task to another day or hour: by the dialog, or dropped there, when a refusal is a line of text (409)."""
    person, today = login_of(request), clock.today()
    task = get_object_or_404(Task.objects.visible_to(person, today), pk=pk)
    if not Task.objects.changeable_by(person, today).filter(pk=pk).exists():
        raise PermissionDenied
    form = MoveForm(posted(request), task=task)
    if request.method == "POST" and form.is_valid():
        try:
            changed = moving.move(task=task, acting_user=person, today=today, **form.cleaned_data)
        except moving.Refused as refusal:
            if "dropped" in request.POST:
                return HttpResponse(str(refusal), status=409, headers={"X-Message": quote(str(refusal))})
            form.add_error(None, str(refusal))
        else:
            said = {"title": task.title, "day": show.day(form.cleaned_data["due_on"])}
            back = reverse("tasking:calendar-list")
            text = _("“%(title)s” is moved to %(day)s") % said if changed.before else _("Nothing was changed")
            return answered(request, text, undo=keep_undo(person, changed), back=back)
    context = {"page_title": pgettext("task", "Move: %s") % task.title, "form": form, "submit_label": _("Move")}
    return render(request, "deals/tasking/move.html", context, status=422 if form.errors else 200)
