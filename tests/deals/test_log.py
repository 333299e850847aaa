"""Entries about a client: written once, with the next task, in one transaction (R22, R94-R96)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Communication, Contact, ContactPoint
from deals import norm
from deals.models import Task
from salescrm.base import clock, sql
from salescrm.base.models import Notification
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


def url(client: Client, query: str = "") -> str:
    return reverse("deals:log-client", args=[client.pk]) + query


def call(**more: Any) -> dict[str, Any]:
    said = {
        "kind": "call", "result": make.result().pk, "text": "Ждут образцы", "way": "out", "day": TODAY,
        "next_kind": "call", "next_on": TODAY + timedelta(days=30), "has_next": "on", "submission": str(uuid4()),
    }  # fmt: skip
    return said | more


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["text", "day", "agreements", "is_two_way", "author"])
def test_the_database_refuses_to_change_what_was_said(people: People, client: Client, field: str) -> None:
    make.said(client, people[Role.CSM], TODAY)
    other = {"day": date(2026, 1, 1), "is_two_way": False, "author": people[Role.HOS]}.get(field, "иначе")
    with pytest.raises(Error, match="communication"), transaction.atomic():
        Communication.objects.update(**{field: other})
    assert Communication.objects.get().text == "Говорили"


def test_the_database_refuses_to_delete_what_was_said(people: People, client: Client) -> None:
    make.said(client, people[Role.CSM], TODAY)
    with pytest.raises(Error, match="Cannot delete"), transaction.atomic():
        Communication.objects.all().delete()
    assert Communication.objects.count() == 1


def test_joined_clients_bring_their_entries_along(people: People, client: Client) -> None:
    make.said(client, people[Role.CSM], TODAY)
    other = make.client("Другой", people[Role.CSM])
    Communication.objects.update(client=other)
    assert Communication.objects.get().client == other


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "x", "is_two_way": False, "is_connected": False}, "communication_kind_known"),
        ({"kind": "letter"}, "spoken_both_ways_by_voice"),
        ({"is_connected": False}, "spoken_both_ways_by_voice"),
        ({"text": "", "result": None}, "communication_says_something"),
        ({"kind": "note", "is_two_way": False, "is_connected": False}, "note_without_result"),
    ],
)
def test_the_database_refuses_an_entry_that_makes_no_sense(
    people: People, client: Client, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make.said(client, people[Role.CSM], TODAY, **({"text": "x"} | fields))
    assert Communication.objects.count() == 0


def test_only_what_was_spoken_both_ways_with_a_result_counts(people: People, client: Client) -> None:
    csm = people[Role.CSM]
    counted = make.said(client, csm, TODAY)
    make.said(client, csm, TODAY, kind="letter", is_connected=False, is_two_way=False)
    make.said(client, csm, TODAY, is_connected=False, is_two_way=False)
    make.said(client, csm, TODAY, result=make.result("call_later", counts=False))
    make.said(client, csm, TODAY, result=None)
    old = make.said(client, csm, TODAY, "Ошибка")
    make.said(client, csm, TODAY, "Исправлено", kind="note", result=None, is_two_way=False, corrects=old)
    assert list(Communication.objects.counted()) == [counted]


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_form_proposes_everything_but_the_sentence(browser_of: Browsers, client: Client) -> None:
    first = make.result("agreed", order=1)
    make.result("thinking", order=2)
    form = browser_of(Role.CSM).get(url(client, "?kind=meeting")).context["form"]
    found = {name: form[name].value() for name in ("kind", "result", "has_next", "day", "next_on", "text")}
    assert found | {"result": getattr(found["result"], "pk", found["result"])} == {
        "kind": "meeting", "result": first.pk, "has_next": True, "day": TODAY,
        "next_on": norm.next_contact_on(client, TODAY), "text": "",
    }  # fmt: skip


def test_a_double_click_makes_one_entry_and_one_next_task(browser_of: Browsers, people: People, client: Client) -> None:
    csm, data = browser_of(Role.CSM), call(agreements="Выслать образцы")
    for _n in range(2):
        assert csm.post(url(client), data).status_code == 302
    entry, task = Communication.objects.get(), Task.objects.get()
    assert (entry.kind, entry.is_connected, entry.is_two_way, entry.author) == ("call", True, True, people[Role.CSM])
    assert (task.title, task.client, task.assignee, task.due_on) == (
        "Выслать образцы", client, people[Role.CSM], TODAY + timedelta(days=30),
    )  # fmt: skip


def test_a_task_is_closed_by_its_doing(browser_of: Browsers, people: People, client: Client) -> None:
    task = make.task("Позвонить", people[Role.CSM], client=client, due_on=TODAY)
    browser_of(Role.CSM).post(url(client, f"?task={task.pk}"), call())
    task.refresh_from_db()
    assert (task.state, task.entry, task.result) == ("done", Communication.objects.get(), "agreed")
    assert Task.objects.open().count() == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"text": ""}, "text"),
        ({"result": ""}, "result"),
        ({"kind": "note"}, "kind"),
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"next_on": ""}, "next_on"),
        ({"next_on": TODAY - timedelta(days=1)}, "next_on"),
        ({"submission": ""}, "submission"),
    ],
)
def test_bad_input_writes_nothing(browser_of: Browsers, client: Client, change: dict[str, Any], wrong: str) -> None:
    response = browser_of(Role.CSM).post(url(client), call(**change))
    assert (response.status_code, set(response.context["form"].errors)) == (422, {wrong})
    assert (Communication.objects.count(), Task.objects.count()) == (0, 0)


def test_a_result_may_ask_for_the_next_task(browser_of: Browsers, client: Client) -> None:
    later = make.result("call_later", asks_next=True, counts=False)
    without = call(result=later.pk)
    del without["has_next"]
    response = browser_of(Role.CSM).post(url(client), without)
    assert (response.status_code, set(response.context["form"].errors)) == (422, {"has_next"})
    assert Communication.objects.count() == 0
    browser_of(Role.CSM).post(url(client), call())
    del without["result"]
    browser_of(Role.CSM).post(url(client), without | {"result": make.result().pk, "submission": str(uuid4())})
    assert (Communication.objects.count(), Task.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("role", "status"), [(Role.CSM, 302), (Role.HOS, 302), (Role.BDM_KEY, 404), (Role.MARKETER, 403)]
)
def test_who_works_the_client_logs(browser_of: Browsers, client: Client, role: str, status: int) -> None:
    assert browser_of(role).post(url(client), call()).status_code == status
    assert Communication.objects.count() == (status == 302)


def test_the_head_of_another_branch_does_not(client: Client, people: People) -> None:
    head = make.employee("head", Role.BRANCH_HEAD, branch=make.branch("msk"))
    browser = Browser()
    browser.force_login(head)
    assert browser.post(url(client), call()).status_code == 404
    assert Communication.objects.count() == 0


def test_a_correction_is_a_new_entry_beside_the_old(browser_of: Browsers, people: People, client: Client) -> None:
    old = make.said(client, people[Role.CSM], TODAY, "Не то")
    where = url(client, f"?corrects={old.pk}")
    assert browser_of(Role.HOS).get(where).status_code == 404
    data = call(text="То")
    for _n in range(2):
        assert browser_of(Role.CSM).post(where, data).status_code == 302
    assert list(Communication.objects.order_by("pk").values_list("text", "corrects")) == [
        ("Не то", None),
        ("То", old.pk),
    ]
    assert browser_of(Role.CSM).get(where).status_code == 404


def test_a_correction_asks_for_no_next_task(browser_of: Browsers, people: People, client: Client) -> None:
    old = make.said(client, people[Role.CSM], TODAY, "Не то")
    data = call(text="То", result=make.result("agreed-on", asks_next=True).pk)
    del data["has_next"]
    assert browser_of(Role.CSM).post(url(client, f"?corrects={old.pk}"), data).status_code == 302
    assert (Communication.objects.count(), Task.objects.count()) == (2, 0)


def test_the_administrator_says_which_results_ask_for_a_next_task(browser_of: Browsers, people: People) -> None:
    said = make.result("informed")
    page = reverse("admin:clients_communicationresult_change", args=[said.pk])
    data = {"name": "Рассказали", "code": "informed", "order": 1, "is_reached": "on", "counts": "on", "asks_next": "on"}
    assert browser_of(Role.CSM).post(page, data).status_code in (302, 403)
    said.refresh_from_db()
    assert not said.asks_next
    assert browser_of(Role.DEPUTY_IT).post(page, data).status_code == 302
    said.refresh_from_db()
    assert (said.name, said.asks_next) == ("Рассказали", True)


# --- mentions ---------------------------------------------------------------------------------------------------------


def note(text: str) -> dict[str, Any]:
    return {"text": text, "submission": str(uuid4())}


def test_who_is_mentioned_is_told(browser_of: Browsers, people: People, client: Client) -> None:
    Employee.people.filter(role=Role.CSH).update(last_name="Воронцова")
    text = "Пишет с info@print.ru; @воронцова, @hos: посмотрите"
    assert browser_of(Role.CSM).post(url(client, "?kind=note"), note(text)).status_code == 302
    told = Notification.objects.filter(kind="mention")
    assert {one.person.role for one in told} == {Role.CSH, Role.HOS}
    assert Communication.objects.get().result is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("@nobody", "Nobody is called @nobody."),
        ("@testov", "Several people are called @testov: write the log-in."),
        ("@bdm_key", "Bdm_key Testov does not see this client."),
    ],
)
def test_who_cannot_be_told_is_said(browser_of: Browsers, client: Client, text: str, error: str) -> None:
    response = browser_of(Role.CSM).post(url(client, "?kind=note"), note(text))
    assert response.context["form"].errors["text"] == [error]
    assert (Communication.objects.count(), Notification.objects.count()) == (0, 0)


# --- calls that reach nobody (R56) ------------------------------------------------------------------------------------


@pytest.fixture
def person(client: Client) -> Contact:
    return make.contact(client, "Анна Ким")


@pytest.fixture
def phones(client: Client, person: Contact) -> list[ContactPoint]:
    """Return a dead phone, two living ones of a person, and the company's own."""
    dead = make.point(client, "+78125550001", contact=person, dead_on=TODAY, dead_reason="чужой")
    own = [make.point(client, f"+7812555000{n}", contact=person) for n in (2, 3)]
    return [dead, *own, make.point(client, "+78125550009")]


