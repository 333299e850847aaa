"""Rare turns of the rules played on purpose, product and re-computation side by side."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clients.models import Shipment
from tests.oracle.tables import day, every
from tests.oracle.test_properties import BEGIN, CLIENTS, Stage

pytestmark = pytest.mark.django_db

PLAIN = {
    "feed_guard": False, "size_guard": False, "backlog_guard": False, "own_rhythm": False, "hand_over_new": 2,
    "swing_returns": 1,
}  # fmt: skip
SILENT_SINCE_JANUARY = {"2011-01-18": 50}


def staged(rules: dict[str, Any], *histories: dict[str, Any], limits: tuple[int, int] = (9, 9)) -> Stage:
    rows = [[((day(on) - BEGIN).days, net) for on, net in history.items()] for history in histories]
    return Stage(rows + [[] for _ in range(CLIENTS - len(rows))], rules, limits)


def nights(stage: Stage, first: str, last: str, approve: bool = False) -> None:
    on = day(first)
    while on <= day(last):
        stage.night(on, approve)
        on += timedelta(days=1)


def late(stage: Stage, number: int, on: str, today: str, net: int = 10) -> None:
    """Let a document come to light."""
    stage.hear(("document", number, (day(today) - day(on)).days, net), day(today))


def state_of(stage: Stage, number: int) -> str:
    """Return the state of the client's last case in the re-computation."""
    return stage.oracle.cases.of(stage.clients[number].pk)[-1].state


def test_it_corrects_what_had_bought_and_returns_what_buys() -> None:
    silent_long = {"2010-05-01": 50, "2010-05-02": 50}
    stage = staged(PLAIN, *[SILENT_SINCE_JANUARY] * 3, silent_long, silent_long, SILENT_SINCE_JANUARY)
    nights(stage, "2011-03-20", "2011-03-21")
    late(stage, 0, "2011-03-05", "2011-03-22")  # before the hand-over
    late(stage, 1, "2011-03-20", "2011-03-22")  # on its very day
    late(stage, 2, "2011-03-21", "2011-03-22")  # the day after: an ordinary return
    late(stage, 3, "2010-06-01", "2011-03-22")  # over anyway by that purchase too
    late(stage, 4, "2010-11-01", "2011-03-22")  # not over by that purchase
    late(stage, 5, "2010-11-01", "2011-03-22")  # older than the one it was reckoned from
    stage.night(day("2011-03-22"), False)
    states = [state_of(stage, number) for number in range(6)]
    assert states == ["had_bought", "had_bought", "returned", "handed_over", "had_bought", "handed_over"]
    late(stage, 3, "2011-03-23", "2011-03-23")
    stage.hear(("leave", 0, True, 0), day("2011-03-23"))
    late(stage, 5, "2011-03-23", "2011-03-23")
    nights(stage, "2011-03-23", "2011-03-24")
    assert state_of(stage, 3) == "returned"


def test_a_first_distribution_by_a_person_leaves_a_silent_client_alone() -> None:
    stage = staged(PLAIN, *[SILENT_SINCE_JANUARY] * 2)
    stage.night(day("2011-03-10"), False)
    stage.hear(("move", 0, 20, 4), day("2011-03-11"))  # to Boris, as a first distribution, until the end of March
    stage.hear(("move", 1, None, 3), day("2011-03-11"))
    nights(stage, "2011-03-20", "2011-03-22")
    assert stage.oracle.cases.of(stage.clients[0].pk) == []
    nights(stage, "2011-03-30", "2011-04-01")
    assert state_of(stage, 0) == "handed_over"


def test_a_purchase_ends_an_exclusion_before_its_date() -> None:
    rules = PLAIN | {"zero_other": 1, "hand_over_other": 2}
    stage = staged(rules, *[{"2011-01-17": 50, "2011-01-18": 50}] * 2)
    stage.night(day("2011-03-10"), False)
    for number in (0, 1):
        stage.hear(("exclude", number, 300, 0), day("2011-03-11"))
    nights(stage, "2011-03-20", "2011-03-21")
    late(stage, 0, "2011-03-23", "2011-03-23")
    stage.night(day("2011-03-23"), False)
    nights(stage, "2011-05-23", "2011-05-24")
    assert state_of(stage, 0) == "handed_over", "it bought: the exclusion is over"
    assert stage.oracle.cases.of(stage.clients[1].pk) == [], "it is kept out until its date"


@pytest.mark.slow
def test_a_return_makes_the_next_hand_over_swinging() -> None:
    bought = {"2011-01-18": 50, "2011-01-19": 50, "2011-03-22": 50}
    stage = staged(PLAIN | {"zero_other": 1, "hand_over_other": 2}, bought, every("2010-01-01", 9, 70))
    nights(stage, "2011-03-20", "2011-03-23")
    assert state_of(stage, 0) == "returned"
    nights(stage, "2011-05-22", "2011-05-24")
    assert state_of(stage, 0) == "proposed"
    stage.hear(("approve", 0, 0, 0), day("2011-05-25"))
    nights(stage, "2011-05-25", "2011-05-26")
    assert state_of(stage, 0) == "handed_over"


