"""Strategic list, criteria and focus list through their addresses: who sees, who changes, what is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from deals.models import Task
from segmentation.models import PurchaseDay
from segmentation.priorities import actions
from segmentation.priorities.models import (
    FocusClient,
    FocusList,
    PriorityRules,
    PriorityScore,
    StrategicClient,
    Talk,
)
from staff.models import Absence, Employee
from tests import make
from tests.segmentation.world import nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
LIST, FOCUS = "/segmentation/priorities/", "/segmentation/focus/"
STARTS, ENDS = date(2026, 7, 13), date(2026, 7, 27)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rules(today: date) -> PriorityRules:
    nights()
    return make.priority_rules(list_size=2)


def scored(name: str, owner: Employee, score: int, rules: PriorityRules, **standing: Any) -> Client:
    """Make a client with a score."""
    given = {"life_cycle": "active", "turnover": 1000, "abc": "A", "xyz": "X"} | standing
    made = make.client(name, owner, standing=given)
    points = dict.fromkeys(("value", "growth", "regularity", "potential", "kind"), Decimal(score))
    PriorityScore.objects.create(
        client=made, score=score, turnover=1000, turnover_before=0, own=0, rules=rules, as_of=STARTS, **points
    )
    return made


@pytest.fixture
def base(people: People, rules: PriorityRules) -> dict[str, Client]:
    """Four clients of the csm; the limit is 55, two of a branch."""
    scores = {"best": 90, "good": 80, "third": 70, "poor": 40}
    return {name: scored(name, people["csm"], score, rules) for name, score in scores.items()}


@pytest.fixture
def focus(base: dict[str, Client], people: People) -> FocusList:
    """The csm's list of the running two weeks with two clients."""
    made = FocusList.objects.create(owner=people["csm"], starts_on=STARTS, ends_on=ENDS, filled_on=STARTS)
    FocusClient.objects.create(
        focus_list=made, client=base["best"], place=1, is_falling=True, recent=50, usual=100, season=1, silent_days=3,
        rhythm_days=10,
    )  # fmt: skip
    FocusClient.objects.create(focus_list=made, client=base["good"], place=2, is_priority=True)
    return made


def names(browser: Browser, **asked: Any) -> list[str]:
    return [row.client.name for row in browser.get(LIST, asked).context["rows"]]


def entry(focus: FocusList, name: str) -> FocusClient:
    return FocusClient.objects.get(focus_list=focus, client__name=name)


def count_of(browser: Browser, address: str) -> int:
    """Return how many queries an address takes."""
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        browser.get(address)
    return len(found)


# --- the strategic list -----------------------------------------------------------------------------------------------


def test_the_first_of_a_branch_above_the_limit_are_proposed(
    base: dict[str, Client], people: People, rules: PriorityRules, browser_of: BrowserOf
) -> None:
    far = make.employee("far", branch=make.branch("msk"))
    scored("far", far, 60, rules)
    assert names(browser_of("hos"), view="proposed") == ["best", "good", "far"]
    assert names(browser_of("hos")) == []


def test_who_is_on_the_list_has_its_place(base: dict[str, Client], people: People, browser_of: BrowserOf) -> None:
    told: dict[str, Any] = {"reason": "новый завод", "acting_user": people["hos"], "today": date(2026, 7, 16)}
    actions.enter(clients=[base["poor"].pk], year=2026, **told)
    assert names(browser_of("hos"), view="proposed") == ["best"]
    actions.enter(clients=[base["best"].pk], year=2026, **told)
    assert names(browser_of("hos"), view="proposed") == []


def test_the_head_confirms_the_ticked_ones_once(base: dict[str, Client], people: People, browser_of: BrowserOf) -> None:
    browser, sent = browser_of("hos"), {"client": [base["best"].pk, base["good"].pk, "x"], "year": 2026}
    for _click in range(2):
        assert browser.post(f"{LIST}enter/", sent).status_code == 302
    rows = StrategicClient.objects.order_by("pk").values_list("client__name", "year", "score", "entered_by", "reason")
    head = people["hos"].pk
    assert list(rows) == [("best", 2026, Decimal(90), head, ""), ("good", 2026, Decimal(80), head, "")]
    assert names(browser) == ["best", "good"]


