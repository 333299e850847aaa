"""What the head of sales does with indicators and the sets of positions: the only writer of them (R233-R235).

A set holds from its month until the next one of the position. Once figures of a month it holds for are closed, it stays
as it is: what changes begins with a new set from a later month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpi.indicators.attainment import Scale
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.indicators.reading import closed_months, in_force
from salescrm.base import show
from salescrm.base.jobs import Refused
from salescrm.base.periods import month_start
from staff.access import Act, require
from staff.models import Employee, Position

__all__ = ["Refused", "begin", "discard", "put", "set_indicator", "take_out"]
WHOLE = 100  # per cent of all weights of a set


@transaction.atomic
def begin(*, position: Position, month: date, acting_user: Employee) -> IndicatorSet:
    """Make the position's set from a month on, with the lines of the one that holds there; the second time it is there.

    Refused: figures of the month are closed.
    """
    require(acting_user, Act.CHANGE_PAY)
    month = month_start(month)
    Position.objects.select_for_update(no_key=True).get(pk=position.pk)
    former = in_force(position, month)
    if former is not None and former.month == month:
        return former
    made = IndicatorSet(position=position, month=month, author=acting_user)
    _refuse_closed(made)
    made.save()
    lines = former.lines.all() if former else []
    SetLine.objects.bulk_create(
        SetLine(
            set=made, indicator=one.indicator, target=one.target, weight=one.weight, scale=one.scale, floor=one.floor,
            cap=one.cap, steps=one.steps,
        )
        for one in lines
    )  # fmt: skip
    return made


@transaction.atomic
def put(
    *,
    found: IndicatorSet,
    seen: int,
    indicator: Indicator,
    weight: int,
    acting_user: Employee,
    line: SetLine | None = None,
    target: Decimal | None = None,
    scale: str = Scale.LINEAR,
    floor: Decimal = Decimal(0),
    cap: Decimal = Decimal("1.2"),
    steps: Sequence[Sequence[str]] = (),
) -> SetLine:
    """Put an indicator into a set, or change its `line`; shares: 1 = 100 %.

    Refused: a position without a function that influences it (R235), weights over 100 % together, terms that make no
    sense, a set somebody has changed since version `seen`, closed months.
    """
    held = _held(found, seen, acting_user)
    if held.position.role not in indicator.roles:
        raise Refused(_("The position has no function that influences this indicator."))
    others = held.lines.exclude(pk=line.pk) if line else held.lines.all()
    taken = sum(others.values_list("weight", flat=True))
    if taken + weight > WHOLE:
        raise Refused(_("The weights of a set are 100 %% together at most: %d %% are left.") % (WHOLE - taken))
    one = held.lines.filter(pk=line.pk).first() if line else SetLine(set=held)
    if one is None:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    one.indicator, one.weight, one.target, one.scale = indicator, weight, target, scale
    one.floor, one.cap, one.steps = floor, cap, [list(step) for step in steps] if scale == Scale.STEPS else []
    try:
        one.full_clean()
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault
    one.save()
    return one


@transaction.atomic
def take_out(*, line: SetLine, seen: int, acting_user: Employee) -> None:
    """Take an indicator out of a set."""
    held = _held(line.set, seen, acting_user)
    held.lines.filter(pk=line.pk).delete()


@transaction.atomic
def discard(*, found: IndicatorSet, seen: int, acting_user: Employee, today: date) -> None:
    """Take away a set that is still to come; the one before goes on holding. Refused: it holds already."""
    held = _held(found, seen, acting_user)
    if held.month <= month_start(today):
        raise Refused(_("The set holds already: begin a new one from a later month on."))
    held.delete()


@transaction.atomic
def set_indicator(*, found: Indicator | None, fields: dict[str, Any], acting_user: Employee) -> Indicator:
    """Make an indicator of a declared measure, or change names and posts of one; what it measures stays.

    Refused: a measure that makes no sense for the group, a post without a function for it (R235), a name that is there.
    """
    require(acting_user, Act.CHANGE_PAY)
    one = found or Indicator(code=f"own-{uuid4().hex[:12]}")
    same = Indicator.objects.filter(name=fields["name"])
    if (same.exclude(pk=found.pk) if found else same).exists():
        raise Refused(_("There is an indicator with this name already."))
    for name, value in fields.items():
        setattr(one, name, value)
    try:
        one.full_clean()
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault
    one.save()
    return one


def _held(found: IndicatorSet, seen: int, acting_user: Employee) -> IndicatorSet:
    """Lock a set and count it changed; raise Refused when it is not the one that was seen or its figures are closed."""
    require(acting_user, Act.CHANGE_PAY)
    rows = IndicatorSet.objects.select_for_update(of=("self",), no_key=True).select_related("position")
    held = rows.filter(pk=found.pk).first()
    if held is None or held.version != seen:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    _refuse_closed(held)
    held.version += 1
    held.author = acting_user
    held.save(update_fields=["version", "author"])
    return held


def _refuse_closed(found: IndicatorSet) -> None:
    closed = closed_months(found)
    if closed:
        raise Refused(_("The figures of %s are closed: begin a set from a later month on.") % show.month(closed[-1]))
