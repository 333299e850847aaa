"""Norms: which one holds in a month, and the one way to set one (R208, R209).

What a client service manager carries now stands with the branch, where distribution reads it: setting the norm in force
writes it there in the same transaction, and the norms of earlier months stay here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kpi.workload.models import OF_ALWAYS, OutputNorm, PortfolioNorm
from salescrm.base.jobs import Refused
from salescrm.base.periods import month_start
from staff.access import Act, Role, require
from staff.models import Branch, Employee

Norm = tuple[int | None, int | None]  # TOP clients, others


class Norms:
    """The norms of clients of a month, read by one query."""

    def __init__(self, month: date, today: date) -> None:
        self._is_now = month >= month_start(today)
        self._rows: dict[tuple[int, str], Norm] = {}
        for row in PortfolioNorm.objects.filter(month__lte=month).order_by("month"):
            self._rows[row.branch_id, row.role] = (row.tops, row.others)

    def of(self, person: Employee) -> Norm:
        """Return how many TOP clients and others the person carries at most in the month."""
        kept = self._rows.get((person.branch_id, person.role))
        if person.role == Role.CSM and (self._is_now or kept is None):
            return person.norms
        tops, others = kept or (None, None)
        share = person.norm_share
        return (None if tops is None else tops * share // 100, None if others is None else others * share // 100)


def output_norm(month: date) -> OutputNorm | None:
    """Return the norm of output that holds in a month."""
    return OutputNorm.objects.filter(month__lte=month).order_by("-month").first()


@transaction.atomic
def set_portfolio_norm(
    *, branch: Branch, role: str, month: date, tops: int | None, others: int | None, acting_user: Employee, today: date
) -> PortfolioNorm:
    """Set the norm of a post in a branch from a month on, this one or an earlier one."""
    require(acting_user, Act.SET_LOAD_NORMS)
    _check_month(month, today)
    held = Branch.objects.select_for_update(of=("self",), no_key=True).get(pk=branch.pk)
    known = PortfolioNorm.objects.filter(branch=held, role=role)
    of_csm = role == Role.CSM
    if of_csm and not known.exists() and (held.norm_tops, held.norm_others) != (None, None):
        PortfolioNorm.objects.create(
            branch=held, role=role, month=OF_ALWAYS, tops=held.norm_tops, others=held.norm_others
        )
    made, _is_new = PortfolioNorm.objects.update_or_create(
        branch=held, role=role, month=month, defaults={"tops": tops, "others": others, "author": acting_user}
    )
    if of_csm and not known.filter(month__gt=month).exists():
        held.norm_tops, held.norm_others = tops, others
        held.save(update_fields=["norm_tops", "norm_others"])
    return made


@transaction.atomic
def set_output_norm(
    *, month: date, minutes: Iterable[Decimal], day_hours: Decimal, acting_user: Employee, today: date
) -> OutputNorm:
    """Set the minutes of an order, a call and a letter from a month on, this one or an earlier one."""
    require(acting_user, Act.SET_LOAD_NORMS)
    _check_month(month, today)
    order, call, letter = minutes
    values = {"order_minutes": order, "call_minutes": call, "letter_minutes": letter, "day_hours": day_hours}
    return OutputNorm.objects.update_or_create(month=month, defaults=values | {"author": acting_user})[0]


def _check_month(month: date, today: date) -> None:
    if month > month_start(today):
        raise Refused(_("A norm begins with this month or an earlier one."))
