"""Meetings to come and past, a new one, decisions of all of them with what became of them (R252, R273)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kpi.meetings import actions
from kpi.meetings.forms import MeetingForm
from kpi.meetings.models import Decision, Meeting
from kpi.plans.views.shared import dialog
from kpi.views.shared import number_in
from salescrm.base import clock
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from staff.access import Act, login_of, may, require
from staff.models import Employee

MEETINGS = ListSpec("meetings", (), (Sort("newest", "starts_at", "pk"),), "-newest", others=("tab",))
DECISIONS = ListSpec("decisions", (), (Sort("newest", "pk"),), "-newest", others=("tab", "person"))


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """Show the meetings a person sees: open ones first, then the minutes of those that are closed."""
    person, today = login_of(request), clock.today()
    rows = Meeting.objects.visible_to(person)
    tabs = {
        "open": (pgettext("meetings", "Open"), rows.filter(closed_at=None)),
        "closed": (pgettext("meetings", "Minutes"), rows.filter(closed_at__isnull=False)),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "open"
    state = ListState.read(MEETINGS, request.GET, Here(person, today))
    page = state.page(tabs[chosen][1])
    found = Meeting.objects.select_related("chair", "branch").with_counts(today).in_bulk(page.ids)
    context = {
        "page_title": _("Meetings"),
        "meetings": [found[pk] for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key}), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "may_hold": may(person, Act.HOLD_MEETINGS),
    }
    return render(request, "kpi/meetings/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Call people to a meeting."""
    person, today = login_of(request), clock.today()
    require(person, Act.HOLD_MEETINGS)
    form = MeetingForm(posted(request), person=person, initial={"day": today})

    def act() -> Meeting:
        return actions.create(
            fields=form.told, people=form.cleaned_data["people"], submission=form.told_submission,
            acting_user=person, today=today,
        )  # fmt: skip

    return dialog(
        request, form, act, lambda _made: _("The meeting is called, its agenda is filled"), title=_("New meeting"),
        label=pgettext("meeting", "Call"), back=lambda made: reverse("kpi:meeting", args=[made.pk]), moves=True,
    )  # fmt: skip


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Show what meetings decided, who does it and how late it is, by person and state."""
    person, today = login_of(request), clock.today()
    rows = Decision.objects.visible_to(person)
    if asked := number_in(request, "person"):
        rows = rows.filter(task__assignee=asked)
    tabs = {
        "open": (pgettext("decisions", "To do"), rows.filter(task__state="open")),
        "late": (pgettext("decisions", "Overdue"), rows.overdue(today)),
        "done": (pgettext("decisions", "Done"), rows.filter(task__state="done")),
        "all": (pgettext("decisions", "All"), rows),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "open"
    state = ListState.read(DECISIONS, request.GET, Here(person, today))
    page = state.page(tabs[chosen][1])
    found = Decision.objects.select_related("meeting", "task__assignee").in_bulk(page.ids)
    kept = {"person": str(asked)} if asked else {}
    people = Employee.people.filter(pk__in=Decision.objects.visible_to(person).values("task__assignee"))
    context = {
        "page_title": _("Decisions of meetings"),
        "decisions": [{"decision": found[pk], "days": found[pk].days_late(today)} for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key} | kept), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "tab": chosen,
        "people": people.order_by("last_name", "first_name"),
        "asked": asked,
    }
    return render(request, "kpi/meetings/decisions.html", context)
