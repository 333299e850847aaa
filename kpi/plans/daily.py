"""What plans do by themselves each morning: keep the forecast of the day before, remind of deadlines (R226, R229)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from kpi.plans import deadlines, forecasting
from kpi.plans.models import PlanReading, PlanState, PlanVersion
from salescrm.base import notify
from staff.calendar import head_office
from staff.models import Employee

REMIND = (5, 1, 0)  # days before the deadline
REREAD_DAYS = 3
DUE_TOLD = gettext_noop("The plan for {month} is to be approved by {day}")
CLOSE_TOLD = gettext_noop("{month} is to be closed by {day}")
READ_TOLD = gettext_noop("Plan {number} waits for you to read it")


@transaction.atomic
def run(today: date) -> dict[str, int]:
    """Do the morning's work; done twice in a day it writes and tells nothing new."""
    stored = forecasting.store(today - timedelta(days=1))
    return {"forecasts": stored, "told": _deadlines(today) + _unread(today)}


def _deadlines(today: date) -> int:
    """Remind the heads of sales of a plan that is not approved, and of the closing of a month."""
    heads = list(Employee.people.heads_of_sales().values_list("pk", flat=True))
    days, url, told = deadlines.of(today, head_office()), reverse("kpi:plans"), 0
    if days.plan_left in REMIND and PlanVersion.objects.in_force(days.planned) is None:
        _tell(heads, DUE_TOLD, f"plan-due-{days.planned}-{days.plan_left}", url, days.planned, days.plan_by)
        told += len(heads)
    if days.close_left in (1, 0):
        _tell(heads, CLOSE_TOLD, f"plan-close-{days.closed}-{days.close_left}", url, days.closed, days.close_by)
        told += len(heads)
    return told


def _tell(people: list[int], text: str, key: str, url: str, month: date, day: date) -> None:
    notify.tell(people, kind="plan", text=text, key=key, url=url, month=f"{month:%m.%Y}", day=f"{day:%d.%m}")


def _unread(today: date) -> int:
    """Remind people who have not read an approved plan three days after they were told of it."""
    waiting = PlanReading.objects.filter(
        read_at=None, plan__state=PlanState.APPROVED, employee__is_active=True,
        told_at__date__lte=today - timedelta(days=REREAD_DAYS),
    )  # fmt: skip
    rows = waiting.values_list("plan_id", "plan__number", "employee_id")
    notify.tell_each(
        "plan",
        (
            (who, notify.Notice(f"plan-{pk}-reread", READ_TOLD, {"number": number}, reverse("kpi:plan", args=[pk])))
            for pk, number, who in rows
        ),
    )
    return len(rows)
