"""The log of readings of the base: who sees it, what narrows it, what is counted and told (R21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from salescrm.base import guard
from salescrm.base.models import AccessLog, Notification
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
URL = "staff:access-log"


def log(person: Employee, kind: str, rows: int, day: int, screen: str = "clients", **detail: Any) -> AccessLog:
    made = AccessLog.objects.create(person=person, kind=kind, screen=screen, rows=rows, detail=detail)
    AccessLog.objects.filter(pk=made.pk).update(at=datetime(2026, 7, day, 9, tzinfo=UTC))
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 2, 1]),
        ("person={csm}", [3, 1]),
        ("kind=export", [2, 1]),
        ("day=2026-07-15..2026-07-15", [2]),
        ("day.from=2026-07-15&day.to=", [3, 2]),
        ("person={csm}&kind=export&day=2026-07-01..2026-07-16", [1]),
        ("kind=nonsense&day=never", [3, 2, 1]),
    ],
)
def test_the_log_is_narrowed_by_person_day_and_kind(
    people: People, browser_of: BrowserOf, today: date, query: str, found: list[int]
) -> None:
    csm, marketer = people[Role.CSM], people[Role.MARKETER]
    log(csm, "export", 1, 14, query="abc=A", url="/clients/?abc=A")
    log(marketer, "export", 2, 15)
    log(csm, "mass_read", 3, 16)
    url = f"{reverse(URL)}?{query.format(csm=csm.pk)}"

    answer = browser_of(Role.HOS).get(url)

    assert [row.log.rows for row in answer.context["rows"]] == found
    assert ("/clients/?abc=A" in answer.content.decode()) is (1 in found)


@pytest.mark.parametrize("count", [3, 30])
def test_the_log_asks_the_same_questions_however_long_it_is(
    people: People, browser_of: BrowserOf, today: date, django_assert_max_num_queries: Any, count: int
) -> None:
    for number in range(count):
        log(people[Role.CSM], "export", number, 14)
    browser = browser_of(Role.DEPUTY_IT)
    browser.get(reverse(URL))
    with django_assert_max_num_queries(14):
        browser.get(reverse(URL))


def test_paging_through_others_clients_is_counted_and_told_to_those_who_guard(
    people: People, browser_of: BrowserOf, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MANY_LISTED", 2)
    for name in ("Один", "Два"):
        make.client(name, people[Role.CSM])
    marketer, clients = browser_of(Role.MARKETER), reverse("clients:client-list")
    for _again in range(2):
        marketer.get(clients)
    browser_of(Role.CSM).get(clients)
    browser_of(Role.HOS).get(clients)
    logged = AccessLog.objects.get()
    assert (logged.person, logged.screen, logged.rows) == (people[Role.MARKETER], "clients-list", 2)
    assert not Notification.objects.filter(kind="reading").exists()

    make.client("Три", people[Role.CSM])
    make.client("Свой", people[Role.MARKETER])
    for _again in range(2):
        marketer.get(clients)

    logged.refresh_from_db()
    assert (logged.rows, len(logged.detail["rows"])) == (6, 3)
    told = Notification.objects.filter(kind="reading")
    assert {one.person for one in told} == {people[Role.HOS], people[Role.DEPUTY_IT]}
    narrowed = f"person={people[Role.MARKETER].pk}&kind=mass_read&day=2026-07-16..2026-07-16"
    assert {one.url for one in told} == {f"{reverse(URL)}?{narrowed}"}
