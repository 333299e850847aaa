"""What stands still in deals, per employee, and how deals go through the stages (R131, R144, R146, R151)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, LossReason, Segment, Sphere
from deals.dealing import actions, following, funnel, stages
from deals.dealing.models import Deal
from deals.models import Task
from deals.pipelines.models import Pipeline, Stage
from salescrm.base.models import Notification
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
WHERE = {"norm": "late", "still": "still", "comment": "unsaid", "task": "untasked"}


@pytest.fixture
def hos(browser_of: Callable[[str], Browser], today: Any) -> Browser:
    return browser_of("hos")


@pytest.fixture
def client(people: dict[str, Employee]) -> Client:
    return make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})


@pytest.fixture
def pipeline(client: Client) -> Pipeline:
    return make.pipeline(stages=3)


def stage(n: int | str) -> Stage:
    return Stage.objects.get(code=f"shipment-{n}")


def url(name: str, *args: Any) -> str:
    return reverse(f"deals:{name}", args=args)


def at(days: float) -> datetime:
    """The morning so many days before today."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC) - timedelta(days=days)


def listed(browser: Browser, query: str) -> list[str]:
    page = browser.get(f"{url('deal-list')}?{query}")
    return sorted(row.deal.title for row in page.context["rows"])


def in_stage(deal: Deal, days: int) -> None:
    day = TODAY - timedelta(days=days)
    Deal.objects.filter(pk=deal.pk).update(opened_on=day, entered_stage_on=day)


# --- what stands still ------------------------------------------------------------------------------------------------

# days in the stage (its norm: 3), moved by, with which comment, has a task → what it counts as
STILL: dict[str, tuple[int, str, str, bool, set[str]]] = {
    "fresh": (0, "", "", True, set()),
    "the last day of the norm": (3, "", "", True, set()),
    "over the norm": (4, "", "", True, {"late"}),
    "a day short of the term": (13, "", "", True, {"late"}),
    "the term": (14, "", "", True, {"late", "still"}),
    "no task": (0, "", "", False, {"untasked"}),
    "moved without a word": (0, "csm", "", True, {"unsaid"}),
    "moved with a comment": (0, "csm", "Согласовали", True, set()),
    "moved by a rule": (0, "rule", "", True, set()),
}


@pytest.mark.parametrize("name", STILL)
def test_what_stands_still(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee], name: str
) -> None:
    days, mover, comment, has_task, expected = STILL[name]
    deal = make.deal(client, people["csm"], TODAY)
    if mover == "csm":
        told = {"acting_user": people["csm"], "today": TODAY, "now": at(0), "seen": deal.version}
        actions.move(deal=deal, to=stage(2), comment=comment, **told)  # type: ignore[arg-type]
    if mover == "rule":
        stages.enter([deal], {deal.pk: stage(2)}, by=None, now=at(0), today=TODAY)
    in_stage(deal, days)
    if not has_task:
        Task.objects.all().delete()
        Deal.objects.update(next_task_on=None)

    (line,) = hos.get(url("control")).context["lines"]

    assert (line.person, line.deals) == (people["csm"], 1)
    assert {way for way in WHERE.values() if getattr(line, way)} == expected


