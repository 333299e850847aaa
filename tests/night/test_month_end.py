"""A month's end that was missed or had a broken feed: the heads hear of it, and contact tasks wait for the feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from clients.models import Standing
from deals.models import Task
from salescrm import nightly
from salescrm.base import clock, notify
from salescrm.base.models import Notification, StepRun
from segmentation import month_end
from segmentation.models import RuleSet
from segmentation.steps import Night, contacts
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
MONTHLY: dict[str, Any] = {"hand_over_mode": "month_end", "own_rhythm": False, "grace_days": 0}
BrowserOf = Callable[[str], Browser]


def said(person: str, about: str) -> list[str]:
    rows = Notification.objects.filter(person__username=person, key__startswith=about).order_by("pk")
    with translation.override("en"):
        return [notify.sentence(row) for row in rows]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2025-01-15", "2025-01-31"),
        ("2025-01-31", "2025-02-28"),
        ("2024-02-28", "2024-02-29"),
        ("2025-12-31", "2026-01-31"),
    ],
)
def test_the_next_month_end(day: str, end: str) -> None:
    assert month_end.next_end(scene.day(day)) == scene.day(end)


def test_a_missed_month_end_is_told_once_with_what_happens_now() -> None:
    owner = scene.department(**MONTHLY)
    make.employee("csh", Role.CSH)
    client = scene.buyer("one", owner, "2024-12-10")
    scene.night("2025-03-29")
    scene.night("2025-04-02")
    assert scene.owner_of(client) == "owner"
    words = [
        (
            "The night of 31.03.2025, in which clients are handed over, did not run: those due stay with their owners "
            "until the night of 30.04.2025. Due now: 1"
        )
    ]
    assert said("hos", "month-end:") == said("csh", "month-end:") == words
    run = StepRun.objects.get(step="hand_over", as_of="2025-04-02")
    assert (run.detail["left"], run.detail["missed"], run.detail["guards"]) == (
        1,
        ["2025-03-31"],
        ["month_end:31.03.2025"],
    )
    scene.night("2025-04-03")
    assert said("hos", "month-end:") == words
    scene.night("2025-04-30")
    assert scene.owner_of(client) == "dev"


def test_the_head_of_a_branch_hears_the_figures_of_the_branch() -> None:
    owner = scene.department(**MONTHLY)
    other = make.branch("msk")
    make.employee("here", Role.BRANCH_HEAD)
    make.employee("there", Role.BRANCH_HEAD, branch=other)
    make.employee("elsewhere", Role.BRANCH_HEAD, branch=make.branch("ekb"))
    scene.buyer("one", owner, "2024-12-10")
    for name in ("two", "three"):
        scene.buyer(name, owner, "2024-12-10", branch=other)
    scene.night("2025-03-29")
    scene.night("2025-04-02")
    counted = {name: [text[-1] for text in said(name, "month-end:")] for name in ("hos", "here", "there", "elsewhere")}
    assert counted == {"hos": ["3"], "here": ["1"], "there": ["2"], "elsewhere": []}


def test_two_missed_months_are_decided_in_a_night_that_is_a_month_end_itself() -> None:
    client = scene.buyer("one", scene.department(**MONTHLY), "2024-12-10")
    scene.night("2025-02-27")
    scene.night("2025-04-30")
    assert scene.owner_of(client) == "dev"
    assert said("hos", "month-end:") == [
        (
            "The night of 28.02.2025, 31.03.2025, in which clients are handed over, did not run: "
            "its clients are decided in the night of 30.04.2025. Due: 1"
        )
    ]


@pytest.mark.parametrize(
    ("rules", "bought", "nights"),
    [
        (MONTHLY, "2025-03-10", ("2025-03-29", "2025-04-02")),  # nobody is due
        (MONTHLY, "2024-12-10", ("2025-03-28", "2025-03-30")),  # the nights missed are no month's end
        (MONTHLY, "2024-12-10", ("2025-03-30", "2025-03-31", "2025-04-01")),  # nothing was missed
        (MONTHLY | {"hand_over_mode": "daily"}, "2024-12-10", ("2025-03-29", "2025-04-02")),  # they go tonight
        (MONTHLY | {"hand_over_mode": "off"}, "2024-12-10", ("2025-03-29", "2025-04-02")),
    ],
)
def test_nothing_is_told_where_nothing_was_missed(rules: dict[str, Any], bought: str, nights: tuple[str, ...]) -> None:
    scene.buyer("one", scene.department(**rules), bought)
    for night in nights:
        scene.night(night)
    assert said("hos", "month-end") == []


def test_a_feed_broken_at_the_months_end_is_told_with_the_day_its_clients_go() -> None:
    owner = scene.department(**(MONTHLY | {"feed_guard": True}))
    client = scene.buyer("one", owner, "2024-12-10")
    scene.buyer("newest", owner, "2025-03-20")
    scene.night("2025-03-31")
    assert scene.owner_of(client) == "owner"
    assert said("hos", "month-end-feed:") == [
        (
            "No documents from 1c since 20.03.2025: in the hand-over of the month its clients stay with their owners, "
            "until the night of 30.04.2025. Due now: 1"
        )
    ]


@pytest.mark.parametrize("role", [Role.HOS, Role.CSH])
def test_the_board_says_what_a_missed_month_end_left(
    people: dict[str, Employee], browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2025, 4, 4))
    make.rule_set(**(scene.OFF | MONTHLY))
    scene.buyer("one", people[Role.CSM], "2024-12-10")
    scene.night("2025-03-29")
    scene.night("2025-04-02")
    scene.night("2025-04-03")
    page = browser_of(role).get(reverse("segmentation:zero")).content.decode()
    assert "Not handed over this month: they stay with their owners until the night of 30 April" in page
    scene.night("2025-04-30")
    assert "Not handed over this month" not in browser_of(role).get(reverse("segmentation:zero")).content.decode()


# --- contact tasks wait for the feed ----------------------------------------------------------------------------------


NIGHT = date(2026, 7, 15)  # a Wednesday
FEED_OFF = date(2026, 7, 9)  # four working days before
FEED_ON = date(2026, 7, 13)


def night(day: date = NIGHT) -> Any:
    """Run the step alone."""
    return contacts.run(Night(day, RuleSet.objects.get(), None))


def due(owner: Employee, name: str, bought: date | None) -> None:
    """Make a client whose task is to be set this night, with a document or with none."""
    client = make.client(name, owner, standing={"life_cycle": "active", "top": True})
    make.said(client, owner, date(2026, 6, 15))
    if bought:
        make.shipment(client, bought, 100)


def tasks() -> set[str]:
    return set(Task.objects.filter(origin="contact_norm").values_list("client__name", flat=True))


@pytest.mark.parametrize(
    ("newest", "rules", "held"),
    [
        (FEED_OFF, {}, {"bought"}),
        (FEED_ON, {}, set()),
        (FEED_OFF, {"feed_guard": False}, set()),
        (date(2026, 6, 10), {}, set()),  # a source that has long stopped is no feed
    ],
)
def test_contact_tasks_wait_while_the_feed_is_broken(newest: date, rules: dict[str, Any], held: set[str]) -> None:
    owner = make.employee("owner")
    make.employee("hos", Role.HOS)
    make.rule_set(**rules)
    make.contact_norm()
    due(owner, "bought", newest)
    due(owner, "never", None)
    detail = night().detail
    assert tasks() == {"bought", "never"} - held
    assert (detail["tasks"], detail.get("held", 0)) == (2 - len(held), len(held))
    assert bool(said("hos", "feed:")) is bool(held)


def test_held_tasks_are_set_once_when_the_feed_is_back() -> None:
    owner = make.employee("owner")
    make.rule_set()
    make.contact_norm()
    due(owner, "bought", FEED_OFF)
    night()
    assert tasks() == set()
    Standing.objects.update(contact_due_on=NIGHT - timedelta(days=5))
    make.shipment(make.client("other", owner), NIGHT, 5)
    assert night(NIGHT + timedelta(days=1)).detail["tasks"] == 1
    assert night(NIGHT + timedelta(days=2)).detail["tasks"] == 0
    assert tasks() == {"bought"}


def test_without_tasks_of_the_norm_nobody_hears_of_the_feed() -> None:
    owner = make.employee("owner")
    make.employee("hos", Role.HOS)
    make.rule_set()
    make.contact_norm(sets_tasks=False)
    due(owner, "bought", FEED_OFF)
    assert "feeds" not in night().detail
    assert said("hos", "feed:") == []


@pytest.mark.parametrize("page", ["segmentation:contacts", "segmentation:zero", "home"])
def test_it_is_said_where_people_look(
    people: dict[str, Employee], browser_of: BrowserOf, today: date, page: str
) -> None:
    make.rule_set()
    make.contact_norm()
    due(people[Role.CSM], "bought", FEED_OFF)
    nightly.run(NIGHT)
    words = "No orders from 1c since 9 July: contact tasks and hand-overs of its clients wait until they come."
    assert words in browser_of(Role.CSM).get(reverse(page)).content.decode()
    make.shipment(make.client("other", people[Role.CSM]), NIGHT + timedelta(days=1), 5)
    nightly.run(NIGHT + timedelta(days=1))
    assert words not in browser_of(Role.CSM).get(reverse(page)).content.decode()
