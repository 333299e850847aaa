"""The main-consumer trap: clients whose share of the window's net turnover is above the limits of the rules (R73)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from salescrm.base import notify, show, sql
from segmentation.guards import heads
from segmentation.models import RuleSet

if TYPE_CHECKING:
    from segmentation.steps import Night

APP = "segmentation"
CRITICAL = 2
WARNED = gettext_noop("{client} brings {share} of the turnover: above the warning limit of {limit}")
ENDANGERED = gettext_noop("{client} brings {share} of the turnover: above the critical limit of {limit}")


@dataclass(frozen=True)
class Concentrated:
    """A client above a limit: its share as a fraction, the limit it is above, and how it stood the night before."""

    client_id: int
    name: str
    share: Decimal
    limit: Decimal
    level: int
    level_before: int = 0

    @property
    def is_critical(self) -> bool:
        """Say whether the critical limit is passed."""
        return self.level == CRITICAL


def above_limits(as_of: date, rules: RuleSet, before: date | None = None) -> list[Concentrated]:
    """Return the clients above a limit in the night `as_of`, largest first, compared with the night `before`."""
    earlier = RuleSet.objects.in_force(before) if before else rules
    parameters = {
        "as_of": as_of,
        "warning": rules.concentration_warning,
        "critical": rules.concentration_critical,
        "before": before,
        "warning_before": earlier.concentration_warning,
        "critical_before": earlier.concentration_critical,
    }
    limits = {1: rules.concentration_warning, CRITICAL: rules.concentration_critical}
    return [Concentrated(limit=limits[row["level"]], **row) for row in sql.rows(APP, "find_concentrated", parameters)]


def tell_new(night: Night) -> int:
    """Tell the heads of every client that is above a limit it was not above the night before; return how many."""
    newly = [one for one in above_limits(night.as_of, night.rule_set, night.before) if one.level > one.level_before]
    if newly:
        notify.tell_each("concentration", product(heads(), [_notice(night, one) for one in newly]))
    return len(newly)


def _notice(night: Night, one: Concentrated) -> notify.Notice:
    return notify.Notice(
        f"concentration:{night.as_of}:{one.client_id}",
        ENDANGERED if one.is_critical else WARNED,
        {"client": one.name, "share": show.percent(one.share, 1), "limit": show.percent(one.limit)},
        f"/clients/{one.client_id}/",
    )
