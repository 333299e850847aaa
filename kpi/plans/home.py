"""What the room says of a person's day: plans to be read, own figures to be answered."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpi.plans.models import PlanReading, PlanState, PlanVersion
from salescrm.base import show
from salescrm.base.day import Block, DayRow, not_empty
from staff.access import Act, may
from staff.models import Employee


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's block."""
    if not may(person, Act.SEE_PLANS):
        return []
    listed = _unread(person) + (_offered() if may(person, Act.PROPOSE_PLANS) else [])
    return not_empty([Block("plans", _("Sales plans"), listed, len(listed), reverse("kpi:plans"), place="side")])


def _unread(person: Employee) -> list[DayRow]:
    waiting = PlanReading.objects.filter(employee=person, read_at=None, plan__state=PlanState.APPROVED)
    return [
        DayRow(
            _("Plan %s is approved") % one.plan.number,
            reverse("kpi:plan", args=[one.plan_id]),
            why=_("say that you have read it"),
        )
        for one in waiting.select_related("plan")
    ]


def _offered() -> list[DayRow]:
    open_ones = PlanVersion.objects.filter(state=PlanState.PROPOSED, proposals__agreed=None, proposals__isnull=False)
    waiting = open_ones.values_list("pk", "number").annotate(waiting=Count("proposals"))
    return [
        DayRow(
            _("Plan %s is proposed") % number,
            reverse("kpi:plan", args=[pk]),
            why=ngettext("%s own figure to answer", "%s own figures to answer", count) % show.number(count),
        )
        for pk, number, count in waiting
    ]
