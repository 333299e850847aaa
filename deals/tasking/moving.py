"""A task moved to another day or hour: what refuses it, and the act."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients import changes
from deals import actions
from deals.actions import Changed, Refused
from deals.changes import changes_of
from deals.dealing import tasks as deal_tasks
from deals.forms import task_mark
from deals.models import Task
from salescrm.base import show
from staff.calendar import Calendar
from staff.models import Employee

__all__ = ["Refused", "move"]


@transaction.atomic
def move(
    *, task: Task, due_on: date, due_time: time | None, seen: str, acting_user: Employee, today: date, opened: str = ""
) -> Changed:
    """Put an open task on a day, at an hour or at none.

    Raise Refused, and change nothing, when it is closed, when somebody changed it since it was `seen`, when the day is
    over, or when the branch of who does it rests on it.
    """
    if task.deal_id:
        deal_tasks.lock([task.deal_id])
    held = Task.objects.select_for_update(of=("self",), no_key=True).select_related("assignee__branch").get(pk=task.pk)
    if not held.is_open:
        raise Refused(_("The task is closed already."))
    if task_mark(held) != seen:
        raise Refused(changes.told(changes_of(held), opened))
    fields: dict[str, Any] = {"due_on": due_on, "due_time": due_time}
    if (held.due_on, held.due_time) == (due_on, due_time):
        return Changed()
    if due_on != held.due_on:
        _refuse_day(due_on, Calendar(held.assignee.branch), today)
    return actions.correct(task=held, fields=fields, acting_user=acting_user)


def _refuse_day(day: date, own: Calendar, today: date) -> None:
    if day < today:
        raise Refused(_("%(day)s is over: a task is moved to today or later.") % {"day": show.day_long(day)})
    if own.is_working(day):
        return
    said = {"day": show.day_long(day), "name": own.holiday(day)}
    if said["name"]:
        raise Refused(_("%(day)s is a day off, %(name)s: a task is moved to a working day.") % said)
    raise Refused(_("%(day)s is a day off: a task is moved to a working day.") % said)
