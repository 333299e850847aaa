"""The list of people, a person, absences with substitutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Absence, Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]


def away(person: Employee, start: date, end: date, substitute: Employee | None = None) -> Absence:
    return Absence.objects.create(employee=person, starts_on=start, ends_on=end, substitute=substitute)


def rows_of(browser: Browser) -> dict[str, dict[str, object]]:
    return {row["person"].username: row for row in browser.get(reverse("staff:person-list")).context["rows"]}


def test_it_lists_people_with_absence_and_load(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    make.client("Принт-Хаус", csm)
    make.client("Форма Плюс", csm)
    make.client("Псков Промо", recovery)
    absence = away(csm, date(2026, 7, 13), date(2026, 7, 20), people[Role.CSH])

    rows = rows_of(browser_of(Role.HOS))

    assert (rows["csm"]["clients"], rows["csm"]["away"]) == (2, absence)
    assert (rows["bdm_recovery"]["clients"], rows["bdm_recovery"]["cases"]) == (1, 0)
    assert rows["hos"]["clients"] is None


def test_a_manager_sees_people_but_not_what_they_carry(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    make.client("Принт-Хаус", people[Role.CSH])

    assert "clients" not in rows_of(browser_of(Role.CSM))["csh"]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_asks_the_same_few_questions(
    people: dict[str, Employee],
    browser_of: BrowserOf,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
    today: date,
) -> None:
    for number in range(count):
        person = make.employee(f"more{number}")
        make.client(f"К{number}", person)
        away(person, date(2026, 7, 13), date(2026, 7, 20), people[Role.CSH])
    browser = browser_of(Role.HOS)

    with django_assert_max_num_queries(14):
        browser.get(reverse("staff:person-list"))


def test_a_head_enters_an_absence_and_the_substitute_is_told(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm, csh = people[Role.CSM], people[Role.CSH]

    answer = browser_of(Role.HOS).post(
        reverse("staff:absence-new", args=[csm.pk]),
        {"starts_on": "2026-07-20", "last_day": "2026-07-31", "substitute": csh.pk, "reason": "holiday"},
    )

    assert answer.status_code == 302
    entered = Absence.objects.get()
    assert (entered.employee, entered.starts_on, entered.ends_on) == (csm, date(2026, 7, 20), date(2026, 8, 1))
    told = Notification.objects.get(person=csh)
    assert told.values == {"name": csm.short_name, "start": "20.07.2026", "end": "31.07.2026"}


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ("2026-07-18", "2026-07-21", "away on some of these days already"),
        ("2026-07-25", "2026-07-24", "ends after it starts"),
        ("2026-08-03", "2026-08-04", "away on some of these days too"),
    ],
)
def test_it_refuses_what_cannot_be(
    people: dict[str, Employee], browser_of: BrowserOf, start: str, end: str, word: str
) -> None:
    csm, csh = people[Role.CSM], people[Role.CSH]
    away(csm, date(2026, 7, 20), date(2026, 7, 23))
    away(csh, date(2026, 8, 3), date(2026, 8, 10))

    answer = browser_of(Role.HOS).post(
        reverse("staff:absence-new", args=[csm.pk]), {"starts_on": start, "last_day": end, "substitute": csh.pk}
    )

    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert Absence.objects.count() == 2


def test_a_branch_head_enters_absences_of_the_own_branch_only(
    people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    other = make.employee("moscow", branch=make.branch("msk"))
    browser = browser_of(Role.BRANCH_HEAD)

    assert browser.get(reverse("staff:absence-new", args=[people[Role.CSM].pk])).status_code == 200
    assert browser.get(reverse("staff:absence-new", args=[other.pk])).status_code == 403


def test_an_absence_can_be_taken_away(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    absence = away(people[Role.CSM], date(2026, 7, 20), date(2026, 7, 23))

    browser_of(Role.CSH).post(reverse("staff:absence-remove", args=[absence.pk]))

    assert not Absence.objects.exists()


def test_a_persons_page_says_for_whom_the_person_stands_in(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    absence = away(people[Role.CSM], date(2026, 7, 13), date(2026, 7, 20), people[Role.OPERATOR])

    answer = browser_of(Role.OPERATOR).get(reverse("staff:person", args=[people[Role.OPERATOR].pk]))

    assert list(answer.context["stands_in"]) == [absence]
    assert answer.context["clients"] == 0


def test_a_person_without_a_role_cannot_sign_in(people: dict[str, Employee]) -> None:
    browser = Browser()
    browser.post(reverse("account_login"), {"login": Role.NONE, "password": make.PASSWORD})
    assert browser.get("/").status_code == 302
    browser.post(reverse("account_login"), {"login": Role.CSM, "password": make.PASSWORD})
    assert browser.get("/").status_code == 200
