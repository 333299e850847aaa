"""What the room says of a person's day: the tasks that are overdue and those of today."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.models import Task
from deals.rows import TaskRow
from salescrm.base import show
from salescrm.base.day import Block, DayRow, RowAct, first
from staff.models import Employee

SIZE = 12


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's blocks: none for whom nothing has ever been set."""
    block = tasks(person, today)
    has_any = bool(block.rows) or Task.objects.filter(assignee=person).exists()
    return [block] if has_any else []


def tasks(person: Employee, today: date) -> Block:
    """The person's own open tasks up to today, the oldest first; each is acted on in place."""
    mine = Task.objects.due_by(today).filter(assignee=person).select_related("client__standing", "lead")
    found, count = first(mine.order_by("due_on", "-priority", "pk"), SIZE)
    late = sum(task.due_on < today for task in found)
    return Block(
        "tasks",
        _("Overdue and today"),
        [_row(TaskRow(task, today, may_act=True)) for task in found],
        count,
        note=ngettext("%(n)s task", "%(n)s tasks", count) % {"n": show.number(count)},
        icon="checkbox",
        tone="bad" if late else "",
        pill=ngettext("%(n)s task", "%(n)s tasks", count) % {"n": show.number(count)} if count else "",
        url=reverse("deals:task-list"),
        url_label=_("All tasks"),
        refresh_url=reverse("deals:task-day"),
        empty=_("Nothing is overdue and nothing is due today."),
    )


def _row(row: TaskRow) -> DayRow:
    task, client = row.task, row.task.client
    card = reverse("deals:task-card", args=[task.pk])
    why = f"{task.due_time:%H:%M} {task.title}" if task.due_time else task.title
    if task.lead is not None:
        url = reverse("leads:lead-card", args=[task.lead.pk])
        return DayRow(task.lead.name, url, left=row.left, why=why, acts=acts(row))
    if client is None:
        return DayRow(task.title, card, left=row.left, why=str(task.get_kind_display()), acts=acts(row))
    standing = getattr(client, "standing", None)
    return DayRow(
        client.name,
        reverse("clients:client-card", args=[client.pk]),
        left=row.left,
        abc=standing.abc if standing else "",
        xyz=standing.xyz if standing else "",
        top=bool(standing and standing.top),
        why=why,
        acts=acts(row),
    )


def acts(row: TaskRow) -> tuple[RowAct, ...]:
    """What is done with a task in its row: log what it was, done, put off."""
    task = row.task
    only = f"?ids={task.pk}"
    found = []
    if row.log_kind and task.client_id:
        url = f"{reverse('deals:log-client', args=[task.client_id])}?kind={row.log_kind}&task={task.pk}"
        found.append(RowAct(_("Log"), row.icon, url, is_log=True))
    is_asked = task.needs_result
    found.append(RowAct(_("Done"), "check", reverse("deals:task-done") + only, is_dialog=is_asked))
    found.append(RowAct(_("Put off"), "clock-pause", reverse("deals:task-snooze") + only))
    return tuple(found)
