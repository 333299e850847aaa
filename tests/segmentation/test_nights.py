"""The journal: nights, steps, runs as background work, who may see and undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from clients import ownership
from clients.models import Client, Ownership, OwnershipReason
from salescrm.base.models import Job, StepRun
from segmentation.models import CaseState
from staff.models import Employee
from tests import make
from tests.segmentation.world import EARLIER, NIGHT, STEPS, case, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/nights/"


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> None:
    """Two nights."""
    nights()


def test_it_lists_nights_newest_first_with_their_figures(base: None, browser_of: BrowserOf) -> None:
    rows = browser_of("hos").get(URL).context["nights"]
    assert [(row.as_of, row.state, row.figures["zero"]["flagged"], row.seconds) for row in rows] == [
        (NIGHT, "done", 3, 4.5),
        (EARLIER, "done", 3, 4.5),
    ]


def test_a_night_that_broke_says_so(base: None, browser_of: BrowserOf) -> None:
    day = date(2026, 7, 16)
    StepRun.objects.create(as_of=day, step="turnover", state="done", rows=1)
    StepRun.objects.create(as_of=day, step="classes", state="failed", detail={"error": "disk full"})
    browser = browser_of("hos")
    assert browser.get(URL).context["nights"][0].state == "failed"
    page = browser.get(f"{URL}{day}/")
    assert [(step.name, step.state) for step in page.context["night"].steps] == [
        ("turnover", "done"),
        ("classes", "failed"),
    ]
    assert "disk full" in page.content.decode()


def test_a_night_shows_its_steps_and_what_a_dry_run_would_do(base: None, browser_of: BrowserOf) -> None:
    trial = {"as_of": NIGHT.isoformat(), "steps": [{"name": name, "rows": n} for n, name in enumerate(STEPS)]}
    Job.objects.create(
        kind="night", state="done", arguments={"as_of": NIGHT.isoformat(), "dry_run": True}, result=trial
    )
    steps = browser_of("hos").get(f"{URL}{NIGHT}/").context["night"].steps
    assert [(step.name, step.changed, step.would) for step in steps] == [(name, 4, n) for n, name in enumerate(STEPS)]
    assert next(step.state for step in steps if step.name == "hand_over") == "waits"


def test_a_day_that_was_only_tried_has_a_page(base: None, browser_of: BrowserOf) -> None:
    trial = {"as_of": "2026-07-16", "steps": [{"name": "classes", "rows": 5}], "guards": ["feed:1c"]}
    Job.objects.create(kind="night", state="done", arguments={"as_of": "2026-07-16", "dry_run": True}, result=trial)
    night = browser_of("hos").get(f"{URL}2026-07-16/").context["night"]
    assert (night.state, [(step.name, step.would) for step in night.steps]) == ("trial", [("classes", 5)])
    assert night.guards == ["Feed: the newest orders of 1c are too old, its clients are left alone"]


@pytest.mark.parametrize("day", ["2026-01-01", "yesterday"])
def test_a_day_without_a_night_is_not_found(base: None, browser_of: BrowserOf, day: str) -> None:
    assert browser_of("hos").get(f"{URL}{day}/").status_code == 404


@pytest.mark.parametrize(("dry", "is_dry"), [("1", True), ("", False)])
def test_a_run_is_background_work(
    base: None, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch, dry: str, is_dry: bool
) -> None:
    monkeypatch.setattr("salescrm.base.jobs.dispatch", lambda job_id: None)
    browser = browser_of("hos")
    answer = browser.post(f"{URL}run/", {"dry": dry})
    job = Job.objects.get()
    assert (job.kind, job.arguments["dry_run"], job.arguments["as_of"]) == ("night", is_dry, "2026-07-15")
    assert answer["Location"] == f"{URL}?job={job.pk}"
    assert browser.get(f"{URL}?job={job.pk}").context["job"] == job
    assert browser.get(f"{URL}job/{job.pk}/").status_code == 200
    browser.post(f"{URL}run/", {"dry": dry})
    assert Job.objects.count() == 1, "one night at a time"


@pytest.mark.parametrize("role", ["csm", "csh", "director", "deputy_it", "branch_head"])
def test_who_may_not_run_or_undo_changes_nothing(base: None, browser_of: BrowserOf, role: str) -> None:
    browser = browser_of(role)
    assert browser.post(f"{URL}run/").status_code == 403
    assert browser.post(f"{URL}{NIGHT}/undo/").status_code == 403
    assert not Job.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_nights(
    base: None, browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of("hos")
    browser.get(URL)
    with django_assert_max_num_queries(15) as few:
        browser.get(URL)
    nights(*[date(2026, 6, day) for day in range(1, 29)])
    with django_assert_max_num_queries(15) as many:
        page = browser.get(URL)
    assert len(page.context["nights"]) == 30
    assert len(many) == len(few)


@pytest.fixture
def moved(base: None, people: dict[str, Employee]) -> list[Client]:
    """Two clients the newest night handed over."""
    csm, recovery = people["csm"], people["bdm_recovery"]
    clients = [make.client(name, csm) for name in ("one", "two")]
    starts_on = NIGHT + timedelta(days=1)
    for one in clients:
        case(one, CaseState.HANDED_OVER, csm, recovery)
    ownership.move(
        {one.pk: recovery.pk for one in clients}, starts_on=starts_on, reason=OwnershipReason.ZERO, night=NIGHT
    )
    return clients


def owners(clients: list[Client]) -> list[str]:
    """Return the log-ins of the owners of the open intervals."""
    rows = Ownership.objects.filter(client__in=clients, ends_on__isnull=True).order_by("client_id")
    return [row.owner.username for row in rows]


def test_the_dialog_of_undo_says_how_many_go_back(moved: list[Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(f"{URL}{NIGHT}/undo/")
    assert page.context["moved"]["all"] == 2
    assert "2 clients go back to their owners" in page.content.decode()


def test_undo_of_a_night_gives_its_clients_back(moved: list[Client], browser_of: BrowserOf) -> None:
    answer = browser_of("hos").post(f"{URL}{NIGHT}/undo/", {"hold": "purchase"})
    assert answer["Location"] == f"{URL}{NIGHT}/"
    assert owners(moved) == ["csm", "csm"]
    assert StepRun.objects.filter(as_of=NIGHT, step="journal").exists(), "the night stays done"


def test_a_client_moved_since_is_named_with_the_reason(
    moved: list[Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    later = date(2026, 7, 18)
    ownership.move({moved[0].pk: people["bdm_key"].pk}, starts_on=later, reason=OwnershipReason.MANUAL)
    page = browser_of("hos").post(f"{URL}{NIGHT}/undo/", {"hold": "purchase"})
    assert [name for _pk, name, _why in page.context["refused"]] == ["one"]
    assert owners(moved) == ["bdm_key", "csm"]
