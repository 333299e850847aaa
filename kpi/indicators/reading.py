"""Which set of indicators holds for a position in a month, what each position has, what a share counts as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from kpi.indicators.attainment import attained
from kpi.indicators.models import IndicatorSet, SetLine
from kpi.measures import declared
from kpi.measures.models import Month, MonthState
from salescrm.base import show
from salescrm.base.periods import month_start
from staff.access import Role
from staff.models import Position

TRIED = (Decimal("0.7"), Decimal("1"), Decimal("1.3"))  # shares of a target a line says the outcome of


def in_force(position: Position, month: date) -> IndicatorSet | None:
    """Return the set that holds for a position in a month; None before its first one."""
    found = IndicatorSet.objects.filter(position=position, month__lte=month_start(month)).select_related("author")
    return found.order_by("-month").prefetch_related("lines__indicator").first()


def closed_months(found: IndicatorSet) -> list[date]:
    """Return the months with closed figures the set holds for, the earliest first."""
    following = IndicatorSet.objects.filter(position=found.position, month__gt=found.month).order_by("month")
    until = following.values_list("month", flat=True).first()
    closed = Month.objects.filter(state=MonthState.CLOSED, day__gte=found.month).order_by("day")
    return list((closed.filter(day__lt=until) if until else closed).values_list("day", flat=True))


def value(measure: declared.Measure, amount: Decimal | None) -> str:
    """Return a fact or a target in the unit of its measure."""
    if measure.unit == declared.Unit.SHARE:
        return show.percent(amount)
    if measure.unit == declared.Unit.MONEY:
        return show.money(amount)
    return show.number(amount, 0 if amount is None or amount % 1 == 0 else 1)


def target_of(line: SetLine) -> str:
    """Return the target a line sets, in the unit of its measure; "" when that of the plan holds."""
    return "" if line.target is None else value(declared.BY_CODE[line.indicator.measure], line.target)


@dataclass(frozen=True)
class Held:
    """A position with the set that holds in a month, those to come, and how many people are held to it."""

    position: Position
    now: IndicatorSet | None
    coming: list[IndicatorSet]
    people: int

    @property
    def lines(self) -> list[SetLine]:
        """The lines of the set that holds."""
        return list(self.now.lines.all()) if self.now else []

    @property
    def terms(self) -> list[tuple[SetLine, str]]:
        """The lines with their targets in words."""
        return [(one, target_of(one)) for one in self.lines]

    @property
    def weights(self) -> int:
        """The sum of the weights, in per cent."""
        return sum(one.weight for one in self.lines)


def positions(month: date) -> list[Held]:
    """Return what every position with a log-in has in a month: four queries."""
    versions: dict[int, list[IndicatorSet]] = {}
    for one in IndicatorSet.objects.order_by("-month").prefetch_related("lines__indicator"):
        versions.setdefault(one.position_id, []).append(one)
    working = Count("employee", filter=Q(employee__is_active=True))
    found = []
    for position in Position.objects.exclude(role=Role.NONE).annotate(people=working).order_by("pk"):
        sets = versions.get(position.pk, [])
        now = next((one for one in sets if one.month <= month), None)
        found.append(Held(position, now, [one for one in sets if one.month > month], position.people))
    return found


def counts_as(line: SetLine, found: Decimal | None) -> Decimal | None:
    """Return what a share of the target counts as by the scale of a line."""
    return attained(found, scale=line.scale, floor=line.floor, cap=line.cap, steps=line.steps)


def tried(line: SetLine) -> list[tuple[Decimal, Decimal | None]]:
    """Return what 70, 100 and 130 % of the target would count as."""
    return [(one, counts_as(line, one)) for one in TRIED]
