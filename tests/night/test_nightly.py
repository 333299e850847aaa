"""The run of a night: ledger, order, resuming, catching up, dry run, lock, command (style 5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from clients import ownership
from clients.models import Ownership, OwnershipReason
from salescrm import nightly
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key
from salescrm.base.models import StepRun
from segmentation import preview
from segmentation.models import Classification, RuleSet, StatusChange, TopMembership, ZeroCase
from segmentation.steps import life_cycle
from staff.models import Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
MONTHS = [f"2025-{month:02}-10" for month in range(1, 13)]


def base() -> None:
    """Make clients of every kind."""
    owner = scene.department(own_rhythm=False)
    scene.buyer("regular", owner, *MONTHS[:6])
    scene.buyer("silent", owner, *MONTHS[:3])
    scene.buyer("once", owner, "2025-03-01")


def figures(told: dict[str, Any]) -> dict[str, Any]:
    """Return what must be equal: everything but seconds and the mark of the dry run."""
    steps = [(step["name"], step["status"], step["rows"]) for step in told["steps"]]
    return {name: value for name, value in told.items() if name not in ("steps", "dry_run")} | {"steps": steps}


def test_a_dry_run_equals_the_run_and_writes_nothing() -> None:
    base()
    scene.night("2025-05-30")
    kept = StepRun.objects.count()
    tried = scene.night("2025-06-10", dry_run=True)
    assert StepRun.objects.count() == kept
    assert not ZeroCase.objects.filter(opened_on__gt=scene.day("2025-05-30")).exists()
    assert tried["dry_run"]
    assert figures(tried) == figures(scene.night("2025-06-10"))


def test_a_night_in_the_past_can_only_be_tried() -> None:
    base()
    told = {text: scene.night(text) for text in ("2025-05-30", "2025-05-31", "2025-06-01", "2025-06-10")}
    with pytest.raises(Refused, match="--dry-run"):
        scene.night("2025-06-01")
    again = scene.night("2025-06-01", dry_run=True)
    assert (again["matrix"], again["top"], again["clients"], again["zero"]) == tuple(
        told["2025-06-01"][name] for name in ("matrix", "top", "clients", "zero")
    )
    assert StepRun.objects.filter(as_of=scene.day("2025-06-10")).exists()


def test_a_done_night_is_not_run_again() -> None:
    base()
    told = scene.night("2025-06-10")
    kept = list(StepRun.objects.values_list("pk", flat=True))
    assert scene.night("2025-06-10") == told
    assert list(StepRun.objects.values_list("pk", flat=True)) == kept


def test_missed_nights_fill_statuses_and_hand_over_once() -> None:
    base()
    scene.night("2025-05-30")
    scene.night("2025-06-15")
    missed = StepRun.objects.filter(as_of__gt=scene.day("2025-05-30"), as_of__lt=scene.day("2025-06-15"))
    assert missed.filter(step="journal", state="done").count() == 15
    assert not missed.filter(step="hand_over", state="done").exists()
    assert ZeroCase.objects.get(client__name="once").handed_on == scene.day("2025-06-16")
    zero = StatusChange.objects.get(client__name="once", after="zero")
    assert zero.as_of == scene.day("2025-05-30")


def test_a_catching_up_night_leaves_alone_whose_owner_was_changed_later() -> None:
    base()
    other = make.employee("other")
    silent = Ownership.objects.get(client__name="silent")
    ownership.move({silent.client_id: other.pk}, starts_on=scene.day("2025-06-20"), reason=OwnershipReason.MANUAL)
    scene.night("2025-06-15")
    assert not ZeroCase.objects.filter(client=silent.client_id).exists()


def test_a_step_is_never_ahead_of_its_input() -> None:
    base()
    with pytest.raises(Refused, match="turnover"):
        scene.night("2025-06-10", only="classes")
    scene.night("2025-06-10", only="turnover")
    scene.night("2025-06-10", only="classes")
    assert Classification.objects.exists()
    assert list(StepRun.objects.order_by("pk").values_list("step", flat=True)) == ["turnover", "classes"]


def test_a_failed_step_is_noted_and_the_night_resumes(monkeypatch: pytest.MonkeyPatch) -> None:
    base()

    def fail(night: Any) -> None:
        TopMembership.objects.all().delete()
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(life_cycle, "run", fail)
        with pytest.raises(RuntimeError):
            scene.night("2025-06-10")
    assert StepRun.objects.get(state="failed").detail["error"] == "RuntimeError: disk full"
    assert TopMembership.objects.exists()
    told = scene.night("2025-06-10")
    assert [step["name"] for step in told["steps"]] == list(nightly.NAMES)


def test_steps_without_news_are_skipped() -> None:
    base()
    scene.night("2025-06-10")
    told = scene.night("2025-06-11")
    states = {step["name"]: step["status"] for step in told["steps"]}
    assert [name for name, state in states.items() if state == "skipped"] == [
        "turnover",
        "classes",
        "top",
        "life_cycle",
        "results",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_second_night_ends_at_once_with_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    scene.department()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [int(Key.NIGHT)])
        with pytest.raises(SystemExit) as ended:
            call_command("nightly", as_of=scene.day("2025-06-10"))
        assert ended.value.code == 1
        assert "another night is running" in capsys.readouterr().err
    finally:
        other.close()
    call_command("nightly", as_of=scene.day("2025-06-10"), json=True)
    assert json.loads(capsys.readouterr().out)["as_of"] == "2025-06-10"


def test_without_rules_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("nightly", as_of=scene.day("2025-06-10"))
    assert ended.value.code == 1
    assert "reference" in capsys.readouterr().err


def test_the_rebuilt_tables_equal_the_incremental_ones() -> None:
    base()
    for number in range(1, 5):
        scene.night(f"2025-04-0{number}")
    scene.buyer("late", make.employee("late"), "2025-01-05", "2025-04-04")
    scene.night("2025-06-10")

    def tables() -> list[Any]:
        found = []
        with connection.cursor() as cursor:
            for table in ("monthlyturnover", "purchaseday", "categoryturnover"):
                cursor.execute(f"SELECT * FROM segmentation_{table}")
                found.append(sorted(map(repr, (row[1:] for row in cursor.fetchall()))))
        return found

    before = tables()
    scene.night("2025-06-11", rebuild=True)
    after = tables()
    assert before == after


def test_a_preview_says_what_saving_would_do_and_keeps_nothing() -> None:
    base()
    scene.night("2025-06-10")
    draft = RuleSet(top_cells=["AX", "AY", "AZ", "BX", "BY", "BZ"], effective_from=scene.day("2025-06-11"), **scene.OFF)
    found = preview.preview(draft, scene.day("2025-06-10"))
    assert RuleSet.objects.count() == 1
    make.rule_set(effective_from=scene.day("2025-06-11"), **(scene.OFF | {"top_cells": draft.top_cells}))
    told = scene.night("2025-06-11")
    assert (found.clients, len(found.entered), len(found.left)) == tuple(
        told["top"][name] for name in ("clients", "entered", "left")
    )
    assert len(found.handed_over) == told["zero"]["handed_over"]


def handing(limit: int, mode: str) -> dict[str, int]:
    """Preview the night in which two clients are due, one that was handed over buys, and one waited all along."""
    owner = scene.department(limit=1, own_rhythm=False)
    gone = scene.buyer("gone", owner, "2025-01-01")
    scene.night("2025-04-02")
    scene.buyer("waits", owner, "2025-01-02", amount=900)
    scene.night("2025-04-03")
    for name in ("due", "due too"):
        scene.buyer(name, owner, "2025-01-10")
    scene.night("2025-04-10")
    make.shipment(gone, scene.day("2025-04-11"), 10)
    Employee.objects.filter(username="dev").update(recovery_limit=limit)
    draft = RuleSet(
        top_cells=["AX"], effective_from=scene.day("2025-04-11"), own_rhythm=False, hand_over_mode=mode, **scene.OFF
    )
    found = preview.preview(draft, scene.day("2025-04-10"))
    counted = {"handed_over": found.handed_over, "awaiting_approval": found.to_approve, "waiting": found.waiting}
    make.rule_set(effective_from=draft.effective_from, own_rhythm=False, hand_over_mode=mode, **scene.OFF)
    told = scene.night("2025-04-11")["zero"]
    assert {name: len(lines) for name, lines in counted.items()} == {name: told[name] for name in counted}
    return {name: told[name] for name in counted}


@pytest.mark.parametrize(
    ("limit", "mode", "counts"),
    [(1, "daily", (1, 0, 2)), (2, "daily", (2, 0, 1)), (2, "approve", (0, 2, 1)), (9, "daily", (3, 0, 0))],
)  # the place of who comes back is free in that very night
def test_a_preview_counts_apart_what_goes_what_is_asked_and_what_waits(
    limit: int, mode: str, counts: tuple[int, int, int]
) -> None:
    assert tuple(handing(limit, mode).values()) == counts


def test_it_searches_limits_for_a_size() -> None:
    base()
    scene.night("2025-06-10")
    found = preview.search_limits(RuleSet.objects.get(), scene.day("2025-06-10"), clients=1)
    assert found[0].clients == 1
