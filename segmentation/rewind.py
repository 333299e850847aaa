"""Put the night's tables back to the evening before a day: for a dry run of a night in the past, always rolled back.

What was decided is read back from intervals and transitions; what is measured (purchases) is what is known today about
the days up to then.
"""

from __future__ import annotations

from datetime import date

from salescrm.base import sql
from salescrm.base.models import StepRun
from segmentation.models import Classification, StatusChange, TopMembership, ZeroCase

APP = "segmentation"


def to(as_of: date) -> None:
    """Forget what the nights from `as_of` on wrote; the caller's transaction is rolled back."""
    StepRun.objects.filter(as_of__gte=as_of).delete()
    Classification.objects.filter(since__gte=as_of).delete()
    Classification.objects.filter(until__gte=as_of).update(until=None)
    TopMembership.objects.filter(entered_on__gte=as_of).delete()
    TopMembership.objects.filter(left_on__gte=as_of).update(left_on=None, left_reason="", left_cell="")
    StatusChange.objects.filter(as_of__gte=as_of).delete()
    ZeroCase.objects.filter(opened_on__gte=as_of).delete()
    for name in ("rewind_cases", "rewind_turnover", "rewind_purchase_days", "drop_later_states", "rewind_states"):
        sql.run(APP, name, {"as_of": as_of})
    for name in ("drop_later_owners", "reopen_earlier_owners", "queue_everybody"):
        sql.run(APP, name, {"as_of": as_of})
