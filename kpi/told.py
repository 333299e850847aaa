"""What the room notifies of, and who may still see what a notification leads to."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kpi.meetings.models import Meeting
from salescrm.base.notify import Kind
from staff.access import Act, may
from staff.models import Employee


def _plans(person: Employee) -> bool:
    return may(person, Act.SEE_PLANS)


def _changes(person: Employee) -> bool:
    return may(person, Act.SEE_CHANGE_PLAN)


def _anybody(person: Employee) -> bool:
    return True


KINDS = (
    Kind("meeting", _("Meetings: called, minutes"), is_for=_anybody),
    Kind("plan", _("Sales plans: proposed, approved, deadlines"), is_for=_plans),
    Kind("post", _("What holds for my post has changed"), is_for=_anybody),
    Kind("change-plan", _("Plan of changes: steps given to you, their terms"), is_for=_changes),
)
PAGES: dict[str, Act | None] = {
    "kpi:change-plan": Act.SEE_CHANGE_PLAN,
    "kpi:post": None,
    "kpi:plans": Act.SEE_PLANS,
    "kpi:plan": Act.SEE_PLANS,
}


def _meetings(person: Employee, today: date) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(person)


ROWS = {"kpi:meeting": _meetings}
