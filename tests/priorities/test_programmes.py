"""Action programmes: what is made, approved, planned, reviewed and closed, by whom, and its figures (R76, R77)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.duplicates import joining
from clients.models import Category, Client, DevelopmentStep, Direction, OwnershipReason, Segment, Sphere
from deals import actions as tasks
from deals.models import Task
from salescrm.base import clock
from segmentation.models import CategoryTurnover, MonthlyTurnover
from segmentation.priorities.models import StrategicClient
from segmentation.priorities.programmes import actions, reading
from segmentation.priorities.programmes.models import (
    Path,
    Programme,
    ProgrammeReview,
    ProgrammeStep,
    quarter_of,
)
from staff.models import Employee
from tests import make
from tests.segmentation.world import nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
LIST = "/segmentation/programmes/"
HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
TODAY = date(2026, 7, 16)


def priority(name: str, owner: Employee, year: int = 2026, **standing: Any) -> Client:
    """Make a client on the strategic list of a year."""
    made = make.client(name, owner, standing={"life_cycle": "active", "turnover": 1000} | standing)
    StrategicClient.objects.create(client=made, year=year, entered_on=date(2026, 1, 10), entered_by=owner)
    return made


@pytest.fixture
def client(people: People, today: date) -> Client:
    nights()
    return priority("Принт-Хаус", people["csm"])


@pytest.fixture
def running(client: Client, people: People) -> Programme:
    """A programme since January: the second quarter is to be reviewed since the first of July."""
    return make.programme(client, people["csm"], state="running", review_on=date(2026, 7, 1))


def page(of: Programme) -> str:
    return f"{LIST}{of.pk}/"


def new(of: Client) -> str:
    return f"{LIST}client/{of.pk}/new/"


def typed(**changes: Any) -> dict[str, Any]:
    """Return what the form of a programme sends."""
    return {"aim": "Удвоить оборот", "starts_on": "2026-07-01", "group": "", "turnover": "500000"} | changes


def step(**changes: Any) -> dict[str, Any]:
    """Return what the form of a step sends."""
    given = {"title": "Показать образцы", "kind": "meeting", "due_on": "2026-07-20", "stage": "offer", "path": ""}
    return given | {"submission": str(uuid.UUID(int=7))} | changes


def planned(of: Programme, people: People, title: str, due_on: date, **fields: Any) -> ProgrammeStep:
    """Make a step whose task is of the csm."""
    stage, path = fields.pop("stage", ""), fields.pop("path", "")
    if fields.get("state", "open") != "open":
        fields |= {"closed_by": people["csm"], "closed_at": NOW}
    task = make.task(title, people["csm"], due_on=due_on, client=of.client, **fields)
    return ProgrammeStep.objects.create(programme=of, task=task, stage=stage, path=path)


def bought(of: Client, month: date, amount: int, category: Category | None = None) -> None:
    """Let a client have bought a category in a month; the months in all are those of MonthlyTurnover."""
    entity = of.legal_entities.get()
    CategoryTurnover.objects.create(legal_entity=entity, month=month, category=category, amount=amount)


def count_of(browser: Browser, address: str) -> int:
    """Return how many queries an address takes."""
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        browser.get(address)
    return len(found)


# --- made and approved ------------------------------------------------------------------------------------------------


def test_a_managers_programme_waits_for_the_head(client: Client, people: People, browser_of: BrowserOf) -> None:
    answer = browser_of("csm").post(new(client), typed())
    made = Programme.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page(made))
    assert (made.client, made.year, made.starts_on, made.owner, made.made_by, made.state, made.aimed) == (
        client, 2026, date(2026, 7, 1), people["csm"], people["csm"], "proposed", Decimal(500000),
    )  # fmt: skip
    assert (made.approved_on, made.review_on, Task.objects.count()) == (None, None, 0)


def test_a_heads_programme_runs_at_once_and_calls_for_its_review(
    client: Client, people: People, browser_of: BrowserOf
) -> None:
    browser_of("hos").post(new(client), typed())
    made, task = Programme.objects.get(), Task.objects.get()
    assert (made.state, made.owner, made.approved_by, made.approved_on, made.review_on, made.review_task) == (
        "running", people["csm"], people["hos"], TODAY, date(2026, 10, 1), task,
    )  # fmt: skip
    assert (task.assignee, task.due_on, task.client, task.needs_result) == (
        people["csm"], date(2026, 10, 1), client, False,
    )  # fmt: skip


def test_the_head_approves_once(client: Client, people: People, browser_of: BrowserOf) -> None:
    made = make.programme(client, people["csm"])
    for role in ("hos", "csh"):
        assert browser_of(role).post(f"{page(made)}approve/", {"seen": made.mark}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.approved_by, made.review_on, Task.objects.count()) == (
        "running", people["hos"], date(2026, 10, 1), 1,
    )  # fmt: skip


def test_the_head_approves_what_was_shown(client: Client, people: People, browser_of: BrowserOf) -> None:
    made = make.programme(client, people["csm"])
    mark, browser = made.mark, browser_of("hos")
    assert f'value="{mark}"' in browser.get(page(made)).content.decode()
    Programme.objects.update(aim="Утроить оборот")
    answer = browser.post(f"{page(made)}approve/", {"seen": mark}, follow=True)
    made.refresh_from_db()
    assert (made.state, Task.objects.count()) == ("proposed", 0)
    assert "Утроить оборот" in answer.content.decode()
    browser.post(f"{page(made)}approve/", {"seen": made.mark})
    made.refresh_from_db()
    assert made.state == "running"


def test_a_client_has_one_programme_a_year(client: Client, people: People, browser_of: BrowserOf) -> None:
    browser = browser_of("csm")
    assert [browser.post(new(client), typed()).status_code for _click in range(2)] == [302, 422]
    assert Programme.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        make.programme(client, people["csm"])
    Programme.objects.update(state="ended", closed_on=TODAY, closed_by=people["hos"], closing="x")
    assert browser.post(new(client), typed()).status_code == 302


def test_only_a_priority_client_gets_a_programme(client: Client, people: People, browser_of: BrowserOf) -> None:
    other = make.client("Обычный", people["csm"], standing={"life_cycle": "active"})
    answer = browser_of("csm").post(new(other), typed())
    assert answer.status_code == 422
    assert "not on the strategic list of 2026" in answer.content.decode()
    StrategicClient.objects.update(left_on=TODAY, left_by=people["hos"], left_reason="x")
    assert browser_of("csm").post(new(client), typed()).status_code == 422
    assert not Programme.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"aim": ""}, {"aim": "   "}, {"turnover": ""}, {"turnover": "0"}, {"turnover": "x"}, {"share": "20"},
        {"turnover": "", "share": "20"}, {"turnover": "", "share": "101", "need": "10"},
        {"turnover": "", "share": "0", "need": "10"}, {"need": "-1"}, {"group": "c999"}, {"starts_on": "2025-12-01"},
        {"starts_on": "2026-07-02"},
    ],
)  # fmt: skip
def test_an_aim_without_sense_is_an_error_of_the_form(
    client: Client, browser_of: BrowserOf, wrong: dict[str, str]
) -> None:
    assert browser_of("csm").post(new(client), typed(**wrong)).status_code == 422
    assert not Programme.objects.exists()


def test_a_share_is_of_a_need_and_a_group(client: Client, browser_of: BrowserOf) -> None:
    cups = Category.objects.create(name="Кружки")
    browser_of("csm").post(new(client), typed(turnover="", share="20", need="1000000", group=f"c{cups.pk}"))
    made = Programme.objects.get()
    assert (made.category, made.direction, made.aim_share, made.aimed) == (cups, None, Decimal("0.2"), Decimal(200_000))


def test_next_year_begins_in_january(client: Client, people: People, browser_of: BrowserOf) -> None:
    StrategicClient.objects.create(client=client, year=2027, entered_on=TODAY, entered_by=people["hos"])
    offered = [
        value for value, _label in browser_of("csm").get(new(client)).context["form"].fields["starts_on"].choices
    ]
    assert (len(offered), offered[0], offered[-1]) == (13, "2026-01-01", "2027-01-01")


# --- changed ----------------------------------------------------------------------------------------------------------


def seen(browser: Browser, of: Programme) -> str:
    """Return the mark the dialog of changing carries."""
    mark: str = browser.get(f"{page(of)}edit/").context["seen"]
    return mark


def test_a_manager_changes_a_proposal_and_its_history_is_kept(
    client: Client, people: People, browser_of: BrowserOf
) -> None:
    made, browser = make.programme(client, people["csm"]), browser_of("csm")
    cups = Category.objects.create(name="Кружки")
    sent = typed(aim="Кружки", turnover="", share="20", need="1000000", group=f"c{cups.pk}", starts_on="2026-03-01")
    assert browser.post(f"{page(made)}edit/", sent | {"seen": seen(browser, made)}).status_code == 302
    made.refresh_from_db()
    assert (made.aim, made.category, made.aimed, made.starts_on, made.state, made.year) == (
        "Кружки", cups, Decimal(200_000), date(2026, 3, 1), "proposed", 2026,
    )  # fmt: skip
    events = apps.get_model("segmentation", "ProgrammeEvent")._default_manager.order_by("pgh_id")
    assert [one.aim for one in events] == ["Удвоить оборот", "Кружки"]


def test_what_a_dialog_of_changing_shows_is_what_it_sends(running: Programme, browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    shown = browser.get(f"{page(running)}edit/").context
    sent = {name: shown["form"][name].value() or "" for name in shown["form"].fields}
    assert sent == {"aim": "Удвоить оборот", "group": "", "turnover": "1000", "share": "", "need": ""}
    assert browser.post(f"{page(running)}edit/", sent | {"seen": shown["seen"]}).status_code == 302
    before = running.mark
    running.refresh_from_db()
    assert running.mark == before


def test_once_it_runs_the_head_changes_the_aim_and_not_its_start(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    mark = {"seen": seen(browser, running)}
    assert browser_of("csm").get(f"{page(running)}edit/").status_code == 403
    assert browser_of("csm").post(f"{page(running)}edit/", typed() | mark).status_code == 422
    assert browser_of("director").post(f"{page(running)}edit/", typed() | mark).status_code == 403
    assert browser.post(f"{page(running)}edit/", typed() | mark).status_code == 302
    running.refresh_from_db()
    assert (running.aimed, running.starts_on, running.review_on) == (
        Decimal(500_000), date(2026, 1, 1), date(2026, 7, 1),
    )  # fmt: skip


def test_who_changes_second_is_told_and_may_then_save(running: Programme, browser_of: BrowserOf) -> None:
    first, second, address = browser_of("hos"), browser_of("csh"), f"{page(running)}edit/"
    mark = {"seen": seen(second, running)}
    assert first.post(address, typed(turnover="600000") | mark).status_code == 302
    answer = second.post(address, typed(turnover="700000") | mark)
    running.refresh_from_db()
    assert (answer.status_code, running.aimed) == (422, Decimal(600_000))
    assert "600K" in answer.content.decode()
    assert second.post(address, typed(turnover="700000") | {"seen": answer.context["seen"]}).status_code == 302
    running.refresh_from_db()
    assert running.aimed == 700_000


def test_a_closed_programme_is_not_changed(running: Programme, people: People, browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    mark = {"seen": seen(browser, running)}
    closed = {"state": "ended", "closed_on": TODAY, "closed_by": people["hos"], "closing": "x", "review_on": None}
    Programme.objects.update(**closed)
    assert browser.get(f"{page(running)}edit/").status_code == 403
    assert browser.post(f"{page(running)}edit/", typed() | mark).status_code == 422
    running.refresh_from_db()
    assert running.aimed == 1000


# --- steps ------------------------------------------------------------------------------------------------------------


def test_a_step_is_a_task_of_the_owner_and_closed_with_it(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    for _click in range(2):
        assert browser_of("hos").post(f"{page(running)}step/", step()).status_code == 302
    made, task = ProgrammeStep.objects.get(), Task.objects.get()
    assert (made.programme, made.task, made.stage, made.path) == (running, task, "offer", "")
    assert (task.title, task.kind, task.assignee, task.due_on, task.needs_result, task.client) == (
        "Показать образцы", "meeting", people["csm"], date(2026, 7, 20), True, running.client,
    )  # fmt: skip
    tasks.finish(tasks=Task.objects.all(), result="Понравились", acting_user=people["csm"], now=NOW)
    one = browser_of("csm").get(page(running)).context["shown"]
    assert (one.steps, [line.task.result for line in one.lines]) == (reading.Steps(1, 1, 0), ["Понравились"])


def test_a_programme_goes_with_its_client_to_a_new_owner(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    assert Programme.objects.follow_owners() == 0
    told: dict[str, Any] = {"starts_on": date(2026, 7, 17), "reason": OwnershipReason.LEVELLING}
    tasks.change_owners({running.client_id: people["bdm_key"].pk}, **told)
    browser_of("hos").post(f"{page(running)}step/", step())
    running.refresh_from_db()
    assert (running.owner, Task.objects.get().assignee) == (people["bdm_key"], people["bdm_key"])


def test_the_night_finds_programmes_of_earlier_owners(running: Programme, people: People) -> None:
    Programme.objects.update(owner=people["bdm_key"])
    closed = {"state": "ended", "closed_on": TODAY, "closed_by": people["hos"], "closing": "x", "year": 2025}
    old = make.programme(running.client, people["bdm_key"], starts_on=date(2025, 1, 1), **closed)
    assert list(Programme.objects.astray()) == [running]
    assert (Programme.objects.follow_owners(), Programme.objects.follow_owners()) == (1, 0)
    running.refresh_from_db()
    old.refresh_from_db()
    assert (running.owner, old.owner) == (people["csm"], people["bdm_key"])


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"due_on": "2026-07-15"}, {"due_on": "2027-01-01"}, {"stage": "x"}, {"path": "x"},
     {"path": "batches"}],
)  # fmt: skip
def test_a_step_without_sense_is_an_error_of_the_form(
    running: Programme, browser_of: BrowserOf, wrong: dict[str, str]
) -> None:
    assert browser_of("csm").post(f"{page(running)}step/", step(**wrong)).status_code == 422
    assert not Task.objects.exists()


def test_the_cycle_and_the_ways_follow_the_steps(running: Programme, people: People, browser_of: BrowserOf) -> None:
    planned(running, people, "a", TODAY, stage="needs", state="done")
    planned(running, people, "b", TODAY, stage="offer", path="price")
    planned(running, people, "c", TODAY, stage="quote", path="label", state="cancelled", result="x")
    one = browser_of("csm").get(page(running)).context["shown"]
    assert [(value, icon) for value, _words, _tone, icon in one.cycle] == [
        ("needs", "circle-check"), ("offer", "clock"), ("quote", "circle-dashed"),
    ]  # fmt: skip
    left = [value for value, _words in one.ways]
    assert left == [one for one in Path.values if one not in ("price", "batches")]
    running.client.standing.top = True
    running.client.standing.save()
    assert "batches" in [value for value, _words in browser_of("csm").get(page(running)).context["shown"].ways]


def test_steps_of_the_sphere_become_tasks_and_a_sequence_opens_one_by_one(
    running: Programme, client: Client, people: People, browser_of: BrowserOf
) -> None:
    """R38: manager's steps are offered, those of the company not; R39: step n + 1 opens when n is done."""
    sphere = Sphere.objects.create(name="Торговля", code="sphere-t")
    other = Sphere.objects.create(name="Реклама", code="sphere-a")
    client.segment = Segment.objects.create(name="Магазин", code="segment-t", sphere=sphere)
    client.save()
    rows = [(sphere, "action", "a"), (sphere, "company", "b"), (sphere, "knowledge", "c"), (other, "action", "d")]
    rows += [(sphere, "sequence", "1"), (sphere, "sequence", "2")]
    by_text = {
        text: DevelopmentStep.objects.create(sphere=of, kind=kind, text=text, order=at)
        for at, (of, kind, text) in enumerate(rows)
    }
    browser, address = browser_of("csm"), f"{page(running)}step/"

    def offered() -> list[str]:
        return [one.text for one in browser.get(page(running)).context["shown"].developments]

    def plan(text: str, number: int) -> int:
        sent = step(development=by_text[text].pk, submission=str(uuid.UUID(int=number)), due_on=str(TODAY))
        return browser.post(address, sent).status_code

    assert offered() == ["a", "1"]
    begun = browser.get(f"{address}?development={by_text['a'].pk}").context["form"]
    assert (begun.initial["title"], begun.initial["development"]) == ("A", by_text["a"].pk)
    assert "title" not in browser.get(f"{address}?development={by_text['d'].pk}").context["form"].initial
    cases = [("2", 1, 422), ("d", 2, 422), ("b", 3, 422), ("1", 4, 302), ("1", 4, 302), ("1", 5, 422), ("a", 6, 302)]
    for text, number, status in cases:
        assert (text, plan(text, number)) == (text, status)
    assert (offered(), Task.objects.count(), ProgrammeStep.objects.count()) == ([], 2, 2)
    first = ProgrammeStep.objects.get(development=by_text["1"])
    assert first.task.needs_result
    tasks.finish(tasks=Task.objects.filter(pk=first.task_id), result="x", acting_user=people["csm"], now=NOW)
    assert offered() == ["2"]
    assert plan("2", 7) == 302


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("group", "turnover"), [("category", 30), ("direction", 70), ("all", 500)])
def test_turnover_is_of_the_group_from_the_start_on(
    running: Programme, client: Client, people: People, group: str, turnover: int
) -> None:
    textile = Direction.objects.create(code="textile", name="Текстиль")
    cups = Category.objects.create(name="Кружки", direction=textile)
    polo = Category.objects.create(name="Поло", direction=textile)
    for month, amount in ((date(2025, 12, 1), 1000), (date(2026, 1, 1), 20), (date(2026, 7, 1), 10)):
        bought(client, month, amount, cups)
    bought(client, date(2026, 3, 1), 40, polo)
    bought(client, date(2026, 3, 1), 900)
    other = make.client("other", people["csm"])
    bought(other, date(2026, 3, 1), 5000, cups)
    entity = client.legal_entities.get()
    for month, amount in ((date(2025, 12, 1), 1000), (date(2026, 2, 1), 500), (date(2027, 1, 1), 1000)):
        MonthlyTurnover.objects.create(legal_entity=entity, month=month, amount=amount)
    chosen: dict[str, dict[str, Any]] = {"category": {"category": cups}, "direction": {"direction": textile}, "all": {}}
    Programme.objects.filter(pk=running.pk).update(**chosen[group])
    assert reading.turnover_of(running) == turnover
    until_july = {"category": 20, "direction": 60, "all": 500}[group]
    assert reading.turnover_of(running, before=date(2026, 7, 1)) == until_july