def test_a_swinging_client_without_a_place() -> None:
    bought = {"2011-01-18": 50, "2011-01-19": 50, "2011-03-22": 50}
    rules = PLAIN | {"zero_other": 1, "hand_over_other": 2}
    stage = staged(rules, bought, SILENT_SINCE_JANUARY, {"2011-01-22": 5}, limits=(1, 1))
    nights(stage, "2011-03-20", "2011-03-23")
    assert state_of(stage, 0) == "returned"
    nights(stage, "2011-05-22", "2011-05-24")
    assert state_of(stage, 0) == "proposed", "with or without a place"
    stage.hear(("approve", 0, 0, 0), day("2011-05-25"))
    assert state_of(stage, 0) == "proposed", "nobody has a place"
    nights(stage, "2011-05-25", "2011-05-26", approve=True)
    assert state_of(stage, 0) == "proposed"
    late(stage, 1, "2011-05-27", "2011-05-27")
    stage.night(day("2011-05-27"), False)
    stage.hear(("approve", 0, 0, 0), day("2011-05-28"))
    assert state_of(stage, 0) == "handed_over"
    stage.night(day("2011-05-28"), False)


def test_a_broken_feed_hands_nobody_over_but_gives_back() -> None:
    stage = staged(PLAIN | {"feed_guard": True}, SILENT_SINCE_JANUARY, {"2011-01-21": 50}, {"2011-03-16": 9})
    nights(stage, "2011-03-18", "2011-03-20")  # newest document of Wednesday 16 March
    assert state_of(stage, 0) == "handed_over"
    nights(stage, "2011-03-21", "2011-03-23")  # client 1 is due on Tuesday 22: four working days of silence
    late(stage, 2, "2011-03-24", "2011-03-24")
    nights(stage, "2011-03-24", "2011-03-25")
    assert state_of(stage, 1) == "handed_over"


def test_imports_that_rewrite_the_past_make_an_approval_list() -> None:
    rules = PLAIN | {"backlog_guard": True}
    stage = staged(rules, SILENT_SINCE_JANUARY, {"2011-01-24": 50}, {"2011-03-16": 9}, {"2011-03-10": 9})
    nights(stage, "2011-03-20", "2011-03-21", approve=True)
    assert state_of(stage, 0) == "handed_over"
    nights(stage, "2011-03-22", "2011-03-24")
    late(stage, 2, "2011-03-18", "2011-03-25")
    nights(stage, "2011-03-25", "2011-03-26")
    assert state_of(stage, 1) == "proposed"


def test_an_archived_client_that_buys_enters_top_that_very_night() -> None:
    monthly = {f"2010-{month:02}-10": 900 for month in range(9, 13)} | {"2011-01-10": 900, "2011-03-23": 900}
    stage = staged(PLAIN, monthly, every("2010-09-01", 20, 12, 10), SILENT_SINCE_JANUARY)
    stage.night(day("2011-03-20"), False)
    stage.hear(("archive", 0, 0, 0), day("2011-03-21"))
    nights(stage, "2011-03-21", "2011-03-22")
    assert stage.oracle.top.now == {}
    stage.night(day("2011-03-23"), False)
    assert stage.clients[0].pk in stage.oracle.top.now
    stage.night(day("2011-03-24"), False)


def test_missed_nights_over_a_review_and_a_month_end() -> None:
    rules = PLAIN | {"hand_over_mode": "month_end"}
    stage = staged(rules, SILENT_SINCE_JANUARY, every("2010-04-10", 30, 12, 900), every("2010-04-01", 20, 18, 10))
    stage.night(day("2011-03-29"), False)
    stage.night(day("2011-04-02"), False)  # 31 March was missed: nobody goes before the end of April
    assert stage.oracle.cases.of(stage.clients[0].pk) == []
    nights(stage, "2011-04-29", "2011-04-30")
    assert state_of(stage, 0) == "handed_over"


def test_full_places_wait_and_the_order_of_work_holds() -> None:
    histories = [{"2011-01-18": 10 + number} for number in range(6)] + [{"2010-05-01": 900, "2010-05-02": 1}]
    stage = staged(PLAIN | {"swing_returns": 2}, *histories, limits=(2, 3))
    nights(stage, "2011-03-20", "2011-03-21")
    late(stage, 5, "2011-03-22", "2011-03-22")
    nights(stage, "2011-03-22", "2011-03-23")
    assert Shipment.objects.filter(day=date(2011, 3, 22)).count() == 1


def test_a_lost_client_whose_recovery_was_closed_is_archived_and_one_taken_back_is_what_the_terms_say() -> None:
    rules = PLAIN | {"archive_cycles": 2, "lost_new": 3, "lost_other": 7}
    buying = every("2010-09-01", 20, 12, 9)
    stage = staged(rules, SILENT_SINCE_JANUARY, SILENT_SINCE_JANUARY, {"2010-05-01": 50}, buying)
    for first, last in (("2011-03-20", "2011-03-23"), ("2011-03-24", "2011-03-27")):
        nights(stage, first, last)  # handed over, then taken from recovery for two days
        stage.hear(("take", 0, 2, 0), day(last) + timedelta(days=1))
    nights(stage, "2011-03-28", "2011-04-17")
    assert [case.state for case in stage.oracle.cases.of(stage.clients[0].pk)][:2] == ["closed", "closed"]
    stage.hear(("archive", 1, 0, 0), day("2011-04-17"))
    nights(stage, "2011-04-18", "2011-04-19")  # both are lost by now: three months
    assert stage.oracle.states[stage.clients[0].pk].silence == "archived"
    stage.hear(("unarchive", 1, 0, 0), day("2011-04-20"))
    stage.hear(("rules", 0, 4, 0), day("2011-04-20"))
    nights(stage, "2011-04-20", "2011-04-21")
    assert stage.oracle.states[stage.clients[1].pk].status == "lost"
