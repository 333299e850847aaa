"""Named sets of meetings and of their decisions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q

from deals.models import TaskState
from staff.access import Figures, figures

if TYPE_CHECKING:
    from kpi.meetings.models import Decision, Meeting
    from staff.models import Employee
else:
    Decision = Meeting = Any


def seen_meetings(person: Employee) -> Q:
    """Say which meetings `person` sees: heads all, a head of a branch its own, everybody those called to."""
    called = Q(members__person=person) | Q(chair=person)
    seen = figures(person)
    if seen == Figures.ALL:
        return Q()
    return called | Q(branch=person.branch_id) if seen == Figures.BRANCH else called


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Sets of meetings."""

    def visible_to(self, person: Employee) -> MeetingQuerySet:
        """Keep the meetings a person may see."""
        seen = self.model._default_manager.filter(seen_meetings(person)).values("pk")
        return self.filter(pk__in=seen)

    def with_counts(self, today: date) -> MeetingQuerySet:
        """Add how many decisions there are, and how many of them are done and overdue."""
        done, late = (
            Q(decisions__task__state="done"),
            Q(decisions__task__state="open", decisions__task__due_on__lt=today),
        )
        return self.annotate(
            taken=Count("decisions"), done=Count("decisions", filter=done), late=Count("decisions", filter=late)
        )


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Sets of decisions."""

    def visible_to(self, person: Employee) -> DecisionQuerySet:
        """Keep decisions of meetings a person sees, and those the person is to do."""
        from kpi.meetings.models import Meeting

        meetings = Meeting.objects.visible_to(person).values("pk")
        return self.filter(Q(meeting__in=meetings) | Q(task__assignee=person))

    def overdue(self, today: date) -> DecisionQuerySet:
        """Keep decisions whose task is open past its term."""
        return self.filter(task__state=TaskState.OPEN, task__due_on__lt=today)
