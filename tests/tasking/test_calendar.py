"""The calendar of tasks: what its looks show, the filters it shares with the list, and a task moved in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deals.forms import task_mark
from deals.models import Task
from deals.tasking import calendar
from staff.access import Role
from staff.models import CalendarDay, Employee
from tests import make
from tests.conftest import TODAY

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
URL = "/tasks/calendar/"
MOST_QUERIES = 12
MONDAY = TODAY - timedelta(days=TODAY.weekday())


@pytest.mark.parametrize(
    ("look", "on", "first", "end", "before", "after"),
    [
        ("month", "2026-07-16", "2026-06-29", "2026-08-03", "2026-06-01", "2026-08-01"),
        ("month", "2026-06-01", "2026-06-01", "2026-07-06", "2026-05-01", "2026-07-01"),
        ("month", "2027-02-28", "2027-02-01", "2027-03-01", "2027-01-01", "2027-03-01"),
        ("month", "2026-01-31", "2025-12-29", "2026-02-02", "2025-12-01", "2026-02-01"),
        ("week", "2026-07-19", "2026-07-13", "2026-07-20", "2026-07-12", "2026-07-26"),
        ("week", "2026-07-13", "2026-07-13", "2026-07-20", "2026-07-06", "2026-07-20"),
        ("day", "2026-12-31", "2026-12-31", "2027-01-01", "2026-12-30", "2027-01-01"),
        ("day", "2100-01-01", "2100-01-01", "2100-01-02", "2099-12-31", "2100-01-01"),
    ],
)
def test_a_look_has_its_days(look: str, on: str, first: str, end: str, before: str, after: str) -> None:
    span = calendar.span_of(look, date.fromisoformat(on))
    found = [span.first, span.end, span.before, span.after]
    assert [str(day) for day in found] == [first, end, before, after]


pytestmark = pytest.mark.django_db


@pytest.fixture
def task(people: People, today: date) -> Task:
    client = make.client("Принт-Хаус", people[Role.CSM])
    return make.task("Позвонить", people[Role.CSM], client=client, kind="call", due_on=MONDAY + timedelta(days=4))


def shown(browser: Browser, query: str = "") -> dict[date, list[str]]:
    days = browser.get(URL + query).context["days"]
    return {one.day: [item.task.title for item in one.items] for one in days if one.items}


def move(browser: Browser, task: Task, day: date, at: str = "", **more: str) -> Any:
    task = Task.objects.get(pk=task.pk)
    said = {"due_on": day.isoformat(), "due_time": at, "seen": task_mark(task), "dropped": "1"} | more
    return browser.post(reverse("tasking:task-move", args=[task.pk]), said, headers={"HX-Request": "true"})


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?look=x&on=x&assignee=me&state=open", "?look=week&assignee=me&state=open"])
def test_own_open_tasks_stand_on_their_days(browser_of: Browsers, people: People, task: Task, query: str) -> None:
    make.task("Чужая", people[Role.CSH], due_on=TODAY)
    closed = {"state": "cancelled", "closed_at": timezone.now(), "closed_by": people[Role.CSM]}
    make.task("Отменённая", people[Role.CSM], due_on=TODAY, **closed)
    assert shown(browser_of(Role.CSM), query) == {task.due_on: ["Позвонить"]}


def test_the_filters_are_the_lists(browser_of: Browsers, people: People, task: Task) -> None:
    make.task("Письмо", people[Role.CSM], kind="letter", due_on=TODAY)
    make.task("Начальнику", people[Role.CSH], due_on=TODAY)
    head, day = browser_of(Role.HOS), task.due_on
    csm = people[Role.CSM].pk
    assert shown(head) == {}
    assert shown(head, f"?assignee={csm}&kind=call") == {day: ["Позвонить"]}
    assert shown(head, f"?assignee={csm}&q=принт") == {day: ["Позвонить"]}
    everybody = shown(head, "?state=open")
    assert sorted(title for found in everybody.values() for title in found) == ["Начальнику", "Письмо", "Позвонить"]
    page = head.get(f"{URL}?assignee={csm}&kind=call&look=week&on={day}")
    listed = page.context["list_url"]
    assert [row.task.title for row in head.get(listed).context["rows"]] == ["Позвонить"]
    assert head.get(listed).context["calendar_url"] == f"{URL}?assignee={csm}&kind=call"
    (one,) = [one for one in page.context["days"] if one.day == day]
    assert [row.task.title for row in head.get(one.list_url).context["rows"]] == ["Позвонить"]
    assert f"look=week&on={day}" in page.context["tabs"][1]["url"]


def test_each_sees_the_rows_of_the_list(browser_of: Browsers, people: People, task: Task) -> None:
    other = make.employee("other", Role.CSM)
    browser = Browser()
    browser.force_login(other)
    assert shown(browser, "?state=open") == {}
    assert move(browser, task, TODAY).status_code == 404
    assert shown(browser_of(Role.DIRECTOR), "?state=open") == {task.due_on: ["Позвонить"]}
    assert move(browser_of(Role.DIRECTOR), task, TODAY).status_code == 403


def test_a_day_draws_its_first_tasks_and_counts_all(browser_of: Browsers, people: People, today: date) -> None:
    csm = people[Role.CSM]
    for n in range(5):
        make.task(f"без часа {n}", csm, due_on=TODAY)
    make.task("в 15", csm, due_on=TODAY, due_time=time(15))
    make.task("в 9", csm, due_on=TODAY, due_time=time(9, 30))
    (day,) = [one for one in browser_of(Role.CSM).get(URL).context["days"] if one.items]
    assert [item.task.title for item in day.items] == ["в 9", "в 15", "без часа 0"]
    assert (day.load.tasks, day.more, day.people_over) == (7, 4, 0)
    grid = browser_of(Role.CSM).get(f"{URL}?look=day&assignee=me&state=open").context["grid"]
    assert {str(hour): len(items) for hour, [(_day, items)] in grid if items} == {
        "None": 5,
        "09:00:00": 1,
        "15:00:00": 1,
    }


def test_a_load_over_the_norm_is_said_per_person(browser_of: Browsers, people: People, today: date) -> None:
    for n in range(calendar.DAY_NORM + 1):
        make.task(f"t{n}", people[Role.CSM], due_on=TODAY)
    make.task("одна", people[Role.CSH], due_on=TODAY)
    page = browser_of(Role.HOS).get(f"{URL}?state=open")
    (day,) = [one for one in page.context["days"] if one.items]
    assert (day.load.open, day.room, day.people_over, day.most) == (17, 30, 1, 16)


def test_overdue_days_off_and_holidays_are_marked(browser_of: Browsers, people: People, today: date) -> None:
    make.task("Старая", people[Role.CSM], due_on=TODAY - timedelta(days=1))
    CalendarDay.objects.create(branch=people[Role.CSM].branch, day=TODAY + timedelta(days=1), is_working=False)
    page = browser_of(Role.CSM).get(f"{URL}?look=month&on={TODAY}&assignee=me&state=open")
    days = {one.day: one for one in page.context["days"]}
    assert not days[TODAY + timedelta(days=1)].is_working
    assert days[TODAY - timedelta(days=1)].load.overdue == 1
    assert "overdue" in page.content.decode()
    holiday = browser_of(Role.CSM).get(f"{URL}?look=month&on=2026-06-01&assignee=me&state=open")
    assert "Russia Day" in holiday.content.decode()


@pytest.mark.parametrize("look", ["month", "week", "day"])
def test_the_queries_do_not_grow_with_the_tasks(browser_of: Browsers, people: People, today: date, look: str) -> None:
    browser, csm = browser_of(Role.CSM), people[Role.CSM]
    browser.get("/healthz")
    client = make.client("Принт-Хаус", csm)
    asked = []
    for count in (30, 970):
        rows = [
            Task(title=f"t{n}", assignee=csm, client=client, due_on=MONDAY + timedelta(days=n % 5))
            for n in range(count)
        ]
        Task.objects.bulk_create(rows)
        browser.get(f"{URL}?look={look}&assignee=me&state=open")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(f"{URL}?look={look}&assignee=me&state=open")
        asked.append(len(captured))
    assert asked[0] == asked[1] <= MOST_QUERIES, [one["sql"][:120] for one in captured]


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_task_is_moved_to_a_day_and_hour_and_taken_back(browser_of: Browsers, task: Task) -> None:
    csm, day = browser_of(Role.CSM), task.due_on + timedelta(days=3)
    answer = move(csm, task, day, "14:30")
    task.refresh_from_db()
    assert (answer.status_code, task.due_on, task.due_time) == (204, day, time(14, 30))
    undo = answer.headers["HX-Trigger"].partition('"undo": "')[2].partition('"')[0]
    csm.post(undo, headers={"HX-Request": "true"})
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (MONDAY + timedelta(days=4), None)


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "is over"), (2, "day off"), (9, "day off")],
    ids=["the past", "Saturday", "another Saturday"],
)
def test_a_day_that_cannot_be_is_refused_with_the_reason(
    browser_of: Browsers, people: People, task: Task, days: int, said: str
) -> None:
    assert TODAY.weekday() == 3, "the cases reckon from a Thursday"
    answer = move(browser_of(Role.CSM), task, TODAY + timedelta(days=days))
    was = task.due_on
    task.refresh_from_db()
    assert (answer.status_code, task.due_on) == (409, was)
    assert said in unquote(answer.headers["X-Message"])


def test_a_holiday_is_named(browser_of: Browsers, task: Task) -> None:
    answer = move(browser_of(Role.CSM), task, date(2026, 11, 4))
    assert "Unity Day" in unquote(answer.headers["X-Message"])


def test_the_branch_of_who_does_it_says_which_days_are_worked(browser_of: Browsers, people: People, task: Task) -> None:
    saturday = TODAY + timedelta(days=2)
    CalendarDay.objects.create(branch=people[Role.CSM].branch, day=saturday, is_working=True)
    assert move(browser_of(Role.HOS), task, saturday).status_code == 204


def test_who_is_late_is_told_and_overwrites_nothing(browser_of: Browsers, task: Task) -> None:
    seen, monday = task_mark(task), MONDAY + timedelta(days=7)
    move(browser_of(Role.HOS), task, monday)
    answer = move(browser_of(Role.CSM), task, monday + timedelta(days=1), seen=seen)
    task.refresh_from_db()
    assert (answer.status_code, task.due_on) == (409, monday)
    closed = {"state": "done", "closed_at": timezone.now(), "closed_by_id": task.assignee_id}
    Task.objects.filter(pk=task.pk).update(**closed)
    answer = move(browser_of(Role.CSM), task, monday)
    assert "closed already" in unquote(answer.headers["X-Message"])


def test_the_dialog_moves_too_and_says_what_is_wrong(browser_of: Browsers, task: Task) -> None:
    csm, url = browser_of(Role.CSM), reverse("tasking:task-move", args=[task.pk])
    assert csm.get(url).status_code == 200
    seen = task_mark(task)
    assert csm.post(url, {"due_on": "x", "seen": seen}).status_code == 422
    answer = csm.post(url, {"due_on": TODAY + timedelta(days=2), "seen": seen})
    assert (answer.status_code, "day off" in answer.content.decode()) == (422, True)
    assert csm.post(url, {"due_on": TODAY, "due_time": "10:00", "seen": seen}).status_code == 302
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (TODAY, time(10))


def test_the_dialogs_of_filters_lead_back_to_the_calendar(browser_of: Browsers, task: Task) -> None:
    csm = browser_of(Role.CSM)
    answer = csm.get("/tasks/calendar/filters/?look=week&on=2026-07-13&kind=call&apply=1")
    assert answer.headers["Location"] == f"{URL}?look=week&on=2026-07-13&kind=call"
