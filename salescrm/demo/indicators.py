"""The sample company's sets of indicators: what each position is held to, and a change that is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pghistory
from django.db import transaction

from kpi.indicators import actions
from kpi.indicators.attainment import Scale
from kpi.indicators.models import Indicator, IndicatorSet
from salescrm.base.periods import add_months, month_start
from staff.access import Role
from staff.models import Employee, Position

SINCE = 5  # months before this one the sets begin
STEPS = (("0.8", "0.5"), ("0.9", "0.8"), ("1", "1"), ("1.2", "1.3"))


class Held(NamedTuple):
    """An indicator of a post: its weight in per cent, the target where the plan has none, whether by steps."""

    code: str
    weight: int
    target: str = ""
    by_steps: bool = False


SETS = {
    Role.CSM: (
        Held("csm-top-turnover", 40), Held("csm-top-active", 20, "15", by_steps=True),
        Held("csm-top-coverage", 20, "0.9"), Held("csm-new", 10, "4"), Held("pay-crm", 10, "0.8"),
    ),
    Role.CSH: (
        Held("csh-top-turnover-group", 40, "5000000"), Held("csh-top-active-group", 20, "100", by_steps=True),
        Held("csh-new-group", 20, "40"), Held("csh-repeat-group", 10, "20"), Held("special-tasks-group", 10, "0.9"),
    ),
    Role.BRANCH_HEAD: (
        Held("branch-output", 50, "1500000"), Held("pay-branch-active", 30, "70"), Held("pay-branch-new", 20, "10"),
    ),
    Role.BDM_KEY: (
        Held("bdm-key-turnover", 40), Held("bdm-key-new", 25, "3"), Held("bdm-key-repeat", 20, "2"),
        Held("bdm-key-transitions", 15, "20"),
    ),
    Role.BDM_RECOVERY: (
        Held("recovery-returned", 50, "6"), Held("recovery-turnover", 30, "150000"), Held("pay-coverage", 20, "0.8"),
    ),
    Role.LEAD_MANAGER: (Held("lead-in-term", 60, "0.95"), Held("lead-count", 40, "30")),
    Role.MARKETER: (Held("marketer-leads", 50, "40"), Held("marketer-active", 50, "350")),
    Role.OPERATOR: (Held("csm-orders", 70, "250"), Held("pay-in-term", 30, "0.9")),
    Role.HOS: (
        Held("marketer-turnover", 50), Held("hos-new", 20, "60"), Held("hos-average", 15, "25000"),
        Held("hos-crm-quality", 15, "0.8"),
    ),
}  # fmt: skip


def write(until: date) -> None:
    """Hold each position to its indicators as the head of sales would, the first time; a change comes next month."""
    if IndicatorSet.objects.exists():
        return
    this_month = month_start(until + timedelta(days=1))
    head = Employee.objects.filter(role=Role.HOS, is_active=True).earliest("pk")
    indicators = Indicator.objects.in_bulk(field_name="code")
    with transaction.atomic(), pghistory.context(job="demo"):
        for position in Position.objects.filter(role__in=SETS).order_by("pk"):
            held = actions.begin(position=position, month=add_months(this_month, -SINCE), acting_user=head)
            _fill(held, SETS[Role(position.role)], indicators, head)
        for position in Position.objects.filter(role=Role.BDM_RECOVERY).order_by("pk"):
            coming = actions.begin(position=position, month=add_months(this_month, 1), acting_user=head)
            line = coming.lines.earliest("pk")
            terms = _terms(Held("", line.weight, "8"))
            actions.put(
                found=coming, seen=coming.version, indicator=line.indicator, acting_user=head, line=line, **terms
            )


def _fill(found: IndicatorSet, lines: Sequence[Held], indicators: dict[str, Indicator], head: Employee) -> None:
    for number, one in enumerate(lines):
        seen = found.version + number
        actions.put(found=found, seen=seen, indicator=indicators[one.code], acting_user=head, **_terms(one))


def _terms(one: Held) -> dict[str, Any]:
    terms: dict[str, Any] = {"weight": one.weight, "target": Decimal(one.target) if one.target else None}
    return terms | {"scale": Scale.STEPS, "steps": STEPS} if one.by_steps else terms
