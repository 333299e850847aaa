"""The sample company's plans: goals of three years, seasonality, a plan approved and read, the next one proposed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils import timezone

from kpi.measures.models import ClientGroup
from kpi.plans import actions, facts, forecasting, making, seasons
from kpi.plans.actions import Place
from kpi.plans.models import Forecast, PlanFigure, PlanReading, PlanVersion
from salescrm.base.periods import add_months, month_start
from staff.calendar import head_office
from staff.models import Employee

GROWTH = Decimal("1.08")
ROUND = Decimal(100_000)
UNREAD = 3  # people who have not read the plan yet
HORIZON = 12
OFFERS = (("0.9", "Два клиента сокращают закупки"), ("1.1", "Ждём тендер сети отелей"))
BELOW = (Decimal("0.80"), Decimal("1.05"))  # how forecasts of the month before did at its beginning and at its end


@transaction.atomic
def write(until: date, head: Employee) -> None:
    """Write plans as the head of sales would have made them by the day after `until`."""
    today = until + timedelta(days=1)
    month = month_start(today)
    now = _at(today)
    with pghistory.context(job="demo"):
        seasons.refresh(today=today, acting_user=head, now=now)
        first = add_months(month, -(HORIZON // 2))
        usual = sum(facts.by_person(add_months(month, -HORIZON), month).values(), Decimal(0))
        for n in range(3):
            amount = _round(usual * GROWTH**n)
            actions.set_goal(
                year=today.year + n, amount=amount, comment="Рост 8 % в год", seen=0, acting_user=head, now=now
            )
        plan = _plan(first, _round(usual), head, today, 1)
        actions.approve(plan=plan, seen=plan.version, acting_user=head, now=_at(today - timedelta(days=9)))
        waiting = PlanReading.objects.filter(plan=plan).order_by("employee")
        asked = list(waiting.values_list("pk", flat=True))[UNREAD:]
        PlanReading.objects.filter(pk__in=asked).update(read_at=_at(today - timedelta(days=7)))
        later = add_months(first, HORIZON)
        _next(later, _round(usual * GROWTH), head, today)
        forecasting.store(until)
        _foretold(add_months(month, -1))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=timezone.get_default_timezone())


def _round(amount: Decimal) -> Decimal:
    return (amount / ROUND).quantize(Decimal(1)) * ROUND


def _plan(first: date, goal: Decimal, head: Employee, today: date, number: int) -> PlanVersion:
    made, _is_new = actions.begin(
        first_month=first, months=HORIZON, goal=goal, comment="План от цели года", acting_user=head,
        now=_at(today - timedelta(days=12)), submission=UUID(int=number),
    )  # fmt: skip
    making.top_down(made, goal, today)
    return made


def _next(first: date, goal: Decimal, head: Employee, today: date) -> None:
    """Propose the plan of the year after, two people having put their own figures beside it."""
    made = _plan(first, goal, head, today, 2)
    actions.propose(plan=made, seen=made.version, acting_user=head)
    rows = PlanFigure.objects.filter(plan=made, month=first, client_group=ClientGroup.TOP)
    people = Employee.objects.filter(pk__in=rows.values("employee")).order_by("pk")
    for person, (factor, words) in zip(people, OFFERS, strict=False):
        place = Place(first, person.pk, ClientGroup.TOP)
        planned = sum((leaf.amount for leaf in actions.figures_of(made, place)), Decimal(0))
        amount = (planned * Decimal(factor)).quantize(Decimal(1))
        actions.own_figure(
            plan=made, place=place, amount=amount, comment=words, seen=0, acting_user=person, now=_at(today)
        )


def _foretold(month: date) -> None:
    """Give the month before the forecasts its days would have had: low at first, near the fact at its end."""
    end, own = add_months(month, 1), head_office()
    whole = facts.by_person(month, end)
    branches = dict(Employee.objects.values_list("pk", "branch_id"))
    days = [day for n in range((end - month).days) if own.is_working(day := month + timedelta(days=n))]
    made = []
    for at, day in enumerate(days, 1):
        done = facts.by_person(month, day + timedelta(days=1))
        passed = Decimal(at) / len(days)
        factor = BELOW[0] + (BELOW[1] - BELOW[0]) * passed * (2 - passed)
        for (who, _month), fact in whole.items():
            shipped = done.get((who, month), Decimal(0))
            left = max(fact * factor - shipped, Decimal(0)) * (1 - passed)
            made.append(
                Forecast(
                    day=day, month=month, branch_id=branches[who], employee_id=who, shipped=shipped, deals=0,
                    cyclic=left.quantize(Decimal("0.01")),
                )
            )  # fmt: skip
    Forecast.objects.bulk_create(made, ignore_conflicts=True)