def test_who_is_not_proposed_enters_only_by_hand_with_a_reason(base: dict[str, Client], browser_of: BrowserOf) -> None:
    sent = {"client": [base["best"].pk, base["poor"].pk], "year": 2026}
    answer = browser_of("hos").post(f"{LIST}enter/", sent, follow=True)
    assert not StrategicClient.objects.exists()
    assert answer.redirect_chain == [(f"{LIST}?view=proposed&year=2026", 302)]
    assert "nobody entered" in answer.content.decode()


def test_a_branch_head_puts_nobody_of_another_branch_on_the_list(
    base: dict[str, Client], people: People, rules: PriorityRules, browser_of: BrowserOf
) -> None:
    far = scored("far", make.employee("far", branch=make.branch("msk")), 90, rules)
    browser_of("branch_head").post(f"{LIST}enter/", {"client": [far.pk], "year": 2026})
    assert not StrategicClient.objects.exists()
    assert names(browser_of("branch_head"), view="proposed") == ["best", "good"]


def test_by_hand_one_enters_and_leaves_with_a_reason(
    base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    browser, pk = browser_of("csh"), base["poor"].pk
    assert browser.post(f"{LIST}{pk}/enter/", {"reason": ""}).status_code == 422
    assert browser.post(f"{LIST}{pk}/enter/", {"reason": "новый завод"}).status_code == 302
    again = browser.post(f"{LIST}{pk}/enter/", {"reason": "ещё раз"})
    assert (again.status_code, StrategicClient.objects.count()) == (422, 1)
    assert browser.post(f"{LIST}{pk}/leave/", {"reason": ""}).status_code == 422
    assert browser.post(f"{LIST}{pk}/leave/", {"reason": "закрылся"}).status_code == 302
    assert browser.post(f"{LIST}{pk}/leave/", {"reason": "второй"}).status_code == 422
    row = StrategicClient.objects.get()
    assert (row.reason, row.left_on, row.left_by, row.left_reason) == (
        "новый завод", date(2026, 7, 16), people["csh"], "закрылся",
    )  # fmt: skip
    assert names(browser, view="left") == ["poor"]


def test_who_does_not_decide_changes_nothing(base: dict[str, Client], browser_of: BrowserOf) -> None:
    for role in ("csm", "marketer", "director"):
        assert browser_of(role).post(f"{LIST}enter/", {"client": [base["best"].pk]}).status_code == 403
    assert not StrategicClient.objects.exists()


def test_the_score_is_explained(base: dict[str, Client], browser_of: BrowserOf) -> None:
    why = browser_of("csm").get(f"/segmentation/why/{base['best'].pk}/priority/", headers=HTMX).context["why"]
    assert (why.title, len(why.sentences)) == ("Priority 90.0 of 100", 5)
    assert why.sentences[0].startswith("Turnover now: 90.0 × weight 30. ₽1,000 in the window")


def test_the_list_costs_as_much_with_thirty_lines(
    base: dict[str, Client], people: People, rules: PriorityRules, browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    told: dict[str, Any] = {"year": 2026, "reason": "новый завод", "acting_user": people["hos"], "today": STARTS}
    actions.enter(clients=[one.pk for one in base.values()][:3], **told)
    few = count_of(browser, LIST)
    actions.enter(clients=[scored(f"more {n}", people["csm"], 60, rules).pk for n in range(27)], **told)
    assert count_of(browser, LIST) == few


# --- the criteria -----------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    """Return what the editor sends."""
    given = {
        "effective_from": "2026-07-16", "comment": "пробуем", "value_weight": 50, "growth_weight": 0,
        "regularity_weight": 0, "potential_weight": 0, "kind_weight": 0, "growth_full": "50", "cut_off": "60",
        "list_size": 10, "focus_size": 15, "fall_share": "70", "fall_rhythm_days": 30, "late_factor": "1.5",
    }  # fmt: skip
    return given | changes


def test_the_head_of_sales_saves_a_new_version(base: dict[str, Client], people: People, browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(f"{LIST}criteria/new/")
    assert page.status_code == 200
    assert browser_of("hos").post(f"{LIST}criteria/new/", typed()).status_code == 302
    made = PriorityRules.objects.in_force(date(2026, 7, 16))
    assert made is not None
    assert (made.value_weight, made.growth_full, made.fall_share, made.author) == (
        50, Decimal("0.5"), Decimal("0.7"), people["hos"],
    )  # fmt: skip
    assert PriorityRules.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"comment": ""}, {"effective_from": "2026-07-15"}, {"value_weight": 0}, {"cut_off": "101"}, {"late_factor": "x"},
     {"fall_share": "100"}, {"list_size": 0}],
)  # fmt: skip
def test_bad_criteria_are_an_error_of_the_form(
    base: dict[str, Client], browser_of: BrowserOf, wrong: dict[str, Any]
) -> None:
    assert browser_of("hos").post(f"{LIST}criteria/new/", typed(**wrong)).status_code == 422
    assert PriorityRules.objects.count() == 1


