"""The night's step: scores when something changed, focus lists once in two weeks, nothing without criteria."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clients.models import Ownership, Standing
from salescrm.base.models import StepRun
from segmentation.priorities.models import FocusClient, FocusList, PriorityScore
from staff.models import Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
MONTHS = [f"2026-{month:02}-10" for month in range(1, 7)]


def step(as_of: str) -> tuple[str, dict[str, Any]]:
    """Return the state of the step in a night and what it said."""
    row = StepRun.objects.get(step="priorities", as_of=date.fromisoformat(as_of))
    return row.state, row.detail


def test_it_scores_and_fills_then_rests_until_something_changes() -> None:
    owner = scene.department(hand_over_mode="off")
    Employee.objects.filter(pk=owner.pk).update(owns_clients=True)
    make.priority_rules()
    client = scene.buyer("one", owner, *MONTHS, amount=500)
    scene.buyer("two", owner, *MONTHS, "2026-07-09", amount=100)
    scene.night("2026-08-05")
    # bought monthly up to 10 June: 56 days of silence are more than one and a half rhythms
    assert step("2026-08-05") == ("done", {"scores": 2, "focused": 1})
    entry = FocusClient.objects.get()
    assert (entry.client, entry.is_late, entry.silent_days, entry.focus_list.starts_on) == (
        client, True, 56, date(2026, 7, 27),
    )  # fmt: skip
    scene.night("2026-08-06")
    assert step("2026-08-06")[0] == "skipped"
    scene.night("2026-08-09")  # the two weeks of 10 August begin on the day after
    assert step("2026-08-09")[1]["focused"] == 1
    assert FocusList.objects.filter(owner=owner).count() == 2
    make.priority_rules(effective_from=date(2026, 8, 10), value_weight=90)
    scene.night("2026-08-10")
    assert step("2026-08-10") == ("done", {"scores": 2, "focused": 0})


def test_without_criteria_nobody_is_scored() -> None:
    owner = scene.department()
    scene.buyer("one", owner, *MONTHS)
    scene.night("2026-07-05")
    assert step("2026-07-05") == ("done", {})
    assert not PriorityScore.objects.exists()


def test_a_dry_run_scores_and_keeps_nothing() -> None:
    owner = scene.department()
    make.priority_rules()
    scene.buyer("one", owner, *MONTHS)
    told = scene.night("2026-07-05", dry_run=True)
    assert [row["rows"] for row in told["steps"] if row["name"] == "priorities"] == [1]
    assert not PriorityScore.objects.exists()
    assert Ownership.objects.count() == 1


def test_between_closings_who_is_lost_loses_its_score_and_nobody_is_scored_anew() -> None:
    owner = scene.department(hand_over_mode="off")
    make.priority_rules()
    kept = scene.buyer("kept", owner, *MONTHS, "2026-07-09", amount=100)
    lost = scene.buyer("lost", owner, "2025-07-20", "2026-03-08", amount=500)
    scene.night("2026-12-06")
    assert PriorityScore.objects.count() == 2
    points = PriorityScore.objects.values().get(client=kept)
    scene.night("2026-12-07")
    scene.night("2026-12-08")  # nine months of silence; after a missed night everybody would be scored
    assert Standing.objects.get(client=lost).life_cycle == "lost"
    assert step("2026-12-08")[1]["scores"] == 1
    assert PriorityScore.objects.values().get() == points
    make.shipment(lost, date(2026, 12, 9), 50)
    scene.night("2026-12-09")
    assert step("2026-12-09")[1]["scores"] > 0
    assert PriorityScore.objects.filter(client=lost).exists()


def test_a_programme_follows_its_client_on_a_quiet_night() -> None:
    owner, before = scene.department(), make.employee("before")
    client = scene.buyer("one", owner, *MONTHS)
    scene.night("2026-07-05")
    found = make.programme(client, before, state="running")
    scene.night("2026-07-06")
    assert step("2026-07-06") == ("done", {})
    found.refresh_from_db()
    assert found.owner == owner
    scene.night("2026-07-07")
    assert step("2026-07-07")[0] == "skipped"
