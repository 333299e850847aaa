"""Cells edited in place: who may, what is kept, what is told, and that a page asks no more for more rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import translation

from clients.models import Client, Segment, Sphere, TypeChoice
from deals.models import Task
from salescrm.base import show
from staff.access import Role
from staff.models import Branch, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
HTMX = {"hx-request": "true"}
COLUMNS = "/clients/?cols=name,city,region,type,branch,inn"


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Альфа", people[Role.CSM], city="Псков")


def url(client: Client, column: str = "city") -> str:
    return f"/clients/{client.pk}/cell/{column}/"


def asked(browser: Browser, address: str) -> str:
    """Open the field of a cell; return the mark of what was seen."""
    form = browser.get(address, headers=HTMX).context["form"]
    return str(form["seen"].value())


def send(browser: Browser, address: str, seen: str, **values: Any) -> Any:
    return browser.post(address, {"seen": seen} | values, headers=HTMX)


def test_a_cell_is_edited_where_it_stands(browser_of: Browsers, client: Client) -> None:
    csm = browser_of(Role.CSM)
    page = csm.get(COLUMNS).content.decode()
    assert f'hx-get="{url(client)}"' in page
    assert f'href="/clients/{client.pk}/edit/"' in page, "the way without scripts"
    field = csm.get(url(client), headers=HTMX)
    assert list(field.context["form"].fields) == ["city", "seen"]
    assert 'aria-label="City: Альфа"' in field.content.decode()
    saved = send(csm, url(client), field.context["form"]["seen"].value(), city="Тверь")
    client.refresh_from_db()
    assert (saved.status_code, client.city, client.name, client.name_sort) == (200, "Тверь", "Альфа", "альфа")
    assert saved.content.decode().lstrip().startswith("<a ")
    assert "Тверь" in saved.content.decode()
    assert "Тверь" in csm.get(f"{url(client)}?shown", headers=HTMX).content.decode()


@pytest.mark.parametrize(("column", "field"), [("region", "region"), ("branch", "branch")])
def test_each_editable_column_has_its_field(
    browser_of: Browsers, people: People, client: Client, column: str, field: str
) -> None:
    new: Any = {"region": "Псковская", "branch": make.branch("msk")}[column]
    csm = browser_of(Role.CSM)
    sent = getattr(new, "pk", new)
    saved = send(csm, url(client, column), asked(csm, url(client, column)), **{field: sent})
    client.refresh_from_db()
    assert (saved.status_code, getattr(client, field)) == (200, new)
    assert str(new) in saved.content.decode()


def test_a_type_that_nothing_suggests_asks_for_its_reason_in_the_cell(browser_of: Browsers, client: Client) -> None:
    school = Segment.objects.create(name="Школа", sphere=Sphere.objects.create(code="s", name="Сфера"))
    csm, where = browser_of(Role.CSM), url(client, "type")
    first = csm.get(where, headers=HTMX)
    assert 'name="type_reason"' not in first.content.decode()
    refused = send(csm, where, asked(csm, where), segment=school.pk)
    assert (refused.status_code, 'name="type_reason"' in refused.content.decode()) == (422, True)
    assert (Client.objects.get(pk=client.pk).segment, TypeChoice.objects.count()) == (None, 0)
    saved = send(csm, where, asked(csm, where), segment=school.pk, type_reason="сказали сами")
    assert (saved.status_code, "Школа" in saved.content.decode()) == (200, True)
    choice = TypeChoice.objects.get()
    assert (choice.segment, choice.reason, choice.author.role, choice.differs) == (school, "сказали сами", "csm", False)
    emptied = send(csm, where, asked(csm, where), segment="")
    assert (emptied.status_code, Client.objects.get(pk=client.pk).segment) == (200, None)


@pytest.mark.parametrize("column", ["turnover", "name", "inn", "nothing"])
def test_other_columns_are_not_edited(browser_of: Browsers, client: Client, column: str) -> None:
    assert browser_of(Role.CSM).get(url(client, column)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.MARKETER, 403), (Role.DIRECTOR, 403), (Role.BDM_KEY, 404)])
def test_who_may_not_change_the_client_changes_no_cell(
    browser_of: Browsers, client: Client, role: str, status: int
) -> None:
    browser = browser_of(role)
    assert "data-cell" not in browser.get(COLUMNS).content.decode()
    seen = asked(browser_of(Role.CSM), url(client))
    assert browser.get(url(client), headers=HTMX).status_code == status
    assert send(browser, url(client), seen, city="Тверь").status_code == status
    client.refresh_from_db()
    assert client.city == "Псков"


BAD = [
    ("city", {"city": "x" * 101}, "100"),
    ("branch", {"branch": ""}, "required"),
    ("branch", {"branch": "999999"}, "valid choice"),
    ("type", {"segment": "x"}, "valid choice"),
    ("city", {"city": "a\x00b"}, "Null characters"),
]


@pytest.mark.parametrize(("column", "sent", "error"), BAD)
def test_an_error_stays_in_the_cell(
    browser_of: Browsers, client: Client, column: str, sent: dict[str, str], error: str
) -> None:
    csm = browser_of(Role.CSM)
    refused = send(csm, url(client, column), asked(csm, url(client, column)), **sent)
    text = refused.content.decode()
    assert (refused.status_code, error in text, 'aria-invalid="true"' in text) == (422, True, True)
    before = (client.city, client.branch, client.segment)
    client.refresh_from_db()
    assert (client.city, client.branch, client.segment) == before


def test_a_head_of_a_branch_keeps_clients_in_it(browser_of: Browsers, client: Client) -> None:
    other = make.branch("msk")
    head = browser_of(Role.BRANCH_HEAD)
    refused = send(head, url(client, "branch"), asked(head, url(client, "branch")), branch=other.pk)
    client.refresh_from_db()
    assert (refused.status_code, client.branch) == (422, Branch.objects.get(code="spb"))


def test_whose_cell_is_stale_is_told_who_changed_it(browser_of: Browsers, client: Client) -> None:
    csm, hos = browser_of(Role.CSM), browser_of(Role.HOS)
    seen = asked(csm, url(client))
    send(hos, url(client), asked(hos, url(client)), city="Тверь")
    told = send(csm, url(client), seen, city="Луга")
    client.refresh_from_db()
    assert (told.status_code, client.city) == (422, "Тверь")
    said = str(told.context["form"].errors["city"][0])
    assert said.startswith("Hos Testov changed this meanwhile (")
    assert said.endswith("city: Псков → Тверь). Look, then save again.")
    assert told.context["form"]["city"].value() == "Луга", "what was typed is kept"
    send(csm, url(client), told.context["form"].data["seen"], city="Луга")
    client.refresh_from_db()
    assert client.city == "Луга"


def test_a_change_of_another_field_is_no_conflict(browser_of: Browsers, client: Client) -> None:
    csm, hos = browser_of(Role.CSM), browser_of(Role.HOS)
    seen = asked(csm, url(client))
    send(hos, url(client, "region"), asked(hos, url(client, "region")), region="Псковская")
    assert send(csm, url(client), seen, city="Луга").status_code == 200
    client.refresh_from_db()
    assert (client.city, client.region) == ("Луга", "Псковская")


def test_a_cell_sent_twice_is_changed_once(browser_of: Browsers, client: Client) -> None:
    csm = browser_of(Role.CSM)
    seen = asked(csm, url(client))
    assert [send(csm, url(client), seen, city=" Луга ").status_code for _n in range(2)] == [200, 200]
    events: Any = Client.pgh_event_model  # type: ignore[attr-defined] # django-pghistory
    assert list(events.objects.order_by("pgh_id").values_list("city", flat=True)) == ["Псков", "Луга"]


def test_it_works_as_a_plain_page(browser_of: Browsers, client: Client) -> None:
    csm = browser_of(Role.CSM)
    page = csm.get(url(client))
    assert "<html" in page.content.decode()
    refused = csm.post(url(client), {"seen": page.context["form"]["seen"].value(), "city": "x" * 101})
    assert (refused.status_code, "<html" in refused.content.decode()) == (422, True)
    answer = csm.post(url(client), {"seen": page.context["form"]["seen"].value(), "city": "Луга"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/clients/")
    client.refresh_from_db()
    assert client.city == "Луга"


@pytest.mark.parametrize("role", [Role.CSM, Role.HOS])
def test_the_queries_do_not_grow_with_the_rows(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, role: str
) -> None:
    browser = browser_of(role)
    browser.get(COLUMNS)
    counts = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            make.client(f"c{n}", people[Role.CSM], city="Псков")
        with django_assert_max_num_queries(14) as made:
            assert browser.get(COLUMNS).content.decode().count("data-cell") == 4 * (upto[-1] + 1)
        counts.append(len(made))
    assert counts[0] == counts[1]


# --- another list on the same machine ---------------------------------------------------------------------------------

TASKS = "/tasks/?state=open&cols=title,due,kind,priority,assignee"


@pytest.fixture
def task(people: People, client: Client) -> Task:
    return make.task("Позвонить", people[Role.CSM], client=client, kind="call", due_on=TODAY)


def cell(task: Task, column: str = "due") -> str:
    return f"/tasks/{task.pk}/cell/{column}/"


def test_a_task_is_put_off_where_it_stands_and_taken_back(browser_of: Browsers, task: Task) -> None:
    csm = browser_of(Role.CSM)
    page = csm.get(TASKS).content.decode()
    assert (page.count("data-cell"), f'hx-get="{cell(task)}"' in page) == (3, True)
    saved = send(csm, cell(task), asked(csm, cell(task)), due_on="2026-07-20")
    task.refresh_from_db()
    assert (saved.status_code, task.due_on, task.title) == (200, date(2026, 7, 20), "Позвонить")
    with translation.override("en"):
        assert f">{show.day(task.due_on)}<" in saved.content.decode()
    undo = saved.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    csm.post(undo, headers=HTMX)
    task.refresh_from_db()
    assert task.due_on == TODAY


@pytest.mark.parametrize(("column", "value"), [("kind", "meeting"), ("priority", 3)])
def test_what_the_form_of_a_task_asks_by_buttons_a_cell_asks_by_a_list(
    browser_of: Browsers, task: Task, column: str, value: Any
) -> None:
    csm = browser_of(Role.CSM)
    field = csm.get(cell(task, column), headers=HTMX).content.decode()
    assert (f'<select name="{column}"' in field, 'type="radio"' in field) == (True, False)
    saved = send(csm, cell(task, column), asked(csm, cell(task, column)), **{column: value})
    task.refresh_from_db()
    assert (saved.status_code, getattr(task, column)) == (200, value)


def test_a_task_that_may_not_be_changed_keeps_its_cells(browser_of: Browsers, people: People, task: Task) -> None:
    csm, hos, reader = (browser_of(role) for role in (Role.CSM, Role.HOS, Role.MARKETER))
    seen = asked(csm, cell(task))
    assert "data-cell" not in reader.get(TASKS).content.decode()
    assert send(reader, cell(task), seen, due_on="2026-07-20").status_code == 403
    assert send(browser_of(Role.BDM_KEY), cell(task), seen, due_on="2026-07-20").status_code == 404
    assert csm.get(cell(task, "assignee")).status_code == 404
    for bad in ("31.02.2026", ""):
        assert send(csm, cell(task), seen, due_on=bad).status_code == 422
    send(hos, cell(task), asked(hos, cell(task)), due_on="2026-07-21")
    told = send(csm, cell(task), seen, due_on="2026-07-20")
    assert (told.status_code, "Hos Testov changed this meanwhile" in told.content.decode()) == (422, True)
    closed = {"state": "done", "closed_at": task.created_at + timedelta(hours=1), "closed_by": people[Role.HOS]}
    Task.objects.filter(pk=task.pk).update(**closed)
    assert send(csm, cell(task), seen, due_on="2026-07-20").status_code == 403
    task.refresh_from_db()
    assert task.due_on == date(2026, 7, 21)
