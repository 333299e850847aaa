"""Counts of tasks: of a selection, of a person's day."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from deals.models import Task
from salescrm.base.lists.state import ListState
from staff.models import Employee


def listed(state: ListState) -> QuerySet[Task]:
    """The tasks the person sees, narrowed by nothing yet."""
    return Task.objects.visible_to(state.here.person, state.here.today)


def of_selection(state: ListState) -> dict[str, int]:
    """Count everything the state keeps, and what of it is overdue or due today."""
    today = state.here.today
    return state.narrow(listed(state), whole=True).aggregate(
        tasks=Count("pk"),
        overdue=Count("pk", filter=Q(state="open", due_on__lt=today)),
        today=Count("pk", filter=Q(state="open", due_on=today)),
    )


def count(state: ListState) -> int:
    """How many tasks the state keeps."""
    return state.narrow(listed(state), whole=True).count()


def of_day(person: Employee, today: date) -> dict[str, int]:
    """Count the open tasks of the person's day that are overdue, and those of today; a substitute's are among them."""
    return Task.objects.of_day(person, today).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)), today=Count("pk", filter=Q(due_on=today))
    )
