"""Working days: the production calendar of the country, where a branch's own calendar says nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from staff.models import Branch, CalendarDay

if TYPE_CHECKING:
    from holidays import HolidayBase

COUNTRY = "RU"
LANGUAGE = "ru"  # of its days, where no reader chose another


@dataclass(frozen=True)
class Month:
    """A month of the country's calendar: how many days are worked, and what differs from a plain week."""

    first: date
    working: int
    days_off: list[tuple[date, str]]  # weekdays that are off, with the holiday or where the day comes from
    worked: list[date]  # Saturdays and Sundays that are worked


class Calendar:
    """The working days of one branch (None: of the country); its own rows are read once, when it is made."""

    def __init__(self, branch: Branch | None, own: dict[date, bool] | None = None) -> None:
        rows = CalendarDay.objects.filter(branch=branch).values_list("day", "is_working") if branch else ()
        self._own: dict[date, bool] = dict(rows) if own is None else own

    def is_working(self, day: date) -> bool:
        """Say whether people work on `day`; a row of the branch wins over the country's calendar."""
        own = self._own.get(day)
        return _country().is_working_day(day) if own is None else own

    def holiday(self, day: date) -> str:
        """Return the country's name of a day off, an empty text for a plain day of rest and for a working day."""
        return "" if self.is_working(day) else str(_named().get(day) or "")

    def on_or_after(self, day: date) -> date:
        """Return `day`, or the first working day after it."""
        return next(one for one in (day + timedelta(days=n) for n in range(366)) if self.is_working(one))

    def on_or_before(self, day: date) -> date:
        """Return `day`, or the last working day before it."""
        return next(one for one in (day - timedelta(days=n) for n in range(366)) if self.is_working(one))

    def count(self, days: Iterable[date]) -> int:
        """Count the working days among `days`."""
        return sum(self.is_working(day) for day in days)

    def days_old(self, day: date, as_of: date) -> int:
        """Return how many working days lie in (day, as_of]: 0 for a document of the day itself."""
        return self.count(day + timedelta(days=n) for n in range(1, (as_of - day).days + 1))

    def nth(self, day: date, number: int) -> date:
        """Return working day `number`, `day` itself being day 1 whether people work on it or not."""
        for _n in range(number - 1):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def number(self, day: date, today: date) -> int:
        """Return which working day `today` is when `day` is day 1; a day off has the number of the one before it."""
        return 1 + self.days_old(day, today)

    def first_days(self, low: int, high: int | None, today: date) -> tuple[date | None, date]:
        """Return the earliest (None: any) and the latest day 1 of which `today` is working day `low` to `high`."""
        passed, day = 0, today
        while passed + 1 < low:
            passed, day = passed + self.is_working(day), day - timedelta(days=1)
        latest = day
        if high is None:
            return None, latest
        while passed + self.is_working(day) < high:
            passed, day = passed + self.is_working(day), day - timedelta(days=1)
        return day, latest

    def working_days_away(self, away: Iterable[tuple[date, date]], first: date) -> int:
        """Return the working days in a row, from `first` on, that lie in the half-open periods `away`."""
        periods = list(away)
        end = max((ends_on for _starts_on, ends_on in periods), default=first)
        count, day = 0, first
        while day < end:
            if self.is_working(day):
                if not any(starts_on <= day < ends_on for starts_on, ends_on in periods):
                    break
                count += 1
            day += timedelta(days=1)
        return count


def by_branch(branch_ids: Iterable[int]) -> dict[int, Calendar]:
    """Return the calendars of branches, their own rows read by one question."""
    own: dict[int, dict[date, bool]] = {pk: {} for pk in branch_ids}
    rows = CalendarDay.objects.filter(branch__in=own).values_list("branch_id", "day", "is_working")
    for branch, day, is_working in rows:
        own[branch][day] = is_working
    return {pk: Calendar(None, days) for pk, days in own.items()}


def of_all_branches() -> dict[int, Calendar]:
    """Return the calendar of every branch, read by one question."""
    own: dict[int, dict[date, bool]] = {}
    for branch, day, is_working in Branch.objects.values_list("pk", "calendar_days__day", "calendar_days__is_working"):
        days = own.setdefault(branch, {})
        if day is not None:
            days[day] = is_working
    return {pk: Calendar(None, days) for pk, days in own.items()}


def head_office() -> Calendar:
    """Return the calendar of the head office, the country's when no branch is the head office."""
    return Calendar(Branch.objects.filter(is_head_office=True).first())


def country() -> Calendar:
    """Return the production calendar of the country, without changes of any branch."""
    return Calendar(None)


@cache
def last_known_year() -> int:
    """Return the last year whose transfers of days off the library knows; later ones have their holidays only."""
    from holidays.countries.russia import RussiaStaticHolidays

    return max(RussiaStaticHolidays.special_public_holidays)


def months(year: int, own: Calendar) -> list[Month]:
    """Return the months of a year: working days as `own` counts them, holidays and transfers of the country."""
    country, found = _named(), []
    for number in range(1, 13):
        first = date(year, number, 1)
        days = [day for n in range(31) if (day := first + timedelta(days=n)).month == number]
        off = [
            (day, str(country.get(day) or "")) for day in days if day.weekday() < 5 and not country.is_working_day(day)
        ]
        worked = [day for day in days if day.weekday() >= 5 and country.is_working_day(day)]
        found.append(Month(first, own.count(days), off, worked))
    return found


def _named() -> HolidayBase:
    """Return the country's days with their names in the reader's language."""
    return _country("en_US" if (get_language() or "").startswith("en") else LANGUAGE)


@cache
def _country(language: str = LANGUAGE) -> HolidayBase:
    import holidays  # with it come the calendars of 250 countries: a process that asks for no working day goes without

    return holidays.country_holidays(COUNTRY, language=language)
