"""What a person who leaves has in hand, and to whom it goes (R210, R213): each room says its part.

A room offers a module with `held` and `pass_on`, named in settings.LEAVING in the order in which they follow. What is
counted by `held` is nobody's any more after `pass_on`; `kpi.workload.leaving` puts them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from staff.handbook.models import Article
from staff.learning.models import Adaptation, Training, TrainingState
from staff.models import Absence, Employee
from staff.records import LINES


@dataclass(frozen=True)
class Held:
    """One kind of work in hand: how many, where they are listed, and who gets them, in words."""

    label: str
    rows: int
    goes: str
    url: str = ""


@dataclass(frozen=True)
class Leaving:
    """A person who leaves today, who takes what has no owner of its client, and who leads the people that are left."""

    person: Employee
    receiver: Employee
    head: Employee | None
    acting_user: Employee
    today: date
    now: datetime


class Room(Protocol):
    """What a room says."""

    def held(self, person: Employee, today: date) -> Sequence[Held]:
        """Count what the person has in hand in the room; a fixed number of queries."""

    def pass_on(self, leaving: Leaving) -> None:
        """Give all of it to others, set-based, in the caller's transaction; clients have their new owners by then."""


def rooms() -> list[Room]:
    """Return the rooms' parts in the order of settings.LEAVING."""
    return [cast(Room, import_module(name)) for name in settings.LEAVING]


def in_hand(person: Employee, today: date) -> list[Held]:
    """Return everything the person has in hand; kinds of which there is nothing are left out."""
    return [line for room in rooms() for line in room.held(person, today) if line.rows]


def to_receiver() -> str:
    """Say where what has no better place goes."""
    return _("to who takes everything else")


def to_owners() -> str:
    """Say where what hangs on clients goes."""
    return _("to the owner of the client")


def held(person: Employee, today: date) -> Sequence[Held]:
    """Count the room's own: people led, stood in for and brought in, articles answered for, trainings to hold."""
    return [
        Held(_("people led"), _led(person).count(), _("to the new head")),
        Held(_("people stood in for, now or later"), _stands_in(person, today).count(), to_receiver()),
        Held(_("articles of the sales book"), _articles(person).count(), to_receiver(), reverse("handbook:book")),
        Held(
            _("people brought in as their mentor"), _mentored(person).count(), to_receiver(), reverse("staff:learning")
        ),
        Held(_("trainings planned to be held"), _trainings(person).count(), to_receiver(), reverse("staff:trainings")),
    ]


def pass_on(leaving: Leaving) -> None:
    """Give people another head, absences another substitute, articles another owner, learners another mentor."""
    for line in LINES:
        _lead(leaving, line)
    person = leaving.person
    own = _stands_in(person, leaving.today).filter(employee=leaving.receiver)
    own.update(substitute=None)
    _stands_in(person, leaving.today).update(substitute=leaving.receiver)
    _articles(person).update(owner=leaving.receiver)
    # who takes everything else is brought in by who lets the person go, nobody is the mentor of himself
    _mentored(person).filter(employee=leaving.receiver).update(mentor=leaving.acting_user)
    _mentored(person).update(mentor=leaving.receiver)
    _trainings(person).update(trainer=leaving.receiver)


def _lead(leaving: Leaving, line: str) -> None:
    """Give a line of subordination its new head, who comes to where the person stood if he stood below."""
    head, person = leaving.head, leaving.person
    if head is not None and Employee.people.working().stands_below(head, person, line):
        Employee.people.filter(pk=head.pk).update(**{line: getattr(person, line)})
    Employee.people.working().filter(**{line: person}).update(**{line: head})


def _led(person: Employee) -> QuerySet[Employee]:
    return Employee.people.working().filter(Q(administrative_head=person) | Q(functional_head=person))


def _stands_in(person: Employee, today: date) -> QuerySet[Absence]:
    return Absence.objects.filter(substitute=person, ends_on__gt=today)


def _mentored(person: Employee) -> QuerySet[Adaptation]:
    return Adaptation.objects.filter(mentor=person, outcome="")


def _trainings(person: Employee) -> QuerySet[Training]:
    return Training.objects.filter(trainer=person, state=TrainingState.PLANNED)


def _articles(person: Employee) -> QuerySet[Article]:
    return Article.objects.filter(owner=person, withdrawn_at__isnull=True)
