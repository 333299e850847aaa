"""The re-computation itself over some nights: TOP, life cycle, hand-over, return, guards."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.oracle.rules import Oracle
from tests.oracle.tables import (
    HEAD,
    RECEIVER,
    SECOND,
    SELLER,
    day,
    every,
    first_day,
    moved_on,
    nights,
    number_of,
    returned_on,
    unguarded,
    world_of,
)
from tests.oracle.world import Case, Document, Exclusion, Override, Person, Rules, World

MONTHLY = {f"2011-{month:02}-10": 1000 for month in range(1, 7)}  # X by the share of months, rhythm 31


# ---- TOP -------------------------------------------------------------------------------------------------------------


def test_it_enters_the_top_list_when_the_cell_and_the_last_purchase_allow() -> None:
    world = world_of({"a": MONTHLY, "b": {"2011-01-05": 1}})
    results = nights(Oracle(world), "2011-02-01", "2011-06-30")
    assert next(one.as_of for one in results if 1 in one.top) == day("2011-03-31"), "three months are needed for X"


def test_a_silent_client_enters_with_its_next_purchase() -> None:
    bought = {"2011-01-10": 50, "2011-02-10": 50, "2011-03-30": 50, "2011-06-15": 5}
    world = world_of({"a": bought, "b": MONTHLY})
    results = nights(Oracle(world), "2011-04-30", "2011-06-20")
    entered = next((one.as_of for one in results if 1 in one.top), None)
    assert entered is None, "small, no A"
    world = world_of({"a": dict.fromkeys(bought, 10000), "b": {"2011-04-01": 1, "2011-05-01": 1}})
    results = nights(Oracle(world), "2011-04-30", "2011-06-20")
    assert results[0].classes[1].cell == "AX"
    assert next(one.as_of for one in results if 1 in one.top) == day("2011-06-15")


def test_it_leaves_at_reviews_only_and_the_review_cuts_to_the_cap() -> None:
    world = world_of({"a": MONTHLY, "b": dict.fromkeys(MONTHLY, 900)}, None)
    world.rules = [(day("2000-01-01"), Rules(a_share=Rules().b_share)), (day("2011-05-15"), Rules(top_cap=1))]
    results = {one.as_of: one.top for one in nights(Oracle(world), "2011-04-01", "2011-06-30")}
    assert results[day("2011-05-14")] == {1, 2}
    assert results[day("2011-05-15")] == {1}, "rules that change the cap make a review night"


def test_a_persons_word_is_obeyed_until_its_date() -> None:
    world = world_of({"a": MONTHLY, "b": {"2011-06-01": 1}})
    world.overrides += [
        Override(2, True, day("2011-06-10"), day("2011-06-20")),
        Override(1, False, day("2011-06-10"), day("2011-06-20")),
    ]
    results = {one.as_of: one.top for one in nights(Oracle(world), "2011-06-08", "2011-06-30")}
    assert results[day("2011-06-09")] == {1}
    assert results[day("2011-06-10")] == {2}
    assert results[day("2011-06-19")] == {2}
    assert results[day("2011-06-20")] == {1, 2}, "the cell lets it in again; the other one stays until the review"
    assert results[day("2011-06-30")] == {1}


# ---- life cycle ------------------------------------------------------------------------------------------------------


def test_it_walks_through_the_statuses_of_a_new_client() -> None:
    world = world_of({"a": {"2010-11-30": 5}, "b": every("2010-01-01", 10, 80)})
    results = nights(Oracle(world), "2010-12-01", "2012-03-05")
    assert results[0].states[1].status == "new"
    assert first_day(results, "a", "zero", world) == day("2010-12-30")
    assert moved_on(results, "a", world) == [day("2011-03-01")], "28 February and a day of grace"
    assert first_day(results, "a", "lost", world) == day("2011-08-30")
    assert first_day(results, "a", "archived", world) == day("2012-02-29")


def test_it_calls_a_client_with_returns_only_potential() -> None:
    world = world_of({"a": {"2011-01-01": -5}})
    state = nights(Oracle(world), "2011-01-01", "2011-01-01")[0].states[1]
    assert (state.status, state.term_class) == ("potential", "")


def test_first_purchases_before_the_known_day_are_never_new() -> None:
    world = world_of({"a": {"2011-01-10": 5}}, unguarded(first_purchase_known_from=day("2011-01-11")))
    state = nights(Oracle(world), "2011-01-10", "2011-01-10")[0].states[1]
    assert (state.status, state.term_class, state.zero_on) == ("active", "other", day("2011-04-10"))


def test_the_term_class_is_fixed_when_zero_until_the_next_purchase() -> None:
    world = world_of({"a": {"2011-01-10": 5}, "b": every("2010-01-01", 10, 80)})
    oracle = Oracle(world)
    nights(oracle, "2011-01-10", "2011-03-01")
    world.add(Document(1, day("2010-12-01"), Decimal(1)))
    late = oracle.night(day("2011-03-02")).states[1]
    assert (late.status, late.term_class, late.silence) == ("zero", "new", "zero"), (
        "older documents are no next purchase"
    )
    world.add(Document(1, day("2011-03-03"), Decimal(1)))
    again = oracle.night(day("2011-03-03")).states[1]
    assert (again.status, again.term_class, again.silence) == ("active", "other", "")


def test_rules_end_no_silence_but_their_terms_hold_for_everybody() -> None:
    world = world_of({"a": {"2011-01-10": 5}, "b": every("2010-01-01", 10, 80)})
    world.rules.append((day("2011-03-01"), unguarded(zero_new=3, hand_over_new=4)))
    results = nights(Oracle(world), "2011-01-10", "2011-05-20")
    assert first_day(results, "a", "zero", world) == day("2011-02-10")
    assert all(one.states[1].status == "zero" for one in results if one.as_of >= day("2011-02-10"))
    assert moved_on(results, "a", world) == [day("2011-05-11")]


# ---- hand-over and return --------------------------------------------------------------------------------------------


def test_it_hands_over_and_gives_back_and_the_clock_starts_anew() -> None:
    world = world_of({"a": {"2011-01-10": 5, "2011-05-20": 5}, "b": every("2010-01-01", 10, 80)})
    results = nights(Oracle(world), "2011-01-10", "2011-12-31")
    assert moved_on(results, "a", world) == [day("2011-04-11"), day("2011-11-21")]
    assert returned_on(results, "a", world) == [day("2011-05-20")]
    owners = [(own.start, own.owner) for own in world.clients[1].owners]
    assert owners == [
        (day("2011-01-10"), SELLER),
        (day("2011-04-12"), RECEIVER),
        (day("2011-05-21"), SELLER),
        (day("2011-11-22"), RECEIVER),
    ]


@pytest.mark.parametrize(
    ("late", "corrected"), [("2011-04-01", True), ("2011-01-10", False), ("2010-10-10", False), ("2011-04-11", True)]
)
def test_it_corrects_a_hand_over_when_a_missing_purchase_comes_to_light(late: str, corrected: bool) -> None:
    world = world_of({"a": {"2011-01-10": 5}, "b": every("2010-01-01", 10, 80)})
    oracle = Oracle(world)
    nights(oracle, "2011-04-01", "2011-04-15")
    world.add(Document(1, day(late), Decimal(7)))
    found = oracle.night(day("2011-04-16"))
    assert [case.client for case in found.corrected] == [1] * corrected
    assert not found.returned
    assert world.clients[1].owner.owner == (SELLER if corrected else RECEIVER)


def test_nothing_moves_when_the_term_was_over_by_the_late_purchase_too() -> None:
    world = world_of({"a": {"2010-01-10": 5, "2010-02-10": 5}, "b": every("2010-01-01", 10, 95)})
    oracle = Oracle(world)
    first = oracle.night(day("2010-12-10"))
    assert [case.client for case in first.moved] == [1]
    world.add(Document(1, day("2010-03-10"), Decimal(7)))
    found = oracle.night(day("2010-12-11"))
    assert not found.corrected
    assert world.clients[1].owner.owner == RECEIVER
    world.add(Document(1, day("2010-12-12"), Decimal(7)))
    assert [case.client for case in oracle.night(day("2010-12-12")).returned] == [1]


def test_a_client_that_returned_twice_is_not_handed_over_by_itself() -> None:
    bought = ["2011-01-05", "2011-01-06", "2011-01-07", "2011-03-10", "2011-05-20"]
    rules = unguarded(own_rhythm=False, hand_over_other=2, zero_other=1, hand_over_new=2)
    world = world_of({"a": dict.fromkeys(bought, 5), "b": every("2010-01-01", 10, 80)}, rules)
    results = nights(Oracle(world), "2011-01-05", "2011-08-31")
    assert moved_on(results, "a", world) == [day("2011-03-08"), day("2011-05-11")]
    assert returned_on(results, "a", world) == [day("2011-03-10"), day("2011-05-20")]
    assert [case.swinging for case in results[-1].proposed] == [True]


def test_it_returns_to_the_successor_or_the_head_when_the_owner_left() -> None:
    for successor, expected in ((SECOND, SECOND), (None, HEAD)):
        world = world_of({"a": {"2011-01-10": 5, "2011-05-20": 5}}, None, second=Person(SECOND, "csm", 1))
        oracle = Oracle(world)
        nights(oracle, "2011-01-10", "2011-05-19")
        world.people[SELLER].active, world.people[SELLER].successor = False, successor
        oracle.night(day("2011-05-20"))
        assert world.clients[1].owner.owner == expected


def staffed(limit: int, second: int) -> World:
    clients: dict[str, dict[str, object]] = {f"c{number}": {"2011-01-10": 100 - number} for number in range(6)}
    world = world_of({**clients, "z": every("2010-01-01", 10, 80)}, None, s=Person(SECOND, "bdm_recovery", 1, second))
    world.people[RECEIVER].limit = limit
    return world


def test_it_places_by_load_over_limit_and_the_rest_waits() -> None:
    world = staffed(2, 3)
    found = nights(Oracle(world), "2011-04-10", "2011-04-11")[-1]
    assert [case.to_owner for case in found.moved] == [RECEIVER, SECOND, SECOND, RECEIVER, SECOND]
    assert [world.clients[case.client].code for case in found.waiting] == ["c5"]


@pytest.mark.parametrize(("until", "takes"), [("2011-04-16", False), ("2011-04-15", True), ("2011-04-12", True)])
def test_it_passes_over_who_is_absent_for_more_than_three_working_days(until: str, takes: bool) -> None:
    world = staffed(1, 5)  # 11 April 2011 was a Monday: tomorrow is Tuesday
    world.people[SECOND].absences.append((day("2011-04-12"), day(until)))
    found = nights(Oracle(world), "2011-04-11", "2011-04-11")[-1]
    assert (SECOND in [case.to_owner for case in found.moved]) is takes


def test_exclusions_hold_until_their_date_or_the_next_purchase() -> None:
    world = staffed(9, 9)
    world.exclusions += [Exclusion(1, day("2011-04-01"), until=day("2011-04-20"))]
    world.exclusions += [Exclusion(2, day("2011-04-01"), last_purchase=day("2011-01-10"))]
    results = nights(Oracle(world), "2011-04-01", "2011-07-31")
    assert moved_on(results, "c0", world) == [day("2011-04-20")]
    assert moved_on(results, "c1", world) == []
    assert moved_on(results, "c2", world) == [day("2011-04-11")]


def test_a_silent_client_given_to_somebody_by_hand_is_left_alone() -> None:
    world = staffed(9, 9)
    world.people[5] = Person(5, "csm", 1)
    world.move(world.clients[1], 5, day("2011-03-01"), "manual")  # all are zero since 10 February
    world.move(world.clients[2], 5, day("2011-03-01"), "manual", left_alone_until=day("2011-05-01"))
    world.move(world.clients[3], RECEIVER, day("2011-01-15"), "manual")
    world.move(world.clients[4], 5, day("2011-02-01"), "manual")
    results = nights(Oracle(world), "2011-02-01", "2011-06-30")
    assert moved_on(results, "c0", world) == []
    assert moved_on(results, "c1", world) == [day("2011-05-01")]
    assert moved_on(results, "c2", world) == [], "a development manager's own client"
    assert moved_on(results, "c3", world) == [day("2011-04-11")], "it was not silent when it was given"


# ---- guards and time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "silent"),
    [("2011-04-05", True), ("2011-04-06", False), ("2011-04-11", False), ("2011-03-13", True), ("2011-03-12", False)],
)
def test_the_feed_guard_counts_working_days(newest: str, silent: bool) -> None:
    world = staffed(9, 9)  # the night of Monday 11 April: the newest document of Wednesday 6 is three days old
    world.rules = [(day("2000-01-01"), unguarded(feed_guard=True))]
    world.documents[7] = [paper for paper in world.documents[7] if paper.day < day("2011-01-01")]
    world.add(Document(7, day(newest), Decimal(1)))
    found = nights(Oracle(world), "2011-04-11", "2011-04-11")[-1]
    assert bool(found.guards) is silent
    assert len(found.moved) == (0 if silent else 6)


def test_the_first_hand_overs_ask_for_approval() -> None:
    world = staffed(9, 9)
    world.rules = [(day("2000-01-01"), unguarded(backlog_guard=True))]
    oracle = Oracle(world)
    before = nights(oracle, "2011-04-11", "2011-04-12")
    assert [len(one.proposed) for one in before] == [6, 6]
    world.add(Document(1, day("2011-04-13"), Decimal(1)))
    assert len(oracle.night(day("2011-04-13")).proposed) == 5, "a purchase withdraws the proposal"
    found = oracle.night(day("2011-04-14"), approve=True)
    assert (len(found.moved), len(found.proposed)) == (5, 0)
    assert world.clients[2].owner.start == day("2011-04-15")


def test_imports_that_rewrite_the_past_ask_for_approval() -> None:
    world = staffed(9, 9)
    world.rules = [(day("2000-01-01"), unguarded(backlog_guard=True))]
    oracle = Oracle(world)
    oracle.cases.add(done_before(1))
    nights(oracle, "2011-04-01", "2011-04-10")
    world.add(Document(1, day("2011-04-09"), Decimal(1)))
    assert "backlog" in oracle.night(day("2011-04-11")).guards, "one of seven, to a day before the last night"


def test_a_file_a_day_late_rewrites_nothing() -> None:
    world = staffed(9, 9)
    world.rules = [(day("2000-01-01"), unguarded(backlog_guard=True))]
    oracle = Oracle(world)
    oracle.cases.add(done_before(1))
    nights(oracle, "2011-04-01", "2011-04-10")
    world.add(Document(1, day("2011-04-10"), Decimal(1)))
    assert oracle.night(day("2011-04-11")).guards == []


def done_before(client: int) -> Case:
    return Case(
        client, "new", "withdrawn", date(2010, 1, 1), date(2010, 4, 1), False, SELLER, date(2010, 4, 1),
        handed_on=date(2010, 4, 2),
    )  # fmt: skip


@pytest.mark.parametrize(("due", "guarded"), [(11, True), (10, False)])
def test_the_size_guard_asks_for_more_than_five_per_cent_and_ten_clients(due: int, guarded: bool) -> None:
    clients: dict[str, dict[str, object]] = {f"c{number:02}": {"2011-01-10": 5} for number in range(due)}
    clients |= {f"d{number:03}": {"2011-04-01": 5} for number in range(100 - due)}
    world = world_of(clients, unguarded(size_guard=True))
    found = nights(Oracle(world), "2011-04-10", "2011-04-11")[-1]
    assert ("size" in found.guards) is guarded
    assert len(found.proposed) == (due if guarded else 0)


def test_the_size_guard_looks_at_thirty_days() -> None:
    clients: dict[str, dict[str, object]] = {}
    for number in range(20):
        clients[f"c{number:02}"] = {(day("2011-01-10") + timedelta(days=number)).isoformat(): 5}
    clients |= {f"d{number:03}": {"2011-04-20": 5} for number in range(80)}
    world = world_of(clients, unguarded(size_guard=True))
    results = nights(Oracle(world), "2011-04-10", "2011-04-30")
    assert next(one.as_of for one in results if one.guards) == day("2011-04-26"), "the sixteenth within 30 days"


def test_month_end_waits_for_the_last_day_and_knows_no_grace() -> None:
    world = staffed(9, 9)
    world.rules = [(day("2000-01-01"), unguarded(hand_over_mode="month_end"))]
    results = nights(Oracle(world), "2011-04-01", "2011-05-31")
    assert moved_on(results, "c0", world) == [day("2011-04-30")]


def test_missed_nights_are_filled_but_hand_over_once() -> None:
    bought = {"2011-01-10": 5, "2011-04-20": 5}
    missed = world_of({"a": bought, "b": {"2011-01-12": 5}, "c": every("2010-01-01", 10, 80)})
    oracle = Oracle(missed)
    oracle.night(day("2011-04-01"))
    found = oracle.night(day("2011-04-25"))
    assert [missed.clients[case.client].code for case in found.moved] == ["b"]
    assert missed.clients[2].owner.start == day("2011-04-26")
    assert found.states[1].status == "active"
    assert number_of(missed, "b") == 2
