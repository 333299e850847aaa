"""Entries about a client: written once, with the next task, in one transaction (R22, R94-R96)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Communication
from deals import norm
from deals.models import Task
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
