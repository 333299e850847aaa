"""Meetings: the agenda fills itself, decisions are tasks, minutes stay; who sees and who writes (R252, R273-R276)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from deals import actions as tasks
from deals.models import Task
from kpi.meetings import actions, agenda
from kpi.meetings.models import AgendaLine, Decision, LineSource, Meeting, MeetingQuestion
from salescrm.base.jobs import Refused
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
TODAY = date(2026, 7, 16)
NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
NEXT = NOW + timedelta(days=7)


def called(people: dict[str, Employee], at: datetime = NOW, *roles: str, **fields: Any) -> Meeting:
    chair = fields.pop("chair", people[Role.HOS])
    said = {"kind": "weekly", "starts_at": at, "branch": None, "chair": chair} | fields
    asked = [people[role] for role in roles or (Role.CSM, Role.CSH)]
    return actions.create(fields=said, people=asked, submission=uuid4(), acting_user=chair, today=TODAY)


def decided(meeting: Meeting, people: dict[str, Employee], text: str = "Позвонить ТОР", **more: Any) -> Decision:
    said: dict[str, Any] = {"assignee": people[Role.CSM], "due_on": TODAY, "submission": uuid4(), "now": NOW}
    said |= {"acting_user": people[Role.HOS]} | more
    return actions.decide(meeting=meeting, text=text, **said)


def closed(meeting: Meeting, people: dict[str, Employee], **more: Any) -> Meeting:
    said: dict[str, Any] = {"present": [people[Role.CSM].pk], "seen": 1, "acting_user": people[Role.HOS], "now": NOW}
    return actions.close(meeting=meeting, **said | more)


def told(meeting: Meeting) -> list[tuple[str, str]]:
    with translation.override("en"):
        return [agenda.words(line) for line in meeting.agenda.all()]


def test_a_meeting_is_made_once_and_who_is_called_is_told(people: dict[str, Employee]) -> None:
    submission = uuid4()
    said = {"kind": "weekly", "starts_at": NOW, "branch": None, "chair": people[Role.HOS]}
    for _again in range(2):
        made = actions.create(
            fields=said, people=[people[Role.CSM], people[Role.HOS]], submission=submission,
            acting_user=people[Role.HOS], today=TODAY,
        )  # fmt: skip
    assert Meeting.objects.get() == made
    assert sorted(made.people()) == sorted([people[Role.CSM].pk, people[Role.HOS].pk])
    assert [one.person for one in Notification.objects.filter(kind="meeting")] == [people[Role.CSM]]


def test_the_next_meeting_begins_with_the_last_ones_decisions(people: dict[str, Employee]) -> None:
    MeetingQuestion.objects.create(
        code="a", name="Что мешало", name_en="What was in the way", kinds=["weekly"], order=1
    )
    MeetingQuestion.objects.create(code="b", name="Не про нас", kinds=["daily"], order=2)
    first = called(people)
    done = decided(first, people)
    decided(first, people, "Разобрать просрочку")
    tasks.finish(tasks=Task.objects.filter(pk=done.task_id), result="дозвонился", acting_user=people[Role.CSM], now=NOW)
    closed(first, people)
    called(people, NOW, kind="daily")

    second = actions.create(
        fields={"kind": "weekly", "starts_at": NEXT, "branch": None, "chair": people[Role.HOS]},
        people=[people[Role.CSM]], submission=uuid4(), acting_user=people[Role.HOS], today=NEXT.date(),
    )  # fmt: skip

    assert second.previous == first
    assert told(second)[0] == ("Decisions of the last meeting", "1 of 2 done, 1 overdue")
    assert ("Overdue tasks", "1 task of 1 people") in told(second)
    assert told(second)[-1] == ("What was in the way", "")


def test_people_behind_their_plan_come_first_with_their_figures(people: dict[str, Employee]) -> None:
    line = AgendaLine(
        source=LineSource.PERSON, person=people[Role.CSM],
        values={"fact": "100", "plan": "300", "deviation": "-50", "forecast": "220", "month": "2026-07-01"},
    )  # fmt: skip
    with translation.override("en"):
        title, figures = agenda.words(line)
    assert title == people[Role.CSM].short_name
    assert figures == "fact ₽100 of ₽300, deviation −50, forecast ₽220"


def test_filling_anew_keeps_what_was_discussed_and_what_people_wrote(people: dict[str, Employee]) -> None:
    make.task("Позвонить", people[Role.CSM], due_on=TODAY - timedelta(days=2))
    meeting = called(people)
    own = actions.add_line(meeting=meeting, text="Отпуска", acting_user=people[Role.HOS], now=NOW)
    (late,) = meeting.agenda.filter(source=LineSource.TASKS)
    actions.discuss(meeting=meeting, line=late.pk, acting_user=people[Role.HOS], now=NOW)
    make.task("Позвонить", people[Role.CSH], due_on=TODAY - timedelta(days=1))

    actions.fill(meeting=meeting, acting_user=people[Role.HOS], now=NOW)

    assert list(meeting.agenda.values_list("pk", flat=True)) == [late.pk, own.pk]
    late.refresh_from_db()
    assert late.values["late"] == 1
    with pytest.raises(Refused):
        actions.drop_line(meeting=meeting, line=late.pk, acting_user=people[Role.HOS], now=NOW)


def test_lines_move_and_go(people: dict[str, Employee]) -> None:
    meeting, hos = called(people), people[Role.HOS]
    for text in "абв":
        actions.add_line(meeting=meeting, text=text, acting_user=hos, now=NOW)
    keys = {line.text: line.pk for line in meeting.agenda.all()}
    for text, up, order in (("в", True, "авб"), ("а", True, "авб"), ("а", False, "ваб"), ("б", False, "ваб")):
        actions.move_line(meeting=meeting, line=keys[text], up=up, acting_user=hos, now=NOW)
        assert "".join(meeting.agenda.values_list("text", flat=True)) == order
    actions.drop_line(meeting=meeting, line=keys["а"], acting_user=hos, now=NOW)
    assert "".join(meeting.agenda.values_list("text", flat=True)) == "вб"


def test_a_decision_is_a_task_of_its_person_and_stays(people: dict[str, Employee]) -> None:
    meeting, submission = called(people), uuid4()
    first = decided(meeting, people, submission=submission)
    assert decided(meeting, people, submission=submission) == first
    task = Task.objects.get()
    assert (task.assignee, task.due_on, task.needs_result, task.title) == (
        people[Role.CSM], TODAY, True, "Позвонить ТОР",
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(text="иначе")


@pytest.mark.parametrize(
    "wrong",
    [{"text": "  "}, {"due_on": TODAY - timedelta(days=1)}, {"acting_user": Role.CSH}, {"assignee": "gone"}],
    ids=["empty", "past", "not the chair", "gone"],
)
def test_what_a_decision_refuses(people: dict[str, Employee], wrong: dict[str, Any]) -> None:
    meeting = called(people)
    if "acting_user" in wrong:
        wrong = {"acting_user": people[Role.CSH]}
    if "assignee" in wrong:
        wrong = {"assignee": make.employee("gone", is_active=False)}
    with pytest.raises(Refused):
        decided(meeting, people, **wrong)
    assert not Task.objects.exists()


def test_closed_minutes_stay_and_are_sent(people: dict[str, Employee]) -> None:
    meeting = called(people)
    decided(meeting, people)
    closed(meeting, people)
    assert dict(meeting.members.values_list("person__username", "was_there")) == {
        "hos": False,
        "csm": True,
        "csh": False,
    }
    assert Notification.objects.filter(kind="meeting", key=f"meeting-{meeting.pk}-minutes").count() == 2
    for late in (lambda: decided(meeting, people), lambda: closed(meeting, people, seen=2)):
        with pytest.raises(Refused):
            late()


@pytest.mark.parametrize(
    ("due", "done", "today", "late"),
    [(0, None, 0, 0), (0, None, 3, 3), (5, 3, 9, 0), (1, 4, 9, 3)],
    ids=["today", "late still", "done in time", "done late"],
)
def test_how_late_a_decision_is(people: dict[str, Employee], due: int, done: int | None, today: int, late: int) -> None:
    made = decided(called(people), people, due_on=TODAY + timedelta(days=due))
    if done is not None:
        tasks.finish(
            tasks=Task.objects.filter(pk=made.task_id), result="да", acting_user=people[Role.CSM],
            now=NOW + timedelta(days=done),
        )  # fmt: skip
    made.task.refresh_from_db()
    assert made.days_late(TODAY + timedelta(days=today)) == late


def test_who_sees_which_meetings(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    other = make.branch("msk")
    people["far"] = make.employee("far", Role.BRANCH_HEAD, branch=other)
    called(people, NOW, Role.CSM)
    called(people, NEXT, branch=other, chair=people["far"])

    def shown(role: str) -> int:
        return len(browser_of(role).get(reverse("kpi:meetings")).context["meetings"])

    assert [shown(role) for role in (Role.HOS, Role.CSM, Role.CSH, Role.OPERATOR, "far")] == [2, 2, 2, 0, 1]


def test_the_journey_of_a_meeting_in_the_pages(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    browser = browser_of(Role.HOS)
    form = browser.get(reverse("kpi:meeting-new")).context["form"]
    said = {"kind": "weekly", "day": "2026-07-16", "at": "10:00", "chair": people[Role.HOS].pk}
    said |= {"people": [people[Role.CSM].pk], "submission": form["submission"].value()}
    page = browser.post(reverse("kpi:meeting-new"), said, follow=True)
    meeting = Meeting.objects.get()
    browser.post(reverse("kpi:meeting-line", args=[meeting.pk]), {"text": "Отпуска"})
    decision = {"text": "Составить график", "assignee": people[Role.CSM].pk, "due_on": "2026-07-20"}
    page = browser.post(reverse("kpi:meeting-decide", args=[meeting.pk]), decision, follow=True)
    assert [row["decision"].text for row in page.context["decisions"]] == ["Составить график"]
    walk = browser.get(reverse("kpi:meeting-walk", args=[meeting.pk, people[Role.CSM].pk]))
    assert [row["decision"].text for row in walk.context["decisions"]] == ["Составить график"]
    end = {"present": [people[Role.CSM].pk], "seen": 1}
    assert browser.post(reverse("kpi:meeting-close", args=[meeting.pk]), end).status_code == 302
    minutes = browser_of(Role.CSM).get(reverse("kpi:meeting", args=[meeting.pk]))
    assert minutes.context["may_write"] is False
    log = browser_of(Role.CSM).get(reverse("kpi:decisions") + f"?person={people[Role.CSM].pk}")
    assert len(log.context["decisions"]) == 1


def test_walking_shows_nobody_whose_figures_are_hidden(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    meeting = called(people)
    address = reverse("kpi:meeting-walk", args=[meeting.pk, people[Role.CSH].pk])
    assert (browser_of(Role.CSM).get(address).status_code, browser_of(Role.HOS).get(address).status_code) == (404, 200)


@pytest.mark.parametrize("count", [3, 30])
def test_pages_ask_the_base_alike_for_few_and_many(
    people: dict[str, Employee], browser_of: BrowserOf, django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:  # fmt: skip
    meeting = called(people)
    for number in range(count):
        decided(meeting, people, f"Решение {number}")
        actions.add_line(meeting=meeting, text=f"Строка {number}", acting_user=people[Role.HOS], now=NOW)
        called(people, NOW + timedelta(days=number + 1), Role.CSM)
    browser = browser_of(Role.HOS)
    walk = reverse("kpi:meeting-walk", args=[meeting.pk, people[Role.CSM].pk])
    for url in (reverse("kpi:meetings"), reverse("kpi:decisions"), reverse("kpi:meeting", args=[meeting.pk]), walk):
        with django_assert_max_num_queries(22):
            assert browser.get(url).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_same_decision_sent_twice_at_one_moment_is_one(people: dict[str, Employee]) -> None:
    meeting, submission = called(people), uuid4()

    def decide(_number: int) -> int:
        try:
            return decided(meeting, people, submission=submission).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(decide, range(2)))) == 1
    assert (Decision.objects.count(), Task.objects.count()) == (1, 1)
