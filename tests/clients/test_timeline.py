"""The timeline: everything that happened with a client, from all rooms, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.duplicates import joining
from clients.models import Client
from salescrm.base import clock, show
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


def fill(client: Client, person: Employee, upto: range) -> None:
    for n in upto:
        day = TODAY - timedelta(days=n // 2)
        make.shipment(client, day, 100 + n, number=f"N{n}")
        make.said(client, person, day, f"Разговор {n}")
        closed = {"state": "done", "closed_at": datetime(2026, 7, 16, 9, tzinfo=UTC) - timedelta(days=n // 2)}
        make.task(f"Задача {n}", person, client=client, due_on=day, closed_by=person, **closed)


def events(browser: Browser, client: Client, query: str = "") -> list[tuple[str, str]]:
    days = browser.get(reverse("client-timeline", args=[client.pk]) + query).context["days"]
    return [(day["title"], item.text) for day in days for item in day["items"]]


def test_each_event_stands_once_over_all_pages(browser_of: Browsers, people: People, client: Client) -> None:
    fill(client, people[Role.CSM], range(15))
    browser, found, url = browser_of(Role.CSM), [], reverse("client-timeline", args=[client.pk])
    pages = 0
    while url:
        context = browser.get(url).context
        found += [item.text + item.detail for day in context["days"] for item in day["items"]]
        url, pages = context["more_url"], pages + 1
    assert (pages, len(found), len(set(found))) == (4, 46, 46)
    assert found[-1].startswith("Owner: Csm Testov")


def test_it_is_narrowed_by_kind_and_words(browser_of: Browsers, people: People, client: Client) -> None:
    fill(client, people[Role.CSM], range(3))
    browser = browser_of(Role.CSM)
    assert [text for _day, text in events(browser, client, "?kind=shipments")] == [
        "Shipment N1, ₽101",
        "Shipment N0, ₽100",
        "Shipment N2, ₽102",
    ]
    assert {text for _day, text in events(browser, client, "?kind=tasks")} == {
        f"Task done: Задача {n}" for n in range(3)
    }
    assert {text for _day, text in events(browser, client, "?q=задача 1")} == {"Task done: Задача 1"}
    assert len(events(browser, client, "?q=разговор")) == 3
    assert events(browser, client, "?kind=nothing") == []
    for senseless in ("?after=x", "?after=2026-02-31_1_1", "?after=2026-01-01_999_1", "?q=%00"):
        assert browser.get(reverse("client-timeline", args=[client.pk]) + senseless).status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("said", ["note", "message", "letter", "video", "meeting", "call"]),
        ("calls", ["call"]),
        ("meetings", ["video", "meeting"]),
        ("letters", ["message", "letter"]),
        ("notes", ["note"]),
        ("notes&q=call", []),
    ],
)
def test_communications_are_narrowed_by_their_kinds(
    browser_of: Browsers, people: People, client: Client, asked: str, found: list[str]
) -> None:
    for kind in ("call", "meeting", "video", "letter", "message", "note"):
        spoken = {"is_connected": False, "is_two_way": False, "result": None}
        make.said(client, people[Role.CSM], TODAY, kind, kind=kind, **spoken)
    url = reverse("client-timeline", args=[client.pk])
    days = browser_of(Role.CSM).get(f"{url}?kind={asked}").context["days"]
    assert [item.detail for day in days for item in day["items"]] == found


def test_documents_stand_in_it_for_those_who_may_see_them(browser_of: Browsers, people: People, client: Client) -> None:
    kept = make.document(client, people[Role.CSM], "Договор 7")
    make.document(client, people[Role.CSM], "Убран", removed_on=TODAY, removed_by=people[Role.CSM])
    csm, marketer = browser_of(Role.CSM), browser_of(Role.MARKETER)
    assert [text for _day, text in events(csm, client, "?kind=documents&q=договор")] == ["Document added: Договор 7"]
    days = csm.get(reverse("client-timeline", args=[client.pk]) + "?kind=documents").context["days"]
    assert days[0]["items"][0].url == reverse("clients:document-file", args=[kept.pk])
    assert events(marketer, client, "?kind=documents") == []
    assert "Document added: Договор 7" not in [text for _day, text in events(marketer, client)]
    options = marketer.get(reverse("client-timeline", args=[client.pk])).context["kinds"]
    assert "documents" not in dict(options)


def test_a_joining_and_its_undo_stand_in_both_timelines(browser_of: Browsers, people: People, client: Client) -> None:
    other = make.client("Принт Хаус", people[Role.BDM_KEY])
    join: dict[str, Any] = {"taken": {}, "submission": uuid4(), "acting_user": people[Role.HOS], "today": TODAY}
    join["now"] = clock.now()
    made = joining.join(kept=client.pk, joined=other.pk, **join)
    browser = browser_of(Role.CSM)

    def found(browser: Browser, client: Client) -> list[tuple[str, str, str]]:
        days = browser.get(reverse("client-timeline", args=[client.pk]) + "?kind=joinings").context["days"]
        return [(item.text, item.detail, item.url) for day in days for item in day["items"]]

    words, url = "Client joined: Принт Хаус into Принт-Хаус", reverse("clients:joining", args=[made.pk])
    assert found(browser, client) == [(words, "", url)]
    joining.undo(joining=made, acting_user=people[Role.HOS], today=TODAY)
    undone = f"undone on {show.day(TODAY)} by {people[Role.HOS].short_name}"
    assert found(browser, client) == [(words, undone, url)]
    assert found(browser_of(Role.BDM_KEY), other) == [(words, undone, "")]  # does not see the client that was kept


def test_the_queries_do_not_grow_with_the_events(
    browser_of: Browsers, people: People, client: Client, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of(Role.CSM)
    url = reverse("client-timeline", args=[client.pk])
    counts = []
    for upto in (range(3), range(3, 30)):
        fill(client, people[Role.CSM], upto)
        browser.get(url)
        with django_assert_max_num_queries(16) as asked:
            browser.get(url)
        counts.append(len(asked))
    assert counts[0] >= counts[1]


def test_the_panel_of_tasks_shows_open_ones_next_first(browser_of: Browsers, people: People, client: Client) -> None:
    for n in (5, -2, 0):
        make.task(f"через {n}", people[Role.CSM], client=client, due_on=TODAY + timedelta(days=n))
    response = browser_of(Role.CSM).get(reverse("deals:client-tasks", args=[client.pk]))
    assert [row.task.title for row in response.context["rows"]] == ["через -2", "через 0", "через 5"]
