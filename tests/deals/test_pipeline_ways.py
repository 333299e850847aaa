"""Where a deal may go from its stage, what must be done to pass it, and the tasks of other posts (R142, R143)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from deals.dealing import stages
from deals.dealing.models import Deal
from deals.models import Task
from deals.pipelines.models import Pipeline, Stage
from salescrm.base import reference
from staff.models import Employee, Position
from tests import make
from tests.conftest import TODAY
from tests.deals.test_dealing import NOW

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def csm(browser_of: Callable[[str], Browser], today: Any) -> Browser:
    return browser_of("csm")


@pytest.fixture
def client(people: dict[str, Employee]) -> Client:
    return make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})


@pytest.fixture
def deal(client: Client, people: dict[str, Employee]) -> Deal:
    return make.deal(client, people["csm"], TODAY, pipeline=make.pipeline(stages=4))


def stage(n: int | str) -> Stage:
    return Stage.objects.get(code=f"shipment-{n}")


def url(name: str, deal: Deal) -> str:
    return reverse(f"deals:{name}", args=[deal.pk])


# stands in, the stage names these, where it may go in this order
WAYS: dict[str, tuple[int, list[int | str], list[int]]] = {
    "nothing named: all later ones": (2, [], [3, 4]),
    "nothing named, the last": (4, [], []),
    "only those named": (1, [3], [3]),
    "one behind comes after those ahead": (2, [1, 4], [4, 1]),
    "closing alone": (2, ["won"], []),
    "itself is no way": (2, [2, 3], [3]),
}


@pytest.mark.parametrize("name", WAYS)
def test_where_a_deal_may_go(deal: Deal, name: str) -> None:
    here, named, expected = WAYS[name]
    stage(here).next_stages.set([stage(n) for n in named])
    deal.stage = stage(here)

    assert stages.allowed(deal) == [stage(n) for n in expected]
    offered = list(deal.pipeline.stages.filter(kind="open"))
    assert stages.ways_of(deal.pipeline_id, offered)[deal.stage_id] == stages.allowed(deal)


def test_a_stage_switched_off_is_no_way(deal: Deal) -> None:
    Stage.objects.filter(pk=stage(2).pk).update(is_active=False)
    assert stages.allowed(deal) == [stage(3), stage(4)]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_another_stage_is_refused_with_the_reason(csm: Browser, deal: Deal, headers: dict[str, str]) -> None:
    stage(1).next_stages.set([stage(3)])

    answer = csm.post(url("deal-move", deal), {"seen": deal.version, "to": stage(2).pk}, headers=headers)

    said = "From “stage 1” a deal does not go to “stage 2”: only to “stage 3”."
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "deal-refused" in answer.headers["HX-Trigger"]
    assert Deal.objects.get(pk=deal.pk).stage == stage(1)


def test_the_dialog_offers_what_is_allowed_and_names_the_rest(csm: Browser, deal: Deal) -> None:
    stage(1).next_stages.set([stage(3)])

    page = csm.get(url("deal-move", deal), {"to": stage(2).pk})

    assert list(page.context["form"].fields["to"].queryset) == [stage(3)]
    assert page.context["others"] == [stage(2), stage(4)]
    assert "only to “stage 3”" in page.context["why_not"]


def test_the_page_goes_on_to_a_later_stage_and_never_back_by_itself(csm: Browser, deal: Deal) -> None:
    """The way back stands beside, also where it is the only one: winning comes first then."""
    primary = 'class="btn btn-primary"\n                 href="' + url("deal-move", deal)
    for names, is_ahead in (((3, 2), True), ((), True)):
        stage(1).next_stages.set([stage(n) for n in names])
        assert (primary in csm.get(url("deal", deal)).content.decode()) is is_ahead
    Deal.objects.filter(pk=deal.pk).update(stage=stage(3))
    stage(3).next_stages.set([stage(1)])
    page = csm.get(url("deal", deal)).content.decode()
    assert primary not in page
    assert url("deal-move", deal) + f"?to={stage(1).pk}" in page


def test_the_columns_of_the_board_say_where_they_lead(csm: Browser, deal: Deal) -> None:
    stage(1).next_stages.set([stage(3)])

    lanes = csm.get(reverse("deals:deal-board")).context["lanes"]

    assert [lane.ways for lane in lanes] == [[stage(3)], [stage(3), stage(4)], [stage(4)], []]


def test_who_may_not_win_from_a_stage_is_told_before_filling_anything(csm: Browser, deal: Deal) -> None:
    stage(1).next_stages.set([stage(2)])

    assert "is not won" in csm.get(url("deal-win", deal)).context["why_not"]
    assert url("deal-win", deal) not in csm.get(url("deal", deal)).content.decode()


def test_the_ready_pipelines_know_their_ways() -> None:
    reference.load()

    first = Stage.objects.get(code="contract-contact")
    assert [one.code for one in first.next_stages.all()] == ["contract-needs"]  # no offer right after a cold call
    for pipeline in Pipeline.objects.all():
        for one in pipeline.stages.filter(kind="open"):
            assert {to.pipeline_id for to in one.next_stages.all()} <= {pipeline.pk}, one.code
            assert one.next_stages.exclude(pk=one.pk).exists() or not one.next_stages.exists(), one.code


def test_ways_people_changed_stay() -> None:
    reference.load()
    first = Stage.objects.get(code="contract-contact")
    first.next_stages.clear()

    reference.load()

    assert not first.next_stages.exists()


# --- what must be done to pass ----------------------------------------------------------------------------------------

# required, of a post, ticked, its task is open → passes
LOCKS: dict[str, tuple[bool, bool, bool, bool, bool]] = {
    "may wait": (False, False, False, False, True),
    "required, not ticked": (True, False, False, False, False),
    "required, ticked": (True, False, True, False, True),
    "a post's, may wait": (False, True, False, True, True),
    "a post's, required, its task open": (True, True, False, True, False),
    "a tick does not stand for the post's task": (True, True, True, True, False),
    "a post's, required, its task done": (True, True, False, False, True),
}


@pytest.mark.parametrize("name", LOCKS)
def test_what_must_be_done_to_pass(csm: Browser, client: Client, people: dict[str, Employee], name: str) -> None:
    required, posted, ticked, is_open, passes = LOCKS[name]
    post = Position.objects.create(code="logistician", name="Логист") if posted else None
    pipeline = make.pipeline(stages=3)
    item = stage(1).items.create(code="i", name="Заявка логисту", is_required=required, position=post)
    deal = make.deal(client, people["csm"], TODAY, pipeline=pipeline)
    if ticked:
        csm.post(reverse("deals:deal-tick", args=[deal.pk, item.pk]), {"done": "on"})
    if posted and not is_open:
        own = Task.objects.filter(origin=f"item-{item.pk}")
        own.update(state="done", closed_at=NOW, closed_by=people["csm"])

    answer = csm.post(url("deal-move", deal), {"seen": deal.version, "to": stage(2).pk})

    assert answer.status_code == (302 if passes else 422)
    assert passes or "still to be done: Заявка логисту" in answer.content.decode()


# who has the post: (branch, working) → who does it
DOERS: dict[str, tuple[list[tuple[str, bool]], str]] = {
    "the one of the branch": ([("msk", True), ("spb", True)], "spb-1"),
    "another branch's where it has none": ([("msk", True)], "msk-0"),
    "who left does nothing": ([("spb", False), ("msk", True)], "msk-1"),
    "nobody: the owner of the deal": ([], "csm"),
}


@pytest.mark.parametrize("name", DOERS)
def test_whose_the_task_of_a_post_is(client: Client, people: dict[str, Employee], name: str) -> None:
    staff, expected = DOERS[name]
    post = Position.objects.create(code="logistician", name="Логист")
    for n, (branch, works) in enumerate(staff):
        fields = {"branch": make.branch(branch), "position": post, "is_active": works}
        make.employee(f"{branch}-{n}", "none", **fields)
    pipeline = make.pipeline()
    item = stage(1).items.create(code="i", name="Заявка логисту", position=post)

    deal = make.deal(client, people["csm"], TODAY, pipeline=pipeline)

    task = Task.objects.get(origin=f"item-{item.pk}")
    assert (task.assignee.username, task.title, task.deal, task.due_on) == (
        expected, "Заявка логисту", deal, TODAY + timedelta(days=1),
    )  # fmt: skip


def test_a_post_s_task_outlives_the_stage_and_is_not_set_twice(
    csm: Browser, client: Client, people: dict[str, Employee]
) -> None:
    post = Position.objects.create(code="logistician", name="Логист")
    pipeline = make.pipeline(stages=3)
    item = stage(1).items.create(code="i", name="Заявка логисту", position=post)
    deal = make.deal(client, people["csm"], TODAY, pipeline=pipeline)

    csm.post(url("deal-move", deal), {"seen": deal.version, "to": stage(2).pk})
    csm.post(url("deal-back", deal))

    assert Deal.objects.get(pk=deal.pk).stage == stage(1)
    assert list(Task.objects.filter(origin=f"item-{item.pk}").values_list("state", flat=True)) == ["open"]
