"""Named sets of tasks; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper

from clients.models import Client
from salescrm.base import names
from staff.access import Act, Rows, may, rows
from staff.models import Absence, Employee

if TYPE_CHECKING:
    from deals.models import Task
else:
    Task = Any


WORDS = 6  # looked for of what was typed


class TaskQuerySet(models.QuerySet["Task"]):
    """Sets of tasks."""

    def visible_to(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what one does or has set, what the person does one stands in for, and what hangs on clients one sees."""
        reach = rows(person)
        if reach == Rows.NOTHING:
            return self.none()
        if reach == Rows.ALL:
            return self
        away = Absence.objects.filter(substitute=person).on(today).values_list("employee_id", flat=True)
        mine = Q(assignee__in=[person.pk, *away]) | Q(author=person)
        clients = Client.objects.visible_to(person, today)  # asked per task: few are read, and the clients are many
        seen = Q(Exists(clients.filter(pk=OuterRef("client"))))
        branch = Q(assignee__branch=person.branch_id) if reach == Rows.BRANCH else Q()
        return self.filter(mine | seen | branch)

    def of_day(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what is on the person's day: own tasks, and those of whom the person stands in for."""
        away = Absence.objects.filter(substitute=person).on(today).values_list("employee_id", flat=True)
        doers = Employee.people.filter(pk=person.pk).values_list("pk", flat=True)
        return self.due_by(today).filter(assignee__in=doers.union(away))

    def changeable_by(self, person: Employee, today: date) -> TaskQuerySet:
        """Keep what `person` may close, put off and correct: heads all they see, others what they do or have set.

        Besides, who works a client may act on the tasks of it.
        """
        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) == Rows.OWN):
            return visible
        return visible.filter(Q(assignee=person) | Q(author=person))

    def called(self, typed: str, *, with_typos: bool) -> TaskQuerySet:
        """Keep tasks with these words in either keyboard layout, or, with typos, words much like them.

        A text shorter than a trigram keeps nothing.
        """
        fits = Q(pk__in=[])
        for words in dict.fromkeys((typed, names.other_layout(typed))):
            if max(map(len, words.split()), default=0) < names.WORD:
                continue
            if with_typos:
                fits |= Q(title_upper__trigram_word_similar=words)
            else:
                fits |= Q(*(Q(title__icontains=word) for word in words.split()[:WORDS]))
        return self.alias(title_upper=Upper("title")).filter(fits)

    def open(self) -> TaskQuerySet:
        """Keep what is to be done."""
        return self.filter(state="open")

    def due_by(self, day: date) -> TaskQuerySet:
        """Keep what is to be done by the end of `day`: overdue and due."""
        return self.open().filter(due_on__lte=day)
