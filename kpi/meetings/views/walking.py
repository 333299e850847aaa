"""The meeting person by person: each one's month beside the plan, what is overdue, what was decided (R252, R275)."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from deals.models import Task
from kpi.board.reading import read
from kpi.measures.models import Month
from kpi.measures.reading import scope
from kpi.meetings.models import Decision
from kpi.meetings.views.page import leads, seen
from salescrm.base import clock
from salescrm.base.periods import month_start
from staff.access import login_of
from staff.models import Employee

SHOWN = 7  # tasks


@require_GET
def walk(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show one person of the meeting to who sees that person's figures; the arrows go on to the next."""
    found, viewer, today = seen(request, pk), login_of(request), clock.today()
    order = list(found.members.order_by("person__last_name", "person__first_name").values_list("person", flat=True))
    one = get_object_or_404(Employee.objects.select_related("branch", "position"), pk=person)
    asked = scope(viewer, employee=one)
    if person not in order or asked is None:
        raise Http404(str(person))
    place = order.index(person)
    month = month_start(today - timedelta(days=1))
    kept = Month.objects.filter(day=month).first()
    late = Task.objects.open().filter(assignee=person, due_on__lt=today)
    taken = Decision.objects.filter(task__assignee=person, task__state="open").select_related(
        "task__assignee", "meeting"
    )
    context = {
        "page_title": one.short_name,
        "meeting": found,
        "person": one,
        "place": place + 1,
        "people": len(order),
        "earlier": _address(pk, order[place - 1]) if place else "",
        "later": _address(pk, order[place + 1]) if place + 1 < len(order) else "",
        "board": read(viewer, asked, month, "group", kept.as_of) if kept else None,
        "late": late.select_related("client").order_by("due_on", "pk")[:SHOWN],
        "late_count": late.count(),
        "decisions": [{"decision": row, "days": row.days_late(today)} for row in taken.order_by("due_on", "pk")],
        "may_write": leads(request, found) and not found.closed_at,
        "title": _("%(place)s of %(people)s") % {"place": place + 1, "people": len(order)},
    }
    return render(request, "kpi/meetings/walk.html", context)


def _address(meeting: int, person: int) -> str:
    return reverse("kpi:meeting-walk", args=[meeting, person])
