"""What a person who leaves has in hand of clients beside being their owner: participations, needs of development."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.models import DevelopmentNeed, Participant
from staff.leaving import Held, Leaving, to_receiver
from staff.models import Employee


def held(person: Employee, today: date) -> Sequence[Held]:
    """Count participations that are not over and needs answered for."""
    return [
        Held(_("clients of others taken part in"), _parts(person, today).count(), _("end")),
        Held(_("needs of the typology"), _needs(person).count(), to_receiver()),
    ]


def pass_on(leaving: Leaving) -> None:
    """End participations with the day, those that were to begin with it are gone; needs get another owner."""
    _parts(leaving.person, leaving.today).filter(starts_on__gte=leaving.today).delete()
    _parts(leaving.person, leaving.today).update(ends_on=leaving.today)
    _needs(leaving.person).update(owner=leaving.receiver)


def _parts(person: Employee, today: date) -> QuerySet[Participant]:
    return Participant.objects.not_over(today).filter(employee=person)


def _needs(person: Employee) -> QuerySet[DevelopmentNeed]:
    return DevelopmentNeed.objects.filter(owner=person)
