"""The one place that reads the clock for the roof's commands, the scheduler and screens; rules get days passed in."""

import os
from datetime import date, datetime, timedelta

from django.utils import timezone


def today() -> date:
    """Return the day in the company's time zone, or the one SALESCRM_TODAY holds still (to show a base of then)."""
    fixed = os.environ.get("SALESCRM_TODAY", "")
    return date.fromisoformat(fixed) if fixed else timezone.localdate()


def yesterday() -> date:
    """Return the day before today: what `nightly` works on when no day is named."""
    return today() - timedelta(days=1)


def now() -> datetime:
    """Return the moment, on the day `today` says."""
    local = timezone.localtime()
    return datetime.combine(today(), local.time(), tzinfo=local.tzinfo)
