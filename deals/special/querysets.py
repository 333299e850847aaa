"""Named sets of special tasks and of their lines, and what is counted of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth

from staff.access import Act, Figures, Rows, figures, may, rows
from staff.models import Employee

if TYPE_CHECKING:
    from deals.special.models import SpecialTask, SpecialTaskLine
else:
    SpecialTask = SpecialTaskLine = Any

# what is cancelled need not be done and is not counted, but for what was left undone when its special task was closed
UNDONE = Q(task__state="cancelled", special_task__state="closed", task__closed_at=F("special_task__closed_at"))
GIVEN = ~Q(task__state="cancelled") | UNDONE
DONE = Q(task__state="done")
WITH_RESULT = DONE & ~Q(task__result="")
IN_TIME = DONE & Q(task__closed_at__date__lte=F("special_task__ends_on"))


def overdue(today: date) -> Q:
    """Keep lines whose task is open past its day."""
    return Q(task__state="open", task__due_on__lt=today)


def is_all_seen(person: Employee) -> bool:
    """Say whether the person sees special tasks of everybody: heads of all branches, and who sees all figures."""
    heads = may(person, Act.SET_SPECIAL_TASKS) and rows(person) == Rows.ALL
    return heads or figures(person) == Figures.ALL


class SpecialTaskLineQuerySet(models.QuerySet["SpecialTaskLine"]):
    """Sets of lines."""

    def visible_to(self, person: Employee, today: date) -> SpecialTaskLineQuerySet:
        """Keep own lines; for a head of a branch those of its people, for marketing those of marketing tasks."""
        if not person.is_active:
            return self.none()
        if is_all_seen(person):
            return self
        seen = Q(task__assignee__in=person.acting_for(today)) | Q(special_task__author=person)
        if may(person, Act.SET_SPECIAL_TASKS):
            seen |= Q(task__assignee__branch=person.branch_id)
        elif may(person, Act.SET_MARKETING_TASKS):
            seen |= Q(special_task__kind="marketing")
        return self.filter(seen)

    def by_person(self, today: date) -> models.QuerySet[Any, Any]:
        """Count given, done, done with a result and overdue lines by who does them now, in order of names."""
        name = ("task__assignee__last_name", "task__assignee__first_name", "task__assignee")
        return self.values("task__assignee").annotate(**counts(today)).order_by(*name)

    def by_person_and_month(self) -> models.QuerySet[Any, Any]:
        """Count lines, one row per person and month: the grain of the % done of indicators (R185).

        `person` is the id of who does the task now, `month` the first day of the month in which the special task ends.
        `given` has all tasks but cancelled ones; those a closed special task left undone stay given, those of a
        cancelled one do not. `done` has those that are done, whenever, `in_time` those done by the last day of the
        special task.
        % done = done / given.
        """
        return (
            self.filter(GIVEN)
            .annotate(person=F("task__assignee"), month=TruncMonth("special_task__ends_on"))
            .values("person", "month")
            .annotate(given=Count("pk"), done=Count("pk", DONE), in_time=Count("pk", IN_TIME))
            .order_by("month", "person")
        )


def counts(today: date) -> dict[str, Count]:
    """What is counted of lines."""
    return {
        "given": Count("pk", filter=GIVEN),
        "done": Count("pk", filter=DONE),
        "with_result": Count("pk", filter=WITH_RESULT),
        "overdue": Count("pk", filter=overdue(today)),
    }


class SpecialTaskQuerySet(models.QuerySet["SpecialTask"]):
    """Sets of special tasks."""

    def visible_to(self, person: Employee, today: date) -> SpecialTaskQuerySet:
        """Keep those of which the person sees a line, and those the person has set."""
        if not person.is_active:
            return self.none()
        if is_all_seen(person):
            return self
        lines = self.model._meta.apps.get_model("deals", "SpecialTaskLine").objects
        of_it = lines.filter(special_task=OuterRef("pk")).visible_to(person, today)
        return self.filter(Q(author=person) | Exists(of_it))

    def changeable_by(self, person: Employee, today: date) -> SpecialTaskQuerySet:
        """Keep what the person may close and cancel: who set it, and heads who see everybody's."""
        if may(person, Act.SET_SPECIAL_TASKS) and is_all_seen(person):
            return self
        sets = may(person, Act.SET_SPECIAL_TASKS) or may(person, Act.SET_MARKETING_TASKS)
        return self.filter(author=person) if sets else self.none()

    def running(self) -> SpecialTaskQuerySet:
        """Keep what is neither closed nor cancelled."""
        return self.filter(state="running")
