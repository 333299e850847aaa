"""The global search and the palette: what is found, by whom, why, in what order, in how many questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients import find as finding
from clients.models import Client, ExternalCode, LegalEntity
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
Finds = dict[str, list[tuple[str, str]]]
CLIENT, ENTITY, ANNA, TASK = "Принт-Хаус", "ООО Ромашка Трейд", "Волкова Анна Петровна", "Позвонить о возврате"
DOCUMENT = "Shipment ЦБ-001234, 16 Jul"


@pytest.fixture
def client(people: People, today: date) -> Client:
    """Make a client of the csm with a second legal entity, a person, a document and a task."""
    active = {"life_cycle": "active"}
    made = make.client(CLIENT, people[Role.CSM], inn="7805512879", city="Псков", code="ЦБ-00417", standing=active)
    entity = LegalEntity.objects.create(
        client=made, name=ENTITY, name_key="romashka treyd", inn="7701234567", kpp="770101001"
    )
    ExternalCode.objects.create(source=make.source(), code="УТ-90017", legal_entity=entity)
    anna = make.contact(made, ANNA, position="Директор")
    make.point(made, "+79215550012", contact=anna)
    make.point(made, "anna@zeta.ru", "email", contact=anna)
    make.shipment(made, today, 500, number="ЦБ-001234")
    make.task(TASK, people[Role.CSM], due_on=today, client=made)
    return made


def found(browser: Browser, words: str, address: str = "search") -> Finds:
    groups = browser.get(reverse(address), {"q": words}).context["groups"]
    return {str(group.title): [(item.title, str(item.reason)) for item in group.items] for group in groups}


@pytest.mark.parametrize(
    ("words", "group", "title", "reason"),
    [
        ("принт", "Clients", CLIENT, ""),
        ("PRINT haus", "Clients", CLIENT, ""),
        ("ООО «хаус»", "Clients", CLIENT, ""),
        ("ghbyn", "Clients", CLIENT, "keyboard layout: принт"),
        ("прнт-хаус", "Clients", CLIENT, "similar name"),
        ("ghyn-[fec", "Clients", CLIENT, "similar name"),
        ("ромашка", "Legal entities", ENTITY, "legal entity"),
        ("hjvfirf", "Legal entities", ENTITY, "keyboard layout: ромашка"),
        ("рамашка трейд", "Legal entities", ENTITY, "similar name"),
        ("7805512879", "Legal entities", CLIENT, "INN 7805512879"),
        ("780 551 28-79", "Legal entities", CLIENT, "INN 7805512879"),
        ("551287", "Legal entities", CLIENT, "INN 7805512879"),
        ("770101001", "Legal entities", ENTITY, "KPP 770101001"),
        ("770101", "Legal entities", ENTITY, "KPP 770101001"),
        ("ут-90017", "Legal entities", ENTITY, "code УТ-90017"),
        ("en-90017", "Legal entities", ENTITY, "code УТ-90017"),
        ("90017", "Legal entities", ENTITY, "code УТ-90017"),
        ("волкова анна", "Contacts", ANNA, ""),
        ("djkrjdf", "Contacts", ANNA, "keyboard layout: волкова"),
        ("волкава", "Contacts", ANNA, "similar name"),
        ("8 (921) 555", "Contacts", ANNA, "phone +7 921 •••-••-12"),
        ("anna@zeta", "Contacts", ANNA, "e-mail a•••@zeta.ru"),
        ("яуефюкг", "Contacts", ANNA, "e-mail a•••@zeta.ru"),
        ("ЦБ-001234", "Documents", DOCUMENT, "document number"),
        ("цб-001234", "Documents", DOCUMENT, "document number"),
        ("w,-001234", "Documents", DOCUMENT, "document number"),
        ("1234", "Documents", DOCUMENT, "part of the number"),
        ("возврат", "Tasks", TASK, ""),
        ("djpdhfn", "Tasks", TASK, "keyboard layout: возврат"),
        ("позвнить", "Tasks", TASK, "similar words"),
        ("new cli", "Actions", "New client", ""),
        ("туц сдш", "Actions", "New client", "keyboard layout: new cli"),
        ("typology", "Go to", "Typology", ""),
        ("priorties", "Go to", "Priorities", "similar words"),
    ],
)
def test_it_finds_in_any_spelling_and_says_why(
    browser_of: Browsers, client: Client, words: str, group: str, title: str, reason: str
) -> None:
    wanted = {group: [(title, reason)]}
    if words == "1234":  # a part of the other INN, too
        wanted = {"Legal entities": [(ENTITY, "INN 7701234567")], **wanted}
    assert found(browser_of(Role.CSM), words) == wanted
    assert found(browser_of(Role.CSM), words, "search-palette") == wanted


def test_two_letters_are_the_beginning_of_a_name(browser_of: Browsers, client: Client) -> None:
    pages = [("Priorities", ""), ("Action programmes", "")]
    assert found(browser_of(Role.CSM), "пр") == {"Clients": [(CLIENT, "")], "Go to": pages}
    assert found(browser_of(Role.CSM), "ау") == {}


@pytest.mark.parametrize("words", ["77010", "УТ-90018", "7805512870", "ЦБ-0012345", "42", "нетакогослова", "((("])
def test_it_finds_nothing_where_nothing_is(browser_of: Browsers, client: Client, words: str) -> None:
    response = browser_of(Role.CSM).get(reverse("search"), {"q": words})
    assert (response.context["groups"], response.status_code) == ([], 200)
    assert "Nothing found" in response.content.decode()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("принт", "not yours"),
        ("ghbyn", "not yours"),
        ("ромашка", "not yours: legal entity"),
        ("7701234567", "not yours: legal entity"),
        ("90017", "not yours: legal entity"),
        ("волкова", "not yours: contact"),
        ("8 921 555", "not yours: phone"),
        ("anna@zeta", "not yours: e-mail"),
        ("ЦБ-001234", None),
        ("возврат", None),
    ],
)
def test_of_a_client_of_others_it_tells_name_inn_city_and_owner_only(
    browser_of: Browsers, client: Client, words: str, reason: str | None
) -> None:
    browser = browser_of(Role.BDM_KEY)
    assert found(browser, words) == ({"Clients of others": [("Принт-Хаус", reason)]} if reason else {})
    page = browser.get(reverse("search"), {"q": words}).content.decode()
    assert ("INN 7805512879, 7701234567 · Псков · Csm Testov" in page) == bool(reason)
    hidden = ["Ромашка", "Волкова", "555-00", "zeta.ru", "УТ-90017", "001234", "возврате"]
    hidden.append(reverse("clients:client-card", args=[client.pk]))
    said = page.replace(words, "").replace(quote(words), "")
    assert [one for one in hidden if one in said] == []


@pytest.mark.parametrize(
    ("role", "words", "groups"),
    [
        (Role.HOS, "принт", ["Clients"]),
        (Role.HOS, "1234", ["Legal entities", "Documents"]),
        (Role.HOS, "возврат", ["Tasks"]),
        (Role.BRANCH_HEAD, "волкова", ["Contacts"]),
        (Role.MARKETER, "принт", ["Clients"]),
        (Role.MARKETER, "волкова", []),
        (Role.MARKETER, "8 921 555", []),
        (Role.LEAD_MANAGER, "принт", ["Clients of others"]),
        (Role.LEAD_MANAGER, "ЦБ-001234", []),
        (Role.CSM, "approve", []),
        (Role.CSH, "approve", ["Actions"]),
        (Role.CSM, "administration", []),
        (Role.DEPUTY_IT, "administration", ["Go to"]),
    ],
)
def test_each_role_finds_what_it_sees(
    browser_of: Browsers, client: Client, role: str, words: str, groups: list[str]
) -> None:
    assert list(found(browser_of(role), words)) == groups


def test_another_branch_is_of_others(browser_of: Browsers, client: Client) -> None:
    Client.objects.filter(pk=client.pk).update(branch=make.branch("msk"))
    assert found(browser_of(Role.BRANCH_HEAD), "принт") == {"Clients of others": [("Принт-Хаус", "not yours")]}


def test_a_joined_client_leads_to_the_kept_one(browser_of: Browsers, people: People, client: Client) -> None:
    gone, older = (make.client(name, people[Role.CSM]) for name in ("Лавка Чая", "Чайник"))
    browser = browser_of(Role.CSM)
    browser.get(reverse("clients:client-card", args=[gone.pk]))
    Client.objects.filter(pk=older.pk).update(merged_into=gone)
    Client.objects.filter(pk=gone.pk).update(merged_into=client)
    assert found(browser, "лавка") == {"Clients": [("Принт-Хаус", "joined into it: Лавка Чая")]}
    assert found(browser, "чайник") == {"Clients": [("Принт-Хаус", "joined into it: Чайник")]}
    assert found(browser_of(Role.BDM_KEY), "лавка") == {"Clients of others": [("Принт-Хаус", "not yours")]}
    assert found(browser, "", "search-palette")["Recent"] == [("Принт-Хаус", "")]


def test_an_archived_client_says_so(browser_of: Browsers, client: Client, today: date) -> None:
    Client.objects.filter(pk=client.pk).update(archived_on=today, archive_reason="закрылись")
    (group,) = browser_of(Role.CSM).get(reverse("search"), {"q": "принт"}).context["groups"]
    assert "archived" in group.items[0].sub.split(" · ")


def test_a_find_leads_to_its_place(browser_of: Browsers, client: Client) -> None:
    browser, card = browser_of(Role.CSM), reverse("clients:client-card", args=[client.pk])
    task = reverse("deals:task-card", args=[client.tasks.get().pk])
    wanted = {
        "принт": card, "ромашка": card, "волкова": f"{card}#h-contacts", "ЦБ-001234": f"{card}#h-shipments",
        "возврат": task, "new cli": reverse("clients:client-new"), "typology": reverse("typology:overview"),
    }  # fmt: skip
    for words, url in wanted.items():
        ((item,),) = [group.items for group in browser.get(reverse("search"), {"q": words}).context["groups"]]
        assert item.url == url, words
        assert browser.get(item.url).status_code == 200


def titles(browser: Browser, words: str, group: str) -> list[str]:
    return [title for title, _reason in found(browser, words)[group]]


def test_the_name_that_is_the_word_comes_first(browser_of: Browsers, people: People, today: date) -> None:
    for name in ("Альфа Текстиль", "Текстиль", "Текстильщик"):
        make.client(name, people[Role.CSM])
    make.client("Текстиль", people[Role.BDM_KEY], code="another")
    assert titles(browser_of(Role.CSM), "текстиль", "Clients")[0] == "Текстиль"
    assert len(titles(browser_of(Role.CSM), "ntrcnbkm", "Clients")) == 3
    assert titles(browser_of(Role.CSM), "текстиль", "Clients of others") == ["Текстиль"]


@pytest.mark.parametrize("words", ["эхо", ";er"])
def test_letters_left_of_the_wrong_layout_are_no_word(browser_of: Browsers, people: People, words: str) -> None:
    for name in ("Эхо", "Жук", "Юйка", "Термин"):  # the wrong layout has only “j” of the one, “er” of the other
        make.client(name, people[Role.CSM])
    assert len(titles(browser_of(Role.CSM), words, "Clients")) == 1


def test_ones_own_are_not_crowded_out_by_the_many(
    browser_of: Browsers, people: People, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(finding, "FIRST", 1)
    for n in range(6):
        make.contact(make.client(f"Общий текстиль {n}", people[Role.BDM_KEY]), f"Иванов {n}")
    make.contact(make.client("Ярмарка текстиля", people[Role.CSM]), "Иванов Свой")
    make.client("Текстиль", people[Role.BDM_KEY])
    assert titles(browser_of(Role.CSM), "текстиль", "Clients") == ["Ярмарка текстиля"]
    assert titles(browser_of(Role.CSM), "иванов", "Contacts") == ["Иванов Свой"]
    assert titles(browser_of(Role.HOS), "текстиль", "Clients")[0] == "Текстиль"


def test_open_tasks_come_first_and_of_them_ones_own(
    browser_of: Browsers, people: People, client: Client, today: date
) -> None:
    closed = {"state": "done", "closed_at": datetime(2026, 7, 15, 9, tzinfo=UTC), "closed_by": people[Role.CSM]}
    make.task("Возврат закрыт", people[Role.CSM], due_on=date(2026, 7, 1), client=client, **closed)
    make.task("Возврат свой", people[Role.HOS], due_on=date(2026, 8, 1))
    assert titles(browser_of(Role.HOS), "возврат", "Tasks") == ["Возврат свой", TASK, "Возврат закрыт"]
    assert titles(browser_of(Role.CSM), "возврат", "Tasks") == [TASK, "Возврат закрыт"]
    (group,) = browser_of(Role.HOS).get(reverse("search"), {"q": "возврат"}).context["groups"]
    assert [item.sub for item in group.items] == [
        "1 Aug · Hos Testov", "16 Jul · Принт-Хаус · Csm Testov", "done · Принт-Хаус · Csm Testov",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "words", "most"),
    [
        (Role.HOS, "текстиль", 12),
        (Role.CSM, "текстиль", 15),
        (Role.CSM, "ntrcnbkm", 15),
        (Role.CSM, "текстль", 26),
        (Role.CSM, "100", 17),
        (Role.CSM, "", 8),
    ],
)
def test_it_asks_a_fixed_number_of_times(
    browser_of: Browsers, people: People, today: date, role: str, words: str, most: int,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    browser = browser_of(role)
    counts: list[int] = []
    browser.get(reverse("search-palette"))
    for upto in (3, 30):
        for n in range(Client.objects.count(), upto):
            owner = people[Role.CSM if n % 3 else Role.BDM_KEY]
            made = make.client(f"Текстиль {n}", owner, inn=f"78100{n:05}")
            LegalEntity.objects.create(client=made, name=f"Текстиль плюс {n}", name_key=f"tekstil plyus {n}")
            make.contact(made, f"Текстильщиков {n}")
            make.shipment(made, today, 500, number=f"A-100{n}")
            make.task(f"Текстиль {n}", owner, due_on=today, client=made)
            if not words:
                browser.get(reverse("clients:client-card", args=[made.pk]))
        with django_assert_max_num_queries(most) as asked:
            browser.get(reverse("search-palette"), {"q": words})
        counts.append(len(asked))
    assert counts[1] <= counts[0]  # with many finds of one's own there is no place for others


@pytest.mark.parametrize("words", ["\x00", "a\x00b", "%", "_", "'; drop", "\\", "🙂", "x" * 300, "(((", "1\x002"])
def test_it_takes_any_text(browser_of: Browsers, client: Client, words: str) -> None:
    for name in ("search", "search-palette", "clients:client-list", "clients:client-choose"):
        assert browser_of(Role.CSM).get(reverse(name), {"q": words}).status_code == 200
    assert browser_of(Role.CSM).get(reverse("clients:client-alike"), {"name": words}).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.NONE}))
def test_what_it_offers_to_do_may_be_done(browser_of: Browsers, client: Client, role: str) -> None:
    browser = browser_of(role)
    groups = browser.get(reverse("search")).context["groups"]
    offered = [item.url for group in groups if str(group.title) == "Actions" for item in group.items]
    assert {url: browser.get(url).status_code for url in offered} == dict.fromkeys(offered, 200)


def test_with_nothing_typed_it_offers_what_was_opened_last_and_what_one_can_do(
    browser_of: Browsers, people: People, client: Client
) -> None:
    browser = browser_of(Role.CSM)
    other = make.client("Второй", people[Role.CSM])
    for one in (client, other, client):
        browser.get(reverse("clients:client-card", args=[one.pk]))
    for address in ("search", "search-palette"):
        offered = found(browser, "", address)
        assert offered["Recent"] == [("Принт-Хаус", ""), ("Второй", "")]
        acts = ["New client", "New contact", "New deal", "New task"]
        acts += ["Log a call", "Log a meeting", "Log a letter", "Write a note", "New invoice", "New payment"]
        acts += ["New claim", "Calendar of tasks", "Pay", "New report", "Own reports"]
        assert [title for title, _reason in offered["Actions"]] == acts
    content = browser.get(reverse("search-palette")).content.decode()
    assert content.count("data-dialog") == len(acts) - 4  # the calendar, the pay and own reports are pages
