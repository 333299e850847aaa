"""The list of clients through its addresses."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Ownership, Participant
from salescrm.base.models import AccessKind, AccessLog, Job, Notification
from staff.access import Role
from staff.models import Absence, Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
LIST = "/clients/"


def names(browser: Browser, query: str = "", **headers: str) -> list[str]:
    response = browser.get(f"{LIST}?{query}", headers=headers)
    assert response.status_code == 200
    return [row.client.name for row in response.context["rows"]]


def totals(browser: Browser, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"{reverse('clients:client-totals')}?{query}").context["totals"]
    return found


def sheet_of(response: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(b"".join(response))).active


@pytest.fixture
def three(people: People, today: date) -> list[Client]:
    owner = people[Role.CSM]
    return [
        make.client(
            "Альфа",
            owner,
            city="Псков",
            standing={
                "abc": "A",
                "xyz": "X",
                "turnover": 300,
                "top": True,
                "life_cycle": "active",
                "last_purchase_on": today - timedelta(days=5),
            },
        ),
        make.client(
            "Бета",
            owner,
            city="Тверь",
            standing={
                "abc": "B",
                "xyz": "Z",
                "turnover": 200,
                "life_cycle": "zero",
                "last_purchase_on": today - timedelta(days=95),
                "hand_over_on": today + timedelta(days=4),
            },
        ),
        make.client("Гамма", people[Role.BDM_KEY], inn="7805512874", standing={"turnover": 100}),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Альфа", "Бета", "Гамма"]),
        ("sort=turnover", ["Гамма", "Бета", "Альфа"]),
        ("sort=-name", ["Гамма", "Бета", "Альфа"]),
        ("sort=bought", ["Бета", "Альфа", "Гамма"]),
        ("sort=-bought", ["Альфа", "Бета", "Гамма"]),
        ("sort=handover", ["Бета", "Альфа", "Гамма"]),
        ("abc=A", ["Альфа"]),
        ("abc=A&abc=B", ["Альфа", "Бета"]),
        ("abc=none", ["Гамма"]),
        ("abc=none&abc=A", ["Альфа", "Гамма"]),
        ("xyz=Z", ["Бета"]),
        ("top=yes", ["Альфа"]),
        ("top=no", ["Бета", "Гамма"]),
        ("state=zero&state=potential", ["Бета", "Гамма"]),
        ("bought=..-3m", ["Бета"]),
        ("bought=-1m..", ["Альфа"]),
        ("bought.from=2026-07-11&bought.to=2026-07-11", ["Альфа"]),
        ("handover=..%2B5d", ["Бета"]),
        ("handover=..%2B3d", []),
        ("turnover=150..250", ["Бета"]),
        ("turnover.from=1%20000&turnover.to=", []),
        ("turnover=..100", ["Гамма"]),
        ("city=%D0%A2%D0%B2%D0%B5%D1%80%D1%8C", ["Бета"]),
        ("q=%D0%B1%D0%B5%D1%82%D0%B0", ["Бета"]),
        ("q=805512", ["Гамма"]),
        ("abc=A&q=beta", []),
        (
            "abc=Q&turnover=x..y&bought=31.02.2026..&sort=;drop&top=maybe&handover=..%2B99999m&city=%00",
            ["Альфа", "Бета", "Гамма"],
        ),
    ],
)
def test_it_filters_and_sorts(browser_of: Browsers, three: list[Client], query: str, expected: list[str]) -> None:
    assert names(browser_of(Role.HOS), query) == expected
    assert totals(browser_of(Role.HOS), query)["clients"] == len(expected)


def test_it_keeps_the_clients_named_by_number(browser_of: Browsers, three: list[Client]) -> None:
    assert names(browser_of(Role.HOS), f"ids={three[0].pk},{three[2].pk}") == ["Альфа", "Гамма"]


def test_it_finds_names_in_any_spelling(browser_of: Browsers, people: People, today: date) -> None:
    from salescrm.base.names import key

    for name in ("ООО «Принт-Хаус»", "Ёлка Трейд", "Парус"):
        make.client(name, people[Role.CSM], name_key=key(name))
    hos = browser_of(Role.HOS)
    asked = ["принт хаус", "ПРИНТ", "print", "ghbyn", "прнт-хаус", "принт-хасу", "елка"]
    got = {typed: names(hos, f"q={typed}") for typed in asked}
    assert got == {typed: ["ООО «Принт-Хаус»"] for typed in asked[:6]} | {"елка": ["Ёлка Трейд"]}


def test_it_shows_each_role_its_rows_and_totals_equal_them(
    browser_of: Browsers, people: People, three: list[Client], today: date
) -> None:
    other = make.branch("msk")
    away = make.client(
        "Далёкая", make.employee("far", branch=other), branch=other, standing={"turnover": 50, "life_cycle": "active"}
    )
    everything = {"Альфа", "Бета", "Гамма", "Далёкая"}
    expected = {
        Role.CSM: {"Альфа", "Бета"},
        Role.BDM_KEY: {"Гамма"},
        Role.BDM_RECOVERY: set(),
        Role.OPERATOR: set(),
        Role.LEAD_MANAGER: {"Гамма"},
        Role.BRANCH_HEAD: {"Альфа", "Бета", "Гамма"},
        **dict.fromkeys(
            (Role.CSH, Role.MARKETER, Role.HOS, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR), everything
        ),
    }
    assert {role: set(names(browser_of(role))) for role in expected} == expected
    got = {role: totals(browser_of(role))["clients"] for role in expected}
    assert got == {role: len(rows) for role, rows in expected.items()}
    card = reverse("clients:client-card", args=[away.pk])
    assert {role: browser_of(role).get(card).status_code for role in expected} == {
        role: 200 if "Далёкая" in rows else 404 for role, rows in expected.items()
    }


def test_it_shows_participants_and_substitutes_the_rows_for_the_time_of_it(
    browser_of: Browsers, people: People, three: list[Client], today: date
) -> None:
    browser = browser_of(Role.BDM_RECOVERY)
    assert names(browser) == []
    week = {"starts_on": today, "ends_on": today + timedelta(days=7)}
    Participant.objects.create(client=three[2], employee=people[Role.BDM_RECOVERY], **week)
    assert names(browser) == ["Гамма"]
    assert totals(browser)["clients"] == 1
    Absence.objects.create(employee=people[Role.CSM], substitute=people[Role.BDM_RECOVERY], **week)
    assert names(browser) == ["Альфа", "Бета", "Гамма"]
    assert totals(browser)["clients"] == 3


def test_it_answers_htmx_with_rows_and_pushes_the_short_address(browser_of: Browsers, three: list[Client]) -> None:
    response = browser_of(Role.HOS).get(
        f"{LIST}?q=&abc=A&abc=&turnover.from=10&turnover.to=", headers={"hx-request": "true"}
    )
    assert response.headers["HX-Push-Url"] == f"{LIST}?abc=A&turnover=10.."
    text = response.content.decode()
    assert "<html" not in text
    assert "Альфа" in text
    assert 'id="list-chips" hx-swap-oob="true"' in text


@pytest.mark.parametrize(
    "query", ["", "sort=name", "cols=name,inn,type,branch,city,owner&owner=me&q=client", "abc=A&state=active"]
)
def test_its_queries_do_not_grow_with_rows(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, query: str
) -> None:
    browser = browser_of(Role.HOS)
    browser.get("/healthz")  # the first request of a session writes its row
    browser.get(LIST)
    counts = []
    for upto in (3, 30):
        for n in range(Client.objects.count(), upto):
            make.client(
                f"Client {n}",
                people[Role.HOS],
                inn=str(n),
                standing={"turnover": n, "abc": "A", "life_cycle": "active"},
            )
        with django_assert_max_num_queries(10) as queries:
            assert len(names(browser, query)) == upto
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_totals_are_kept_until_something_changes(
    browser_of: Browsers, people: People, three: list[Client], django_assert_num_queries: Any
) -> None:
    hos = browser_of(Role.HOS)
    assert totals(hos)["turnover"] == 600
    Client.objects.filter(pk=three[0].pk).update(city="Новгород")
    assert totals(hos, "city=Новгород")["clients"] == 1
    Ownership.objects.filter(client=three[0]).update(owner=people[Role.BDM_KEY])
    assert totals(browser_of(Role.CSM))["clients"] == 1
    make.client("Новая", people[Role.CSM], standing={"turnover": 5})
    assert totals(hos) == {"clients": 4, "turnover": 605, "before": 0, "change": None, "mean": Decimal(605) / 4}


@pytest.mark.parametrize("query", ["", "abc=A", "abc=none", "state=zero&state=active", "bought=..-3m", "city=Тверь"])
def test_a_client_joined_into_another_counts_nowhere(browser_of: Browsers, three: list[Client], query: str) -> None:
    hos = browser_of(Role.HOS)
    before = names(hos, query)
    Client.objects.filter(pk=three[1].pk).update(merged_into=three[0])
    left = [name for name in before if name != "Бета"]
    assert names(hos, query) == left
    assert totals(hos, query)["clients"] == len(left)


def test_several_values_of_one_filter_keep_one_order(browser_of: Browsers, people: People, today: date) -> None:
    for n in range(7):
        make.client(f"К{n}", people[Role.CSM], standing={"turnover": n // 2, "abc": "AB"[n % 2], "life_cycle": "new"})
    hos = browser_of(Role.HOS)
    ordered = names(hos, "sort=turnover")
    assert names(hos, "sort=turnover&abc=A&abc=B") == ordered
    assert names(hos, "sort=-turnover&abc=A&abc=B&abc=none") == ordered[::-1]
    assert names(hos, "sort=handover&state=new&state=zero") == [f"К{n}" for n in range(7)]


def test_it_exports_exactly_what_is_filtered(browser_of: Browsers, people: People, three: list[Client]) -> None:
    query = "abc=A&abc=B&sort=name&cols=name,turnover,city"
    response = browser_of(Role.CSM).post(f"{reverse('clients:client-export')}?{query}", {"form": "xlsx"})
    sheet = sheet_of(response)
    assert list(sheet.values) == [
        ("Client", "Turnover, 12 mo", "City"),
        ("Альфа", 300, "Псков"),
        ("Бета", 200, "Тверь"),
    ]
    response = browser_of(Role.CSM).post(f"{reverse('clients:client-export')}?{query}", {"form": "csv"})
    text = b"".join(response).decode("utf-8-sig")
    assert text.splitlines() == ['Client,"Turnover, 12 mo",City', "Альфа,300,Псков", "Бета,200,Тверь"]
    logs = AccessLog.objects.filter(person=people[Role.CSM], kind=AccessKind.EXPORT)
    assert [(log.rows, log.screen) for log in logs] == [(2, "clients"), (2, "clients")]


@pytest.mark.parametrize("name", ["=1+1", "+7 812", "-5", "@sum", "=cmd|' /C calc'!A0"])
def test_an_export_never_writes_a_formula(browser_of: Browsers, people: People, today: date, name: str) -> None:
    make.client(name, people[Role.CSM])
    url = f"{reverse('clients:client-export')}?cols=name"
    cell = sheet_of(browser_of(Role.CSM).post(url, {"form": "xlsx"})).cell(2, 1)
    assert (cell.value, cell.data_type) == (name, "s")
    lines = b"".join(browser_of(Role.CSM).post(url, {"form": "csv"})).decode("utf-8-sig").splitlines()
    assert lines[1].strip('"') == f"'{name}"


def test_a_large_export_is_a_job_and_told_to_the_head(
    browser_of: Browsers,
    people: People,
    three: list[Client],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    from salescrm.base import guard, jobs
    from salescrm.base.lists import export

    monkeypatch.setattr(export, "AT_ONCE", 1)
    monkeypatch.setattr(guard, "MANY_ROWS", 1)
    monkeypatch.setattr(jobs, "dispatch", jobs.work)
    browser = browser_of(Role.CSM)
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(f"{reverse('clients:client-export')}?sort=name", {"form": "csv"})
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"rows": 2})
    page = browser.get(response.headers["Location"])
    assert reverse("clients:export-file", args=[job.pk]) in page.content.decode()
    assert b"\xd0\x90\xd0\xbb\xd1\x8c\xd1\x84\xd0\xb0" in b"".join(
        browser.get(reverse("clients:export-file", args=[job.pk]))
    )
    assert browser_of(Role.HOS).get(reverse("clients:export-file", args=[job.pk])).status_code == 404
    told = {one.person for one in Notification.objects.filter(kind="reading")}
    assert told == {people[Role.HOS], people[Role.DEPUTY_IT]}


def test_ready_views_have_counts(browser_of: Browsers, three: list[Client]) -> None:
    response = browser_of(Role.CSM).get(reverse("clients:client-counts"))
    assert response.context["counts"] == [2, 2, 1, 2, 1, 0, 0]


def test_the_dialog_of_filters_leads_to_a_short_address(browser_of: Browsers, three: list[Client]) -> None:
    hos = browser_of(Role.HOS)
    assert hos.get(reverse("clients:client-filters")).status_code == 200
    asked = "?apply=1&sort=name&q=&abc=A&turnover.from=&turnover.to=5000&bought=..-3m&bought.from=&bought.to=&top="
    response = hos.get(reverse("clients:client-filters") + asked)
    assert response.headers["Location"] == f"{LIST}?abc=A&bought=..-3m&turnover=..5000&sort=name"
    assert hos.get(reverse("clients:city-list")).json()[0] == {"value": "Псков", "text": "Псков", "sub": "1"}


@pytest.mark.parametrize(
    ("role", "typed", "seen", "changeable"),
    [
        (Role.HOS, "", ["Альфа", "Бета", "Гамма"], ["Альфа", "Бета", "Гамма"]),
        (Role.MARKETER, "", ["Альфа", "Бета", "Гамма"], []),
        (Role.CSM, "", ["Альфа", "Бета"], ["Альфа", "Бета"]),
        (Role.HOS, "гам", ["Гамма"], ["Гамма"]),
        (Role.HOS, "Гаммма", ["Гамма"], ["Гамма"]),
        (Role.CSM, "гам", [], []),
        (Role.HOS, "\x00", ["Альфа", "Бета", "Гамма"], ["Альфа", "Бета", "Гамма"]),
        (Role.HOS, "нетакого", [], []),
    ],
)
def test_the_picker_offers_clients_seen_or_those_that_may_be_changed(
    browser_of: Browsers, three: list[Client], role: str, typed: str, seen: list[str], changeable: list[str]
) -> None:
    browser = browser_of(role)
    for name, expected in (("client-choose", seen), ("client-choose-changeable", changeable)):
        answer = browser.get(reverse(f"clients:{name}"), {"q": typed})
        assert [one["text"] for one in answer.json()] == expected


def test_the_picker_offers_what_was_opened_last_first(browser_of: Browsers, three: list[Client]) -> None:
    hos = browser_of(Role.HOS)
    hos.get(reverse("clients:client-card", args=[three[1].pk]))
    assert [one["text"] for one in hos.get(reverse("clients:client-choose")).json()] == ["Бета"]
