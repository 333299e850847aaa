"""Working days of an invoice: the day of issue is day 1, day 2 the branch's next working day (R174-R177)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Q

from staff.calendar import Calendar

LONGEST = 60  # days back; older invoices are overdue, nobody counts their day
MOST = 30  # the number of a day that is told


class Days:
    """Numbers of working days on `today` by branch, each reckoned once."""

    def __init__(self, calendars: Mapping[int, Calendar], today: date) -> None:
        self.calendars, self.today = calendars, today
        self._known: dict[tuple[int, date], int] = {}

    def number(self, branch: int, issued_on: date) -> int | None:
        """Return which working day today is of an invoice issued on that day; None: long past, or not begun."""
        if not timedelta(0) <= self.today - issued_on <= timedelta(days=LONGEST):
            return None
        key = (branch, issued_on)
        if key not in self._known:
            self._known[key] = self.calendars[branch].number(issued_on, self.today)
        return self._known[key]

    def reached(self, branch: int, issued_on: date, days: Iterable[int]) -> tuple[int, date] | None:
        """Return the latest of these days that has come, with its date; None when none has."""
        number = self.number(branch, issued_on)
        come = [one for one in days if number is not None and one <= number]
        return (max(come), self.calendars[branch].nth(issued_on, max(come))) if come else None

    def issued(self, low: int, high: int | None) -> Q:
        """Keep invoices of which today is working day `low` to `high` (None: any later)."""
        ranges: dict[tuple[date | None, date], list[int]] = {}
        for branch, calendar in self.calendars.items():
            ranges.setdefault(calendar.first_days(low, high, self.today), []).append(branch)
        found = Q(pk__in=[])
        for (earliest, latest), branches in ranges.items():
            since = Q(issued_on__gte=earliest) if earliest else Q()
            found |= since & Q(client__branch__in=branches, issued_on__lte=latest)
        return found
