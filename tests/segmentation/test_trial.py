"""Classes of a chosen period beside those in force: what a run finds, that it writes nothing, who may ask for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client, Standing
from salescrm import nightly
from salescrm.base import jobs
from salescrm.base.models import Job, Notification, StepRun
from segmentation import reckoning
from segmentation.models import Classification, MonthlyTurnover, PurchaseDay, RuleSet, TopMembership
from staff.access import ACTS, ROWS, Act, Rows
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/trial/"
LAST = date(2026, 6, 30)
WRITTEN = (Classification, MonthlyTurnover, PurchaseDay, RuleSet, Standing, StepRun, TopMembership)


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """Two steady clients and one of last winter, the steady small one in a far branch; the night of 30 June."""
    far = make.branch("far")
    made = {
        "steady": make.client("steady", people["csm"]),
        "small": make.client("small", people["csm"], branch=far),
        "winter": make.client("winter", people["csm"]),
    }
    for month in range(1, 7):
        make.shipment(made["steady"], date(2026, month, 10), 1000)
        make.shipment(made["small"], date(2026, month, 11), 60)
    make.shipment(made["winter"], date(2026, 1, 12), 900)
    make.rule_set()
    nightly.run(LAST)
    return made


def rows_of(model: Any) -> list[Any]:
    """Return everything a table holds."""
    return list(model.objects.order_by("pk").values())


def run(browser: Browser, **fields: Any) -> Job:
    """Ask for a run on the page and let the worker do it."""
    rules = RuleSet.objects.order_by("effective_from")[0]
    data = {"as_of": LAST.isoformat(), "rules": rules.pk, "months": "", "branch": ""} | fields
    answer = browser.post(URL, data)
    assert answer.status_code == 302, answer.context["form"].errors
    job = Job.objects.get(kind="classes", state="waiting")
    assert answer["Location"] == f"{URL}?job={job.pk}"
    jobs.work(job.pk)
    job.refresh_from_db()
    return job


def result_of(job: Job) -> dict[str, Any]:
    """Return what a finished run found."""
    assert isinstance(job.result, dict), job.error
    return job.result


def moves(job: Job) -> dict[tuple[str, str], int]:
    """Return how many clients would move, by cells."""
    assert job.state == "done", job.error
    return {(before, after): n for before, after, n, _had, _has in result_of(job)["moves"] if before != after}


def test_the_period_in_force_changes_nobody(base: dict[str, Client], browser_of: BrowserOf) -> None:
    job = run(browser_of("deputy_director"))
    assert (moves(job), result_of(job)["changed"], result_of(job)["clients"]) == ({}, 0, [])
    held = Classification.objects.values_list("client", "abc", "xyz")
    assert {pk: abc + xyz for pk, abc, xyz in held} == {
        base["steady"].pk: "AX",
        base["small"].pk: "CX",
        base["winter"].pk: "BZ",
    }
    top = result_of(job)["top"]
    assert (top["now"], top["then"], top["entered"], top["left"]) == (1, 1, 0, 0)


def test_another_window_says_who_changes_and_from_where(base: dict[str, Client], browser_of: BrowserOf) -> None:
    job = run(browser_of("hos"), months="3")
    assert result_of(job)["window"] == ["2026-04-01", "2026-07-01"]
    assert moves(job) == {("CX", "BX"): 1, ("BZ", "--"): 1}
    assert result_of(job)["changed"] == 2
    assert [(row[0], row[1], row[2]) for row in result_of(job)["clients"]] == [
        (base["winter"].pk, "BZ", "--"),
        (base["small"].pk, "CX", "BX"),
    ]


def test_another_version_of_the_rules_says_who_enters_top(base: dict[str, Client], browser_of: BrowserOf) -> None:
    other = make.rule_set(effective_from=date(2026, 8, 1), top_cells=["AX", "CX"], comment="wider")
    job = run(browser_of("hos"), rules=other.pk)
    assert moves(job) == {}
    assert result_of(job)["top"]["entered"] == 1
    page = browser_of("hos").get(URL, {"job": job.pk})
    (line,) = page.context["found"].lines
    assert (line.client.name, line.was_top, line.is_top) == ("small", False, True)


def test_a_branch_narrows_who_is_compared_not_their_letters(base: dict[str, Client], browser_of: BrowserOf) -> None:
    job = run(browser_of("hos"), branch=base["small"].branch_id, months="3")
    assert moves(job) == {("CX", "BX"): 1}
    assert result_of(job)["base"] == 1
    assert Decimal(result_of(job)["top"]["share_of_turnover"]) == 0


def test_a_document_brought_in_since_the_night_is_seen(base: dict[str, Client], browser_of: BrowserOf) -> None:
    make.shipment(base["winter"], date(2026, 3, 12), 20_000)
    assert moves(run(browser_of("hos"))) != {}


def test_it_writes_nothing_but_the_run(base: dict[str, Client], browser_of: BrowserOf) -> None:
    make.shipment(base["winter"], date(2026, 3, 12), 20_000)
    before = [rows_of(model) for model in WRITTEN]
    job = run(browser_of("deputy_director"), months="6")
    assert [rows_of(model) for model in WRITTEN] == before
    (told,) = Notification.objects.filter(kind="job")
    assert told.url == f"{URL}?job={job.pk}"


def test_the_night_after_it_is_what_it_would_have_been(base: dict[str, Client], browser_of: BrowserOf) -> None:
    make.shipment(base["winter"], date(2026, 3, 12), 20_000)
    run(browser_of("hos"), months="3")
    told = nightly.run(date(2026, 7, 1))
    assert Classification.objects.get(client=base["winter"], until=None).abc == "A"
    assert told["abc"]["A"] == 2  # the late document makes it the largest, the steady one is still within 80 %


def test_a_second_run_waits_for_the_first(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser, rules = browser_of("hos"), RuleSet.objects.get()
    data = {"as_of": LAST.isoformat(), "rules": rules.pk}
    first, second = browser.post(URL, data), browser.post(URL, data)
    assert first["Location"] == second["Location"]
    assert Job.objects.filter(kind="classes").count() == 1


BAD = [
    {"as_of": ""},
    {"as_of": "2026-07-01"},
    {"as_of": "x"},
    {"rules": "999999"},
    {"months": "2"},
    {"months": "37"},
    {"branch": "999999"},
]


@pytest.mark.parametrize("fields", BAD)
def test_bad_input_starts_nothing(fields: dict[str, str], base: dict[str, Client], browser_of: BrowserOf) -> None:
    data = {"as_of": LAST.isoformat(), "rules": str(RuleSet.objects.get().pk)} | fields
    answer = browser_of("hos").post(URL, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Job.objects.filter(kind="classes").exists()


def test_it_shows_the_clients_of_one_move(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    job = run(browser, months="3")
    page = browser.get(f"{URL}?job={job.pk}&move=CX:BX")
    assert [line.client.name for line in page.context["found"].lines] == ["small"]
    assert page.context["found"].more == 0
    cells = {cell.name: (cell.now, cell.then) for _abc, row in page.context["found"].rows for cell in row}
    assert (cells["CX"], cells["BX"], cells["BZ"]) == ((1, 0), (0, 1), (1, 0))
    assert len(browser.get(f"{URL}?job={job.pk}&move=drop").context["found"].lines) == 2


def test_more_changes_than_are_named_are_counted(
    base: dict[str, Client], browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of("hos")
    job = run(browser, months="3")
    monkeypatch.setattr(reckoning, "SHOWN", 1)
    found = browser.get(URL, {"job": job.pk}).context["found"]
    assert (len(found.lines), found.more) == (1, 1)


def test_without_a_night_there_is_nothing_to_compare_with(people: Any, browser_of: BrowserOf) -> None:
    assert "form" not in browser_of("hos").get(URL).context
    assert browser_of("hos").post(URL).status_code == 422
    job = jobs.start("classes", by=None, as_of=LAST.isoformat(), rules=1, months=None, branch=None)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == ("failed", True)


def test_other_work_is_no_run(base: dict[str, Client], browser_of: BrowserOf) -> None:
    other = Job.objects.create(kind="night", arguments={})
    assert browser_of("hos").get(URL, {"job": other.pk}).status_code == 404
    assert browser_of("hos").get(f"{URL}job/{other.pk}/").status_code == 404


def test_whoever_may_reckon_sees_all_clients() -> None:
    """A run's numbers are of the whole company: the act is given to nobody who sees less."""
    assert {ROWS[role] for role, acts in ACTS.items() if Act.RUN_CLASSES in acts} == {Rows.ALL}


def test_the_matrix_leads_there_only_who_may(base: dict[str, Client], browser_of: BrowserOf) -> None:
    for role, leads in {"deputy_director": True, "hos": True, "csh": False, "csm": False}.items():
        assert (URL in browser_of(role).get("/segmentation/").content.decode()) == leads


def test_the_number_of_queries_does_not_grow_with_the_runs(
    base: dict[str, Client], browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser, rules = browser_of("hos"), RuleSet.objects.get()
    shown = run(browser, months="3")
    more: dict[str, Any] = {"rules": rules.pk, "months": None, "branch": base["small"].branch_id}
    asked = {"kind": "classes", "created_by": Employee.objects.get(username="hos"), "state": "failed"}
    for _n in range(2):
        Job.objects.create(**asked, arguments={"as_of": LAST.isoformat()} | more)
    browser.get(URL, {"job": shown.pk})
    with django_assert_max_num_queries(20) as few:
        browser.get(URL, {"job": shown.pk})
    for _n in range(27):
        Job.objects.create(**asked, arguments={"as_of": LAST.isoformat()} | more)
    with django_assert_max_num_queries(20) as many:
        page = browser.get(URL, {"job": shown.pk})
    assert page.context["total"] == 30
    assert len(many) == len(few)
