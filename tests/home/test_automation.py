"""Automatic work: its switches, its dry runs, the figures it goes by (R376)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deals.models import Task
from salescrm import automation as pages
from salescrm import schedule, tasks
from salescrm.base import automation, clock, jobs
from salescrm.base.models import AutomationSwitch, Job, Notification, NumberVersion
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
URL = "automation:list"


def test_every_job_of_the_schedule_has_its_switch_and_the_other_way_round() -> None:
    scheduled = {task for _name, task, _when in [*schedule.EVERY, *schedule.DAILY, *schedule.QUARTERLY]}
    assert scheduled - {one.task for one in automation.automations()} == {"tick", "send-letters"}, "the house's own"
    assert {one.task for one in automation.automations()} <= scheduled


def test_codes_are_said_once() -> None:
    codes = [one.code for one in automation.automations()] + [one.code for one in automation.numbers()]
    assert len(codes) == len(set(codes))


def test_a_job_switched_off_starts_no_more_until_it_is_switched_on(
    people: People, browser_of: BrowserOf, today: date
) -> None:
    browser, url = browser_of(Role.HOS), reverse("automation:switch", args=["duplicates"])
    tasks.duplicates()
    assert Job.objects.count() == 1
    for was, is_on, started in ((None, False, 1), (1, True, 2)):
        seen = browser.get(url).context["form"]["was"].value()
        assert (seen is None) is (was is None)
        answer = browser.post(url, {"was": seen or "", "comment": "moving house"})
        assert answer.status_code == 302
        newest = AutomationSwitch.objects.latest("pk")
        assert (newest.is_on, newest.author, newest.comment) == (is_on, people[Role.HOS], "moving house")
        tasks.duplicates()
        assert Job.objects.count() == started


def test_what_follows_an_import_obeys_the_switch_too(people: People) -> None:
    from clients.intake import work
    from clients.intake.orders import ORDERS

    AutomationSwitch.objects.create(code="deals-by-rule", is_on=False, comment="x", author=people[Role.HOS])
    work.follow(ORDERS, date(2026, 7, 16))
    assert "deals-by-rule" not in Job.objects.values_list("kind", flat=True)


@pytest.mark.parametrize("posted", [{"comment": ""}, {"comment": "late", "was": "77"}])
def test_a_switch_without_a_reason_or_seen_too_early_changes_nothing(
    browser_of: BrowserOf, posted: dict[str, str]
) -> None:
    answer = browser_of(Role.HOS).post(reverse("automation:switch", args=["night"]), posted)
    assert answer.status_code == 422
    assert not AutomationSwitch.objects.exists()


def test_what_was_switched_and_changed_stays(people: People) -> None:
    AutomationSwitch.objects.create(code="night", is_on=False, comment="x", author=people[Role.HOS])
    NumberVersion.objects.create(
        code="cards-a-day", value=5, effective_from=date(2026, 7, 1), comment="x", author=people[Role.HOS]
    )
    for model in (AutomationSwitch, NumberVersion):
        with pytest.raises(DatabaseError), transaction.atomic():
            model._default_manager.update(comment="other")
        with pytest.raises(DatabaseError), transaction.atomic():
            model._default_manager.all().delete()


def test_a_figure_holds_from_its_day_on(people: People) -> None:
    for value, day in ((5, date(2026, 7, 1)), (7, date(2026, 8, 1)), (6, date(2026, 7, 1))):
        NumberVersion.objects.create(
            code="cards-a-day", value=value, effective_from=day, comment="x", author=people[Role.HOS]
        )
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1)]
    assert [automation.number("cards-a-day", 50, day) for day in days] == [50, 6, 6, 7]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 302),
        ({"effective_from": "2026-08-01"}, 302),
        ({"effective_from": "2026-07-15"}, 422),
        ({"value": "0"}, 422),
        ({"value": "61"}, 422),
        ({"value": ""}, 422),
        ({"comment": ""}, 422),
        ({"was": "5"}, 422),
    ],
)
def test_a_figure_is_changed_from_a_day_not_past_with_a_reason(
    browser_of: BrowserOf, today: date, changed: dict[str, str], status: int
) -> None:
    data = {"value": "10", "effective_from": "2026-07-16", "comment": "slower now", "was": ""} | changed
    answer = browser_of(Role.DEPUTY_IT).post(reverse("automation:number", args=["lead-decision-days"]), data)
    assert answer.status_code == status
    assert NumberVersion.objects.count() == (status == 302)


def test_a_trial_lists_what_would_be_done_and_keeps_nothing(
    people: People, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    csm = people[Role.CSM]

    def work(now: Any) -> dict[str, int]:
        make.task("Позвонить", csm, due_on=now.date())
        Notification.objects.create(person=csm, kind="x", text="News", key="x")
        return {"tasks": 1}

    job = automation.Automation("tried", "Tried", "", "tried", trial=work)
    monkeypatch.setattr(automation, "automations", lambda: [job])
    browser = browser_of(Role.HOS)
    answer = browser.post(reverse("automation:trial", args=["tried"]))
    started = Job.objects.get()
    jobs.load_kinds()
    jobs.work(started.pk)
    page = browser.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "Позвонить" in page
    assert "News" in page
    assert "Nothing was changed" in page
    assert not Task.objects.exists()
    assert not Notification.objects.filter(kind="x").exists()


@pytest.mark.parametrize("code", [one.code for one in automation.automations() if one.trial])
def test_every_job_that_can_be_tried_is_tried(people: People, code: str, today: date) -> None:
    make.rule_set()
    result = pages.try_out(jobs.Progress(Job.objects.create(kind=pages.TRIAL)), code=code, language="en")
    assert set(result) == {"counts", "groups"}


def test_the_page_asks_as_many_questions_however_much_was_switched(people: People, browser_of: BrowserOf) -> None:
    schedule.insert_defaults()
    browser, counted = browser_of(Role.HOS), []
    browser.get(reverse(URL))
    for number in (3, 30):
        for n in range(number):
            AutomationSwitch.objects.create(code="night", is_on=bool(n % 2), comment="x", author=people[Role.HOS])
            NumberVersion.objects.create(
                code="cards-a-day",
                value=n + 1,
                effective_from=clock.today() + timedelta(days=n),
                comment="x",
                author=people[Role.HOS],
            )
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(URL))
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] <= 12


def test_the_page_says_when_a_job_runs_and_who_switched_it_off(people: People, browser_of: BrowserOf) -> None:
    schedule.insert_defaults()
    AutomationSwitch.objects.create(code="night", is_on=False, comment="the feed is down", author=people[Role.HOS])
    page = browser_of(Role.DEPUTY_IT).get(reverse(URL)).content.decode()
    assert "daily at 04:20" in page
    assert "each quarter at 04:50" in page
    assert "every 10 min" in page
    assert "the feed is down" in page