def unanswered(contact: Contact | None, **more: Any) -> dict[str, Any]:
    result = make.result("not_reached", is_reached=False, counts=False)
    return call(result=result.pk, contact=contact.pk if contact else "", **more)


def numbers_of_attempts() -> list[int]:
    return list(ContactPoint.objects.order_by("value_key").values_list("failed_attempts", flat=True))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, [0, 1, 0, 0]),  # whose phone is not said: the person's first living one
        ({"point": 2}, [0, 0, 1, 0]),
        ({"point": 3}, [0, 0, 0, 1]),  # through the company's own
        ({"contact": ""}, [0, 0, 0, 1]),
        ({"contact": "", "point": 2}, [0, 0, 1, 0]),
        ({"way": "in"}, [0, 0, 0, 0]),  # who calls us is there
        ({"kind": "letter"}, [0, 0, 0, 0]),
    ],
)
def test_a_call_that_reaches_nobody_is_counted_with_its_phone(
    browser_of: Browsers,
    client: Client,
    person: Contact,
    phones: list[ContactPoint],
    change: dict[str, Any],
    found: list[int],
) -> None:
    change = change | ({"point": phones[change["point"]].pk} if "point" in change else {})
    data = unanswered(person) | change
    for _n in range(2):  # sent twice it is one attempt
        assert browser_of(Role.CSM).post(url(client), data).status_code == 302
    assert numbers_of_attempts() == found


