"""Closing a month freezes its figures with the rules they were reckoned by; opening it again asks for a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpi.measures.models import Month, MonthState
from kpi.pay import computing as pay
from salescrm.base import periods
from staff.access import Act, require
from staff.models import Employee


def _locked(month: date) -> Month:
    found = Month.objects.select_for_update(of=("self",)).filter(pk=month).first()
    if found is None:
        raise ValidationError(_("No figures are stored for this month."))
    return found


@transaction.atomic
def close(*, month: date, acting_user: Employee, now: datetime) -> Month:
    """Freeze a month that is over and reckoned to its last day, and everybody's pay; else raise ValidationError."""
    require(acting_user, Act.CLOSE_MONTHS)
    row = _locked(month)
    if row.is_closed:
        raise ValidationError(_("The month is closed already."))
    if row.as_of < periods.month_end(month):
        raise ValidationError(_("The month is not over, or its last day is not reckoned yet."))
    pay.freeze(month)
    row.state, row.changed_by, row.changed_at, row.reason = MonthState.CLOSED, acting_user, now, ""
    row.save(update_fields=["state", "changed_by", "changed_at", "reason"])
    return row


@transaction.atomic
def reopen(*, month: date, reason: str, acting_user: Employee, now: datetime) -> Month:
    """Let the figures of a closed month move again; the reason stays in the month's history."""
    require(acting_user, Act.CLOSE_MONTHS)
    if not reason.strip():
        raise ValidationError(_("Say why the month is opened again."))
    row = _locked(month)
    if not row.is_closed:
        raise ValidationError(_("The month is open."))
    row.state, row.changed_by, row.changed_at, row.reason = MonthState.OPEN, acting_user, now, reason.strip()[:300]
    row.save(update_fields=["state", "changed_by", "changed_at", "reason"])
    return row
