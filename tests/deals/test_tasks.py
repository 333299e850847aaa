"""Tasks: what the database holds, what people do with them, who may, and their list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from deals import actions
from deals.models import Task, TaskState
from salescrm.base import jobs
from salescrm.base.lists import export
from salescrm.base.models import Job, Notification
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


@pytest.fixture
def task(people: People, client: Client) -> Task:
    return make.task("Позвонить", people[Role.CSM], client=client, kind="call", due_on=TODAY)


def only(name: str, *tasks: Task) -> str:
    return reverse(f"deals:{name}") + "?" + "&".join(f"ids={one.pk}" for one in tasks)


def states() -> dict[str, str]:
    return dict(Task.objects.values_list("title", "state"))


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"title": ""}, "task_says_what"),
        ({"kind": "x"}, "task_kind_known"),
        ({"priority": 9}, "task_priority_known"),
        ({"state": "done"}, "task_closed_by_somebody"),
        ({"state": "cancelled", "closed_at": NOW}, "task_closed_by_somebody"),
        ({"closed_at": NOW}, "task_closed_by_somebody"),
        ({"origin": "norm"}, "task_origin_has_its_day"),
        ({"due_on": None}, "due_on"),
    ],
)
def test_the_database_refuses_a_task_that_makes_no_sense(
    people: People, fields: dict[str, Any], constraint: str
) -> None:
    csm = people[Role.CSM]
    closed = {"closed_by": csm} if fields.get("state") == "x" else {}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Task.objects.create(**({"title": "a", "assignee": csm, "due_on": TODAY} | closed | fields))
    assert Task.objects.count() == 0


def test_a_task_that_asks_for_a_result_is_not_done_without(people: People, task: Task) -> None:
    done = {"state": "done", "closed_at": NOW, "closed_by": people[Role.CSM], "needs_result": True}
    with pytest.raises(IntegrityError, match="task_done_with_its_result"), transaction.atomic():
        Task.objects.update(**done)
    Task.objects.update(**done, result="договорились")
    assert states() == {"Позвонить": "done"}


def test_a_rule_sets_its_task_once_per_client_and_day(people: People, client: Client) -> None:
    rule: dict[str, Any] = {
        "title": "По норме",
        "kind": "call",
        "assignee": people[Role.CSM],
        "due_on": TODAY,
        "acting_user": None,
    }
    first = actions.create_task(**rule, client=client, origin="norm", origin_as_of=TODAY)
    again = actions.create_task(**rule, client=client, origin="norm", origin_as_of=TODAY)
    other = actions.create_task(**rule, client=client, origin="norm", origin_as_of=TODAY + timedelta(days=1))
    assert (again.pk, Task.objects.count()) == (first.pk, 2)
    assert other.pk != first.pk
    same = {"title": "x", "assignee": people[Role.CSM], "due_on": TODAY, "client": client}
    with pytest.raises(IntegrityError, match="one_task_per_origin"), transaction.atomic():
        Task.objects.create(**same, origin="norm", origin_as_of=TODAY)


# --- acts -------------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_sets_one_task(browser_of: Browsers, people: People, client: Client) -> None:
    data = {
        "title": "  Отправить   прайс ", "kind": "letter", "due_on": "2026-07-20", "priority": 3,
        "assignee": people[Role.CSM].pk, "client": client.pk, "submission": str(uuid4()),
    }  # fmt: skip
    hos = browser_of(Role.HOS)
    for _n in range(2):
        assert hos.post(reverse("deals:task-new"), data).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.client, task.assignee, task.author) == (
        "Отправить прайс", client, people[Role.CSM], people[Role.HOS],
    )  # fmt: skip
    assert (task.due_on, task.priority, task.kind, task.state) == (date(2026, 7, 20), 3, "letter", "open")
    assert [one.person for one in Notification.objects.filter(kind="task")] == [people[Role.CSM]]


def test_bad_input_sets_nothing(browser_of: Browsers, people: People, client: Client) -> None:
    far = make.client("Чужой", people[Role.BDM_KEY])
    data = {"title": " ", "kind": "x", "due_on": "31.02.2026", "priority": 7, "client": far.pk, "submission": "x"}
    response = browser_of(Role.CSM).post(reverse("deals:task-new"), data)
    assert (response.status_code, set(response.context["form"].errors)) == (
        422, {"title", "kind", "due_on", "priority", "client", "submission"},
    )  # fmt: skip
    assert Task.objects.count() == 0


def test_done_in_place_says_so_and_is_taken_back(browser_of: Browsers, people: People, task: Task) -> None:
    csm = browser_of(Role.CSM)
    response = csm.post(only("task-done", task), headers=HTMX)
    assert response.status_code == 204
    assert "tasks-changed" in response.headers["HX-Trigger"]
    task.refresh_from_db()
    assert (task.state, task.closed_by, task.result) == (TaskState.DONE, people[Role.CSM], "")
    undo = response.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    assert browser_of(Role.HOS).post(undo).status_code == 404
    assert csm.post(undo, headers=HTMX).status_code == 204
    task.refresh_from_db()
    assert (task.state, task.closed_at, task.closed_by) == (TaskState.OPEN, None, None)
    assert csm.post(undo, headers=HTMX).status_code == 404


def test_who_comes_second_is_told_who_was_first(browser_of: Browsers, task: Task) -> None:
    browser_of(Role.CSM).post(only("task-done", task), headers=HTMX)
    closed_at = Task.objects.get().closed_at
    second = browser_of(Role.HOS).post(only("task-done", task), headers=HTMX)
    assert "Csm Testov closed it already" in second.headers["HX-Trigger"]
    assert Task.objects.get().closed_at == closed_at


def test_a_task_that_asks_for_a_result_asks_in_a_dialog(browser_of: Browsers, task: Task) -> None:
    Task.objects.update(needs_result=True)
    csm = browser_of(Role.CSM)
    refused = csm.post(only("task-done", task), headers=HTMX)
    assert (refused.status_code, states()) == (422, {"Позвонить": "open"})
    csm.post(only("task-done", task), {"result": "ждут счёт"}, headers=HTMX)
    assert Task.objects.values_list("state", "result").get() == ("done", "ждут счёт")


def test_tasks_are_put_off_together_and_taken_back(browser_of: Browsers, people: People, task: Task) -> None:
    other = make.task("Письмо", people[Role.CSM], due_on=TODAY - timedelta(days=4))
    csm = browser_of(Role.CSM)
    assert csm.post(only("task-snooze", task, other), {"day": TODAY}).status_code == 422
    response = csm.post(only("task-snooze", task, other), {"day": "2026-07-20"}, headers=HTMX)
    assert set(Task.objects.values_list("due_on", flat=True)) == {date(2026, 7, 20)}
    undo = response.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 8, 1))  # somebody was quicker than the undo
    csm.post(undo, headers=HTMX)
    assert dict(Task.objects.values_list("title", "due_on")) == {
        "Позвонить": date(2026, 8, 1), "Письмо": TODAY - timedelta(days=4),
    }  # fmt: skip


def test_a_head_gives_tasks_to_another(browser_of: Browsers, people: People, task: Task) -> None:
    data = {"assignee": people[Role.CSH].pk}
    assert browser_of(Role.CSM).post(only("task-reassign", task), data).status_code == 403
    assert Task.objects.get().assignee == people[Role.CSM]
    browser_of(Role.HOS).post(only("task-reassign", task), data)
    assert Task.objects.get().assignee == people[Role.CSH]


def test_a_correction_over_somebody_elses_is_told(browser_of: Browsers, people: People, task: Task) -> None:
    hos = browser_of(Role.HOS)
    url = reverse("deals:task-card", args=[task.pk])
    seen = hos.get(url).context["form"]["seen"].value()
    data = {"title": "Иначе", "kind": "call", "due_on": TODAY, "priority": 2, "assignee": people[Role.CSM].pk}
    opened = hos.get(url).context["opened"]
    browser_of(Role.CSM).post(url, data | {"title": "Тем временем", "due_on": TODAY + timedelta(days=1), "seen": seen})
    told = hos.post(url, data | {"seen": seen, "opened": opened})
    assert (told.status_code, Task.objects.get().title) == (422, "Тем временем")
    (said,) = told.context["form"].non_field_errors()
    assert said.startswith("Csm Testov changed this meanwhile (")
    assert [words in said for words in ("→ Тем временем;", "due on: ", "→ 17 Jul", "kind: ")] == [True] * 3 + [False]
    assert f'href="{url}" data-dialog' in told.content.decode()
    hos.post(url, data | {"seen": told.context["form"].data["seen"]})
    assert Task.objects.get().title == "Иначе"


# --- rights -----------------------------------------------------------------------------------------------------------


def test_each_sees_what_the_matrix_says(browser_of: Browsers, people: People, task: Task) -> None:
    msk = make.branch("msk")
    far = make.employee("far", branch=msk)
    make.task("Своя", people[Role.BDM_KEY], due_on=TODAY)
    make.task("Далёкая", far, due_on=TODAY, client=make.client("Далёкий", far, branch=msk))
    seen = {
        role: set(Task.objects.visible_to(people[role], TODAY).values_list("title", flat=True))
        for role in (Role.CSM, Role.BDM_KEY, Role.BRANCH_HEAD, Role.HOS, Role.NONE)
    }
    assert seen == {
        Role.CSM: {"Позвонить"},
        Role.BDM_KEY: {"Своя"},
        Role.BRANCH_HEAD: {"Позвонить", "Своя"},
        Role.HOS: {"Позвонить", "Своя", "Далёкая"},
        Role.NONE: set(),
    }
    for role, status in ((Role.BDM_KEY, 404), (Role.MARKETER, 403)):
        assert browser_of(role).post(only("task-done", task)).status_code == status
    assert states()["Позвонить"] == "open"


# --- the list ---------------------------------------------------------------------------------------------------------


def test_a_bare_address_is_ones_own_open_tasks(browser_of: Browsers, people: People, task: Task) -> None:
    make.task("Чужая", people[Role.CSH], due_on=TODAY)
    make.task("Старая", people[Role.CSM], due_on=TODAY - timedelta(days=3))
    hidden = {"state": "cancelled", "closed_at": NOW, "closed_by": people[Role.CSM]}
    make.task("Отменённая", people[Role.CSM], due_on=TODAY, **hidden)
    csm = browser_of(Role.CSM)

    def titles(query: str = "") -> list[str]:
        return [row.task.title for row in csm.get(reverse("deals:task-list") + query).context["rows"]]

    assert titles() == ["Старая", "Позвонить"]
    assert titles("?assignee=me&due=..-1d&state=open") == ["Старая"]
    assert titles("?state=cancelled") == ["Отменённая"]
    assert titles("?q=принт&state=open") == ["Позвонить"]
    assert titles("?sort=-due&assignee=me&state=open") == ["Позвонить", "Старая"]
    totals = csm.get(reverse("deals:task-totals")).context["totals"]
    assert totals == {"tasks": 2, "overdue": 1, "today": 1}


@pytest.mark.parametrize("url", ["/tasks/?state=open", "/tasks/totals/", "/"])
def test_the_queries_do_not_grow_with_the_rows(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, url: str
) -> None:
    browser = browser_of(Role.CSM)
    browser.get("/healthz")
    counts = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            client = make.client(f"c{n}", people[Role.CSM])
            make.task(f"t{n}", people[Role.CSM], client=client, due_on=TODAY - timedelta(days=n))
        browser.get(url)
        with django_assert_max_num_queries(30) as asked:
            browser.get(url)
        counts.append(len(asked))
    assert counts[1] - counts[0] <= (1 if url == "/" else 0), counts  # the day counts what is behind its link


def test_an_export_has_the_filtered_rows(browser_of: Browsers, people: People, task: Task) -> None:
    make.task("Вторая", people[Role.CSM], due_on=TODAY + timedelta(days=9))
    answer: Any = browser_of(Role.CSM).post(reverse("deals:task-export") + "?q=позвонить", {"form": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Позвонить,2026-07-16,Принт-Хаус,call,Csm Testov")


# --- saved views of the list ------------------------------------------------------------------------------------------

LIST, VIEWS = "/tasks/", "/frame/lists/tasks/views/"
LATE = "assignee=me&due=..-1d&state=open"


@pytest.fixture
def late(people: People, task: Task) -> Task:
    make.task("Чужая", people[Role.CSH], due_on=TODAY)
    return make.task("Старая", people[Role.CSM], due_on=TODAY - timedelta(days=3))


def keep(browser: Browser, query: str, **more: str) -> str:
    answer = browser.post(f"{VIEWS}new/?{query}", {"name": "v", "audience": "own"} | more)
    location = answer.headers["Location"]
    assert location.startswith(f"{LIST}?view=")
    return str(location).removeprefix(LIST)


def shown(browser: Browser, query: str) -> list[str]:
    return [row.task.title for row in browser.get(LIST + query).context["rows"]]


def test_a_view_of_tasks_keeps_filters_and_columns(browser_of: Browsers, people: People, late: Task) -> None:
    csm, hos = browser_of(Role.CSM), browser_of(Role.HOS)
    view = keep(csm, f"{LATE}&cols=title,priority")
    page = csm.get(LIST + view).context
    assert ([row.task.title for row in page["rows"]], page["cells"]) == (["Старая"], ["priority"])
    assert (page["saved"]["is_changed"], page["place"], page["reset_url"]) == (False, view[1:], "")
    assert [tab["label"] for tab in page["saved"]["tabs"] if tab["current"]] == ["v"]
    assert not any(tab["current"] for tab in page["tabs"])
    changed = csm.get(f"{LIST}{view}&due=").context
    assert (changed["saved"]["is_changed"], len(changed["rows"])) == (True, 2)
    assert (hos.get(LIST + view).status_code, hos.get(f"{LIST}totals/{view}").status_code) == (404, 404)
    lines = b"".join(csm.post(f"{LIST}export/{view}", {"form": "csv"})).decode("utf-8-sig").splitlines()
    assert lines == ["Task,Priority", "Старая,normal"]


def test_tasks_open_with_the_persons_view(browser_of: Browsers, people: People, late: Task) -> None:
    csm = browser_of(Role.CSM)
    assert csm.get(LIST).context["saved"]["is_worth"] is False, "what a bare address shows need not be kept"
    view = keep(csm, LATE, is_default="on")
    assert csm.get(LIST).headers["Location"] == LIST + view
    assert shown(csm, "?assignee=me&state=open") == ["Старая", "Позвонить"]
    assert browser_of(Role.HOS).get(LIST).status_code == 200
    done = {"state": "done", "closed_at": NOW, "closed_by": people[Role.CSM]}
    Task.objects.filter(pk=late.pk).update(**done)
    empty = csm.get(LIST + view).content.decode()
    assert "Nothing fits the filters" in empty
    assert 'href="/tasks/?assignee=me&amp;state=open"' in empty


def test_the_last_filter_taken_out_leads_to_the_whole_list(browser_of: Browsers, people: People, late: Task) -> None:
    hos = browser_of(Role.HOS)
    assert shown(hos, "") == []
    (chip,) = hos.get(f"{LIST}?state=open").context["state"].chips()
    page = hos.get(LIST + chip["remove_url"]).context
    assert (chip["remove_url"], len(page["rows"])) == ("?view=0", 3)
    assert [str(tab["label"]) for tab in page["tabs"] if tab["current"]] == ["All"]
    answer = hos.get(f"{LIST}filters/?apply=1&assignee=&state=")
    assert answer.headers["Location"] == f"{LIST}?view=0"
    assert page["urls"]["width"] == f"{LIST}width/?view=0"


def test_a_long_export_of_tasks_is_a_job_of_its_own(
    browser_of: Browsers,
    people: People,
    late: Task,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "dispatch", jobs.work)
    csm = browser_of(Role.CSM)
    view = keep(csm, "assignee=me&sort=-due&cols=title,due")
    with django_capture_on_commit_callbacks(execute=True):
        answer = csm.post(f"{LIST}export/{view}", {"form": "csv"})
    job = Job.objects.get()
    assert (job.kind, job.state, job.result) == ("tasks-export", "done", {"rows": 2})
    assert "view" not in job.arguments["query"]
    assert f"{LIST}export/{job.pk}/file/" in csm.get(answer.headers["Location"]).content.decode()
    lines = b"".join(csm.get(f"{LIST}export/{job.pk}/file/")).decode("utf-8-sig").splitlines()
    assert lines == ["Task,Due on", "Позвонить,2026-07-16", "Старая,2026-07-13"]
    assert [one.url for one in Notification.objects.filter(kind="export")] == [f"{LIST}export/{job.pk}/"]
    assert browser_of(Role.HOS).get(f"{LIST}export/{job.pk}/file/").status_code == 404


def test_the_menu_counts_what_is_overdue_and_due(browser_of: Browsers, people: People, task: Task) -> None:
    make.task("Старая", people[Role.CSM], due_on=TODAY - timedelta(days=3))
    make.task("Потом", people[Role.CSM], due_on=TODAY + timedelta(days=1))
    page = browser_of(Role.CSM).get(reverse("frame:counts")).content.decode()
    assert "overdue 1, today 1" in page