def test_a_call_that_reaches_somebody_forgets_the_attempts(
    browser_of: Browsers, client: Client, person: Contact, phones: list[ContactPoint]
) -> None:
    ContactPoint.objects.update(failed_attempts=2)
    browser_of(Role.CSM).post(url(client), call(contact=person.pk))
    assert numbers_of_attempts() == [2, 0, 2, 2]


@pytest.mark.parametrize(("before", "after"), [(False, 0), (True, 1)])
def test_a_correction_counts_an_attempt_once(
    browser_of: Browsers, people: People, client: Client, phones: list[ContactPoint], before: bool, after: int
) -> None:
    old = make.said(client, people[Role.CSM], TODAY, is_connected=before, is_two_way=before)
    browser_of(Role.CSM).post(url(client, f"?corrects={old.pk}"), unanswered(None))
    assert numbers_of_attempts() == [0, 0, 0, after]


def test_the_third_attempt_asks_once_to_renew_the_contact(
    browser_of: Browsers,
    people: People,
    client: Client,
    person: Contact,
    phones: list[ContactPoint],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(TODAY, time(12), tzinfo=UTC))
    for n in range(5):
        assert Task.objects.filter(origin__startswith="renew").count() == (n >= 3)
        data = unanswered(person)
        del data["has_next"]
        browser_of(Role.HOS).post(url(client), data)
    task = Task.objects.get()
    assert (task.title, task.client, task.assignee, task.author, task.due_on, task.state) == (
        "Renew the contact: Анна Ким, +7 812 555-00-02", client, people[Role.CSM], None, TODAY + timedelta(days=1),
        "open",
    )  # fmt: skip
    panel = browser_of(Role.CSM).get(reverse("clients:client-contacts", args=[client.pk]))
    assert panel.content.decode().count("no answer") == 1


