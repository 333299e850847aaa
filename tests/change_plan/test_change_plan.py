"""The plan of changes by blocks, its steps and terms; the review of a year (R377, R379)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.models import Task
from kpi.change_plan import actions
from kpi.change_plan.models import Block, ChangeStep, Review, ReviewAnswer, ReviewQuestion, StepState, Verdict
from salescrm.base import reference
from salescrm.base.jobs import Refused
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Employee

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
PLAN = "kpi:change-plan"
DECEMBER = date(2026, 12, 1)
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)


def step(name: str = "Вакансии", **fields: Any) -> ChangeStep:
    given = {"code": uuid.uuid4().hex, "block": Block.STAFF, "number": 1} | fields
    return ChangeStep.objects.create(name=name, **given)


def shown(browser: Browser, tab: str = "") -> dict[str, list[str]]:
    blocks = browser.get(reverse(PLAN) + f"?tab={tab}").context["blocks"]
    return {block["code"]: [row["step"].name for row in block["rows"]] for block in blocks}


def questions(count: int = 2) -> list[ReviewQuestion]:
    return [ReviewQuestion.objects.create(code=f"q{n}", number=n, name=f"Вопрос {n}") for n in range(1, count + 1)]


def test_the_ready_steps_cover_every_block_in_both_languages(db: None) -> None:
    reference.load()
    assert set(ChangeStep.objects.values_list("block", flat=True)) == set(Block.values)
    assert not ChangeStep.objects.filter(name_en="").exists()
    assert ReviewQuestion.objects.count() >= 14


def test_tabs_narrow_the_steps_and_leave_the_progress(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csh = people[Role.CSH]
    step("Сделано", state=StepState.DONE, done_on=today)
    step("Поздно", due_on=date(2026, 7, 15), responsible=csh)
    step("Сегодня", due_on=today)
    step("Отпало", state=StepState.DROPPED, result="Не нужно", block=Block.MARKETING)
    browser = browser_of(Role.CSH)
    assert shown(browser) == {"staff": ["Поздно", "Сегодня"]}
    assert shown(browser, "late") == shown(browser, "mine") == {"staff": ["Поздно"]}
    assert shown(browser, "all") == {"staff": ["Сделано", "Поздно", "Сегодня"], "marketing": ["Отпало"]}
    page = browser.get(reverse(PLAN) + "?tab=late")
    assert (page.context["blocks"][0]["done"], page.context["blocks"][0]["whole"]) == (1, 3)
    assert page.context["total"]["whole"] == 3


def test_a_step_is_added_once_and_its_person_told(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    step(number=7)
    said = {"block": "staff", "name": "Обучить", "state": "planned", "submission": str(uuid.uuid4())}
    said["responsible"] = str(people[Role.CSH].pk)
    browser = browser_of(Role.HOS)
    for _again in range(2):
        assert browser.post(reverse("kpi:change-step-new"), said).status_code == 302
    (made,) = ChangeStep.objects.filter(name="Обучить")
    assert made.number == 8
    (told,) = Notification.objects.filter(kind="change-plan")
    assert told.person_id == people[Role.CSH].pk


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"state": "done", "done_on": ""}, "says when"),
        ({"state": "dropped", "result": ""}, "why the step is dropped"),
        ({"starts_on": "2026-08-02", "due_on": "2026-08-01"}, "ends after it begins"),
        ({"seen": "9"}, "meanwhile"),
        ({"name": ""}, "required"),
        ({"responsible": "csm"}, "valid choice"),
    ],
)
def test_what_a_step_refuses(
    people: dict[str, Employee], browser_of: BrowserOf, fields: dict[str, str], word: str
) -> None:
    made = step()
    said = {"block": "staff", "name": "Иначе", "state": "planned", "seen": "1"} | fields
    if said.get("responsible"):
        said["responsible"] = str(people[Role.CSM].pk)  # cannot open the plan
    answer = browser_of(Role.HOS).post(reverse("kpi:change-step", args=[made.pk]), said)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    made.refresh_from_db()
    assert (made.name, made.version) == ("Вакансии", 1)


def test_a_day_of_doing_is_kept_for_what_is_done_alone(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    made = step(state=StepState.DONE, done_on=date(2026, 7, 1))
    said = {"block": "staff", "name": "Вакансии", "state": "doing", "seen": "1", "done_on": "2026-07-01"}
    assert browser_of(Role.HOS).post(reverse("kpi:change-step", args=[made.pk]), said).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.done_on, made.version) == ("doing", None, 2)


@pytest.mark.parametrize(
    ("today", "told"),
    [(date(2026, 7, 12), 0), (date(2026, 7, 13), 1), (date(2026, 7, 14), 0), (date(2026, 7, 16), 1)],
)
def test_a_person_is_reminded_three_days_before_and_on_the_day(
    people: dict[str, Employee], today: date, told: int
) -> None:
    step(due_on=date(2026, 7, 16), responsible=people[Role.CSH])
    step(due_on=date(2026, 7, 16), responsible=people[Role.HOS], state=StepState.DONE, done_on=date(2026, 7, 1))
    for _again in range(2):
        actions.run_day(today)
    assert Notification.objects.filter(kind="change-plan").count() == told


def test_the_review_of_a_year_is_opened_once_with_a_task_of_the_head(people: dict[str, Employee]) -> None:
    assert actions.run_day(date(2026, 11, 30))["reviews"] == 0
    assert [actions.run_day(day)["reviews"] for day in (DECEMBER, DECEMBER, date(2026, 12, 31))] == [1, 0, 0]
    review = Review.objects.get()
    assert (review.year, review.due_on) == (2026, date(2026, 12, 22))
    task = Task.objects.get()
    assert review.task == task
    assert (task.assignee, task.due_on, task.needs_result) == (people[Role.HOS], date(2026, 12, 22), True)


def test_a_review_is_answered_closed_and_then_stays(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    first, second = questions()
    actions.run_day(DECEMBER)
    review, browser = Review.objects.get(), browser_of(Role.HOS)

    def said(question: ReviewQuestion, verdict: str) -> int:
        data = {"question": question.pk, "verdict": verdict, "comment": "посмотрели"}
        return browser.post(reverse("kpi:review-answer", args=[2026]), data).status_code

    assert [said(first, "no"), said(first, "partly")] == [302, 302]
    closing = reverse("kpi:review-close", args=[2026])
    refused = browser.post(closing, {"conclusion": "Живём дальше"})
    assert (refused.status_code, "without an answer: 1" in refused.content.decode()) == (422, True)
    said(second, "yes")
    assert browser.post(closing, {"conclusion": "Живём дальше"}).status_code == 302
    review.refresh_from_db()
    task = Task.objects.get()
    assert (review.conclusion, task.state, task.result) == ("Живём дальше", "done", "Живём дальше")
    assert said(first, "yes") == 302  # refused: said in a toast, nothing written
    assert sorted(ReviewAnswer.objects.values_list("verdict", flat=True)) == [Verdict.PARTLY, Verdict.YES]
    with pytest.raises(Refused):
        actions.close(review=review, conclusion="Ещё раз", acting_user=people[Role.HOS], now=NOW)


def test_the_year_before_stands_beside_each_question(people: dict[str, Employee], browser_of: BrowserOf) -> None:
    (first,) = questions(1)
    for year in (2025, 2026):
        Review.objects.create(year=year, due_on=date(year, 12, 22))
    actions.answer(
        review=Review.objects.get(year=2025), question=first, verdict="no", comment="нет структуры",
        acting_user=people[Role.HOS], today=date(2025, 12, 2),
    )  # fmt: skip
    page = browser_of(Role.DIRECTOR).get(reverse("kpi:review", args=[2026]))
    assert "нет структуры" in page.content.decode()
    assert page.context["may_answer"] is False


def test_a_review_closes_with_a_conclusion_by_somebody() -> None:
    with pytest.raises(ValidationError):
        Review(year=2026, due_on=DECEMBER, closed_on=DECEMBER).full_clean()


@pytest.mark.parametrize("count", [3, 30])
def test_pages_ask_the_base_alike_for_few_and_many(
    people: dict[str, Employee],
    browser_of: BrowserOf,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        step(f"Шаг {number}", number=number, responsible=people[Role.CSH])
    found = questions(count)
    review = Review.objects.create(year=2026, due_on=DECEMBER)
    for question in found:
        ReviewAnswer.objects.create(review=review, question=question, verdict="yes", by=people[Role.HOS], on=DECEMBER)
    browser = browser_of(Role.HOS)
    for url in (reverse(PLAN), reverse("kpi:review", args=[2026])):
        with django_assert_max_num_queries(16):
            assert browser.get(url).status_code == 200
