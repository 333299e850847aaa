"""People of a client: the panel, the dialogs, who sees what, contacts shown on asking and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test import Client as Browser
from django.urls import reverse

from clients.contacts import points
from clients.contacts.cards import days_to
from clients.home import born_within
from clients.models import Client, ClientCriterion, Contact, ContactPoint, Need, Objection, SupplierCriterion
from salescrm.base import guard
from salescrm.base.models import AccessLog, Notification
from staff.access import Role
from staff.models import Absence, Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
PHONE = "+79215550012"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM], inn="7805512879", city="Псков", standing={"top": True})


@pytest.fixture
def anna(client: Client, people: People, today: date) -> Contact:
    verified = {"verified_on": today - timedelta(days=10), "verified_by": people[Role.CSM]}
    made = make.contact(client, "Волкова Анна Петровна", position="Директор", role="decides", **verified)
    make.point(client, PHONE, contact=made)
    return made


def url(name: str, client: Client, *more: int) -> str:
    return reverse(f"clients:{name}", args=[client.pk, *more])


def filled(*values: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """Fill the form of a person with rows of ways to reach."""
    data: dict[str, Any] = {"name": "Белов Олег Иванович", "position": "Закупщик"} | fields
    for n, (kind, value) in enumerate(values):
        data |= {f"p{n}-kind": kind, f"p{n}-value": value}
    return data


def known(client: Client) -> list[tuple[str, str, str]]:
    rows = ContactPoint.objects.filter(client=client).select_related("contact").order_by("pk")
    return [(one.contact.name if one.contact else "", one.kind, one.value_key) for one in rows]


@pytest.mark.parametrize(
    ("kind", "value", "key", "masked"),
    [
        ("phone", "8 (921) 555-00-12", "+79215550012", "+7 921 •••-••-12"),
        ("phone", "+7 812 320-11-22 доб. 15", "+78123201122x15", "+7 812 •••-••-22"),
        ("phone", "+375 29 123-45-67", "+375291234567", "+375 29 1••-••-67"),
        ("whatsapp", "89215550012", "+79215550012", "+7 921 •••-••-12"),
        ("email", "Anna@Print.RU", "anna@print.ru", "a•••@print.ru"),
        ("site", "https://www.Print-Haus.ru/about", "print-haus.ru", "p•••"),
        ("site", "принт.рф", "принт.рф", "п•••"),
        ("telegram", "https://t.me/Anna_P", "anna_p", "a•••"),
        ("telegram", "+7 921 555-00-12", "+79215550012", "+7 921 •••-••-12"),
        ("vk", "vk.com/printhaus", "printhaus", "p•••"),
        ("other", " Skype:  Anna ", "skype: anna", "s•••"),
    ],
)
def test_a_value_has_one_form_and_a_mask(kind: str, value: str, key: str, masked: str) -> None:
    assert points.key(kind, value) == key
    assert points.masked(kind, value, key) == masked


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "12"), ("phone", "call me"), ("email", "anna@"), ("site", "print"), ("telegram", "a b"), ("vk", "")],
)
def test_what_is_no_value_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ValidationError):
        points.key(kind, value)


def test_the_panel_shows_people_with_links_and_what_is_missing(
    browser_of: Browsers, client: Client, anna: Contact, today: date
) -> None:
    make.contact(client, "Котов Пётр", position="Технолог", verified_on=today - timedelta(days=200))
    make.contact(client, "Ушедшая Инна", left_on=today)
    make.point(client, "info@print.ru", "email")
    response = browser_of(Role.CSM).get(url("client-contacts", client))
    panel = response.context["panel"]
    assert [(one.contact.name, one.is_stale) for one in panel.people] == [
        ("Волкова Анна Петровна", False),
        ("Котов Пётр", True),
    ]
    assert [one.contact.name for one in panel.gone] == ["Ушедшая Инна"]
    assert (panel.misses_decider, panel.is_masked, panel.may_change) == (False, False, True)
    html = response.content.decode()
    assert 'href="tel:+79215550012"' in html
    assert 'href="mailto:info@print.ru"' in html


@pytest.mark.parametrize(
    ("top", "months", "stale"),
    [(True, 6, False), (True, 7, True), (False, 7, False), (False, 12, False), (False, 13, True)],
)
def test_a_person_is_to_be_verified_again(
    browser_of: Browsers, people: People, today: date, top: bool, months: int, stale: bool
) -> None:
    client = make.client("Клиент", people[Role.CSM], standing={"top": top})
    make.contact(client, "Кто-то", verified_on=guard_month(today, months))
    panel = browser_of(Role.CSM).get(url("client-contacts", client)).context["panel"]
    assert [one.is_stale for one in panel.people] == [stale]


def guard_month(today: date, months: int) -> date:
    from salescrm.base.periods import add_months

    return add_months(today, -months)


def test_a_top_client_nobody_decides_for_is_an_error(browser_of: Browsers, client: Client, anna: Contact) -> None:
    csm = browser_of(Role.CSM)
    Contact.objects.filter(pk=anna.pk).update(role="buys")
    assert csm.get(url("client-contacts", client)).context["panel"].misses_decider
    blocks = {block.id: block for block in csm.get(reverse("home")).context["blocks"]}
    assert [row.name for row in blocks["deciders"].rows] == ["Принт-Хаус"]
    Contact.objects.filter(pk=anna.pk).update(role="decides")
    assert not csm.get(url("client-contacts", client)).context["panel"].misses_decider
    assert "deciders" not in {block.id for block in csm.get(reverse("home")).context["blocks"]}


def test_its_queries_do_not_grow(browser_of: Browsers, client: Client, django_assert_max_num_queries: Any) -> None:
    browser = browser_of(Role.CSM)
    for n in range(30):
        made = make.contact(client, f"Человек {n}")
        make.point(client, f"+7921555{n:04d}", contact=made)
        if n in (2, 29):
            with django_assert_max_num_queries(22):
                browser.get(url("client-contacts", client))


def test_adding_a_person_keeps_every_point_and_verifies(
    browser_of: Browsers, client: Client, people: People, today: date
) -> None:
    browser = browser_of(Role.CSM)
    data = filled(("phone", "8 921 555-00-12"), ("email", "Oleg@Print.ru"), ("telegram", ""), role="buys")
    for _twice in range(2):  # a double submit makes one record
        response = browser.post(url("contact-new", client), data)
    assert "already" in response.content.decode()
    (made,) = Contact.objects.filter(client=client)
    assert (made.name, made.role, made.verified_on, made.verified_by) == (
        "Белов Олег Иванович", "buys", today, people[Role.CSM],
    )  # fmt: skip
    assert known(client) == [(made.name, "phone", PHONE), (made.name, "email", "oleg@print.ru")]


def test_a_bad_phone_keeps_what_was_typed_and_writes_nothing(browser_of: Browsers, client: Client) -> None:
    response = browser_of(Role.CSM).post(url("contact-new", client), filled(("phone", "12"), ("email", "a@b.ru")))
    html = response.content.decode()
    assert response.status_code == 200
    assert 'value="12"' in html
    assert 'value="Белов Олег Иванович"' in html
    assert "This is no phone number" in html
    assert (Contact.objects.count(), ContactPoint.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([("phone", "89215550013"), ("phone", "+7 921 555 00 13")], "This one stands here twice."),
        ([("phone", "8 921 555-00-12")], "Волкова Анна Петровна has this one already."),
        ([("email", "INFO@print.ru")], "The company has this one already."),
    ],
)
def test_the_same_point_twice_is_refused(
    browser_of: Browsers, client: Client, anna: Contact, values: list[tuple[str, str]], told: str
) -> None:
    make.point(client, "info@print.ru", "email")
    response = browser_of(Role.CSM).post(url("contact-new", client), filled(*values))
    assert told in response.content.decode()
    assert Contact.objects.count() == 1


def test_an_edit_changes_adds_and_takes_away(browser_of: Browsers, client: Client, anna: Contact) -> None:
    browser = browser_of(Role.CSM)
    phone = ContactPoint.objects.get()
    ContactPoint.objects.update(dead_on=date(2026, 1, 1), dead_reason="молчит")
    mail = make.point(client, "old@print.ru", "email", contact=anna)
    seen = browser.get(url("contact-edit", client, anna.pk)).context["form"]["seen"].value()
    data = filled(("phone", "8 921 555-00-13"), ("email", ""), ("vk", "vk.com/anna"), name=anna.name, seen=seen)
    data |= {"p0-point": phone.pk, "p1-point": mail.pk}
    assert browser.post(url("contact-edit", client, anna.pk), data).status_code == 302
    assert known(client) == [(anna.name, "phone", "+79215550013"), (anna.name, "vk", "anna")]
    phone.refresh_from_db()
    assert (phone.dead_on, phone.dead_reason) == (None, "")  # another number is alive


def test_the_second_of_two_people_is_told(browser_of: Browsers, client: Client, anna: Contact) -> None:
    csm, head = browser_of(Role.CSM), browser_of(Role.CSH)
    page = url("contact-edit", client, anna.pk)
    seen = csm.get(page).context["form"]["seen"].value()
    phone = ContactPoint.objects.get().pk
    data = filled(("phone", PHONE), name=anna.name, position="Владелец", seen=seen) | {"p0-point": phone}
    assert head.post(page, data).status_code == 302
    response = csm.post(page, data | {"position": "Совладелец"})
    anna.refresh_from_db()
    assert anna.position == "Владелец"
    assert "Csh Testov changed this meanwhile" in response.content.decode()
    again = response.context["form"].data["seen"]
    assert csm.post(page, data | {"position": "Совладелец", "seen": again}).status_code == 302
    anna.refresh_from_db()
    assert anna.position == "Совладелец"


def test_a_dead_point_is_marked_with_its_reason_and_comes_back(
    browser_of: Browsers, client: Client, anna: Contact, people: People, today: date
) -> None:
    browser, point = browser_of(Role.CSM), ContactPoint.objects.get()
    browser.post(url("point-dead", client, point.pk), {"reason": ""})
    assert not ContactPoint.objects.exclude(dead_on=None).exists()
    browser.post(url("point-dead", client, point.pk), {"reason": "Не обслуживается"})
    point.refresh_from_db()
    assert (point.dead_on, point.dead_reason, point.dead_by) == (today, "Не обслуживается", people[Role.CSM])
    assert "<s>+7 921 555-00-12</s>" in browser.get(url("client-contacts", client)).content.decode()
    browser.post(url("point-alive", client, point.pk))
    point.refresh_from_db()
    assert (point.dead_on, point.dead_reason) == (None, "")


def test_a_person_leaves_comes_back_and_is_verified(
    browser_of: Browsers, client: Client, anna: Contact, people: People, today: date
) -> None:
    browser = browser_of(Role.CSM)
    browser.post(url("contact-left", client, anna.pk), {"left_on": str(today + timedelta(days=1))})
    assert Contact.objects.get(pk=anna.pk).left_on is None
    browser.post(url("contact-left", client, anna.pk), {"left_on": str(today)})
    assert Contact.objects.get(pk=anna.pk).left_on == today
    browser.post(url("contact-back", client, anna.pk))
    browser.post(url("contact-verify", client, anna.pk))
    kept = Contact.objects.values_list("left_on", "verified_on", "verified_by").get(pk=anna.pk)
    assert kept == (None, today, people[Role.CSM].pk)


def test_the_company_s_own_points_are_edited(browser_of: Browsers, client: Client) -> None:
    browser, page = browser_of(Role.CSM), url("company-points", client)
    seen = browser.get(page).context["seen"]
    data = {"p0-kind": "site", "p0-value": "www.print.ru", "seen": seen}
    assert browser.post(page, data).status_code == 302
    assert known(client) == [("", "site", "print.ru")]
    told = browser.post(page, data | {"p0-value": "other.ru"})  # opened before the first save
    assert "changed this meanwhile" in told.content.decode()
    assert known(client) == [("", "site", "print.ru")]


def test_a_point_of_another_client_is_warned_of_and_taken(browser_of: Browsers, client: Client, people: People) -> None:
    other = make.client("Чужой", people[Role.BDM_KEY], city="Тверь")
    make.point(other, PHONE)
    query: dict[str, Any] = {"p0-kind": "phone", "p0-value": "8 921 555-00-12", "client": client.pk}
    alike = browser_of(Role.CSM).get(reverse("clients:point-alike"), query).context["alike"]
    assert [(one.title, one.url) for one in alike] == [("Чужой", "")]
    own = browser_of(Role.BDM_KEY).get(reverse("clients:point-alike"), query).context["alike"]
    assert [one.url for one in own] == [f"/clients/{other.pk}/"]
    assert browser_of(Role.CSM).post(url("contact-new", client), filled(("phone", PHONE))).status_code == 302


def test_the_base_refuses_a_contact_of_another_client(client: Client, anna: Contact, people: People) -> None:
    other = make.client("Чужой", people[Role.CSM])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS point_of_its_contacts_client IMMEDIATE")
    with pytest.raises(IntegrityError, match="point_of_its_contacts_client"), transaction.atomic():
        make.point(other, "+79215550099", contact=anna)
    Contact.objects.filter(pk=anna.pk).update(client=other)  # a contact moved takes its points along
    assert ContactPoint.objects.get(contact=anna).client_id == other.pk


OWN, ASKING, NEVER = "own", "asking", "never"
WHO = {
    Role.CSM: OWN, Role.CSH: OWN, Role.HOS: OWN, Role.BRANCH_HEAD: OWN,
    Role.DIRECTOR: ASKING, Role.DEPUTY_DIRECTOR: ASKING, Role.DEPUTY_IT: ASKING, Role.MARKETER: NEVER,
}  # fmt: skip


@pytest.mark.parametrize(("role", "sees"), WHO.items())
def test_points_show_at_once_only_to_those_who_work_the_client(
    browser_of: Browsers, client: Client, anna: Contact, role: str, sees: str
) -> None:
    browser = browser_of(role)
    response = browser.get(url("client-contacts", client))
    assert response.status_code == (403 if sees == NEVER else 200)
    assert ("555-00-12" in response.content.decode()) == (sees == OWN)
    shown = browser.post(url("contact-reveal", client), {"contact": anna.pk}, headers=HTMX)
    assert (shown.status_code, "555-00-12" in shown.content.decode()) == (
        (403, False) if sees == NEVER else (200, True)
    )
    edit = browser.post(url("contact-edit", client, anna.pk), filled())
    assert edit.status_code == (200 if sees == OWN else 403)  # opened without a mark: told, not written
    anna.refresh_from_db()
    assert anna.name == "Волкова Анна Петровна"
    assert ("Contacts" in browser.get(url("client-card", client)).content.decode()) == (sees != NEVER)


def test_outsiders_get_no_panel_and_nothing_is_logged(browser_of: Browsers, client: Client, anna: Contact) -> None:
    browser = browser_of(Role.BDM_KEY)
    assert browser.get(url("client-contacts", client)).status_code == 404
    assert browser.post(url("contact-reveal", client), {"contact": anna.pk}).status_code == 404
    assert not AccessLog.objects.exists()


def test_a_substitute_sees_at_once(
    browser_of: Browsers, client: Client, anna: Contact, people: People, today: date
) -> None:
    away = {"employee": people[Role.CSM], "substitute": people[Role.BDM_KEY]}
    Absence.objects.create(starts_on=today, ends_on=today + timedelta(days=3), reason="vacation", **away)
    assert "555-00-12" in browser_of(Role.BDM_KEY).get(url("client-contacts", client)).content.decode()


def test_contacts_asked_for_are_counted_and_the_heads_warned_once(
    browser_of: Browsers, client: Client, anna: Contact, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MANY_CONTACTS", 1)
    other = make.contact(client, "Котов Пётр")
    director = browser_of(Role.DIRECTOR)
    for contact in (anna, anna):
        director.post(url("contact-reveal", client), {"contact": contact.pk})
    assert not Notification.objects.filter(kind="reading").exists()
    director.post(url("contact-reveal", client), {"contact": other.pk})
    director.post(url("contact-reveal", client), {"contact": ""})
    (log,) = AccessLog.objects.filter(kind="reveal")
    assert (log.person, log.screen, log.rows) == (people[Role.DIRECTOR], "contacts", 3)
    assert log.detail["contacts"] == [anna.pk, other.pk, -client.pk]
    told = Notification.objects.filter(kind="reading", person=people[Role.HOS])
    assert told.count() == 1


def test_contacts_of_own_clients_are_counted_apart(
    browser_of: Browsers, client: Client, anna: Contact, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MANY_OWN_CONTACTS", 1)
    csm = browser_of(Role.CSM)
    for _twice in range(2):
        csm.get(url("client-contacts", client))
    (log,) = AccessLog.objects.filter(kind="reveal")
    assert (log.screen, log.rows, log.detail["contacts"]) == ("own-contacts", 1, [anna.pk])
    assert not Notification.objects.filter(kind="reading").exists()
    make.point(client, "info@print.ru", "email")
    csm.get(url("client-contacts", client))
    assert Notification.objects.filter(kind="reading", person=people[Role.HOS]).count() == 1


def test_needs_objections_and_arguments_are_noted_once(
    browser_of: Browsers, client: Client, anna: Contact, people: People, today: date
) -> None:
    browser, page = browser_of(Role.CSM), url("contact-notes", client, anna.pk)
    for _twice in range(2):
        browser.post(page, {"kind": "need", "text": " Футболки   к маю ", "is_explicit": "on"})
        browser.post(page, {"kind": "objection", "text": "Дорого"})
        browser.post(page, {"kind": "argument", "text": "Есть на складе"})
    browser.post(page, {"kind": "need", "text": "  "})
    (need,), (objection,) = Need.objects.all(), Objection.objects.all()
    assert (need.text, need.is_explicit, need.state, need.noted_by) == (
        "Футболки к маю", True, "open", people[Role.CSM],
    )  # fmt: skip
    browser.post(url("need-state", client, need.pk), {"state": "offered"})
    browser.post(url("objection-answer", client, objection.pk), {"text": "Зато не садится"})
    need.refresh_from_db()
    objection.refresh_from_db()
    assert (need.state, need.state_on, objection.answer) == ("offered", today, "Зато не садится")
    argument = anna.arguments.get()
    browser.post(url("argument-withdraw", client, argument.pk))
    argument.refresh_from_db()
    assert argument.withdrawn_on == today
    assert browser.post(url("need-state", client, need.pk), {"state": "none"}).status_code == 400


def test_what_was_noted_keeps_its_words(anna: Contact, today: date) -> None:
    need = Need.objects.create(contact=anna, text="Футболки", noted_on=today)
    with pytest.raises(InternalError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(text="Кепки")
    need.refresh_from_db()
    assert need.text == "Футболки"


def test_how_a_client_decides_is_kept_in_order(browser_of: Browsers, client: Client) -> None:
    price, stock = (SupplierCriterion.objects.create(code=code, name=code) for code in ("price", "stock"))
    browser, page = browser_of(Role.CSM), url("client-deciding", client)
    seen = browser.get(page).context["form"]["seen"].value()
    data = {"decision_pattern": "Тендер", "criterion_0": stock.pk, "criterion_1": price.pk, "seen": seen}
    assert browser.post(page, data).status_code == 302
    assert list(ClientCriterion.objects.values_list("criterion", "place")) == [(stock.pk, 1), (price.pk, 2)]
    client.refresh_from_db()
    assert client.decision_pattern == "Тендер"
    told = browser.post(page, data | {"decision_pattern": "Иначе"})
    assert "Csm Testov changed this meanwhile" in told.content.decode()
    assert "– → Тендер" in told.content.decode()
    twice = data | {"criterion_1": stock.pk}
    assert "chosen already" in browser.post(page, twice).content.decode()
    client.refresh_from_db()
    assert client.decision_pattern == "Тендер"


def test_quick_add_asks_whose_contact_it_is(browser_of: Browsers, client: Client, people: People) -> None:
    make.client("Принт чужой", people[Role.BDM_KEY])
    csm, page = browser_of(Role.CSM), reverse("clients:contact-choose")
    assert csm.post(page, {"client": client.pk})["Location"] == url("contact-new", client)
    assert csm.post(page, {"client": ""}).status_code == 200
    row = csm.get(reverse("clients:point-row"), {"p0-value": "", "p4-value": ""}).content.decode()
    assert 'name="p5-value"' in row


@pytest.mark.parametrize(
    ("words", "role", "found"),
    [
        ("555-00-12", Role.CSM, [("Contacts", "Волкова Анна Петровна", "phone +7 921 •••-••-12")]),
        ("8 (921) 555", Role.HOS, [("Contacts", "Волкова Анна Петровна", "phone +7 921 •••-••-12")]),
        ("волкова анна", Role.CSM, [("Contacts", "Волкова Анна Петровна", "")]),
        ("djkrjdf", Role.CSM, [("Contacts", "Волкова Анна Петровна", "keyboard layout: волкова")]),
        ("волкава", Role.CSM, [("Contacts", "Волкова Анна Петровна", "similar name")]),
        ("office@zeta", Role.CSM, [("Contacts", "Принт-Хаус", "e-mail o•••@zeta.ru")]),
        ("555-00-12", Role.BDM_KEY, [("Clients of others", "Принт-Хаус", "not yours: phone")]),
        ("волкова", Role.BDM_KEY, [("Clients of others", "Принт-Хаус", "not yours: contact")]),
        ("555-00-12", Role.MARKETER, []),
        ("волкова", Role.MARKETER, []),
    ],
)
def test_search_finds_people_and_phones_within_the_rights(
    browser_of: Browsers, client: Client, anna: Contact, words: str, role: str, found: list[tuple[str, str, str]]
) -> None:
    make.point(client, "office@zeta.ru", "email")
    response = browser_of(role).get(reverse("search"), {"q": words})
    got = [(group.title, item.title, item.reason) for group in response.context["groups"] for item in group.items]
    assert got == found
    if role == Role.BDM_KEY:
        assert "Волкова" not in response.content.decode().replace('value="волкова"', "")
        assert "55-00-12" not in response.content.decode().replace(words, "")


@pytest.mark.parametrize(
    ("born", "today", "days"),
    [
        (date(1990, 7, 16), date(2026, 7, 16), 0),
        (date(1990, 7, 15), date(2026, 7, 16), 364),
        (date(1992, 2, 29), date(2026, 2, 27), 2),
        (date(1992, 2, 29), date(2028, 2, 27), 2),
        (date(1990, 1, 2), date(2026, 12, 30), 3),
    ],
)
def test_a_birthday_comes_every_year(client: Client, born: date, today: date, days: int) -> None:
    make.contact(client, "Кто-то", birthday=born)
    assert days_to(born, today) == days
    assert Contact.objects.filter(born_within(today, 7)).exists() == (days <= 7)


def test_my_day_names_birthdays_of_own_people(browser_of: Browsers, client: Client, anna: Contact, today: date) -> None:
    Contact.objects.filter(pk=anna.pk).update(birthday=date(1980, today.month, today.day) + timedelta(days=2))
    make.contact(client, "Далёкий", birthday=date(1980, 1, 1))
    side = {block.id: block for block in browser_of(Role.CSM).get(reverse("home")).context["side"]}
    assert [(row.name, row.why) for row in side["birthdays"].rows] == [
        ("Волкова Анна Петровна", "18 July · Принт-Хаус")
    ]
    others = {block.id for block in browser_of(Role.HOS).get(reverse("home")).context["side"]}
    assert "birthdays" not in others


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("decider", ["Принт-Хаус"]),
        ("no-decider", ["Без решающего", "Пустой"]),
        ("none", ["Пустой"]),
        ("stale", ["Без решающего"]),
    ],
)
def test_the_list_is_filtered_by_what_is_known_of_people(
    browser_of: Browsers, client: Client, anna: Contact, people: People, today: date, value: str, found: list[str]
) -> None:
    other = make.client("Без решающего", people[Role.CSM])
    make.contact(other, "Кто-то", role="buys")
    make.contact(other, "Ушёл", role="decides", left_on=today)
    make.client("Пустой", people[Role.CSM])
    browser = browser_of(Role.CSM)
    response = browser.get(reverse("clients:client-list"), {"contacts": value, "sort": "name"})
    assert [row.client.name for row in response.context["rows"]] == found
    totals = browser.get(reverse("clients:client-totals"), {"contacts": value})
    assert totals.context["totals"]["clients"] == len(found)
    Contact.objects.filter(pk=anna.pk).update(role="buys")  # the kept totals hear of it
    again = browser.get(reverse("clients:client-totals"), {"contacts": value})
    changed = {"decider": -1, "no-decider": 1}.get(value, 0)
    assert again.context["totals"]["clients"] == len(found) + changed