def test_nothing_bought_is_nothing(running: Programme) -> None:
    (row,) = reading.read([running.pk], TODAY)
    assert (row.turnover, row.done, row.share, row.tone) == (Decimal(0), Decimal(0), None, "warn")


@pytest.mark.parametrize(
    ("bought_for", "today", "tone"),
    [
        (1000, TODAY, "good"), (537, TODAY, ""), (536, TODAY, "warn"), (0, date(2026, 1, 1), ""),
        (999, date(2027, 2, 1), "warn"),
    ],
)  # fmt: skip
def test_the_tone_says_whether_turnover_keeps_up_with_time(
    running: Programme, bought_for: int, today: date, tone: str
) -> None:
    entity = running.client.legal_entities.get()  # 196 of 365 days are over on 16 July: 537 of 1000
    MonthlyTurnover.objects.create(legal_entity=entity, month=date(2026, 1, 1), amount=bought_for)
    assert reading.read([running.pk], today)[0].tone == tone


# --- reviews ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), 1), (date(2026, 3, 31), 1), (date(2026, 4, 1), 4), (date(2026, 9, 30), 7),
        (date(2026, 12, 31), 10),
    ],
)  # fmt: skip
def test_a_day_is_in_its_quarter(day: date, quarter: int) -> None:
    assert quarter_of(day) == date(2026, quarter, 1)