def test_every_number_equals_its_list(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    for n in range(6):
        deal = make.deal(client, people["csm" if n % 2 else "csh"], TODAY, f"Заказ {n}")
        if n % 3 == 0:
            actions.move(deal=deal, to=stage(2), acting_user=people["csm"], today=TODAY, now=at(0), seen=deal.version)
        in_stage(deal, n * 5)
    Deal.objects.filter(title="Заказ 5").update(next_task_on=None)

    context = hos.get(url("control")).context

    for line in context["lines"]:
        who = f"owner={line.person.pk}"
        assert len(listed(hos, f"{who}&state=open")) == line.deals
        assert len(listed(hos, f"{who}&norm=over")) == line.late
        assert len(listed(hos, f"{who}&still=14")) == line.still
        assert len(listed(hos, f"{who}&comment=none")) == line.unsaid
        assert len(listed(hos, f"{who}&state=open&task=none")) == line.untasked
    assert context["total"].deals == 6
    assert context["total"].late == sum(line.late for line in context["lines"]) > 0


def test_a_head_of_a_branch_sees_the_branch(
    browser_of: Callable[[str], Browser], today: date, people: dict[str, Employee], pipeline: Pipeline, client: Client
) -> None:
    far = make.employee("far", branch=make.branch("msk"))
    make.deal(make.client("Чужой", far), far, TODAY)
    make.deal(client, people["csm"], TODAY)

    assert [line.person for line in browser_of("branch_head").get(url("control")).context["lines"]] == [people["csm"]]
    assert len(browser_of("hos").get(url("control")).context["lines"]) == 2


def test_control_costs_the_same_for_3_and_for_30(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    hos.get(url("control"))
    costs = []
    for count in (3, 27):
        for n in range(count):
            make.deal(client, make.employee(f"e{count}-{n}"), TODAY)
        with CaptureQueriesContext(connection) as found:
            hos.get(url("control"))
        costs.append(len(found))
    assert costs[0] == costs[1] <= 16


def test_the_heads_are_led_to_what_is_over_the_norm(client: Client, people: dict[str, Employee]) -> None:
    pipeline = make.pipeline(escalates_after=2)
    in_stage(make.deal(client, people["csm"], TODAY, pipeline=pipeline), 6)

    assert following.escalate(today=TODAY) == 1
    assert set(Notification.objects.filter(kind="deal").values_list("url", flat=True)) == {url("control")}


# --- the funnel -------------------------------------------------------------------------------------------------------

# a way: what a deal did, days ago → came, went on, lost of stages 1 and 2 within the last ten days
Way = list[tuple[str, float]]
WAYS: dict[str, tuple[Way, tuple[int, int, int], tuple[int, int, int]]] = {
    "opened": ([("open", 5)], (1, 0, 0), (0, 0, 0)),
    "opened before the period": ([("open", 50)], (0, 0, 0), (0, 0, 0)),
    "moved": ([("open", 5), ("2", 3)], (1, 1, 0), (1, 0, 0)),
    "came before, moved in the period": ([("open", 50), ("2", 3)], (0, 0, 0), (1, 0, 0)),
    "over a stage": ([("open", 5), ("3", 3)], (1, 1, 0), (0, 0, 0)),
    "lost": ([("open", 5), ("2", 4), ("lost", 3)], (1, 1, 0), (1, 0, 1)),
    "won": ([("open", 5), ("2", 4), ("won", 3)], (1, 1, 0), (1, 1, 0)),
    "a move taken back": ([("open", 5), ("2", 4), ("back", 3)], (1, 0, 0), (0, 0, 0)),
    "taken back and moved again": ([("open", 5), ("2", 4), ("back", 3), ("2", 2)], (1, 1, 0), (1, 0, 0)),
    "two moves taken back": ([("open", 5), ("2", 4), ("3", 3), ("back", 2), ("back", 1)], (1, 0, 0), (0, 0, 0)),
    "lost and reopened": ([("open", 5), ("2", 4), ("lost", 3), ("back", 2)], (1, 1, 0), (1, 0, 0)),
    "one of two taken back": ([("open", 5), ("2", 4), ("3", 3), ("back", 2)], (1, 1, 0), (1, 0, 0)),
}


def walk(client: Client, person: Employee, way: Way, reason: Any) -> Deal:
    """Let a deal go a way, each step so many days ago."""
    deal = Deal.objects.none().first()
    for step, ago in way:
        now = at(ago)
        told: dict[str, Any] = {"acting_user": person, "today": now.date(), "now": now}
        if step == "open":
            deal = actions.open_deal(
                client=client, pipeline=Pipeline.objects.get(code="shipment"), title="Заказ", owner=person, **told
            )
            continue
        assert deal is not None
        deal = Deal.objects.get(pk=deal.pk)
        told["seen"] = deal.version
        if step == "back":
            deal = (actions.undo_move if deal.is_open else actions.reopen)(deal=deal, **told)
        elif step == "lost":
            deal = actions.lose(deal=deal, reason=reason, **told)
        elif step == "won":
            deal = actions.win(deal=deal, amount=deal.amount, closed_on=now.date(), **told)
        else:
            deal = actions.move(deal=deal, to=stage(step), **told)
    assert deal is not None
    return deal


@pytest.mark.parametrize("name", WAYS)
def test_what_came_to_a_stage_and_went_on(hos: Browser, client: Client, people: dict[str, Employee], name: str) -> None:
    make.pipeline(stages=3, opens_next=False)
    way, first, second = WAYS[name]
    walk(client, people["csm"], way, LossReason.objects.create(code="dear", name="Дорого"))

    asked = {"from": str(TODAY - timedelta(days=9)), "to": str(TODAY)}
    page = hos.get(url("funnel"), asked)
    steps = page.context["steps"]

    assert [(one.entered, one.moved, one.lost) for one in steps[:2]] == [first, second]
    for step in steps:
        for what in ("entered", "moved", "lost"):
            query = f"{page.context['link']}&way={step.stage.pk}.{what}.{page.context['period']}"
            assert len(listed(hos, query)) == getattr(step, what), (step.stage, what)


def test_the_median_of_days_stands_against_the_norm(hos: Browser, client: Client, people: dict[str, Employee]) -> None:
    make.pipeline(stages=2, opens_next=False)
    for days in (1, 4, 9):
        walk(client, people["csm"], [("open", 10), ("2", 10 - days)], None)
    walk(client, people["csm"], [("open", 10)], None)

    first = hos.get(url("funnel")).context["steps"][0]

    assert (first.entered, first.moved, first.there, first.share) == (4, 3, 1, 75)
    assert (first.days, first.is_slow) == (4, True)


def test_whose_deals_are_counted(
    browser_of: Callable[[str], Browser], today: date, client: Client, people: dict[str, Employee]
) -> None:
    make.pipeline(stages=2, opens_next=False)
    sphere = Sphere.objects.create(code="s", name="Торговля")
    kind = Segment.objects.create(code="t", name="Опт", sphere=sphere)
    far = make.employee("far", branch=make.branch("msk"))
    walk(client, people["csm"], [("open", 5)], None)
    walk(make.client("Чужой", far, segment=kind), far, [("open", 5)], None)

    def came(role: str, **asked: Any) -> int:
        return int(browser_of(role).get(url("funnel"), asked).context["steps"][0].entered)

    assert (came("hos"), came("hos", owner=far.pk), came("hos", type=kind.pk)) == (2, 1, 1)
    assert (came("csm"), came("csm", owner=far.pk), came("branch_head")) == (1, 1, 1)


BAD = [
    "from=2026-99-99",
    "to=abc",
    "pipeline=none",
    "type=x",
    "owner=99999999999999999999",
    "from=2026-07-16&to=2020-01-01",
]


@pytest.mark.parametrize("query", BAD)
def test_what_makes_no_sense_is_passed_over(hos: Browser, pipeline: Pipeline, query: str) -> None:
    assert hos.get(f"{url('funnel')}?{query}").status_code == 200
    assert hos.get(f"{url('control')}?{query}").status_code == 200


@pytest.mark.parametrize(
    "value", ["1.entered.2026-06-31.2026-07-01", "1.gone.2026-06-01.2026-07-01", "x", "999.lost.2026-01-01.2026-07-01"]
)
def test_a_way_that_makes_no_sense_is_no_fault(hos: Browser, pipeline: Pipeline, value: str) -> None:
    assert hos.get(url("deal-list"), {"way": value, "state": "open"}).status_code == 200


def test_the_funnel_costs_the_same_for_3_and_for_30(hos: Browser, client: Client, people: dict[str, Employee]) -> None:
    make.pipeline(stages=2, opens_next=False)
    hos.get(url("funnel"))
    costs = []
    for count in (3, 27):
        for _n in range(count):
            walk(client, people["csm"], [("open", 5), ("2", 3)], None)
        with CaptureQueriesContext(connection) as found:
            hos.get(url("funnel"))
        costs.append(len(found))
    assert costs[0] == costs[1] <= 14


def test_no_stage_no_question() -> None:
    assert funnel.steps([], TODAY, TODAY, segment=None, owner=None, branch=None) == []
