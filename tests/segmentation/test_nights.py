"""The journal: nights, steps, runs as background work, who may see and undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from clients import ownership
from clients.models import Client, Ownership, OwnershipReason
from salescrm.base.models import Job, StepRun
from segmentation.models import CaseState, RuleSet, StatusChange
from staff.models import Employee
from tests import make
from tests.segmentation.world import EARLIER, NIGHT, STEPS, case, member, nights

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
        (NIGHT, "done", 3, 5.0),
        (EARLIER, "done", 3, 5.0),
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


@pytest.mark.parametrize(("role", "most"), [("hos", 15), ("branch_head", 25)])
def test_the_number_of_queries_does_not_grow_with_the_nights(
    base: None, browser_of: BrowserOf, django_assert_max_num_queries: Any, role: str, most: int
) -> None:
    browser = browser_of(role)
    browser.get(URL)
    with django_assert_max_num_queries(most) as few:
        browser.get(URL)
    nights(*[date(2026, 6, day) for day in range(1, 29)])
    with django_assert_max_num_queries(most) as many:
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


@pytest.fixture
def two_branches(base: None, people: dict[str, Employee]) -> dict[str, Client]:
    """What the newest night did in the branch of its head and in another one: there everything twice."""
    csm, recovery, rules = people["csm"], people["bdm_recovery"], RuleSet.objects.get()
    far, day = make.branch("msk"), NIGHT
    made: dict[str, Client] = {}
    for place, branch in (("here", csm.branch), ("there", far), ("there 2", far)):
        for what in ("moved", "back", "asked", "waits", "gone", "zero", "lost", "archived", "in", "out"):
            made[f"{what} {place}"] = make.client(f"{what} {place}", csm, branch=branch)
        one = {what: made[f"{what} {place}"] for what in ("moved", "back", "asked", "waits", "gone", "in", "out")}
        for what in ("zero", "lost", "archived"):
            StatusChange.objects.create(client=made[f"{what} {place}"], as_of=day, after=what, rule_set=rules)
        case(one["moved"], CaseState.HANDED_OVER, csm, recovery, rule="top")
        case(one["asked"], CaseState.PROPOSED, csm, recovery)
        case(one["waits"], CaseState.WAITING, csm)
        case(one["gone"], CaseState.WITHDRAWN, csm, closed_on=day)
        member(one["in"], entered=day)
        member(one["out"], left=day)
        options: dict[str, Any] = {"starts_on": day + timedelta(days=1), "night": day}
        ownership.move({one["moved"].pk: recovery.pk}, reason=OwnershipReason.ZERO, **options)
        ownership.move({one["back"].pk: recovery.pk}, reason=OwnershipReason.RETURN, **options)
    return made


LINKED = {
    "zero": 1, "lost": 1, "archived": 1, "top_entered": 1, "top_left": 1, "returned": 1, "handed_over": 1,
    "proposed": 1, "waiting": 1, "withdrawn": 1,
}  # fmt: skip


@pytest.mark.parametrize(("role", "times"), [("branch_head", 1), ("hos", 3)])
def test_each_number_of_a_night_is_the_list_behind_it(
    two_branches: dict[str, Client], browser_of: BrowserOf, role: str, times: int
) -> None:
    browser = browser_of(role)
    steps = browser.get(f"{URL}{NIGHT}/").context["night"].steps
    links = {url.rpartition("%3A")[2]: (text, url) for step in steps for text, url in step.links}
    assert {name: int(text.rpartition(": ")[2]) for name, (text, _url) in links.items()} == {
        name: number * times for name, number in LINKED.items()
    }
    for name, (_text, url) in links.items():
        assert len(browser.get(url).context["rows"]) == LINKED[name] * times, name


def test_a_head_of_a_branch_reads_figures_of_that_branch_only(
    two_branches: dict[str, Client], browser_of: BrowserOf
) -> None:
    browser = browser_of("branch_head")
    figures = {
        "top": {"clients": 1, "entered": 1, "left": 1, "review": None},
        "zero": {
            "flagged": 1, "handed_over": 1, "returned": 1, "corrections": 0, "awaiting_approval": 1, "waiting": 1,
            "by_rule": {"top": 1, "unconfirmed_invoice": 0, "new": 0, "other": 0},
        },
    }  # fmt: skip
    page = browser.get(f"{URL}{NIGHT}/").context["night"]
    assert page.figures == figures
    assert {(step.looked, step.changed, step.would) for step in page.steps} == {(None, None, None)}
    assert browser.get(URL).context["nights"][0].figures == figures
    assert browser_of("csh").get(URL).context["nights"][0].figures["zero"]["flagged"] == 3, "as the journal says"


def test_a_trial_and_a_run_tell_a_head_of_a_branch_no_figures(base: None, browser_of: BrowserOf) -> None:
    trial = {
        "as_of": "2026-07-16", "steps": [{"name": "classes", "rows": 5}], "zero": {"handed_over": 977},
    }  # fmt: skip
    job = Job.objects.create(
        kind="night", state="done", arguments={"as_of": "2026-07-16", "dry_run": True}, result=trial
    )
    for role, told in (("hos", True), ("branch_head", False)):
        browser = browser_of(role)
        for url in (f"{URL}2026-07-16/", f"{URL}job/{job.pk}/", f"{URL}?job={job.pk}"):
            assert ("977" in re.sub(r"<[^>]*>", "", browser.get(url).content.decode())) == told, (role, url)