@pytest.mark.parametrize(
    ("today", "over", "after"),
    [
        (date(2026, 4, 1), date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 10, 1), date(2026, 7, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2026, 10, 1), None),
        (date(2027, 8, 1), date(2026, 10, 1), None),
    ],
)
def test_a_review_is_of_the_last_quarter_of_the_year_that_is_over(today: date, over: date, after: date | None) -> None:
    one = Programme(year=2026, starts_on=date(2026, 1, 1))
    assert (one.quarter_over(today), one.review_after(today)) == (over, after)


def test_the_head_reviews_a_quarter_once(running: Programme, people: People, browser_of: BrowserOf) -> None:
    call = make.task("Квартал", people["csm"], due_on=date(2026, 7, 1), client=running.client)
    Programme.objects.filter(pk=running.pk).update(review_task=call)
    entity = running.client.legal_entities.get()
    for month, amount in ((date(2026, 2, 1), 300), (date(2026, 7, 1), 50)):
        MonthlyTurnover.objects.create(legal_entity=entity, month=month, amount=amount)
    browser, address = browser_of("hos"), f"{page(running)}review/"
    assert browser.get(address).context["fact"] == 300
    sent = {"verdict": "behind", "comment": "Добрать в третьем квартале"}
    assert [browser.post(address, sent).status_code for _click in range(2)] == [302, 422]
    made = ProgrammeReview.objects.get()
    assert (made.quarter, made.turnover, made.aimed, made.verdict, made.author, made.day) == (
        date(2026, 4, 1), 300, 1000, "behind", people["hos"], TODAY,
    )  # fmt: skip
    running.refresh_from_db()
    call.refresh_from_db()
    assert (running.review_on, call.state, call.closed_by) == (date(2026, 10, 1), "done", people["hos"])
    assert running.review_task_id != call.pk
    assert Task.objects.open().get().due_on == date(2026, 10, 1)


