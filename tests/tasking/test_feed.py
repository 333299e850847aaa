"""The feed for other calendars: who gets it, what it says, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from clients.models import Standing
from deals.models import Task
from deals.tasking import feed
from deals.tasking.models import CalendarFeed
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=UTC)


def url(token: str) -> str:
    return f"/tasks/feed/{token}.ics"


@pytest.fixture
def token(people: People, today: date) -> str:
    return feed.new_token(people[Role.CSM], NOW)


def events(token: str, **headers: str) -> list[dict[str, Any]]:
    answer = Browser().get(url(token), headers=headers)
    assert answer.status_code == 200
    return [
        {name.lower(): getattr(one[name], "dt", one[name]) for name in ("UID", "SUMMARY", "DTSTART", "DTEND", "URL")}
        for one in Calendar.from_ical(answer.content).walk("VEVENT")
    ]


def test_open_tasks_of_the_person_stand_in_it(people: People, token: str) -> None:
    csm = people[Role.CSM]
    client = make.client("Принт-Хаус", csm)
    make.contact(client, "Анна Секретова")
    whole = make.task("Позвонить", csm, client=client, due_on=TODAY)
    make.task("Встреча", csm, due_on=TODAY + timedelta(days=1), due_time=time(14, 30))
    make.task("Чужая", people[Role.CSH], due_on=TODAY)
    make.task("Давняя", csm, due_on=TODAY - timedelta(days=200))
    make.task("Готова", csm, due_on=TODAY, state="done", closed_at=NOW, closed_by=csm)
    first, second = events(token)
    assert first == {
        "uid": f"task-{whole.pk}@testserver",
        "summary": "Позвонить",
        "dtstart": TODAY,
        "dtend": TODAY + timedelta(days=1),
        "url": f"http://testserver/tasks/?ids={whole.pk}",
    }
    assert second["summary"] == "Встреча"
    tomorrow = TODAY + timedelta(days=1)
    assert second["dtstart"] == timezone.make_aware(datetime.combine(tomorrow, time(14, 30)))
    assert second["dtstart"] == datetime(tomorrow.year, tomorrow.month, tomorrow.day, 11, 30, tzinfo=UTC)
    assert second["dtend"] - second["dtstart"] == timedelta(minutes=30)
    said = Browser().get(url(token)).content.decode().replace("\r\n ", "")
    assert "Принт" not in said
    assert "Секретова" not in said


def test_terms_of_contact_are_counted_by_day(people: People, token: str) -> None:
    for n, owner in enumerate((Role.CSM, Role.CSM, Role.CSH)):
        client = make.client(f"c{n}", people[owner])
        Standing.objects.update_or_create(client=client, defaults={"contact_due_on": TODAY})
    Employee.objects.filter(pk=people[Role.CSM].pk).update(language="en")
    (one,) = events(token)
    assert (one["summary"], one["dtstart"]) == ("Contact due: 2 clients", TODAY)
    assert str(one["url"]) == f"http://testserver/clients/?owner=me&contact_due={TODAY}..{TODAY}"


@pytest.mark.parametrize(
    "title", ["Очень длинное название задачи, " * 6, "точка; запятая, обратная \\ косая", "😀" * 60, "BEGIN:VEVENT"]
)
def test_lines_are_folded_by_the_standard(people: People, token: str, title: str) -> None:
    make.task(title[:200], people[Role.CSM], due_on=TODAY)
    body = Browser().get(url(token)).content
    assert body.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    body.replace(b"\r\n ", b"").decode()
    assert [one["summary"] for one in events(token)] == [title[:200]]


@pytest.mark.parametrize("token", ["x", "0" * 64, "нет"])
def test_an_unknown_address_is_not_found(people: People, token: str) -> None:
    assert Browser().get(url(token)).status_code == 404


def test_only_its_hash_is_kept(people: People, token: str) -> None:
    kept = CalendarFeed.objects.get()
    assert (len(token), kept.token_hash) == (64, feed.hashed(token))
    with pytest.raises(IntegrityError, match="keeps_a_hash"), transaction.atomic():
        CalendarFeed.objects.update(token_hash="secret")


@pytest.mark.parametrize("gone", [{"is_active": False}, {"role": Role.NONE}])
def test_who_cannot_sign_in_has_no_feed(people: People, token: str, gone: dict[str, Any]) -> None:
    Employee.objects.filter(pk=people[Role.CSM].pk).update(**gone)
    assert Browser().get(url(token)).status_code == 404


def test_it_is_made_shown_once_made_anew_and_revoked(browser_of: Browsers, people: People, today: date) -> None:
    csm = browser_of(Role.CSM)

    def made() -> str:
        answer = csm.post("/tasks/feed/new/")
        assert answer.headers["Cache-Control"] == "no-store"
        return str(answer.context["address"]).removeprefix("http://testserver")

    first = made()
    assert first not in csm.get("/tasks/feed/").content.decode()
    assert Browser().get(first).status_code == 200
    assert CalendarFeed.objects.get().read_on == TODAY
    second = made()
    assert (Browser().get(first).status_code, Browser().get(second).status_code) == (404, 200)
    browser_of(Role.HOS).post("/tasks/feed/revoke/")
    assert Browser().get(second).status_code == 200
    csm.post("/tasks/feed/revoke/")
    assert (Browser().get(second).status_code, CalendarFeed.objects.count()) == (404, 0)


def test_caches_may_keep_it_for_the_reader_only(people: People, token: str) -> None:
    make.task("Позвонить", people[Role.CSM], due_on=TODAY)
    answer = Browser().get(url(token))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=1800"
    assert "Set-Cookie" not in answer.headers
    same = Browser().get(url(token), headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    Task.objects.update(title="Написать")
    assert Browser().get(url(token), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    assert Browser().post(url(token)).status_code == 405


def test_the_queries_do_not_grow_with_the_tasks(people: People, token: str) -> None:
    asked = []
    for count in (3, 27):
        Task.objects.bulk_create([Task(title=f"t{n}", assignee=people[Role.CSM], due_on=TODAY) for n in range(count)])
        Browser().get(url(token))
        with CaptureQueriesContext(connection) as captured:
            Browser().get(url(token))
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 4
