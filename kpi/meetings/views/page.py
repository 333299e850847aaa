"""One meeting: last decisions, agenda, what is decided, who was there; what the chair does with it (R275, R276)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.meetings import actions, agenda
from kpi.meetings.forms import CloseForm, DecisionForm
from kpi.meetings.models import Decision, Meeting
from kpi.plans.views.shared import dialog, refused
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.requests import posted
from staff.access import login_of

USUAL_TERM = 7  # days a decision is offered


def seen(request: HttpRequest, pk: int) -> Meeting:
    """Return the meeting when the person sees it; 404 otherwise."""
    rows = Meeting.objects.visible_to(login_of(request)).select_related("chair", "branch", "previous")
    return get_object_or_404(rows, pk=pk)


def led(request: HttpRequest, pk: int) -> Meeting:
    """Return the meeting the person leads or stands in for; 403 where it is only read."""
    found = seen(request, pk)
    if not leads(request, found):
        raise PermissionDenied
    return found


def leads(request: HttpRequest, meeting: Meeting) -> bool:
    """Whether the person writes the minutes."""
    return meeting.chair_id in login_of(request).acting_for(clock.today())


def page_of(meeting: Meeting) -> str:
    """Return the address of a meeting."""
    return reverse("kpi:meeting", args=[meeting.pk])


@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting; closed, it is its minutes."""
    found, today = seen(request, pk), clock.today()
    members = list(found.members.select_related("person").order_by("person__last_name", "person__first_name"))
    may_write = leads(request, found) and not found.closed_at
    context: dict[str, Any] = {
        "page_title": str(found),
        "meeting": found,
        "members": members,
        "lines": [
            {"line": one, "title": title, "figures": figures}
            for one in found.agenda.select_related("person", "question")
            for title, figures in [agenda.words(one)]
        ],
        "last": _decisions(found.previous_id, today),
        "decisions": _decisions(found.pk, today),
        "may_write": may_write,
        "first": members[0].person_id if members else None,
    }
    if may_write:
        context["line_acts"] = [
            ("up", "arrow-up", _("Move up")), ("down", "arrow-down", _("Move down")), ("drop", "x", _("Take off")),
        ]  # fmt: skip
        context["form"] = DecisionForm(meeting=found, initial={"due_on": today + timedelta(days=USUAL_TERM)})
    return render(request, "kpi/meetings/meeting.html", context)


def _decisions(meeting: int | None, today: Any) -> list[dict[str, Any]]:
    if meeting is None:
        return []
    found = Decision.objects.filter(meeting=meeting).select_related("task__assignee", "meeting").order_by("pk")
    return [{"decision": one, "days": one.days_late(today)} for one in found]


@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the agenda anew with today's figures."""
    found = led(request, pk)
    return _done(request, found, lambda: actions.fill(meeting=found, acting_user=login_of(request), now=clock.now()))


@require_POST
def add_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a line of one's own."""
    found, text = led(request, pk), request.POST.get("text", "")[:200]
    return _done(
        request, found,
        lambda: actions.add_line(meeting=found, text=text, acting_user=login_of(request), now=clock.now()),
    )  # fmt: skip


@require_POST
def line_act(request: HttpRequest, pk: int, line: int, act: str) -> HttpResponse:
    """Move a line, take it off, tick it as discussed."""
    found = led(request, pk)
    said: dict[str, Any] = {"meeting": found, "line": line, "acting_user": login_of(request), "now": clock.now()}
    acts: dict[str, Callable[[], None]] = {
        "up": lambda: actions.move_line(up=True, **said),
        "down": lambda: actions.move_line(up=False, **said),
        "drop": lambda: actions.drop_line(**said),
        "discuss": lambda: actions.discuss(**said),
    }
    if act not in acts:
        raise Http404(act)
    return _done(request, found, acts[act])


def _done(request: HttpRequest, found: Meeting, act: Callable[[], object], url: str = "") -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        return refused(request, str(refusal), url or page_of(found))
    return redirect(url or page_of(found))


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a decision; it is a task of its person at once."""
    found, person, today = led(request, pk), login_of(request), clock.today()
    start: dict[str, Any] = {"due_on": today + timedelta(days=USUAL_TERM)}
    if asked := request.GET.get("person", ""):
        start["assignee"] = asked
    form = DecisionForm(posted(request), meeting=found, initial=start)

    def act() -> Decision:
        data = form.cleaned_data
        return actions.decide(
            meeting=found, text=data["text"], assignee=data["assignee"], due_on=data["due_on"],
            submission=form.told_submission, acting_user=person, now=clock.now(),
        )  # fmt: skip

    return dialog(
        request, form, act, lambda _made: _("Decided: the task is set"), title=pgettext("meeting", "Decision"),
        label=_("Decide"), back=lambda _made: page_of(found),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the minutes: who was there is said, nothing is changed after that."""
    found, person = led(request, pk), login_of(request)
    form, title = CloseForm(posted(request), meeting=found), _("Close the meeting")

    def act() -> Meeting:
        present = [one.pk for one in form.cleaned_data["present"]]
        return actions.close(meeting=found, present=present, seen=form.told_seen, acting_user=person, now=clock.now())

    return dialog(
        request, form, act, lambda _made: _("The minutes are closed and sent to who was called"), title=title,
        label=title, back=page_of,
    )  # fmt: skip