def test_after_the_last_quarter_no_review_is_asked_for(running: Programme, people: People) -> None:
    told: dict[str, Any] = {"verdict": "on_course", "comment": "x", "acting_user": people["hos"], "now": NOW}
    actions.review(programme=running, today=date(2027, 1, 11), **told)
    running.refresh_from_db()
    assert (running.review_on, Task.objects.count()) == (None, 0)
    assert ProgrammeReview.objects.get().quarter == date(2026, 10, 1)
    with pytest.raises(actions.Refused):
        actions.review(programme=running, today=date(2027, 1, 11), **told)


def test_what_was_reviewed_stays(running: Programme, people: People) -> None:
    told: dict[str, Any] = {"verdict": "on_course", "comment": "x", "acting_user": people["hos"], "now": NOW}
    made = actions.review(programme=running, today=TODAY, **told)
    for change in (
        lambda: ProgrammeReview.objects.filter(pk=made.pk).update(comment="y"),
        lambda: ProgrammeReview.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()
    assert ProgrammeReview.objects.get().comment == "x"


@pytest.mark.parametrize("wrong", [{"verdict": ""}, {"verdict": "x"}, {"comment": ""}])
def test_a_review_says_something(running: Programme, browser_of: BrowserOf, wrong: dict[str, str]) -> None:
    sent = {"verdict": "behind", "comment": "x"} | wrong
    assert browser_of("hos").post(f"{page(running)}review/", sent).status_code == 422
    assert not ProgrammeReview.objects.exists()


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_closed_programme_leaves_nothing_to_be_done(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    call = make.task("Квартал", people["csm"], due_on=date(2026, 10, 1), client=running.client)
    Programme.objects.filter(pk=running.pk).update(review_task=call)
    done = planned(running, people, "done", TODAY, state="done").task
    left = planned(running, people, "left", TODAY).task
    foreign = make.task("foreign", people["csm"], due_on=TODAY, client=running.client)
    sent = {"outcome": "reached", "closing": "Договор на год"}
    browser = browser_of("hos")
    assert [browser.post(f"{page(running)}close/", sent).status_code for _click in range(2)] == [302, 422]
    running.refresh_from_db()
    assert (running.state, running.closed_by, running.closed_on, running.closing, running.review_on) == (
        "reached", people["hos"], TODAY, "Договор на год", None,
    )  # fmt: skip
    states = {one.pk: one.state for one in Task.objects.all()}
    assert states == {call.pk: "cancelled", left.pk: "cancelled", done.pk: "done", foreign.pk: "open"}
    assert browser_of("csm").post(f"{page(running)}step/", step()).status_code == 422


def test_who_does_not_decide_changes_nothing(running: Programme, browser_of: BrowserOf) -> None:
    for role in ("csm", "marketer", "director"):
        for act in ("approve", "review", "close"):
            assert browser_of(role).post(f"{page(running)}{act}/", {}).status_code == 403
    assert browser_of("director").post(f"{page(running)}step/", step()).status_code == 403
    assert browser_of("bdm_key").post(f"{page(running)}step/", step()).status_code == 404
    running.refresh_from_db()
    assert (running.state, running.review_on, Task.objects.count()) == ("running", date(2026, 7, 1), 0)


def test_a_branch_head_decides_nothing_of_another_branch(running: Programme, browser_of: BrowserOf) -> None:
    Client.objects.update(branch=make.branch("msk"))
    for act in ("approve", "review", "close"):
        assert browser_of("branch_head").post(f"{page(running)}{act}/", {}).status_code == 404


# --- screens ----------------------------------------------------------------------------------------------------------


def names(browser: Browser, **asked: Any) -> list[str]:
    return [row.programme.client.name for row in browser.get(LIST, asked).context["rows"]]


def test_the_list_shows_what_waits_and_what_is_late(running: Programme, people: People, browser_of: BrowserOf) -> None:
    csm, browser = people["csm"], browser_of("hos")
    make.programme(priority("proposed", csm), csm)
    late = make.programme(priority("late", csm), csm, state="running", review_on=date(2026, 10, 1))
    planned(late, people, "a", date(2026, 7, 15))
    planned(running, people, "b", date(2026, 7, 15), state="done")
    planned(running, people, "c", TODAY)
    closed = {"state": "ended", "closed_on": TODAY, "closed_by": csm, "closing": "x"}
    make.programme(priority("closed", csm), csm, **closed)
    assert names(browser) == ["Принт-Хаус", "late", "proposed"]
    assert names(browser, view="due") == ["Принт-Хаус"]
    assert names(browser, view="late") == ["late"]
    assert names(browser, view="proposed") == ["proposed"]
    assert names(browser, view="closed") == ["closed"]
    assert names(browser, q="принт") == ["Принт-Хаус"]
    assert names(browser, owner=people["hos"].pk) == []
    (line,) = browser.get(LIST).context["lines"]
    assert (line.owner, line.programmes, line.proposed, line.due, line.steps) == (csm, 3, 1, 1, reading.Steps(3, 1, 1))


def test_priority_clients_without_a_programme_are_named(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    for number in range(10):
        priority(f"none {number}", people["csm"])
    priority("next year", people["csm"], year=2027)
    context = browser_of("hos").get(LIST).context
    assert (len(context["without"]), context["without_count"]) == (8, 10)
    assert browser_of("bdm_key").get(LIST).context["without_count"] == 0


def test_who_does_not_see_the_client_sees_no_programme(running: Programme, browser_of: BrowserOf) -> None:
    assert names(browser_of("bdm_key")) == []
    assert browser_of("bdm_key").get(page(running)).status_code == 404


def test_the_card_has_the_programmes(running: Programme, people: People, browser_of: BrowserOf) -> None:
    address = f"/segmentation/panels/{running.client_id}/programmes/"
    closed = {"state": "ended", "closed_on": TODAY, "closed_by": people["hos"], "closing": "Год прошёл", "year": 2025}
    make.programme(running.client, people["csm"], starts_on=date(2025, 1, 1), **closed)
    text = browser_of("hos").get(address).content.decode()
    assert "Review the quarter" in text
    assert "Год прошёл" in text
    text = browser_of("csm").get(address).content.decode()
    assert "Review the quarter" not in text
    assert f"{page(running)}step/" in text
    assert f"{page(running)}step/" not in browser_of("director").get(address).content.decode()


def test_an_answer_to_htmx_closes_the_dialog(running: Programme, browser_of: BrowserOf) -> None:
    answer = browser_of("csm").post(f"{page(running)}step/", step(), headers=HTMX)
    assert answer.status_code == 204
    assert "tasks-changed" in answer["HX-Trigger"]


def test_my_day_names_what_waits_for_the_head(running: Programme, people: People, browser_of: BrowserOf) -> None:
    make.programme(priority("proposed", people["csm"]), people["csm"])
    make.programme(priority("later", people["csm"]), people["csm"], state="running", review_on=date(2026, 10, 1))
    make.programme(priority("over", people["csm"]), people["csm"], state="running", made_on=date(2025, 12, 1))
    blocks = {one.id: one for one in browser_of("hos").get("/").context["blocks"]}
    assert [row.name for row in blocks["programmes"].rows] == ["Принт-Хаус", "over", "proposed"]
    assert [[act.label for act in row.acts] for row in blocks["programmes"].rows] == [
        ["Review the quarter"], ["Close the programme"], [],
    ]  # fmt: skip
    assert "programmes" not in {one.id for one in browser_of("csm").get("/").context["blocks"]}


def test_a_joined_clients_programme_goes_along_and_comes_back(running: Programme, people: People) -> None:
    kept = make.client("Принт Хаус 2", people["bdm_key"])
    make.shipment(kept, date(2026, 7, 1), 100)
    made = joining.join(
        kept=kept.pk,
        joined=running.client_id,
        taken={},
        submission=uuid.uuid4(),
        acting_user=people["hos"],
        today=TODAY,
        now=clock.now(),
    )
    running.refresh_from_db()
    assert (running.client, running.owner) == (kept, people["bdm_key"])
    joining.undo(joining=made, acting_user=people["hos"], today=TODAY)
    running.refresh_from_db()
    assert (running.client.name, running.owner) == ("Принт-Хаус", people["csm"])


def test_of_two_programmes_of_a_year_the_kept_clients_goes_on(running: Programme, people: People) -> None:
    kept = priority("Принт Хаус 2", people["bdm_key"])
    make.shipment(kept, date(2026, 7, 1), 100)
    theirs = make.programme(kept, people["bdm_key"], state="running", review_on=date(2026, 10, 1))
    joining.join(
        kept=kept.pk,
        joined=running.client_id,
        taken={},
        submission=uuid.uuid4(),
        acting_user=people["hos"],
        today=TODAY,
        now=clock.now(),
    )
    running.refresh_from_db()
    assert (running.client.name, running.state) == ("Принт-Хаус", "running")
    assert list(Programme.objects.visible_to(people["hos"], TODAY)) == [theirs]
    assert not Programme.objects.astray().exists()


def test_list_and_panel_cost_as_much_with_thirty_lines(
    running: Programme, people: People, browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    card = f"/segmentation/panels/{running.client_id}/programmes/"
    for number in range(3):
        priority(f"none {number}", people["csm"])
        planned(running, people, f"{number}", TODAY)
    few = count_of(browser, LIST), count_of(browser, card), count_of(browser, page(running))
    for number in range(30):
        owner = make.employee(f"owner{number}")
        more = make.programme(priority(f"more {number}", owner), owner, state="running", review_on=date(2026, 7, 1))
        planned(more, people, "a", TODAY)
        planned(running, people, f"b{number}", TODAY, stage="needs")
    assert (count_of(browser, LIST), count_of(browser, card), count_of(browser, page(running))) == few
