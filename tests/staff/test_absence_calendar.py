"""The calendar of absences: days of a month, who stands in, days nobody does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from staff.access import Role
from staff.models import Absence, Employee
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
URL = "staff:absence-calendar"
JULY = date(2026, 7, 1)
CASES = {  # from, until (not counted), does somebody stand in all the time: the days of July it takes, is it covered
    "inside": (date(2026, 7, 6), date(2026, 7, 11), True, (6, 5), True),
    "begun before": (date(2026, 6, 20), date(2026, 7, 3), True, (1, 2), True),
    "ends after": (date(2026, 7, 30), date(2026, 8, 9), True, (30, 2), True),
    "the whole month": (date(2026, 6, 1), date(2026, 9, 1), True, (1, 31), True),
    "nobody stands in": (date(2026, 7, 6), date(2026, 7, 7), False, (6, 1), False),
    "before it": (date(2026, 6, 20), date(2026, 7, 1), True, None, True),
    "after it": (date(2026, 8, 1), date(2026, 8, 3), True, None, True),
}


def row_of(page: Any, person: Employee) -> list[Any]:
    """Return the cells of a person's row."""
    rows = [row for _branch, many in page.context["branches"] for row in many]
    return list(next(row for row in rows if row["person"] == person)["cells"])


@pytest.mark.parametrize("name", CASES)
def test_an_absence_takes_its_days_of_the_month(
    name: str, people: dict[str, Employee], browser_of: Callable[[str], Browser]
) -> None:
    start, end, stands_in, taken, is_covered = CASES[name]
    csm, csh = people[Role.CSM], people[Role.CSH]
    Absence.objects.create(employee=csm, starts_on=start, ends_on=end, substitute=csh if stands_in else None)
    page = browser_of(Role.OPERATOR).get(reverse(URL), {"month": "2026-07"})
    cells = row_of(page, csm)
    assert sum(cell.days for cell in cells) == 31
    found = [(cell.day.day, cell.days, cell.is_covered) for cell in cells if cell.absence]
    assert found == ([(*taken, is_covered)] if taken else [])
    assert sum(page.context["counts"]) == (taken[1] if taken else 0)
    off = [cell.day.day for cell in row_of(page, csh) if cell.is_off]
    assert off == [4, 5, 11, 12, 18, 19, 25, 26]


def test_who_stands_in_but_is_away_too_does_not_cover(
    people: dict[str, Employee], browser_of: Callable[[str], Browser]
) -> None:
    csm, csh = people[Role.CSM], people[Role.CSH]
    Absence.objects.create(employee=csm, starts_on=JULY, ends_on=date(2026, 7, 8), substitute=csh)
    Absence.objects.create(employee=csh, starts_on=date(2026, 7, 7), ends_on=date(2026, 7, 9))
    page = browser_of(Role.HOS).get(reverse(URL))
    assert [cell.is_covered for cell in row_of(page, csm) if cell.absence] == [False]
    assert page.context["counts"][:9] == [1, 1, 1, 1, 1, 1, 2, 1, 0]
    assert reverse("staff:absence-new", args=[csm.pk]) in page.content.decode()
    assert reverse("staff:absence-new", args=[csm.pk]) not in browser_of(Role.CSM).get(reverse(URL)).content.decode()


def test_the_calendar_asks_the_same_with_3_and_30_people(
    people: dict[str, Employee], browser_of: Callable[[str], Browser], django_assert_max_num_queries: Any
) -> None:
    browser, costs = browser_of(Role.HOS), []
    browser.get(reverse(URL))
    for n in range(30):
        person = make.employee(f"more{n}")
        Absence.objects.create(employee=person, starts_on=JULY, ends_on=date(2026, 7, 5), substitute=people[Role.CSH])
        if n in (2, 29):
            with django_assert_max_num_queries(12) as counted:
                browser.get(reverse(URL))
            costs.append(len(counted))
    assert costs[0] == costs[1]