def test_the_preview_says_what_would_change_and_keeps_nothing(base: dict[str, Client], browser_of: BrowserOf) -> None:
    before = list(PriorityScore.objects.values_list("client", "score"))
    page = browser_of("hos").post(f"{LIST}criteria/preview/", typed(comment="", effective_from=""))
    assert page.context["counts"] == {"scored": 4, "above": 0, "proposed": 0, "changed": 4}
    assert list(PriorityScore.objects.values_list("client", "score")) == before
    assert PriorityRules.objects.count() == 1


# --- the focus list ---------------------------------------------------------------------------------------------------


def test_a_manager_reads_the_own_list_with_its_reasons(focus: FocusList, browser_of: BrowserOf) -> None:
    page = browser_of("csm").get(FOCUS)
    assert [(row.entry.client.name, [one[2] for one in row.reasons]) for row in page.context["rows"]] == [
        ("best", ["turnover falls"]), ("good", ["priority client"]),
    ]  # fmt: skip
    assert "bought for ₽50 in 30 days, usual are ₽100 (season × 1.00)" in page.content.decode()
    assert page.context["lines"][0].clients == 2


def test_others_see_no_list_and_a_substitute_does(focus: FocusList, people: People, browser_of: BrowserOf) -> None:
    assert browser_of("bdm_key").get(FOCUS).context["chosen"] is None
    Absence.objects.create(
        employee=people["csm"], substitute=people["bdm_key"], starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 1)
    )
    browser = browser_of("bdm_key")
    assert browser.get(FOCUS).context["chosen"] == focus
    assert browser.post(f"{FOCUS}{focus.pk}/confirm/").status_code == 302


def test_confirmed_a_list_stays_as_it_is(focus: FocusList, base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("csm")
    browser.post(f"{FOCUS}{focus.pk}/confirm/")
    browser_of("hos").post(f"{FOCUS}{focus.pk}/confirm/")
    focus.refresh_from_db()
    assert (focus.confirmed_on, focus.confirmed_by_id) == (date(2026, 7, 16), focus.owner_id)
    best = entry(focus, "best")
    assert browser.post(f"{FOCUS}client/{best.pk}/drop/", {"reason": "поздно"}).status_code == 422
    assert browser.post(f"{FOCUS}add/", {"client": base["poor"].pk}).status_code == 422
    assert [one.dropped_on for one in focus.entries.all()] == [None, None]


def test_a_client_is_dropped_with_a_reason_and_comes_back(
    focus: FocusList, base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    browser, best = browser_of("csm"), entry(focus, "best")
    address = f"{FOCUS}client/{best.pk}/drop/"
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "в отпуске"}, headers=HTMX).status_code == 204
    assert browser.post(address, {"reason": "второй"}).status_code == 422
    best.refresh_from_db()
    assert (best.dropped_on, best.dropped_by, best.drop_reason) == (date(2026, 7, 16), people["csm"], "в отпуске")
    page = browser.get(FOCUS)
    assert ([row.entry.client.name for row in page.context["rows"]], len(page.context["dropped"])) == (["good"], 1)
    assert browser.post(f"{FOCUS}add/", {"client": base["best"].pk}).status_code == 302
    best.refresh_from_db()
    assert (best.dropped_on, best.drop_reason, best.is_falling) == (None, "", True)


