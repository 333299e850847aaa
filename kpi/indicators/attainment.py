"""How far a target is attained: the one place that reckons it (R233). Shares: 1 = 100 %."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import models
from django.utils.translation import pgettext_lazy

ZERO, ONE = Decimal(0), Decimal(1)


class Scale(models.TextChoices):
    """How the share of the target counts."""

    LINEAR = "linear", pgettext_lazy("indicator", "in proportion")
    STEPS = "steps", pgettext_lazy("indicator", "by steps")
    ALL = "all", pgettext_lazy("indicator", "all or nothing")


def share(fact: Decimal, target: Decimal, *, falls: bool = False) -> Decimal | None:
    """Return fact ÷ target, or target ÷ fact where less is better (nothing: twice the target); None without one."""
    if target <= 0:
        return None
    if not falls:
        return max(fact, ZERO) / target
    return target / fact if fact > 0 else Decimal(2)


def attained(
    found: Decimal | None,
    *,
    scale: str = Scale.LINEAR,
    floor: Decimal = ZERO,
    cap: Decimal = Decimal("1.2"),
    steps: Sequence[Sequence[Decimal | float | str]] = (),
) -> Decimal | None:
    """Return what a share of the target counts as: nothing below the floor, no more than the cap.

    By steps counts the value of the highest step reached, nothing below the first; all or nothing counts 1 from 100 %.
    """
    if found is None:
        return None
    if found < floor:
        return ZERO
    if scale == Scale.ALL:
        return ONE if found >= ONE else ZERO
    if scale == Scale.STEPS:
        reached = [(Decimal(str(at)), Decimal(str(value))) for at, value in steps if found >= Decimal(str(at))]
        return min(max(reached)[1], cap) if reached else ZERO
    return min(found, cap)


def overall(lines: Sequence[tuple[int, Decimal | None]]) -> Decimal | None:
    """Return the weighted mean of (weight, attained); lines without a target are left out, None when all are."""
    known = [(weight, value) for weight, value in lines if value is not None]
    weights = sum(weight for weight, _value in known)
    return sum((weight * value for weight, value in known), ZERO) / weights if weights else None
