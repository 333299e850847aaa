"""Named sets of tasks; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clients.models import Client
from deals import titles
from staff.access import Act, Rows, may, rows
from staff.models import Employee

if TYPE_CHECKING:
    from deals.models import Task
else:
    Task = Any


class TaskQuerySet(models.QuerySet["Task"]):
    """Sets of tasks."""

    def visible_to(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what one does or has set, what the person does one stands in for, and what hangs on clients one sees."""
        reach = rows(person)
        if reach == Rows.NOTHING:
            return self.none()
        if reach == Rows.ALL:
            return self
        mine = Q(assignee__in=person.acting_for(today)) | Q(author=person)
        clients = Client.objects.visible_to(person, today)  # asked per task: few are read, and the clients are many
        seen = Q(Exists(clients.filter(pk=OuterRef("client"))))
        branch = Q(assignee__branch=person.branch_id) if reach == Rows.BRANCH else Q()
        return self.filter(mine | seen | branch)

    def of_day(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what is on the person's day: own tasks, and those of whom the person stands in for."""
        return self.due_by(today).filter(assignee__in=person.acting_for(today))

    def changeable_by(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what `person` may close, put off and correct: heads all they see, others what they do or have set.

        Besides, who works a client may act on the tasks of it.
        """
        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) == Rows.OWN):
            return visible
        return visible.filter(Q(assignee=person) | Q(author=person))

    def called(self, typed: str, *, with_typos: bool) -> list[TaskQuerySet]:
        """Return tasks with these words in either keyboard layout, or, with typos, words like them, each way apart.

        A text shorter than a trigram finds nothing.
        """
        return [self.filter(way) for way in titles.ways(typed, titles.TASK, with_typos=with_typos)]

    def open(self) -> TaskQuerySet:
        """Keep what is to be done."""
        return self.filter(state="open")

    def due_by(self, day: date) -> TaskQuerySet:
        """Keep what is to be done by the end of `day`: overdue and due."""
        return self.open().filter(due_on__lte=day)
