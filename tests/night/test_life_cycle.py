"""Statuses by the table of terms, the own rhythm, days that clamp, purchases that come late (R8, R102-R114)."""

from __future__ import annotations

from typing import Any

import pytest

from clients.models import Standing
from segmentation.models import StatusChange
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
NO_RHYTHM: dict[str, Any] = {"own_rhythm": False}


@pytest.mark.parametrize(
    ("bought", "night", "status"),
    [
        (["2025-01-31"], "2025-02-27", "new"),
        (["2025-01-31"], "2025-02-28", "zero"),  # 31 January + 1 month
        (["2024-01-31"], "2024-02-28", "new"),
        (["2024-01-31"], "2024-02-29", "zero"),  # a leap year
        (["2025-01-05", "2025-01-31"], "2025-04-29", "active"),
        (["2025-01-05", "2025-01-31"], "2025-04-30", "zero"),
        (["2025-01-31"], "2025-10-30", "zero"),
        (["2025-01-31"], "2025-10-31", "lost"),
        (["2025-01-31"], "2026-04-29", "lost"),
        (["2025-01-31"], "2026-04-30", "archived"),
        (["2025-01-31", "2025-01-31"], "2025-01-31", "new"),  # two documents of a day are one purchase
        ([], "2025-04-30", None),
    ],
)
def test_it_reaches_each_term_on_its_very_day(bought: list[str], night: str, status: str | None) -> None:
    owner = scene.department(hand_over_mode="off", **NO_RHYTHM)
    client = scene.buyer("one", owner, *bought)
    scene.night(night)
    assert getattr(getattr(client, "state", None), "status", None) == status
    assert Standing.objects.get(client=client).life_cycle == (status or "potential")


def test_it_marks_returns_only_and_returned_in_full() -> None:
    owner = scene.department()
    returns, given_back = scene.buyer("returns", owner), scene.buyer("back", owner, "2025-05-05")
    make.shipment(returns, scene.day("2025-05-05"), -5)
    make.shipment(given_back, scene.day("2025-05-06"), -100)
    journal = scene.night("2025-05-10")
    assert (scene.state(returns).status, scene.state(returns).returns_only) == ("potential", True)
    assert (scene.state(given_back).status, scene.state(given_back).returned_in_full) == ("new", True)
    assert journal["clients"]["potential"] == journal["clients"]["new"] == 1


@pytest.mark.parametrize(
    ("bought", "rhythm", "zero_on", "hand_over_on"),
    [
        (["2025-01-01", "2025-02-10"], None, "2025-05-10", "2025-08-11"),  # two purchases have no rhythm yet
        (
            ["2025-01-01", "2025-01-02", "2025-04-13"],
            51,
            "2025-07-13",
            "2025-10-14",
        ),  # median 50.5, up; the table is later
        (["2025-01-01", "2025-04-01", "2025-06-30"], 90, "2025-11-12", "2025-12-28"),  # 1.5 × 90 and 2 × 90 days
        (
            ["2024-01-01", "2025-01-01", "2026-01-01"],
            366,
            "2026-10-01",
            "2026-10-02",
        ),  # never later than lost, then grace
    ],
)
def test_it_takes_the_own_rhythm_as_a_lower_bound(
    bought: list[str], rhythm: int | None, zero_on: str, hand_over_on: str
) -> None:
    owner = scene.department(hand_over_mode="daily")
    client = scene.buyer("one", owner, *bought)
    scene.night(bought[-1])
    state = scene.state(client)
    assert (state.rhythm_days, str(state.zero_on), str(state.hand_over_on)) == (rhythm, zero_on, hand_over_on)


def test_it_fixes_the_term_class_when_a_client_becomes_zero() -> None:
    owner = scene.department(hand_over_mode="off", **NO_RHYTHM)
    client = scene.buyer("one", owner, "2025-01-10")
    scene.night("2025-02-10")
    assert (scene.state(client).term_class, scene.state(client).status) == ("new", "zero")
    make.shipment(client, scene.day("2025-01-05"), 50)  # an older one that comes late is no next purchase
    scene.night("2025-02-11")
    state = scene.state(client)
    assert (state.purchases, state.term_class, state.status) == (2, "new", "zero")
    make.shipment(client, scene.day("2025-02-11"), 50)
    scene.night("2025-02-12")
    state = scene.state(client)
    assert (state.term_class, state.status, state.zero_since) == ("other", "active", None)


def test_it_tells_every_transition_once() -> None:
    owner = scene.department(hand_over_mode="off", **NO_RHYTHM)
    client = scene.buyer("one", owner, "2025-01-10")
    for night in ("2025-01-10", "2025-01-11", "2025-02-10", "2025-02-11"):
        scene.night(night)
    changes = StatusChange.objects.filter(client=client).order_by("as_of").values_list("before", "after")
    assert list(changes) == [("", "new"), ("new", "zero")]


@pytest.mark.parametrize(("known_from", "status"), [("2025-01-01", "new"), ("2025-01-02", "active")])
def test_it_never_calls_new_who_may_have_bought_before_history_begins(known_from: str, status: str) -> None:
    owner = scene.department(first_purchase_known_from=scene.day(known_from))
    client = scene.buyer("one", owner, "2025-01-01")
    scene.night("2025-01-05")
    assert scene.state(client).status == status


def test_it_obeys_archiving_by_hand_until_the_next_purchase() -> None:
    owner = scene.department(hand_over_mode="off")
    client = scene.buyer("one", owner, "2025-01-01")
    client.archived_on, client.archive_reason = scene.day("2025-01-10"), "closed down"
    client.save(update_fields=["archived_on", "archive_reason"])
    scene.night("2025-01-09")
    assert scene.state(client).status == "new"
    scene.night("2025-01-10")
    assert scene.state(client).status == "archived"
    make.shipment(client, scene.day("2025-01-05"), 70)  # later than the last one it had
    scene.night("2025-01-11")
    assert scene.state(client).status == "active"
    scene.night("2025-01-12")
    assert scene.state(client).status == "active"


def test_it_does_not_see_documents_before_their_day() -> None:
    owner = scene.department()
    client = scene.buyer("one", owner, "2025-03-01", "2025-03-10")
    scene.night("2025-03-05")
    assert (scene.state(client).status, scene.state(client).purchases) == ("new", 1)
    scene.night("2025-03-10")
    assert (scene.state(client).status, scene.state(client).purchases) == ("active", 2)


def test_it_counts_only_days_of_the_season_for_a_seasonal_client() -> None:
    owner = scene.department(seasonal_guard=True, hand_over_mode="off", **NO_RHYTHM)
    client = scene.buyer(
        "one", owner, "2023-09-01", "2023-10-01", "2024-09-01", "2024-10-01", "2025-09-01", "2025-10-01"
    )
    scene.night("2025-10-01")
    state = scene.state(client)
    # 92 days of the term: 30 in October, then 31 days of August 2026, 30 of September, 1 October 2026
    assert (state.seasonal_months, str(state.zero_on)) == ([9, 10], "2026-10-01")


def test_it_holds_new_rules_for_everybody() -> None:
    owner = scene.department(hand_over_mode="off", **NO_RHYTHM)
    client = scene.buyer("one", owner, "2025-01-10", "2025-01-11")
    scene.night("2025-03-20")
    assert scene.state(client).status == "active"
    make.rule_set(effective_from=scene.day("2025-03-21"), zero_other=2, hand_over_mode="off", **(scene.OFF | NO_RHYTHM))
    scene.night("2025-03-21")
    assert scene.state(client).status == "zero"
