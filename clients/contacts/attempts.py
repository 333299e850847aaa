"""Calls that reach nobody are counted with the phone that was called, until somebody answers (R56)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from clients.completeness import writing
from clients.contacts.rules import FAILED_ATTEMPTS, NO_ATTEMPTS
from clients.models import Client, Contact, ContactPoint, PointKind
from salescrm.base import automation


def phones(client: Client) -> QuerySet[ContactPoint]:
    """The living phones of a client: of people who are there, and its own."""
    here = ContactPoint.objects.filter(client=client, contact__left_on__isnull=True)
    return here.filter(kind=PointKind.PHONE, dead_on__isnull=True).select_related("contact").order_by("pk")


def first_phone(client: Client, contact: Contact | None) -> ContactPoint | None:
    """The phone meant when none is said: the person's first one, of nobody in particular the company's."""
    return phones(client).filter(contact=contact).first()


@transaction.atomic
def count(*, point: ContactPoint, is_reached: bool, today: date) -> bool:
    """Count an attempt that reached nobody, or forget those before one that did; say whether it is doubtful now.

    It becomes doubtful by the figure in force on the day of the attempt, and stays so until somebody answers or says
    that it is right. Completeness is written when the phone becomes doubtful or is not any more.
    """
    held = ContactPoint.objects.select_for_update(no_key=True).get(pk=point.pk)
    after, is_doubtful = 0, False
    if not is_reached:
        after = held.failed_attempts + 1
        most = automation.number("failed-attempts", FAILED_ATTEMPTS, today)
        is_doubtful = held.is_doubtful or after >= most
    if held.failed_attempts != after:
        ContactPoint.objects.filter(pk=point.pk).update(failed_attempts=after, is_doubtful=is_doubtful)
    if is_doubtful != held.is_doubtful:
        writing.write([point.client_id], today=today)
    return is_doubtful


def forget(points: QuerySet[ContactPoint]) -> None:
    """Forget the attempts: somebody says that these are right."""
    points.filter(dead_on=None, failed_attempts__gt=0).update(**NO_ATTEMPTS)
