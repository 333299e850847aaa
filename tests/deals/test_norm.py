"""The last day of a term of the contact norm, and the day the form proposes (R89-R93, R97)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from deals import norm
from deals.norm import Norm
from staff import calendar
from staff.access import Role
from staff.calendar import Calendar
from staff.models import CalendarDay, Employee
from tests import make

People = dict[str, Employee]
COUNTRY = Calendar(None, {})


@pytest.mark.parametrize(
    ("asked", "start", "expected"),
    [
        (Norm(1), date(2026, 7, 16), date(2026, 8, 17)),  # 16 August is a Sunday
        (Norm(1), date(2026, 7, 15), date(2026, 8, 17)),  # a Saturday
        (Norm(1), date(2026, 1, 31), date(2026, 3, 2)),  # clamped to 28 February, a Saturday
        (Norm(1), date(2024, 1, 31), date(2024, 2, 29)),  # clamped in a leap year
        (Norm(1), date(2026, 5, 12), date(2026, 6, 15)),  # 12 June is a holiday, a Friday
        (Norm(3), date(2026, 7, 16), date(2026, 10, 16)),
        (Norm(3), date(2025, 11, 30), date(2026, 3, 2)),
        (Norm(12), date(2024, 2, 29), date(2025, 2, 28)),
        (Norm(days=14), date(2026, 7, 1), date(2026, 7, 15)),
        (Norm(days=14), date(2026, 7, 4), date(2026, 7, 20)),  # a Saturday
    ],
)
def test_a_rolling_term_ends_on_a_working_day_on_or_after(asked: Norm, start: date, expected: date) -> None:
    assert norm.due_on(asked, start, COUNTRY) == expected


@pytest.mark.parametrize(
    ("months", "start", "expected"),
    [
        (1, date(2026, 7, 1), date(2026, 8, 31)),
        (1, date(2026, 7, 31), date(2026, 8, 31)),
        (1, date(2026, 4, 30), date(2026, 5, 29)),  # 31 May is a Sunday: back, not into June
        (3, date(2026, 1, 1), date(2026, 6, 30)),
        (3, date(2026, 3, 31), date(2026, 6, 30)),
        (3, date(2026, 12, 31), date(2027, 3, 31)),
        (6, date(2026, 8, 10), date(2027, 6, 30)),
    ],
)
def test_a_term_by_the_calendar_ends_within_the_next_period(months: int, start: date, expected: date) -> None:
    assert norm.due_on(Norm(months, by_calendar=True), start, COUNTRY) == expected


def test_a_branchs_own_day_off_moves_the_end() -> None:
    off = Calendar(None, {date(2026, 10, 16): False, date(2026, 8, 31): False})
    assert norm.due_on(Norm(3), date(2026, 7, 16), off) == date(2026, 10, 19)
    assert norm.due_on(Norm(1, by_calendar=True), date(2026, 7, 16), off) == date(2026, 8, 28)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("standing", "today", "expected"),
    [
        ({"contact_months": 1}, date(2026, 7, 15), date(2026, 8, 17)),
        ({"contact_months": 3}, date(2026, 7, 16), date(2026, 10, 16)),
        ({"contact_months": 1, "contact_by_calendar": True}, date(2026, 7, 16), date(2026, 8, 31)),
        ({"contact_days": 14}, date(2026, 7, 1), date(2026, 7, 15)),
        ({}, date(2026, 7, 16), date(2026, 10, 16)),  # no norm holds: once in three months is proposed
        ({"top": True}, date(2026, 7, 16), date(2026, 10, 16)),  # the norm is what the night wrote, nothing else
    ],
)
def test_the_form_proposes_by_the_norm_that_holds(
    people: People, standing: dict[str, Any], today: date, expected: date
) -> None:
    client = make.client("Клиент", people[Role.CSM], standing=standing)
    assert norm.next_contact_on(client, today) == expected


@pytest.mark.django_db
def test_where_no_norm_holds_the_figure_in_force_does(people: People) -> None:
    client = make.client("Клиент", people[Role.CSM])
    make.figure("unruled-months", 1, date(2026, 8, 1))
    days = [date(2026, 7, 16), date(2026, 8, 3)]
    assert [norm.next_contact_on(client, day) for day in days] == [date(2026, 10, 16), date(2026, 9, 3)]


@pytest.mark.django_db
def test_the_branchs_own_calendar_wins(people: People) -> None:
    client = make.client("Клиент", people[Role.CSM])
    CalendarDay.objects.create(branch=client.branch, day=date(2026, 10, 16), is_working=False)
    assert norm.next_contact_on(client, date(2026, 7, 16)) == date(2026, 10, 19)


@pytest.mark.django_db
def test_calendars_of_branches_are_read_by_one_question(people: People, django_assert_num_queries: Any) -> None:
    spb, msk = make.branch(), make.branch("msk")
    CalendarDay.objects.create(branch=spb, day=date(2026, 7, 16), is_working=False)
    CalendarDay.objects.create(branch=msk, day=date(2026, 7, 18), is_working=True)
    with django_assert_num_queries(1):
        found = calendar.by_branch([spb.pk, msk.pk])
    days = [date(2026, 7, 16), date(2026, 7, 18)]
    assert [[found[one.pk].is_working(day) for day in days] for one in (spb, msk)] == [[False, False], [True, True]]
