"""What a meeting's agenda begins with: figures of the month, last decisions, obligatory questions (R275).

The program's lines keep the figures they were written with, so that the minutes say what was before the eyes. Filling
anew replaces those that were not discussed yet.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.models import Task
from kpi.board.reading import read
from kpi.measures.models import Month
from kpi.measures.reading import ZERO, Scope
from kpi.meetings.models import AgendaLine, Decision, LineSource, Meeting, MeetingQuestion
from salescrm.base import show
from salescrm.base.periods import month_start
from segmentation.models import ZeroCase
from staff.models import Employee

MOST_PEOPLE = 5
FILLED = (LineSource.DECISIONS, LineSource.PLAN, LineSource.PERSON, LineSource.TASKS, LineSource.HANDOVERS)


def lines(meeting: Meeting, today: date) -> list[AgendaLine]:
    """Return the lines the program has for the meeting, in their order, not saved; a line of nothing is left out."""
    found = [*_decisions(meeting, today), *_figures(meeting, today), *_tasks(meeting, today), *_hand_overs(meeting)]
    asked = MeetingQuestion.objects.filter(is_active=True, kinds__contains=[meeting.kind]).order_by("order", "pk")
    found += [AgendaLine(source=LineSource.QUESTION, question=one) for one in asked]
    for number, line in enumerate(found, 1):
        line.meeting, line.order = meeting, number * 10
    return found


def _decisions(meeting: Meeting, today: date) -> list[AgendaLine]:
    """Say how far the decisions of the meeting before have come."""
    if meeting.previous_id is None:
        return []
    taken = Decision.objects.filter(meeting=meeting.previous_id)
    values = {
        "taken": taken.count(), "done": taken.filter(task__state="done").count(), "late": taken.overdue(today).count()
    }  # fmt: skip
    return [AgendaLine(source=LineSource.DECISIONS, values=values)] if values["taken"] else []


def _figures(meeting: Meeting, today: date) -> list[AgendaLine]:
    """Say plan, fact and deviation of the whole, then of the people who are furthest behind their plan."""
    month = month_start(today - timedelta(days=1))
    kept = Month.objects.filter(day=month).first()
    if kept is None:
        return []
    board = read(meeting.chair, Scope(None, meeting.branch_id), month, "person", kept.as_of)
    if board.total.plan is None:
        return []
    found = [AgendaLine(source=LineSource.PLAN, values=_values(board.total, month))]
    behind = [line for line in board.lines if line.key.isdigit() and (line.deviation or ZERO) < 0]
    behind.sort(key=lambda line: (line.deviation or ZERO, line.name))
    people = Employee.people.in_bulk([int(line.key) for line in behind[:MOST_PEOPLE]])
    return found + [
        AgendaLine(source=LineSource.PERSON, person=people[int(line.key)], values=_values(line, month))
        for line in behind[:MOST_PEOPLE]
        if int(line.key) in people
    ]


def _values(line: Any, month: date) -> dict[str, str]:
    figures = {"fact": line.fact.value, "plan": line.plan, "deviation": line.deviation, "forecast": line.forecast}
    return {name: str(value or ZERO) for name, value in figures.items()} | {"month": month.isoformat()}


def _tasks(meeting: Meeting, today: date) -> list[AgendaLine]:
    late = Task.objects.open().filter(due_on__lt=today, assignee__in=meeting.people())
    values = {"late": late.count(), "people": late.order_by().values("assignee").distinct().count()}
    return [AgendaLine(source=LineSource.TASKS, values=values)] if values["late"] else []


def _hand_overs(meeting: Meeting) -> list[AgendaLine]:
    waiting = ZeroCase.objects.to_decide()
    if meeting.branch_id:
        waiting = waiting.filter(client__branch=meeting.branch_id)
    count = waiting.count()
    return [AgendaLine(source=LineSource.HANDOVERS, values={"waiting": count})] if count else []


def words(line: AgendaLine) -> tuple[str, str]:
    """Return what a line says in the reader's language, and its figures."""
    values = line.values
    if line.source == LineSource.OWN:
        return line.text, ""
    if line.source == LineSource.QUESTION:
        return str(line.question), ""
    if line.source in (LineSource.PLAN, LineSource.PERSON):
        said = {name: show.money(Decimal(values[name])) for name in ("fact", "plan", "forecast")}
        said["deviation"] = show.signed(Decimal(values["deviation"]))
        title = (
            line.person.short_name if line.person else _("Plan of %s") % show.month(date.fromisoformat(values["month"]))
        )
        figures = _("fact %(fact)s of %(plan)s, deviation %(deviation)s, forecast %(forecast)s") % said
        return title, figures
    if line.source == LineSource.DECISIONS:
        return _("Decisions of the last meeting"), _("%(done)s of %(taken)s done, %(late)s overdue") % values
    if line.source == LineSource.TASKS:
        text = ngettext("%(late)s task of %(people)s people", "%(late)s tasks of %(people)s people", values["late"])
        return _("Overdue tasks"), text % values
    text = ngettext("%(waiting)s client waits", "%(waiting)s clients wait", values["waiting"])
    return _("Hand-overs to be approved"), text % values
