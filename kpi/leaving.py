"""What a person who leaves has in hand of the department's: steps of the plan of changes, meetings to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kpi.change_plan.models import OPEN, ChangeStep
from kpi.meetings.models import Meeting, MeetingMember
from staff.leaving import Held, Leaving, to_receiver
from staff.models import Employee


def held(person: Employee, today: date) -> Sequence[Held]:
    """Count open steps answered for, meetings to be held and those one is called to."""
    return [
        Held(_("steps of the plan of changes"), _steps(person).count(), to_receiver(), reverse("kpi:change-plan")),
        Held(_("meetings to be held"), _meetings(person).count(), to_receiver(), reverse("kpi:meetings")),
        Held(_("meetings called to"), _calls(person).count(), _("end")),
    ]


def pass_on(leaving: Leaving) -> None:
    """Give steps and meetings to the receiver; nobody waits for the person at a meeting."""
    _steps(leaving.person).update(responsible=leaving.receiver, version=F("version") + 1)
    _calls(leaving.person).delete()
    held = _meetings(leaving.person)
    called = [MeetingMember(meeting=one, person=leaving.receiver) for one in held]
    MeetingMember.objects.bulk_create(called, ignore_conflicts=True)
    held.update(chair=leaving.receiver, version=F("version") + 1)


def _steps(person: Employee) -> QuerySet[ChangeStep]:
    return ChangeStep.objects.filter(responsible=person, state__in=OPEN)


def _meetings(person: Employee) -> QuerySet[Meeting]:
    return Meeting.objects.filter(chair=person, closed_at__isnull=True)


def _calls(person: Employee) -> QuerySet[MeetingMember]:
    return MeetingMember.objects.filter(person=person, meeting__closed_at__isnull=True)
