"""Terms of leads in working time: whole working days of the branch, and hours of them (R160, R162). No clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from staff.calendar import Calendar


def after_hours(moment: datetime, hours: int, *, calendar: Calendar, opens: time, closes: time) -> datetime:
    """Return the moment `hours` of working time after `moment`: nights, weekends and holidays do not count."""
    at = timezone.localtime(moment)
    left = timedelta(hours=hours)
    while True:
        begins, ends = _hours(at.date(), opens, closes)
        at = max(at, begins)
        if calendar.is_working(at.date()) and at < ends:
            if at + left <= ends:
                return at + left
            left -= ends - at
        at = _at(at.date() + timedelta(days=1), time())


def _hours(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    return _at(day, opens), _at(day, closes)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=timezone.get_current_timezone())


def after_days(day: date, days: int, *, calendar: Calendar) -> date:
    """Return the working day that is `days` working days after `day`."""
    for _number in range(days):
        day = calendar.on_or_after(day + timedelta(days=1))
    return day
