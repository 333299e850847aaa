"""Named sets of call reviews, of the people whose calls are reviewed and of the calls that wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Avg, Count, F, Max, Q, Window
from django.db.models.functions import RowNumber

from clients.models import Communication, CommunicationKind
from staff.access import ROWS, Act, Rows, may, rows
from staff.models import Employee

if TYPE_CHECKING:
    from deals.call_reviews.models import CallReview
else:
    CallReview = Any

CALLED = [role for role, reach in ROWS.items() if reach in (Rows.OWN, Rows.POTENTIAL)]  # whose calls are reviewed
AVERAGE_DAYS = 28
RECENT_DAYS = 30  # calls older than that are not proposed
PROPOSED = 3  # calls of each person


class CallReviewQuerySet(models.QuerySet["CallReview"]):
    """Sets of reviews."""

    def visible_to(self, person: Employee, today: date) -> CallReviewQuerySet:
        """Keep own ones; for heads all reviews of the people within their rows. Standing in opens nobody's reviews."""
        if not person.is_active:
            return self.none()
        if not may(person, Act.REVIEW_CALLS):
            return self.filter(employee=person)
        if rows(person) == Rows.ALL:
            return self
        return self.filter(Q(employee__branch=person.branch_id) | Q(employee=person))

    def unread(self) -> CallReviewQuerySet:
        """Keep those the employee has not confirmed yet."""
        return self.filter(read_at__isnull=True)

    def by_person(self, today: date) -> models.QuerySet[Any, Any]:
        """Count by person: `week` reviews since Monday, `average` score of the last 4 weeks, `last` day of a review."""
        monday = today - timedelta(days=today.weekday())
        return (
            self.values("employee")
            .annotate(
                week=Count("pk", filter=Q(reviewed_on__gte=monday)),
                average=Avg("score", filter=Q(reviewed_on__gt=today - timedelta(days=AVERAGE_DAYS))),
                last=Max("reviewed_on"),
            )
            .order_by()
        )


def reviewed_people(person: Employee) -> models.QuerySet[Employee]:
    """Return the people whose calls the head reviews: those at work with rows of their own, within the head's rows."""
    if not may(person, Act.REVIEW_CALLS):
        return Employee.people.none()
    found = Employee.people.filter(is_active=True, role__in=CALLED).exclude(pk=person.pk)
    return found if rows(person) == Rows.ALL else found.filter(branch=person.branch_id)


def calls(person: Employee, people: Collection[int], today: date) -> models.QuerySet[Communication]:
    """Return the calls of these people with somebody reached, not corrected, of clients the head sees."""
    found = Communication.objects.valid().filter(author__in=people, kind=CommunicationKind.CALL, is_connected=True)
    return found if rows(person) == Rows.ALL else found.visible_to(person, today)


def waiting(person: Employee, people: Collection[int], today: date) -> models.QuerySet[Communication]:
    """Return the calls nobody has reviewed."""
    return calls(person, people, today).filter(review__isnull=True)


def proposed(person: Employee, people: Collection[int], today: date) -> models.QuerySet[Communication]:
    """Return the latest recent calls nobody has reviewed, a few of each person, by one query."""
    recent = waiting(person, people, today).filter(day__gt=today - timedelta(days=RECENT_DAYS))
    place = Window(RowNumber(), partition_by=F("author"), order_by=[F("day").desc(), F("pk").desc()])
    return recent.annotate(place=place).filter(place__lte=PROPOSED).select_related("client", "result").order_by("place")
