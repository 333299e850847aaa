"""Tasks as lists, the card and the day show them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clients.models import CommunicationKind
from deals.models import Priority, Task, TaskKind
from staff.models import Employee

ICONS = {
    TaskKind.CALL: "phone",
    TaskKind.MEETING: "users",
    TaskKind.LETTER: "mail",
    TaskKind.QUOTE: "file-invoice",
    TaskKind.DOCUMENT: "file-text",
    TaskKind.OTHER: "checkbox",
}
LOGGED = {TaskKind.CALL: CommunicationKind.CALL, TaskKind.MEETING: CommunicationKind.MEETING,
          TaskKind.LETTER: CommunicationKind.LETTER}  # fmt: skip


@dataclass(frozen=True)
class TaskRow:
    """One task on `today`, and whether the person may act on it."""

    task: Task
    today: date
    may_act: bool = False

    @property
    def icon(self) -> str:
        """The drawing of its kind."""
        return ICONS[TaskKind(self.task.kind)]

    @property
    def left(self) -> int | None:
        """Days left of an open one."""
        return self.task.days_left(self.today) if self.task.is_open else None

    @property
    def is_high(self) -> bool:
        """Say whether it is urgent."""
        return self.task.priority == Priority.HIGH

    @property
    def log_kind(self) -> str:
        """The kind of entry that is its doing; empty when it is no communication."""
        return LOGGED.get(TaskKind(self.task.kind), "") if self.task.client_id else ""


def hydrate(ids: Sequence[int], person: Employee, today: date) -> list[TaskRow]:
    """Read the tasks of these ids, in this order: two queries whatever their number."""
    people = ("lead", "assignee", "author", "closed_by")
    found = Task.objects.select_related("client__standing", *people).in_bulk(list(ids))
    changeable = Task.objects.changeable_by(person, today).open().filter(pk__in=list(ids))
    acts = set(changeable.values_list("pk", flat=True))
    return [TaskRow(found[one], today, one in acts) for one in ids if one in found]