def test_how_many_attempts_make_a_phone_doubtful_is_a_figure(
    browser_of: Browsers, client: Client, person: Contact, phones: list[ContactPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(TODAY, time(12), tzinfo=UTC))
    make.figure("failed-attempts", 2, TODAY)
    data = unanswered(person)
    del data["has_next"]
    found = []
    for _n in range(2):
        browser_of(Role.HOS).post(url(client), {**data, "submission": str(uuid4())})
        found.append(ContactPoint.objects.filter(is_doubtful=True).count())
    assert found == [0, 1]
    make.figure("failed-attempts", 5, TODAY)  # what was doubtful stays so until somebody answers
    browser_of(Role.HOS).post(url(client), {**data, "submission": str(uuid4())})
    assert ContactPoint.objects.filter(is_doubtful=True).count() == 1
    browser_of(Role.CSM).post(url(client), call(contact=person.pk))
    assert ContactPoint.objects.filter(is_doubtful=True).count() == 0


def test_a_doubtful_phone_is_known_but_not_correct_until_it_is_verified(
    browser_of: Browsers, people: People, client: Client, person: Contact, phones: list[ContactPoint]
) -> None:
    phones[2].delete()
    phones[3].delete()
    Contact.objects.update(verified_on=TODAY, verified_by=people[Role.CSM])

    def phone() -> dict[str, Any]:
        rows = sql.rows("clients", "read_completeness_fields", {"client": client.pk})
        return next(row for row in rows if row["part"] == "phone")

    assert (phone()["is_filled"], phone()["verified_on"]) == (True, TODAY)
    for _n in range(3):
        browser_of(Role.CSM).post(url(client), unanswered(person))
    assert (phone()["is_filled"], phone()["verified_on"]) == (True, None)
    browser_of(Role.CSM).post(reverse("clients:contact-verify", args=[client.pk, person.pk]))
    assert (phone()["verified_on"], numbers_of_attempts()) == (TODAY, [0, 0])


@pytest.mark.parametrize("whose", ["dead", "other", "stranger"])
def test_a_phone_of_somebody_else_is_refused(
    browser_of: Browsers, people: People, client: Client, person: Contact, phones: list[ContactPoint], whose: str
) -> None:
    other = make.point(client, "+78125550005", contact=make.contact(client, "Иван Лу"))
    stranger = make.point(make.client("Чужой", people[Role.CSM]), "+78125550006")
    point = {"dead": phones[0], "other": other, "stranger": stranger}[whose]
    response = browser_of(Role.CSM).post(url(client), unanswered(person, point=point.pk))
    assert (response.status_code, set(response.context["form"].errors)) == (422, {"point"})
    assert (numbers_of_attempts(), Communication.objects.count()) == ([0] * 6, 0)
