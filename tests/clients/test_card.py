"""The card, its panels and what can be changed there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.duplicates.joining import column
from clients.forms import EditClient, mark
from clients.models import Client, Contact, ContactPoint, LegalEntity, Ownership, OwnershipReason, Participant, Standing
from salescrm.base import guard
from salescrm.base.models import AccessLog, Notification
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


@pytest.fixture
def client(people: People, today: date) -> Client:
    standing = {
        "abc": "A", "xyz": "X", "previous_class": "BX", "turnover": 300, "turnover_before": 200, "top": True,
        "life_cycle": "active",
        "last_purchase_on": today - timedelta(days=22), "expected_on": today - timedelta(days=2), "rhythm_days": 20,
        "hand_over_on": today + timedelta(days=39), "purchases": 7,
    }  # fmt: skip
    return make.client("Принт-Хаус", people[Role.CSM], inn="7805512879", city="Псков", standing=standing)


def card(client: Client, query: str = "") -> str:
    return reverse("clients:client-card", args=[client.pk]) + query


def test_every_why_of_the_card_has_an_answer(browser_of: Browsers, client: Client) -> None:
    make.rule_set()
    browser = browser_of(Role.CSM)
    asked = set(re.findall(r'"(/segmentation/why/[^"]+)"', browser.get(card(client)).content.decode()))
    assert len(asked) >= 3
    assert {url: browser.get(url).status_code for url in asked} == dict.fromkeys(asked, 200)


def test_it_says_what_is_wrong_and_the_facts(browser_of: Browsers, client: Client) -> None:
    response = browser_of(Role.CSM).get(card(client))
    assert response.context["warning"] == {
        "tone": "warn",
        "lead": "The order is 2 days late.",
        "text": "Usually every 20 days. The last shipment was on 24 June. "
        "Without a shipment it will be handed over on 24 August.",
    }
    facts = [(fact["value"], fact["note"]) for fact in response.context["facts"]]
    assert facts == [
        ("₽300", "+50%"),
        ("24 June", "22 days ago"),
        ("14 July", "2 days ago"),
        ("24 August", "in 39 days"),
        ("no norm", ""),
        ("7", ""),
    ]


def test_its_queries_do_not_grow(
    browser_of: Browsers, client: Client, today: date, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of(Role.CSM)
    browser.get(card(client))
    for n in range(30):
        make.shipment(client, today - timedelta(days=n), 100, lines=3)
    with django_assert_max_num_queries(12):
        browser.get(card(client))
    with django_assert_max_num_queries(13):
        browser.get(reverse("clients:client-shipments", args=[client.pk]))


def test_neighbours_keep_the_order_of_the_list(browser_of: Browsers, client: Client, people: People) -> None:
    less = make.client("Меньше", people[Role.CSM], standing={"turnover": 200})
    more = make.client("Больше", people[Role.CSM], standing={"turnover": 400})
    url = reverse("clients:client-neighbours", args=[client.pk])
    hos = browser_of(Role.HOS)

    def around(query: str) -> tuple[Any, Any]:
        context = hos.get(f"{url}?{query}").context
        return context.get("before"), context.get("after")

    assert around("sort=-turnover") == (more.pk, less.pk)
    assert around("sort=turnover") == (less.pk, more.pk)
    assert around("turnover=250..350") == (None, None)
    assert around("sort=expected") == (None, less.pk)


def test_the_facts_are_drawn_again_as_the_card_has_them(browser_of: Browsers, client: Client) -> None:
    browser = browser_of(Role.CSM)
    shown = browser.get(card(client)).content.decode()
    facts = browser.get(reverse("clients:client-facts", args=[client.pk])).content.decode()
    assert 'id="facts"' in facts
    assert facts.strip() in shown


@pytest.mark.parametrize(
    "query",
    ["", "sort=turnover", "sort=bought", "sort=-bought", "sort=-name", "turnover=200..", "q=client", "abc=A&abc=B",
     "g1=any&g1.abc=B&g1.turnover=..150&sort=bought"],
)  # fmt: skip
@pytest.mark.parametrize("role", [Role.HOS, Role.CSM])
def test_it_says_the_client_s_number_in_the_list(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, query: str, role: str
) -> None:
    for n in range(6):
        bought = today - timedelta(days=n // 2) if n % 3 else None
        standing = {"turnover": 100 + n // 2 * 100, "abc": "ABC"[n % 3], "last_purchase_on": bought}
        make.client(f"Client {n}", people[Role.CSM], standing=standing)
    outside = make.client("Outside", people[Role.BDM_KEY], standing={"turnover": 1})
    browser = browser_of(role)
    rows = [row.client.pk for row in browser.get(f"/clients/?{query}").context["rows"]]
    for pk in [*rows, outside.pk]:
        with django_assert_max_num_queries(18):  # the first sums of the selection among them
            said = browser.get(f"{reverse('clients:client-position', args=[pk])}?{query}").content.decode().strip()
        assert said == (f"{rows.index(pk) + 1} of {len(rows)}" if pk in rows else "")


def test_panels_show_documents_lines_and_owners(browser_of: Browsers, client: Client, today: date) -> None:
    for n in range(12):
        make.shipment(client, today - timedelta(days=n), 100 + n, number=f"D{n}", lines=2)
    browser = browser_of(Role.CSM)
    url = reverse("clients:client-shipments", args=[client.pk])
    first = browser.get(url)
    assert [one.number for one in first.context["shipments"]] == [f"D{n}" for n in range(10)]
    second = browser.get(f"{url}?after={first.context['after']}")
    assert [f"D{n}" in second.content.decode() for n in (9, 10, 11)] == [False, True, True]
    shipment = first.context["shipments"][0]
    lines = browser.get(reverse("clients:shipment-lines", args=[client.pk, shipment.pk]))
    assert [line.amount for line in lines.context["lines"]] == [50, 50]
    owners = browser.get(reverse("clients:client-owners", args=[client.pk]))
    assert [one.reason for one in owners.context["intervals"]] == ["first"]
    for name in ("turnover", "classes"):
        assert browser.get(reverse(f"segmentation-panels:{name}", args=[client.pk])).status_code == 200


def test_a_stranger_gets_no_card_and_no_panel(browser_of: Browsers, client: Client) -> None:
    browser = browser_of(Role.BDM_KEY)
    for name in ("card", "neighbours", "shipments", "owners", "history", "edit", "owner"):
        view = {"edit": "clients:client-edit", "owner": "deals:owner-change"}.get(name, f"clients:client-{name}")
        response = browser.get(reverse(view, args=[client.pk]))
        expected = (200, {"place": ""}) if name == "neighbours" else (404, None)
        assert response.status_code == expected[0], name
        if name == "neighbours":
            assert "before" not in response.context


def test_opening_many_cards_of_others_warns_the_head(
    browser_of: Browsers, people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MANY_CARDS", 1)
    other = make.client("Вторая", people[Role.CSM])
    marketer = browser_of(Role.MARKETER)
    for one in (client, client, other):
        marketer.get(card(one))
    browser_of(Role.CSM).get(card(client))
    browser_of(Role.HOS).get(card(client))
    logs = AccessLog.objects.filter(kind="mass_read")
    assert [(log.person, log.rows, log.detail["cards"]) for log in logs] == [
        (people[Role.MARKETER], 2, [client.pk, other.pk])
    ]
    told = {one.person for one in Notification.objects.filter(kind="reading")}
    assert told == {people[Role.HOS], people[Role.DEPUTY_IT]}


# --- adding -------------------------------------------------------------------------------------------------------


def test_a_manager_adds_a_client_of_his_own(browser_of: Browsers, people: People, today: date) -> None:
    data = {"name": " ООО  Новый  Дом ", "inn": "7707083893", "city": "Тула", "branch": people[Role.CSM].branch_id}
    response = browser_of(Role.CSM).post(reverse("clients:client-new"), data)
    client = Client.objects.get()
    assert response.headers["Location"] == card(client)
    assert (client.name, client.name_key, client.created_by, client.owned_from) == (
        "ООО Новый Дом",
        "novyy dom",
        people[Role.CSM],
        today,
    )
    interval = Ownership.objects.get()
    assert (interval.owner, interval.starts_on, interval.reason) == (people[Role.CSM], today, OwnershipReason.FIRST)
    assert LegalEntity.objects.get().inn == "7707083893"
    assert Standing.objects.get().life_cycle == "potential"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("inn", "7707083890", "This is no INN: the check figures do not fit."),
        ("inn", "7805512879", "A client with this INN exists already."),
        ("name", "   ", "Give a name, or a contact, a phone or an address."),
    ],
)
def test_it_refuses_a_bad_new_client(
    browser_of: Browsers, people: People, client: Client, field: str, value: str, message: str
) -> None:
    data = {"name": "Икс", "branch": people[Role.CSM].branch_id} | {field: value}
    response = browser_of(Role.CSM).post(reverse("clients:client-new"), data)
    assert response.context["form"].errors[field] == [message]
    assert Client.objects.count() == 1


def detail(kind: str, value: str, n: int = 0) -> dict[str, str]:
    return {f"p{n}-kind": kind, f"p{n}-value": value}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"name": "Дом", "contact": "Анна Ким"} | detail("phone", "8 921 555-00-12"), "Дом"),
        ({"contact": " Анна  Ким "}, "Анна Ким"),
        (detail("phone", "8 921 555-00-12"), "+7 921 555-00-12"),
        (detail("phone", "") | detail("site", "dom.ru", 1), "dom.ru"),
    ],
)
def test_one_detail_is_enough_for_a_new_client(
    browser_of: Browsers, people: People, today: date, typed: dict[str, str], name: str
) -> None:
    data = typed | {"branch": people[Role.CSM].branch_id}
    assert browser_of(Role.CSM).post(reverse("clients:client-new"), data).status_code == 302
    client = Client.objects.get()
    assert (client.name, bool(client.name_key), LegalEntity.objects.get().name) == (name, True, name)
    whose = set(ContactPoint.objects.values_list("client", "contact__name"))
    assert whose == ({(client.pk, "Анна Ким" if "contact" in typed else None)} if "p0-kind" in typed else set())


def test_people_of_a_new_client_are_written_with_it(browser_of: Browsers, people: People, today: date) -> None:
    data = {"name": "Дом", "contact": "Анна Ким", "branch": people[Role.CSM].branch_id}
    data |= detail("phone", "8 921 555-00-12") | detail("site", "www.dom.ru", 1) | detail("email", "", 2)
    browser_of(Role.CSM).post(reverse("clients:client-new"), data)
    assert list(ContactPoint.objects.order_by("kind").values_list("kind", "value_key", "contact__name")) == [
        ("phone", "+79215550012", "Анна Ким"),
        ("site", "dom.ru", None),
    ]
    contact = Contact.objects.get()
    assert (contact.verified_on, contact.created_by) == (today, people[Role.CSM])
    standing = Standing.objects.get()
    assert standing.completeness == standing.correctness == Decimal("15.38")  # full name and phone: two of thirteen


@pytest.mark.parametrize("wrong", [detail("phone", "12"), detail("email", "a@b.ru") | detail("email", "A@B.RU", 1)])
def test_a_wrong_phone_of_a_new_client_keeps_nothing(
    browser_of: Browsers, people: People, wrong: dict[str, str]
) -> None:
    data = {"name": "Дом", "contact": "Анна Ким", "branch": people[Role.CSM].branch_id} | wrong
    response = browser_of(Role.CSM).post(reverse("clients:client-new"), data)
    assert response.context["rows"].error_count == 1
    assert (Client.objects.count(), Contact.objects.count(), ContactPoint.objects.count()) == (0, 0, 0)


def test_a_phone_that_somebody_has_is_told_while_typing(browser_of: Browsers, client: Client) -> None:
    make.point(client, "+78125550012")
    url, typed = reverse("clients:client-alike"), {"name": "Дом"} | detail("phone", "8 812 555 00 12")
    assert [one.url for one in browser_of(Role.CSM).get(url, typed).context["alike"]] == [card(client)]
    assert [one.url for one in browser_of(Role.BDM_KEY).get(url, typed).context["alike"]] == [""]


def test_clients_alike_are_named_while_typing(browser_of: Browsers, client: Client) -> None:
    url = reverse("clients:client-alike")
    assert browser_of(Role.CSM).get(url, {"name": "принт хаус"}).context["alike"][0].url == card(client)
    stranger = browser_of(Role.BDM_KEY).get(url, {"inn": "780551"}).context["alike"][0]
    assert (stranger.url, stranger.title, stranger.sub) == ("", "Принт-Хаус", "INN 7805512879 · Псков · Csm Testov")


def test_the_form_of_a_known_client_warns_of_others_and_not_of_itself(
    browser_of: Browsers, people: People, client: Client
) -> None:
    mine = make.client("Печатный Двор", people[Role.CSM], city="Тверь")
    theirs = make.client("Печатный Двор Плюс", people[Role.BDM_KEY], city="Омск")
    csm, url = browser_of(Role.CSM), reverse("clients:client-alike")
    form = csm.get(reverse("clients:client-edit", args=[client.pk])).content.decode()
    assert f'hx-get="{url}?client={client.pk}"' in form

    def told(browser: Browser, **typed: str) -> list[tuple[str, str]]:
        found = browser.get(url, {**typed, "client": str(client.pk)}).context["alike"]
        return sorted((one.title, one.url) for one in found)

    assert told(csm, name=client.name, inn=client.legal_entities.get().inn) == []  # nothing was changed yet
    assert told(csm, name="принт хаус") == []  # only itself is like this
    assert told(csm, name="печатный двор") == [(mine.name, card(mine)), (theirs.name, "")]
    page = csm.get(url, {"name": "печатный двор", "client": str(client.pk)}).content.decode()
    assert card(theirs) not in page


# --- changing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in EditClient.Meta.fields if name != "inn"])
def test_a_change_of_any_field_of_the_form_is_noticed(people: People, client: Client, name: str) -> None:
    before = mark(client, None)
    setattr(client, column(name).attname, 7_777)
    assert mark(client, None) != before


def test_the_second_of_two_people_is_told(browser_of: Browsers, people: People, client: Client) -> None:
    url = reverse("clients:client-edit", args=[client.pk])
    first, second = browser_of(Role.CSM), browser_of(Role.HOS)
    seen = {
        name: first.get(url).context["form"]["seen"].initial or first.get(url).context["form"].fields["seen"].initial
        for name in ("a", "b")
    }
    data = {"name": "Принт-Хаус", "inn": "7805512879", "branch": client.branch_id, "channel": "wholesale"}
    assert first.post(url, data | {"city": "Тула", "seen": seen["a"]}).status_code == 302
    answer = second.post(url, data | {"city": "Орёл", "seen": seen["b"]})
    (told,) = answer.context["form"].non_field_errors()
    assert "Csm Testov changed this meanwhile" in told
    assert "Псков → Тула" in told
    assert 'value="Орёл"' in answer.content.decode()
    assert Client.objects.get().city == "Тула"
    again = answer.context["form"].data["seen"]
    assert second.post(url, data | {"city": "Орёл", "seen": again}).status_code == 302
    assert Client.objects.get().city == "Орёл"
    history = first.get(reverse("clients:client-history", args=[client.pk])).context["changes"]
    assert [(one.who, one.field, one.before, one.after) for one in history] == [
        ("Hos Testov", "city", "Тула", "Орёл"),
        ("Csm Testov", "city", "Псков", "Тула"),
    ]


def test_the_history_has_people_and_who_took_part(browser_of: Browsers, people: People, client: Client) -> None:
    contact = make.contact(client, "Анна Ким", position="юрист", note="молчит")
    point = make.point(client, "+78125550012", contact=contact)
    Contact.objects.update(position="директор", note="говорит")
    ContactPoint.objects.update(value="+78125550013", value_key="+78125550013")
    Client.objects.update(decision_pattern="по тендеру")
    began, ended = TODAY - timedelta(days=2), TODAY
    told = {"employee": people[Role.OPERATOR], "author": people[Role.HOS], "starts_on": began, "ends_on": ended}
    Participant.objects.create(client=client, **told)

    def history(role: str) -> set[tuple[str, str, str]]:
        found = browser_of(role).get(reverse("clients:client-history", args=[client.pk])).context["changes"]
        return {(one.field, one.before, one.after) for one in found}

    always = {
        ("how they decide on purchases", "–", "по тендеру"),
        ("develops the client", "–", "Operator Testov"),
        ("develops the client", "Operator Testov", "–"),
    }
    position = ("Анна Ким: position", "юрист", "директор")
    phone = ("Анна Ким: value", "+7 812 555-00-12", "+7 812 555-00-13")
    note = ("Анна Ким: note", "молчит", "говорит")
    assert history(Role.CSM) == always | {position, phone, note}
    assert ContactPoint.objects.get().pk == point.pk
    masked = ("Анна Ким: value", "+7 812 •••-••-12", "+7 812 •••-••-13")
    assert history(Role.DEPUTY_DIRECTOR) == always | {position, masked}
    assert history(Role.MARKETER) == always


def test_the_second_is_told_all_that_changed_since_and_may_take_it(browser_of: Browsers, client: Client) -> None:
    url = reverse("clients:client-edit", args=[client.pk])
    first, second = browser_of(Role.CSM), browser_of(Role.HOS)

    def save(browser: Browser, **typed: str) -> Any:
        page = browser.get(url).context
        data = {"name": "Принт-Хаус", "inn": "7805512879", "branch": client.branch_id, "channel": "wholesale"}
        data |= {"city": client.city, "seen": page["form"].fields["seen"].initial, "opened": page["opened"]}
        client.refresh_from_db()
        return browser.post(url, data | typed)

    save(first, city="Тула")
    page = second.get(url).context
    save(first, city="Орёл")
    save(first, city="Орёл", region="Орловская")
    answer = save(second, seen=page["form"].fields["seen"].initial, opened=page["opened"], city="Псков")

    (told,) = answer.context["form"].non_field_errors()
    assert [words in told for words in ("Тула → Орёл", "– → Орловская", "Псков → Тула")] == [True, True, False]
    assert f'href="{url}" data-dialog' in answer.content.decode()
    theirs = second.get(url).context["form"]
    assert (theirs["city"].value(), theirs["region"].value()) == ("Орёл", "Орловская")


def test_readers_do_not_change(browser_of: Browsers, client: Client) -> None:
    for role in (Role.MARKETER, Role.DIRECTOR):
        browser = browser_of(role)
        assert browser.get(reverse("clients:client-edit", args=[client.pk])).status_code == 403
        assert browser.post(reverse("deals:owner-change", args=[client.pk])).status_code == 403
    assert Ownership.objects.count() == 1


# --- owner ----------------------------------------------------------------------------------------------------------


def test_a_head_gives_a_client_to_another_and_undoes_it(
    browser_of: Browsers, people: People, client: Client, today: date
) -> None:
    hos = browser_of(Role.HOS)
    data = {"owner": people[Role.BDM_KEY].pk, "note": "просил клиент", "left_alone_until": "2026-09-01"}
    response = hos.post(reverse("deals:owner-change", args=[client.pk]), data)
    assert response.headers["Location"] == card(client)
    now = Ownership.objects.get(ends_on=None)
    assert (now.owner, now.starts_on, now.reason, now.author) == (
        people[Role.BDM_KEY],
        today,
        "manual",
        people[Role.HOS],
    )
    assert (now.note, now.left_alone_until) == ("просил клиент", date(2026, 9, 1))
    assert {one.person.role for one in Notification.objects.filter(kind="owner")} == {Role.CSM, Role.BDM_KEY}
    page = hos.get(card(client)).content.decode()
    undo = page.split('data-undo="')[1].split('"')[0]
    assert browser_of(Role.CSH).post(undo).status_code == 404
    assert hos.post(undo).status_code == 204
    assert Ownership.objects.get().owner == people[Role.CSM]
    assert hos.post(undo).status_code == 404


def test_a_whole_selection_changes_its_owner(browser_of: Browsers, people: People, client: Client) -> None:
    make.client("Вторая", people[Role.CSM], standing={"abc": "A"})
    make.client("Третья", people[Role.CSM], standing={"abc": "C"})
    hos = browser_of(Role.HOS)
    url = reverse("deals:owner-change-many") + "?abc=A&all=1"
    dialog = hos.get(url)
    assert (dialog.context["count"], dialog.context["submit_label"]) == (2, "Change for 2 clients")
    hos.post(url, {"owner": people[Role.BDM_KEY].pk, "note": "выравнивание"})
    moved = Ownership.objects.filter(ends_on=None, owner=people[Role.BDM_KEY])
    assert {one.client.name for one in moved} == {"Принт-Хаус", "Вторая"}


def test_a_branch_head_gives_only_own_clients_to_own_people(
    browser_of: Browsers, people: People, client: Client
) -> None:
    other = make.branch("msk")
    far = make.client("Далёкая", make.employee("far", branch=other), branch=other)
    head = browser_of(Role.BRANCH_HEAD)
    url = f"{reverse('deals:owner-change-many')}?ids={client.pk}&ids={far.pk}"
    assert head.get(url).context["count"] == 1
    refused = head.post(url, {"owner": Employee.objects.get(username="far").pk, "note": "x"})
    assert "owner" in refused.context["form"].errors
    assert Ownership.objects.filter(ends_on=None, owner=people[Role.CSM]).count() == 1


def test_the_date_of_being_left_alone_lies_ahead(
    browser_of: Browsers, people: People, client: Client, today: date
) -> None:
    data = {"owner": people[Role.BDM_KEY].pk, "note": "x", "left_alone_until": today.isoformat()}
    response = browser_of(Role.HOS).post(reverse("deals:owner-change", args=[client.pk]), data)
    assert response.context["form"].errors["left_alone_until"] == ["The date lies after today."]
    assert Ownership.objects.count() == 1
