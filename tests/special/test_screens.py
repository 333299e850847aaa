"""The screens of special tasks: from the choice and its preview to the rows, their export and the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from deals import actions as base
from deals.models import Task
from deals.special.models import SpecialTask
from staff.models import Employee
from tests import make
from tests.special.scene import NOW, ROW, made

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def url(name: str, *args: int) -> str:
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def clients(people: People, today: date) -> list[Client]:
    return [make.client(f"Клиент {number}", people["csm"], standing={"top": number == 0}) for number in range(3)]


def sent(**fields: Any) -> dict[str, Any]:
    """Fill the form."""
    told = {**ROW, "starts_on": "2026-07-16", "ends_on": "2026-07-31", "whom": "clients", "top": ""}
    return {**told, "target": "", "submission": uuid.uuid4()} | fields


def test_what_was_seen_is_what_is_made(browser_of: Browsers, clients: list[Client], people: People) -> None:
    hos = browser_of("hos")
    new = url("special-new")
    for wrong in ({"name": ""}, {"ends_on": "2026-07-01"}, {"target": "5"}, {"whom": "people"}, {"top": "x"},
                  {"segments": "99"}, {"people": "x"}, {"submission": ""}, {"target": "0"}):  # fmt: skip
        assert (wrong, hos.post(new, sent(act="give") | wrong).status_code) == (wrong, 422)
    told = sent(top="no")
    page = hos.post(new, told | {"act": "preview"})
    assert (page.status_code, page.context["choice"].count) == (200, 2)
    told["seen"] = page.context["form"].data["seen"]
    make.client("Новый", people["csm"])
    page = hos.post(new, told | {"act": "give"})  # another choice than the one that was seen
    assert page.context["changed"]
    assert not SpecialTask.objects.exists()
    told |= {"seen": page.context["form"].data["seen"], "act": "give"}
    assert [hos.post(new, told).status_code for _time in range(2)] == [302, 302]
    assert (SpecialTask.objects.count(), Task.objects.count()) == (1, 3)
    assert "Опрос по новой коллекции" in browser_of("csm").get(url("task-list")).content.decode()


def test_the_selection_of_the_list_of_clients(browser_of: Browsers, clients: list[Client], people: People) -> None:
    hos = browser_of("hos")
    for query, count in {"?all=1": 3, "?all=1&top=yes": 1, f"?ids={clients[1].pk}&ids={clients[2].pk}": 2}.items():
        to = hos.get(url("special-of") + query).headers["Location"]
        assert hos.get(to).status_code == 200
        told = {name: value for name, value in sent().items() if name not in ("whom", "top")}
        assert (query, hos.post(to, told | {"act": "preview"}).context["choice"].count) == (query, count)
    for refused in ("top%3Dperhaps", f"ids%3D{clients[1].pk}%2C{clients[1].pk}"):
        assert hos.post(f"{url('special-new')}?listed={refused}", told | {"act": "preview"}).status_code == 422


def test_rows_by_person_and_state_go_to_the_workbook(
    browser_of: Browsers, clients: list[Client], people: People
) -> None:
    key = make.client("Ключевой", people["bdm_key"])
    special = made(people["hos"], [*clients, key])
    task = Task.objects.get(client=clients[0])
    base.finish(tasks=Task.objects.filter(pk=task.pk), result="=1+1", acting_user=people["csm"], now=NOW)
    hos, page = browser_of("hos"), url("special-task", special.pk)
    csm = people["csm"].pk
    cases = {"": 4, f"?who={csm}": 3, "?state=done": 1, f"?who={csm}&state=open": 2, "?state=x&who=y": 4,
             "?who=99999999999999": 4, "?state=overdue": 0}  # fmt: skip
    for query, count in cases.items():
        assert (query, len(hos.get(page + query).context["rows"])) == (query, count)
        book = openpyxl.load_workbook(BytesIO(hos.get(url("special-export", special.pk) + query).content))
        assert (query, book.worksheets[0].max_row) == (query, count + 1)
    shown = browser_of("csm").get(page)
    assert {line.task.client for line in shown.context["rows"]} == set(clients)
    assert (shown.context["whole"].given, shown.context["whole"].done) == (3, 1)
    assert "Ключевой" not in shown.content.decode()
    assert browser_of("bdm_recovery").get(page).status_code == 404
    close = url("special-close", special.pk)
    assert browser_of("csm").post(close, {"reason": "x", "seen": 1}).status_code == 403
    assert hos.post(close, {"reason": " ", "seen": 1}).status_code == 422
    assert hos.post(close, {"reason": "Хватит", "seen": 1}).status_code == 302
    assert hos.post(close, {"reason": "Хватит", "seen": 1}).status_code == 422
    assert "Хватит" in hos.get(page).content.decode()


def test_pages_ask_the_same_of_more_rows(browser_of: Browsers, people: People, clients: list[Client]) -> None:
    browser = browser_of("hos")

    def asked(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    few = made(people["hos"], clients)
    for _n in range(2):
        made(people["hos"], clients)
    before = [asked(url("special-list")), asked(url("special-task", few.pk)), asked(url("special-export", few.pk))]
    many = [make.client(f"Ещё {number}", people["csm"]) for number in range(27)]
    big = made(people["hos"], [*clients, *many])
    for _n in range(26):
        made(people["hos"], clients)
    after = [asked(url("special-list")), asked(url("special-task", big.pk)), asked(url("special-export", big.pk))]
    assert after == before
