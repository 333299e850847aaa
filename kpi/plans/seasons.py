"""Seasonality: coefficients by direction and calendar month from history, and versions people have edited (R225)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Direction
from kpi.plans.facts import ROOM
from kpi.plans.models import Seasonality, SeasonalityShare
from salescrm.base import sql
from salescrm.base.jobs import Refused
from salescrm.base.periods import add_months, window
from staff.calendar import Calendar, head_office, months
from staff.models import Employee

YEARS = 3
MONTHS = 12
EXACT = Decimal("0.0001")
Curve = list[Decimal]  # twelve coefficients, January first; their mean is 1
EVEN: Curve = [Decimal(1)] * MONTHS


@dataclass(frozen=True)
class Season:
    """The coefficients in force: of each direction (None: all goods)."""

    seasonality: Seasonality | None
    curves: Mapping[int | None, Curve]

    def curve(self, direction: int | None) -> Curve:
        """Return the curve of a direction; of one nobody has reckoned that of all goods."""
        return self.curves.get(direction) or self.curves.get(None) or EVEN


def in_force() -> Season:
    """Return the newest version; twelve ones before the first."""
    newest = Seasonality.objects.first()
    return of(newest) if newest else Season(None, {})


def of(seasonality: Seasonality) -> Season:
    """Return the coefficients of a version."""
    curves: dict[int | None, Curve] = {}
    for share in seasonality.shares.all():
        curves.setdefault(share.direction_id, list(EVEN))[share.month - 1] = share.coefficient
    return Season(seasonality, curves)


def reckon(today: date) -> tuple[date, date, dict[int | None, Curve]]:
    """Return the period [from, until) and the curves of up to three full years before `today`'s month.

    A coefficient is the turnover of a working day of the month against the mean working day of its year, so that
    working days of the plan's own calendar are not counted twice. Years without turnover are left out.
    """
    start, end = window(today, YEARS * MONTHS)
    amounts: dict[int | None, dict[date, Decimal]] = {None: {}}
    for row in sql.rows(ROOM, "read_seasons", {"start": start, "end": end}):
        whole = amounts[None]
        whole[row["month"]] = whole.get(row["month"], Decimal(0)) + row["amount"]
        if row["direction"] is not None:
            amounts.setdefault(row["direction"], {})[row["month"]] = row["amount"]
    first = min(amounts[None], default=end)
    while add_months(start, MONTHS) <= first and add_months(start, MONTHS) < end:
        start = add_months(start, MONTHS)
    working = _working_days(start, end)
    return start, end, {direction: _curve(found, start, end, working) for direction, found in amounts.items()}


def _working_days(start: date, end: date) -> dict[date, int]:
    own = head_office()
    return working_days(own, (add_months(start, n) for n in range(_count(start, end))))


def passed(own: Calendar, month: date, day: date) -> Decimal:
    """Return the share of a month's working days that is over at the end of `day`, by a branch's calendar."""
    over = own.count(date.fromordinal(n) for n in range(month.toordinal(), day.toordinal() + 1))
    return Decimal(over) / max(working_days(own, [month])[month], 1)


def working_days(own: Calendar, asked: Iterable[date]) -> dict[date, int]:
    """Return how many working days the months asked for have, by a branch's calendar."""
    wanted = list(asked)
    years = {one.year for one in wanted}
    known = {month.first: month.working for year in years for month in months(year, own)}
    return {one: known[one] for one in wanted}


def _count(start: date, end: date) -> int:
    return (end.year - start.year) * MONTHS + end.month - start.month


def _curve(found: Mapping[date, Decimal], start: date, end: date, working: Mapping[date, int]) -> Curve:
    """Return the mean of each calendar month's pace over the years, brought to a mean of 1."""
    paces: list[list[Decimal]] = [[] for _month in range(MONTHS)]
    year = start
    while year < end:
        every = [add_months(year, n) for n in range(MONTHS)]
        daily = [max(found.get(one, Decimal(0)), Decimal(0)) / max(working[one], 1) for one in every]
        mean = sum(daily, Decimal(0)) / MONTHS
        if mean:
            for one, pace in zip(every, daily, strict=True):
                paces[one.month - 1].append(pace / mean)
        year = add_months(year, MONTHS)
    if not any(paces):
        return list(EVEN)
    return brought_to_one([sum(one, Decimal(0)) / len(one) if one else Decimal(1) for one in paces])


def brought_to_one(curve: Curve) -> Curve:
    """Return the coefficients with a mean of 1, four places each; what rounding leaves is the largest one's."""
    whole = sum(curve, Decimal(0))
    if not whole:
        return list(EVEN)
    rounded = [(one * MONTHS / whole).quantize(EXACT) for one in curve]
    highest = rounded.index(max(rounded))
    rounded[highest] += MONTHS - sum(rounded)
    return rounded


@transaction.atomic
def keep(
    *, curves: Mapping[int | None, Curve], reckoned: Mapping[int | None, Curve], period: tuple[date, date],
    comment: str, acting_user: Employee | None, now: datetime, submission: UUID | None = None,
) -> Seasonality:  # fmt: skip
    """Keep a version; the coefficients of each direction are brought to a mean of 1. Refused for twelve noughts."""
    known = Seasonality.objects.filter(submission=submission).first() if submission else None
    if known:
        return known
    if any(not any(curve) for curve in curves.values()):
        raise Refused(_("A year has at least one month with turnover."))
    made = Seasonality.objects.create(
        reckoned_from=period[0], reckoned_until=period[1], comment=comment, author=acting_user, created_at=now,
        submission=submission,
    )  # fmt: skip
    SeasonalityShare.objects.bulk_create(
        [
            SeasonalityShare(
                seasonality=made,
                direction_id=direction,
                month=month,
                coefficient=value,
                reckoned=(reckoned.get(direction) or EVEN)[month - 1],
            )
            for direction, curve in curves.items()
            for month, value in enumerate(brought_to_one(curve), 1)
        ]
    )
    return made


def refresh(*, today: date, acting_user: Employee | None, now: datetime, submission: UUID | None = None) -> Seasonality:
    """Reckon the coefficients anew from history and keep them as a version."""
    start, end, curves = reckon(today)
    return keep(
        curves=curves, reckoned=curves, period=(start, end), comment="", acting_user=acting_user, now=now,
        submission=submission,
    )  # fmt: skip


def names() -> dict[int | None, str]:
    """Return the directions by number, all goods first."""
    return {None: _("all goods"), **{one.pk: str(one) for one in Direction.objects.order_by("name")}}
