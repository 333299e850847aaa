"""What a component earns: the one place pay is reckoned and rounded (R253-R263).

Money is Decimal. An attainment is rounded half up to 0.01 %, then each amount half up to the kopeck; a total is the sum
of rounded amounts, so that what a sheet says in words can be reckoned again by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.translation import pgettext_lazy

from kpi.indicators import attainment
from kpi.indicators.attainment import Scale

NOUGHT, WHOLE = Decimal(0), Decimal(1)
KOPECK = Decimal("0.01")
POINT = Decimal("0.0001")
HUNDRED = Decimal(100)


class Way(models.TextChoices):
    """What a variable component pays for."""

    TARGET = "target", pgettext_lazy("pay", "for attaining the target")
    PERCENT = "percent", pgettext_lazy("pay", "a percentage of the fact")
    UNIT = "unit", pgettext_lazy("pay", "for each unit")


@dataclass(frozen=True)
class Terms:
    """How a component counts; `rate`: roubles at 100 %, per cent of the fact, or roubles for one."""

    way: str = Way.TARGET
    rate: Decimal = NOUGHT
    scale: str = Scale.LINEAR
    floor: Decimal = NOUGHT
    cap: Decimal = Decimal("1.2")
    steps: Sequence[Sequence[Decimal | float | str]] = ()
    falls: bool = False


@dataclass(frozen=True)
class Earned:
    """What a fact comes to: its share of the target, what the share counts as, roubles."""

    share: Decimal | None
    attained: Decimal | None
    amount: Decimal


def money(amount: Decimal) -> Decimal:
    """Round to the kopeck, half up."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def point(share: Decimal | None) -> Decimal | None:
    """Round a share to 0.01 %, half up; what is beyond 1,000 times the target is told as that."""
    return None if share is None else min(share, Decimal(1000)).quantize(POINT, ROUND_HALF_UP)


def earned(terms: Terms, fact: Decimal | None, target: Decimal | None) -> Earned:
    """Return what a component comes to.

    For a target: rate × attained; without a target or a fact nothing. A percentage or a price of each pays for the
    fact itself; where it has a target, nothing below the floor's part of it and nothing beyond the cap's.
    """
    share = attainment.share(fact, target, falls=terms.falls) if fact is not None and target is not None else None
    counts = attainment.attained(share, scale=terms.scale, floor=terms.floor, cap=terms.cap, steps=terms.steps)
    attained = point(counts)
    if terms.way == Way.TARGET:
        return Earned(point(share), attained, money(terms.rate * (attained or NOUGHT)))
    counted = max(fact or NOUGHT, NOUGHT)
    if share is not None and target is not None:
        counted = NOUGHT if share < terms.floor else min(counted, target * terms.cap)
    price = terms.rate / HUNDRED if terms.way == Way.PERCENT else terms.rate
    return Earned(point(share), attained, money(counted * price))


def for_days(amount: Decimal, employed: int, days: int) -> Decimal:
    """Return the part of a monthly amount for the working days somebody was employed; all of it without such days."""
    return money(amount * employed / days) if days else amount


def soft(amount: Decimal, score: Decimal | None, least: Decimal) -> Decimal:
    """Return the soft salary for a score of 0 to 1: nothing below `least`, all of it when nothing could be judged."""
    if score is None:
        return money(amount)
    return money(amount * min(score, WHOLE)) if score >= least else NOUGHT


def score(lines: Sequence[tuple[int, Decimal | None]]) -> Decimal | None:
    """Return the weighted mean of (weight, attained), no criterion above 100 %; None when none could be judged."""
    return point(attainment.overall([(w, None if value is None else min(value, WHOLE)) for w, value in lines]))


def topped_up(total: Decimal, before: Decimal | None, share: Decimal) -> Decimal:
    """Return what is added so that the pay is not below `share` of the mean of the months before (R262)."""
    return max(money(before * share) - total, NOUGHT) if before is not None else NOUGHT


def legacy(
    salary: Decimal, percent: Decimal, turnover: Decimal, plan: Decimal, mine: Decimal, all_: Decimal
) -> Decimal:
    """Return the pay by the old formula (R263): salary + % of turnover × attained part of its plan × part of orders.

    Without a plan the coefficient is 1; without orders nothing but the salary.
    """
    coefficient = turnover / plan if plan > 0 else WHOLE
    part = mine / all_ if all_ > 0 else NOUGHT
    return money(salary + max(turnover, NOUGHT) * percent / HUNDRED * coefficient * part)
