"""Working days: the country's calendar against the decrees on transfers, and numbers of days over long holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from staff import calendar
from staff.calendar import Calendar
from staff.models import Branch, CalendarDay

# Days off transferred by the government: a day off that is worked or lost in a weekend → the day off instead of it.
TRANSFERS = [  # decree № 1314 of 10.08.2023 for 2024, № 1335 of 04.10.2024 for 2025, № 1466 of 24.09.2025 for 2026
    ("2024-01-06", "2024-05-10"), ("2024-01-07", "2024-12-31"), ("2024-04-27", "2024-04-29"),
    ("2024-11-02", "2024-04-30"), ("2024-12-28", "2024-12-30"),
    ("2025-01-04", "2025-05-02"), ("2025-01-05", "2025-12-31"), ("2025-02-23", "2025-05-08"),
    ("2025-03-08", "2025-06-13"), ("2025-11-01", "2025-11-03"),
    ("2026-01-03", "2026-01-09"), ("2026-01-04", "2026-12-31"),
]  # fmt: skip
WORKED_SATURDAYS = {"2024-04-27", "2024-11-02", "2024-12-28", "2025-11-01"}
WORKING_DAYS = {2024: 248, 2025: 247, 2026: 247}  # of the production calendar


@pytest.mark.parametrize(("given", "instead"), TRANSFERS)
def test_days_off_are_transferred_as_decreed(given: str, instead: str) -> None:
    days = Calendar(None)
    assert not days.is_working(date.fromisoformat(instead))
    assert days.is_working(date.fromisoformat(given)) == (given in WORKED_SATURDAYS)


@pytest.mark.parametrize(("year", "expected"), WORKING_DAYS.items())
def test_a_year_has_the_working_days_of_its_production_calendar(year: int, expected: int) -> None:
    first = date(year, 1, 1)
    assert (
        Calendar(None).count(first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)) == expected
    )


NTH = [  # issued, days 2, 3, 4, 5
    # New Year 2025: 28 December is worked; 30 December to 8 January is off
    ("2024-12-26", ["2024-12-27", "2024-12-28", "2025-01-09", "2025-01-10"]),
    ("2024-12-28", ["2025-01-09", "2025-01-10", "2025-01-13", "2025-01-14"]),
    ("2025-01-01", ["2025-01-09", "2025-01-10", "2025-01-13", "2025-01-14"]),  # issued on a day off
    # New Year 2026: 31 December to 11 January is off
    ("2025-12-29", ["2025-12-30", "2026-01-12", "2026-01-13", "2026-01-14"]),
    ("2025-12-30", ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15"]),
    ("2026-01-11", ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15"]),
    # May 2024: 28 April to 1 May and 9 to 12 May are off, Saturday 27 April is worked
    ("2024-04-26", ["2024-04-27", "2024-05-02", "2024-05-03", "2024-05-06"]),
    ("2024-05-07", ["2024-05-08", "2024-05-13", "2024-05-14", "2024-05-15"]),
    # May 2025: 1 to 4 and 8 to 11 May are off
    ("2025-04-30", ["2025-05-05", "2025-05-06", "2025-05-07", "2025-05-12"]),
    ("2025-05-07", ["2025-05-12", "2025-05-13", "2025-05-14", "2025-05-15"]),
    # May 2026: 1 to 3 and 9 to 11 May are off
    ("2026-04-29", ["2026-04-30", "2026-05-04", "2026-05-05", "2026-05-06"]),
    ("2026-05-08", ["2026-05-12", "2026-05-13", "2026-05-14", "2026-05-15"]),
    # no holiday: over a weekend, and issued on a Saturday
    ("2026-07-16", ["2026-07-17", "2026-07-20", "2026-07-21", "2026-07-22"]),
    ("2026-07-18", ["2026-07-20", "2026-07-21", "2026-07-22", "2026-07-23"]),
]


@pytest.mark.parametrize(("issued", "days"), NTH)
def test_the_day_of_issue_is_day_one_and_the_next_working_day_is_day_two(issued: str, days: list[str]) -> None:
    country, first = Calendar(None), date.fromisoformat(issued)
    assert [country.nth(first, number).isoformat() for number in (2, 3, 4, 5)] == days
    assert [country.number(first, date.fromisoformat(day)) for day in days] == [2, 3, 4, 5]
    assert country.nth(first, 1) == first
    assert country.number(first, first) == 1


@pytest.mark.parametrize("today", ["2025-01-09", "2025-05-12", "2026-07-18", "2026-07-20", "2026-01-05"])
@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 2), (3, 3), (2, 4), (6, 9)])
def test_days_of_issue_by_number_are_those_that_have_it(today: str, low: int, high: int) -> None:
    country, now = Calendar(None), date.fromisoformat(today)
    earliest, latest = country.first_days(low, high, now)
    assert earliest is not None
    past = [now - timedelta(days=n) for n in range(60)]
    fitting = [day for day in past if low <= country.number(day, now) <= high]
    assert (earliest, latest) == (min(fitting), max(fitting))
    assert country.first_days(low, None, now) == (None, latest)


@pytest.mark.django_db
def test_days_of_a_branch_win_and_stay_its_own(branch: Branch) -> None:
    friday, saturday = date(2026, 7, 17), date(2026, 7, 18)
    CalendarDay.objects.create(branch=branch, day=friday, is_working=False, note="переезд")
    CalendarDay.objects.create(branch=branch, day=saturday, is_working=True)
    assert Calendar(branch).nth(date(2026, 7, 16), 2) == saturday
    assert Calendar(None).nth(date(2026, 7, 16), 2) == friday
    assert calendar.of_all_branches()[branch.pk].nth(date(2026, 7, 16), 3) == date(2026, 7, 20)


def test_the_last_year_with_transfers_is_known() -> None:
    assert calendar.last_known_year() >= 2026


@pytest.mark.parametrize(("language", "name"), [("ru", "День народного единства"), ("en", "Unity Day")])
def test_a_holiday_has_its_name_in_the_readers_language(language: str, name: str) -> None:
    with translation.override(language):
        assert calendar.country().holiday(date(2026, 11, 4)) == name
        assert name in [said for month in calendar.months(2026, calendar.country()) for _day, said in month.days_off]
