"""Sets of indicators: which holds for a position in a month, and adding to one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from salescrm.base.periods import month_start
from staff.access import Act, require
from staff.models import Employee, Position


def in_force(position: Position, month: date) -> IndicatorSet | None:
    """Return the set that holds for a position in a month; None before its first one."""
    found = IndicatorSet.objects.filter(position=position, month__lte=month_start(month))
    return found.order_by("-month").prefetch_related("lines__indicator").first()


@transaction.atomic
def add(
    *, position: Position, month: date, indicator: Indicator, weight: int, acting_user: Employee,
    target: Decimal | None = None, **scale: Any,
) -> SetLine:  # fmt: skip
    """Put an indicator into the position's set of a month, making the set; the weights of a set are 100 % at most.

    Raises ValidationError for a post without a function that influences it (R235).
    """
    require(acting_user, Act.CLOSE_MONTHS)
    if position.role not in indicator.roles:
        raise ValidationError(_("The position has no function that influences this indicator."))
    found, _made = IndicatorSet.objects.select_for_update().get_or_create(
        position=position, month=month_start(month), defaults={"author": acting_user}
    )
    if sum(found.lines.values_list("weight", flat=True)) + weight > 100:
        raise ValidationError(_("The weights of a set are 100 % together at most."))
    line = SetLine(set=found, indicator=indicator, target=target, weight=weight, **scale)
    line.full_clean()
    line.save()
    return line
