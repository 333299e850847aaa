"""Likely duplicates: how like two clients are and why, what stays decided, the list and its rights (R6, R7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.adding import save_fields
from clients.duplicates import finding, keys
from clients.jobs import find_duplicates
from clients.models import Client, ContactPoint, DuplicateKey, DuplicatePair, DuplicateReason, LegalEntity
from salescrm.base import clock, names
from salescrm.base.models import Job
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
LIST = reverse("clients:duplicate-list")
INN, OTHER_INN = "7707083893", "7736050003"


def client(owner: Employee, said: dict[str, Any]) -> Client:
    """Make a client from what a case says of it."""
    made = make.client(
        said["name"], owner, code=f"{said['name']}{Client.objects.count()}", inn=said.get("inn", ""),
        city=said.get("city", ""),
    )  # fmt: skip
    for kind, value in said.get("points", []):
        make.point(made, value, kind)
    return made


def search(**options: Any) -> None:
    """Look for duplicates today."""
    finding.search(TODAY, **options)


def pairs() -> dict[tuple[str, str], int]:
    """Return the likeness of all pairs by the names of their clients."""
    found = DuplicatePair.objects.select_related("one", "other")
    return {(one.one.name, one.other.name): one.likeness for one in found}


PHONE = ("phone", "+78125550012")
EMAIL = ("email", "info@print-haus.ru")
SITE = ("site", "print-haus.ru")
CASES: list[tuple[str, dict[str, Any], dict[str, Any], int | None, set[str]]] = [
    ("only the legal form differs", {"name": 'ООО "Принт-Хаус"'}, {"name": "Принт Хаус, АО"}, 75, {"name"}),
    ("its words change places", {"name": "Принт Хаус"}, {"name": "Хаус-принт"}, 75, {"name"}),
    ("another alphabet", {"name": "Принт Хаус"}, {"name": "Print Haus"}, 75, {"name"}),
    ("another keyboard layout", {"name": "Принт-Хаус"}, {"name": "Ghbyn-[fec"}, 75, {"layout"}),
    ("the same city", {"name": "Принт", "city": "Тверь"}, {"name": "Принт", "city": "тверь"}, 85, {"name"}),
    ("different cities", {"name": "Принт", "city": "Тверь"}, {"name": "Принт", "city": "Омск"}, 60, {"name"}),
    ("a common name of two firms", {"name": "Принт", "inn": INN}, {"name": "Принт", "inn": OTHER_INN}, None, set()),
    ("the same phone", {"name": "Альфа", "points": [PHONE]}, {"name": "Омега", "points": [PHONE]}, 75, {"phone"}),
    (
        "a phone with an extension",
        {"name": "Альфа", "points": [PHONE]},
        {"name": "Омега", "points": [("phone", "+78125550012x14")]},
        75,
        {"phone"},
    ),
    (
        "a phone known in a messenger",
        {"name": "Альфа", "points": [PHONE]},
        {"name": "Омега", "points": [("whatsapp", "+78125550012")]},
        75,
        {"phone"},
    ),
    ("the same e-mail", {"name": "Альфа", "points": [EMAIL]}, {"name": "Омега", "points": [EMAIL]}, 80, {"email"}),
    ("the same site", {"name": "Альфа", "points": [SITE]}, {"name": "Омега", "points": [SITE]}, 60, {"site"}),
    (
        "phone and site: what is left of the doubt is multiplied",
        {"name": "Альфа", "points": [PHONE, SITE]},
        {"name": "Омега", "points": [PHONE, SITE]},
        90,
        {"phone", "site"},
    ),
    (
        "the same phone, but two firms: they may be a holding",
        {"name": "Альфа", "inn": INN, "points": [PHONE]},
        {"name": "Омега", "inn": OTHER_INN, "points": [PHONE]},
        75,
        {"phone"},
    ),
    ("nothing in common", {"name": "Альфа"}, {"name": "Омега"}, None, set()),
    ("a name that is too short", {"name": "АБ"}, {"name": "АБ"}, None, set()),
]


@pytest.mark.parametrize(("one", "other", "likeness", "reasons"), [one[1:] for one in CASES], ids=[c[0] for c in CASES])
def test_it_says_how_like_two_clients_are_and_why(
    people: People, one: dict[str, Any], other: dict[str, Any], likeness: int | None, reasons: set[str]
) -> None:
    client(people[Role.CSM], one)
    client(people[Role.CSM], other)
    search()
    assert list(pairs().values()) == ([likeness] if likeness is not None else [])
    assert set(DuplicateReason.objects.values_list("kind", flat=True)) == reasons


def test_a_similar_name_counts_by_its_trigrams(people: People) -> None:
    client(people[Role.CSM], {"name": "Спецодежда Регион", "city": "Тверь"})
    client(people[Role.CSM], {"name": "Спецодежда Регионн", "city": "Тверь"})
    client(people[Role.CSM], {"name": "Спецтехника", "city": "Тверь"})
    search()
    assert list(pairs()) == [("Спецодежда Регион", "Спецодежда Регионн")]
    assert DuplicateReason.objects.get().kind == "similar"


def test_the_same_inn_is_nearly_certain(people: People) -> None:
    one, other = client(people[Role.CSM], {"name": "Альфа", "inn": INN}), client(people[Role.CSM], {"name": "Омега"})
    LegalEntity.objects.filter(client=other).update(inn=INN, kpp="781001001")
    search()
    assert pairs() == {("Альфа", "Омега"): 97}
    assert one.pk < other.pk


def test_a_value_many_clients_have_says_nothing(people: People) -> None:
    for number in range(finding.MOST + 1):
        client(people[Role.CSM], {"name": f"{'абвгдежзиклмнопрстуфхц'[number]}оооооо", "points": [PHONE]})
    search()
    assert pairs() == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (keys.Facts(), []),
        (keys.Facts(["!!"]), []),
        (keys.Facts(["Ява"]), [("name", "yava", False), ("block", "^yava", False), ("block", "yava$", False)]),
        (keys.Facts([], "", [INN]), [("inn", INN, False)]),
        (keys.Facts([], "", [], [("telegram", "anna"), ("other", "x")]), [("messenger", "telegram:anna", False)]),
    ],
)
def test_it_keys_what_is_known(facts: keys.Facts, expected: list[keys.Key]) -> None:
    found = [key for key in keys.keys_of(facts) if not key[2]]
    assert found == expected


def test_only_changed_clients_are_compared_again(people: People, today: date) -> None:
    made = [client(people[Role.CSM], {"name": name}) for name in ("Альфа", "Омега", "Сигма")]
    search()
    search()
    search()
    assert finding.search(today).compared == 0
    made[1].name = "Альфа плюс"
    save_fields(made[1], acting_user=people[Role.CSM], today=today)
    found = finding.search(today)
    assert (found.compared, found.is_whole) == (1, False)


def test_a_whole_search_is_due_once_a_week(people: People) -> None:
    client(people[Role.CSM], {"name": "Альфа"})
    wholes = [finding.search(date(2026, 7, day)).is_whole for day in (1, 2, 7, 8, 9)]
    assert wholes == [True, False, False, True, False]


def test_a_pair_goes_when_nothing_speaks_for_it_any_more(people: People) -> None:
    client(people[Role.CSM], {"name": "Альфа", "points": [PHONE]})
    other = client(people[Role.CSM], {"name": "Омега", "points": [PHONE]})
    search()
    ContactPoint.objects.filter(client=other).delete()
    keys.forget([other.pk])
    search()
    assert (pairs(), DuplicateReason.objects.count()) == ({}, 0)


def test_a_decision_is_kept_until_the_reasons_change(people: People) -> None:
    one = client(people[Role.CSM], {"name": "Альфа", "points": [PHONE]})
    other = client(people[Role.CSM], {"name": "Омега", "points": [PHONE]})
    search()
    DuplicatePair.objects.update(state="different", decided_by=people[Role.CSM], decided_on=TODAY)
    search(whole=True)
    assert DuplicatePair.objects.get().state == "different"
    for each in (one, other):
        make.point(each, "info@x.ru", "email")
    search(whole=True)
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.likeness, pair.decided_by) == ("open", 95, people[Role.CSM])


def test_joined_clients_are_compared_no_more(people: People) -> None:
    one, other = (client(people[Role.CSM], {"name": name, "points": [PHONE]}) for name in ("Альфа", "Омега"))
    Client.objects.filter(pk=other.pk).update(merged_into=one)
    search()
    assert pairs() == {}
    assert not DuplicateKey.objects.filter(client=other).exists()


def test_the_number_of_statements_does_not_grow_with_the_clients(people: People) -> None:
    counted = []
    for number in (3, 30):
        for at in range(number):
            client(
                people[Role.CSM],
                {"name": f"Клиент {number} {at}", "points": [("phone", f"+7812555{number:02}{at:02}")]},
            )
        with CaptureQueriesContext(connection) as queries:
            search(whole=True)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_job_looks_and_says_what_it_did(people: People, today: date) -> None:
    client(people[Role.CSM], {"name": "Альфа"})
    heard: list[tuple[int, int, str]] = []

    class Listener:
        def tell(self, done: int, total: int, stage: str) -> None:
            heard.append((done, total, stage))

    listener: Any = Listener()
    assert find_duplicates(listener, day=today.isoformat()) == {"compared": 1, "pairs": 0, "whole": True}
    assert [place[:2] for place in heard] == [(1, 1), (1, 1)]


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def found(people: People, today: date) -> DuplicatePair:
    """Make a pair of the csm's and the key manager's clients."""
    client(people[Role.CSM], {"name": "Альфа", "city": "Тверь", "inn": INN, "points": [PHONE]})
    client(people[Role.BDM_KEY], {"name": "Омега", "city": "Псков", "inn": OTHER_INN, "points": [PHONE]})
    search()
    return DuplicatePair.objects.get()


def text(browser: Browser, url: str = LIST) -> str:
    """Return the page."""
    return browser.get(url).content.decode()


def test_a_head_sees_both_clients_and_the_masked_reason(browser_of: BrowserOf, found: DuplicatePair) -> None:
    page = text(browser_of(Role.HOS))
    assert reverse("clients:client-join", args=[found.one_id, found.other_id]) in page
    assert "likeness 75" in page
    assert "same phone +7 812" in page
    assert "555-00-12" not in page


def test_a_manager_learns_of_others_only_name_inn_city_and_owner(browser_of: BrowserOf, found: DuplicatePair) -> None:
    page = text(browser_of(Role.CSM))
    assert all(word in page for word in ("Омега", OTHER_INN, "Псков", "not yours", "same phone"))
    assert "+7 812" not in page
    assert reverse("clients:client-card", args=[found.other_id]) not in page
    assert reverse("clients:client-join", args=[found.one_id, found.other_id]) not in page
    join = reverse("clients:client-join", args=[found.one_id, found.other_id])
    assert browser_of(Role.CSM).get(join).status_code == 404


def test_a_manager_without_either_client_sees_nothing(browser_of: BrowserOf, found: DuplicatePair) -> None:
    assert "Омега" not in text(browser_of(Role.OPERATOR))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?reason=phone", True),
        ("?reason=email", False),
        ("?likeness=75..", True),
        ("?likeness=90..", False),
        ("?likeness=..74", False),
        ("?owner=me", False),
        ("?state=open", True),
        ("?state=different", False),
        ("?reason=nonsense&likeness=x", True),
    ],
)
def test_it_filters(browser_of: BrowserOf, found: DuplicatePair, query: str, shown: bool) -> None:
    assert ("Омега" in text(browser_of(Role.HOS), LIST + query)) is shown


def test_it_filters_by_owner(browser_of: BrowserOf, people: People, found: DuplicatePair) -> None:
    assert "Омега" in text(browser_of(Role.HOS), f"{LIST}?owner={people[Role.CSM].pk}")
    assert "Омега" not in text(browser_of(Role.HOS), f"{LIST}?owner={people[Role.OPERATOR].pk}")


def test_the_list_asks_the_same_number_of_questions(people: People, browser_of: BrowserOf, today: date) -> None:
    counted = []
    browser = browser_of(Role.HOS)
    for number in (3, 30):
        for at in range(number):
            for side in "аб":
                phone = ("phone", f"+7812{number:03}{at:04}")
                client(people[Role.CSM], {"name": f"{side * 5}{at} {number}", "points": [phone]})
        search(whole=True)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LIST).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] <= 25


def decide(browser: Browser, act: str, pair: DuplicatePair) -> int:
    """Press a button of a pair."""
    return browser.post(reverse(f"clients:duplicate-{act}", args=[pair.pk])).status_code


def test_a_head_says_it_is_no_duplicate_and_takes_that_back(
    browser_of: BrowserOf, people: People, found: DuplicatePair
) -> None:
    browser = browser_of(Role.HOS)
    assert decide(browser, "different", found) == 302
    found.refresh_from_db()
    assert (found.state, found.decided_by, found.decided_on) == ("different", people[Role.HOS], TODAY)
    assert decide(browser, "reopen", found) == 302
    found.refresh_from_db()
    assert found.state == "open"


def test_the_second_of_two_deciders_is_told(browser_of: BrowserOf, people: People, found: DuplicatePair) -> None:
    decide(browser_of(Role.HOS), "different", found)
    second = browser_of(Role.CSH)
    answer = second.post(reverse("clients:duplicate-different", args=[found.pk]), follow=True)
    assert "Somebody else has decided" in answer.content.decode()
    found.refresh_from_db()
    assert found.decided_by == people[Role.HOS]


def test_who_sees_one_client_only_decides_nothing(browser_of: BrowserOf, found: DuplicatePair) -> None:
    assert decide(browser_of(Role.CSM), "different", found) == 404
    assert decide(browser_of(Role.MARKETER), "different", found) == 403
    found.refresh_from_db()
    assert (found.state, found.decided_by) == ("open", None)


def test_a_search_asked_for_twice_is_one_job(browser_of: BrowserOf, today: date) -> None:
    browser = browser_of(Role.HOS)
    for _ in range(2):
        assert browser.post(reverse("clients:duplicate-search")).status_code == 302
    job = Job.objects.get(kind="duplicates-find")
    assert job.arguments == {"day": clock.today().isoformat(), "whole": True}


# --- while typing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Принт-Хаус", "принт хаус", "Print Haus", "Ghbyn-[fec", "ООО «ПРИНТ-ХАУС»", INN])
def test_it_warns_of_a_name_in_any_spelling_and_of_an_inn(
    browser_of: BrowserOf, people: People, today: date, typed: str
) -> None:
    made = client(people[Role.CSM], {"name": "Принт-Хаус", "inn": INN})
    field = "inn" if typed == INN else "name"
    answer = browser_of(Role.CSM).get(reverse("clients:client-alike"), {field: typed})
    assert made.name in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("phone", "8 (812) 555-00-12"),
        ("phone", "+7 812 555 00 12 доб. 14"),
        ("whatsapp", "89215550013"),
        ("email", "INFO@print-haus.ru"),
        ("site", "https://www.print-haus.ru/contacts"),
    ],
)
def test_it_warns_of_a_way_to_reach_written_otherwise(
    browser_of: BrowserOf, people: People, today: date, kind: str, typed: str
) -> None:
    points = [PHONE, EMAIL, SITE, ("phone", "+79215550013x5")]
    made = client(people[Role.BDM_KEY], {"name": "Принт-Хаус", "points": points})
    answer = browser_of(Role.CSM).get(reverse("clients:point-alike"), {"p0-kind": kind, "p0-value": typed})
    page = answer.content.decode()
    assert (made.name in page, people[Role.BDM_KEY].short_name in page) == (True, True)
    assert reverse("clients:client-card", args=[made.pk]) not in page


def test_the_key_of_a_name_is_the_one_search_uses() -> None:
    assert keys.name_key('ООО "Принт-Хаус"') == " ".join(sorted(names.key("принт хаус").split()))