def test_a_client_is_put_on_the_list_of_its_owner(
    base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    for _click in range(2):
        assert browser_of("hos").post(f"{FOCUS}add/", {"client": base["poor"].pk}).status_code == 302
    row = FocusClient.objects.get()
    assert (row.focus_list.owner, row.focus_list.starts_on, row.added_by) == (people["csm"], STARTS, people["hos"])
    assert browser_of("bdm_key").post(f"{FOCUS}add/", {"client": base["best"].pk}).status_code == 422
    assert FocusClient.objects.count() == 1


def test_a_pin_is_set_and_taken_away(focus: FocusList, people: People, browser_of: BrowserOf) -> None:
    browser, best = browser_of("csm"), entry(focus, "best")
    carried = entry(focus, "good")
    FocusClient.objects.filter(pk=carried.pk).update(is_priority=False, is_pinned=True)
    for one, to in ((best, "on"), (carried, "off")):
        browser.post(f"{FOCUS}client/{one.pk}/pin/", {"to": to})
        one.refresh_from_db()
    assert (best.is_pinned, best.added_by) == (True, None)
    assert (carried.is_pinned, carried.added_by) == (False, people["csm"])  # it stays on this list, by somebody's word


def talk(**changes: Any) -> dict[str, Any]:
    """Return what the form of a talk sends."""
    given = {"goal": "Согласовать план", "kind": "meeting", "due_on": "2026-07-20", "due_time": "10:30"}
    return given | {"submission": str(uuid.UUID(int=7))} | changes


def test_a_planned_talk_is_a_task_of_the_owner(focus: FocusList, people: People, browser_of: BrowserOf) -> None:
    best = entry(focus, "best")
    decider = make.contact(best.client, "Волкова Анна", role="decides")
    address = f"{FOCUS}client/{best.pk}/talk/"
    assert browser_of("hos").get(address).context["form"].initial["contact"] == decider
    for _click in range(2):
        assert browser_of("hos").post(address, talk(contact=decider.pk)).status_code == 302
    made, task = Talk.objects.get(), Task.objects.get()
    assert (made.entry, made.task, made.contact) == (best, task, decider)
    assert (task.title, task.kind, task.assignee, task.due_on, str(task.due_time), task.needs_result, task.client) == (
        "Согласовать план", "meeting", people["csm"], date(2026, 7, 20), "10:30:00", True, best.client,
    )  # fmt: skip
    page = browser_of("csm").get(FOCUS)
    assert [(day, [one.task for _row, one in pairs]) for day, pairs in page.context["days"]] == [(task.due_on, [task])]


@pytest.mark.parametrize(
    "wrong", [{"goal": ""}, {"due_on": "2026-07-15"}, {"due_on": "2026-07-27"}, {"kind": "letter"}, {"contact": "999"}]
)
def test_a_talk_without_sense_is_an_error_of_the_form(
    focus: FocusList, browser_of: BrowserOf, wrong: dict[str, str]
) -> None:
    address = f"{FOCUS}client/{entry(focus, 'best').pk}/talk/"
    assert browser_of("csm").post(address, talk(**wrong)).status_code == 422
    assert not Task.objects.exists()


def test_who_only_reads_changes_nothing(focus: FocusList, browser_of: BrowserOf) -> None:
    best = entry(focus, "best")
    for act, data in (("drop", {"reason": "x"}), ("pin", {"to": "on"}), ("talk", talk())):
        assert browser_of("director").post(f"{FOCUS}client/{best.pk}/{act}/", data).status_code == 403
        assert browser_of("bdm_key").post(f"{FOCUS}client/{best.pk}/{act}/", data).status_code == 404
    best.refresh_from_db()
    assert (best.dropped_on, best.is_pinned, Task.objects.count()) == (None, False, 0)


def test_plan_and_done_are_counted_within_the_two_weeks(
    focus: FocusList, base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    csm, best, good = people["csm"], entry(focus, "best"), entry(focus, "good")
    make.said(base["best"], csm, STARTS)
    make.said(base["good"], csm, STARTS - timedelta(days=1))
    for day in (ENDS, STARTS - timedelta(days=1)):
        PurchaseDay.objects.create(legal_entity=base["best"].legal_entities.get(), day=day, documents=1, amount=1)
    PurchaseDay.objects.create(
        legal_entity=base["good"].legal_entities.get(), day=ENDS - timedelta(days=1), documents=1, amount=1
    )
    states = [(best, "open", 15), (best, "done", 14), (good, "open", 16), (good, "cancelled", 14)]
    for place, (of, state, number) in enumerate(states):
        closed: dict[str, Any] = (
            {} if state == "open" else {"closed_by": csm, "closed_at": datetime(2026, 7, 15, tzinfo=UTC)}
        )
        task = make.task(f"t{place}", csm, due_on=date(2026, 7, number), client=of.client, state=state, **closed)
        Talk.objects.create(entry=of, task=task)
    (line,) = browser_of("hos").get(FOCUS).context["lines"]
    told = (line.clients, line.spoken, line.bought, line.planned, line.done, line.overdue, line.dropped)
    assert told == (2, 1, 1, 3, 1, 1, 0)


def test_my_day_names_who_is_left_of_the_list(
    focus: FocusList, base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    make.said(base["best"], people["csm"], STARTS)
    page = browser_of("csm").get("/")
    (block,) = [one for one in [*page.context["blocks"], *page.context["side"]] if one.id == "focus"]
    assert [(row.name, row.why) for row in block.rows] == [("good", "priority client")]


def test_a_focus_list_costs_as_much_with_thirty_lines(
    focus: FocusList, people: People, rules: PriorityRules, browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    few = count_of(browser, FOCUS)
    for number in range(30):
        client = scored(f"more {number}", people["csm"], 60, rules)
        made = FocusClient.objects.create(focus_list=focus, client=client, place=number, is_late=True, rhythm_days=3)
        task = make.task("t", people["csm"], due_on=STARTS, client=client)
        Talk.objects.create(entry=made, task=task, contact=make.contact(client, f"Человек {number}"))
        owner = make.employee(f"owner{number}")
        FocusList.objects.create(owner=owner, starts_on=STARTS, ends_on=ENDS)
    assert count_of(browser, FOCUS) == few


# --- from the list to a card, and to the next client ------------------------------------------------------------------


def test_a_card_opened_from_the_focus_list_knows_the_next_client_on_it(
    focus: FocusList, base: dict[str, Client], browser_of: BrowserOf
) -> None:
    browser, best, good = browser_of("csm"), base["best"], base["good"]
    place = f"from=focus&owner={focus.owner_id}&on=2026-07-13"
    listed = browser.get(FOCUS)
    assert f'data-href="/clients/{best.pk}/?{place.replace("&", "&amp;")}"' in listed.content.decode()
    assert listed.content.decode().count("data-log\n") == 2
    card = browser.get(f"/clients/{best.pk}/?{place}").context
    assert card["list_url"] == f"{FOCUS}?{place}"
    found = browser.get(card["neighbours_url"])
    assert (found.context["before"], found.context["after"]) == (None, good.pk)
    assert "1 of 2" in found.content.decode()
    last = browser.get(f"{FOCUS}around/{good.pk}/?{place}").context
    assert (last["before"], last["after"]) == (best.pk, None)
    FocusClient.objects.filter(client=good).update(dropped_on=STARTS, drop_reason="-", dropped_by=focus.owner)
    assert browser.get(card["neighbours_url"]).context["after"] is None
    assert "after" not in browser.get(f"{FOCUS}around/{good.pk}/?{place}").context


def test_neighbours_of_a_list_one_does_not_see_are_not_told(
    focus: FocusList, base: dict[str, Client], browser_of: BrowserOf
) -> None:
    place = f"from=focus&owner={focus.owner_id}&on=2026-07-13"
    stranger = browser_of("bdm_key").get(f"{FOCUS}around/{base['best'].pk}/?{place}")
    assert (stranger.status_code, "after" in stranger.context) == (200, False)
    assert browser_of("csm").get(f"{FOCUS}around/{base['best'].pk}/?on=nonsense").status_code == 404


def test_the_day_s_focus_is_drawn_again_without_who_was_spoken_with(
    focus: FocusList, base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    browser = browser_of("csm")
    drawn = browser.get(f"{FOCUS}day/")
    assert [row.name for row in drawn.context["block"].rows] == ["best", "good"]
    assert f"/clients/{base['best'].pk}/?from=focus" in drawn.content.decode()
    make.said(base["best"], people["csm"], STARTS)
    assert [row.name for row in browser.get(f"{FOCUS}day/").context["block"].rows] == ["good"]


def test_what_is_done_on_the_list_draws_it_again_and_keeps_the_page(focus: FocusList, browser_of: BrowserOf) -> None:
    answer = browser_of("csm").post(f"{FOCUS}client/{entry(focus, 'best').pk}/pin/", {"to": "on"}, headers=HTMX)
    assert (answer.status_code, "HX-Refresh" in answer.headers) == (204, False)
    assert "focus-changed" in answer.headers["HX-Trigger"]
