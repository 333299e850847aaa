"""Days, months and half-open periods. Nothing here reads the clock."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Return `day` + `months`, clamped to the month's last day (31 January + 1 month = 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_start(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return add_months(month_start(day), 1) - timedelta(days=1)


def is_month_end(day: date) -> bool:
    """Say whether `day` is the last day of its month."""
    return (day + timedelta(days=1)).day == 1


def window(as_of: date, months: int) -> tuple[date, date]:
    """Return [start, end) of the last `months` full calendar months that end on or before `as_of`."""
    end = month_start(as_of + timedelta(days=1))
    return add_months(end, -months), end


def days(start: date, end: date) -> list[date]:
    """List the days of the half-open period [start, end)."""
    return [start + timedelta(days=n) for n in range((end - start).days)]
