"""The sample company's pay: a scheme of every paid post, the rate of the fund, months closed but for the last two."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils import timezone

from kpi.indicators.models import Indicator
from kpi.measures import closing
from kpi.measures.models import Month, MonthState
from kpi.pay import actions
from kpi.pay.models import Part, PayScheme
from kpi.pay.rules import Way
from salescrm.base.periods import add_months, month_start
from staff.access import Role
from staff.models import Employee, Position

SINCE = 4  # months before this one the schemes begin
FUND = Decimal("12.5")  # per cent of turnover: ours, the case has none


class Paid(NamedTuple):
    """A component: indicator, way, rate; the target where the plan has none."""

    code: str
    way: str
    rate: str
    target: str = ""


class Scheme(NamedTuple):
    """A post's pay in roubles; the first component is permanent."""

    fixed: int
    soft: int
    old_salary: int
    old_percent: str
    parts: tuple[Paid, ...]


TARGET, PERCENT, UNIT = Way.TARGET, Way.PERCENT, Way.UNIT
SCHEMES = {
    Role.CSM: Scheme(35_000, 15_000, 45_000, "1.5", (
        Paid("csm-top-turnover", TARGET, "20000", "700000"), Paid("csm-top-active", TARGET, "8000", "15"),
        Paid("csm-orders", UNIT, "120"), Paid("csm-new", UNIT, "700"), Paid("pay-completeness", TARGET, "4000", "0.9"),
    )),
    Role.CSH: Scheme(55_000, 20_000, 70_000, "1.5", (
        Paid("csh-top-turnover-group", TARGET, "30000", "5000000"),
        Paid("csh-top-active-group", TARGET, "12000", "100"), Paid("csh-new-group", UNIT, "150"),
        Paid("csh-repeat-group", UNIT, "200"),
    )),
    Role.BRANCH_HEAD: Scheme(55_000, 20_000, 70_000, "0.5", (
        Paid("branch-output", PERCENT, "0.7"), Paid("pay-branch-active", UNIT, "150"),
        Paid("pay-branch-new", UNIT, "250"),
    )),
    Role.BDM_KEY: Scheme(45_000, 15_000, 60_000, "0.5", (
        Paid("bdm-key-turnover", PERCENT, "2"), Paid("bdm-key-new", UNIT, "3000"), Paid("bdm-key-repeat", UNIT, "3000"),
        Paid("bdm-key-transitions", UNIT, "100"),
    )),
    Role.BDM_RECOVERY: Scheme(40_000, 15_000, 45_000, "3", (
        Paid("recovery-turnover", PERCENT, "3"), Paid("recovery-returned", UNIT, "1500"),
        Paid("pay-coverage", TARGET, "5000", "0.8"),
    )),
    Role.LEAD_MANAGER: Scheme(38_000, 12_000, 45_000, "0", (
        Paid("lead-in-term", TARGET, "10000", "0.95"), Paid("lead-count", UNIT, "300"),
        Paid("pay-in-term", TARGET, "5000", "0.9"),
    )),
    Role.MARKETER: Scheme(50_000, 10_000, 60_000, "0", (
        Paid("marketer-turnover", PERCENT, "0.1"), Paid("marketer-active", TARGET, "8000", "350"),
        Paid("marketer-leads", UNIT, "100"),
    )),
    Role.OPERATOR: Scheme(40_000, 10_000, 48_000, "0", (Paid("csm-orders", UNIT, "60"),)),
    Role.HOS: Scheme(80_000, 30_000, 110_000, "0", (
        Paid("marketer-turnover", PERCENT, "0.5"), Paid("marketer-active", TARGET, "15000", "350"),
        Paid("hos-new", UNIT, "150"),
    )),
}  # fmt: skip
SOFT = (("pay-crm", 60, "0.8"), ("pay-in-term", 40, "0.9"))


def write(until: date) -> None:
    """Write pay as head and director would have decided it, the first time; then close the months that are over."""
    today = until + timedelta(days=1)
    now = datetime.combine(today, time(10), tzinfo=timezone.get_default_timezone())
    head = Employee.objects.filter(role=Role.HOS, is_active=True).earliest("pk")
    director = Employee.objects.filter(role=Role.DIRECTOR, is_active=True).earliest("pk")
    since = add_months(month_start(today), -SINCE)
    with transaction.atomic(), pghistory.context(job="demo"):
        if not PayScheme.objects.exists():
            indicators = Indicator.objects.in_bulk(field_name="code")
            for position in Position.objects.filter(role__in=SCHEMES).order_by("pk"):
                _scheme(position, since, indicators, head, director, now)
            actions.set_rate(month=since, percent=FUND, acting_user=head)
        over = Month.objects.filter(day__lt=add_months(month_start(today), -1), state=MonthState.OPEN)
        for month in over.order_by("day").values_list("day", flat=True):
            closing.close(month=month, acting_user=head, now=now)


def _scheme(
    position: Position, since: date, indicators: dict[str, Indicator], head: Employee, director: Employee, now: datetime
) -> None:
    terms = SCHEMES[Role(position.role)]
    made = actions.begin(
        position=position, month=since, acting_user=head, now=now, submission=UUID(int=position.pk)
    )  # fmt: skip
    made = actions.change(
        scheme=made, seen=made.version, acting_user=head, fixed_salary=Decimal(terms.fixed),
        soft_salary=Decimal(terms.soft), legacy_salary=Decimal(terms.old_salary),
        legacy_percent=Decimal(terms.old_percent), comment="Новая система мотивации",
    )  # fmt: skip
    seen = made.version
    for number, part in enumerate(terms.parts):
        actions.put(
            scheme=made, seen=seen + number, acting_user=head, indicator=indicators[part.code], way=part.way,
            rate=Decimal(part.rate), target=Decimal(part.target) if part.target else None, part=Part.VARIABLE,
            is_permanent=number == 0, floor=Decimal("0.5") if part.way == TARGET else Decimal(0),
        )  # fmt: skip
    seen += len(terms.parts)
    for number, (code, weight, target) in enumerate(SOFT):
        actions.put(
            scheme=made, seen=seen + number, acting_user=head, indicator=indicators[code], part=Part.SOFT,
            weight=weight, target=Decimal(target),
        )  # fmt: skip
    actions.approve(scheme=made, seen=seen + len(SOFT), acting_user=director, now=now)
