"""What the room notifies of, and who may still see what a notification leads to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.notify import Kind
from staff.access import Act, may
from staff.models import Employee


def _plans(person: Employee) -> bool:
    return may(person, Act.SEE_PLANS)


KINDS = (Kind("plan", _("Sales plans: proposed, approved, deadlines"), is_for=_plans),)
PAGES: dict[str, Act | None] = {"kpi:plans": Act.SEE_PLANS, "kpi:plan": Act.SEE_PLANS}
