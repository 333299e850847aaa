"""Hand-over and return: places, guards, approval, exclusions, corrections, undo (R109-R128)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients import ownership
from clients.models import Client, Ownership, OwnershipReason, Standing
from salescrm.base.models import Notification
from segmentation import actions, filters
from segmentation.models import Exclusion, ZeroCase
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
PLAIN: dict[str, Any] = {"own_rhythm": False}


def head() -> Employee:
    return Employee.objects.get(username="hos")


@pytest.mark.parametrize(
    ("night", "owner"), [("2025-04-10", "owner"), ("2025-04-11", "dev")]
)  # new: 10 January + 3 months, and a day of grace
def test_it_hands_over_when_term_and_grace_are_over(night: str, owner: str) -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    scene.night(night)
    assert scene.owner_of(client) == owner


def test_it_moves_from_the_day_after_and_tells_both_and_the_head() -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    journal = scene.night("2025-04-11")
    case = scene.case(client)
    interval = Ownership.objects.get(client=client, ends_on__isnull=True)
    assert (case.state, case.rule, case.handed_on) == ("handed_over", "new", scene.day("2025-04-12"))
    assert (interval.starts_on, interval.reason, interval.night) == (case.handed_on, "zero", scene.day("2025-04-11"))
    assert journal["zero"]["by_rule"] == {"top": 0, "new": 1, "other": 0, "unconfirmed_invoice": 0}
    told = Notification.objects.filter(kind="hand_over").values_list("person__username", flat=True)
    assert sorted(told) == ["dev", "hos", "owner"]
    assert Standing.objects.get(client=client).hand_over_on is None


def test_it_places_by_work_order_and_smallest_load() -> None:
    owner = scene.department(limit=2, **PLAIN)
    make.employee("dev2", Role.BDM_RECOVERY, recovery_limit=4)
    for number, amount in enumerate((10, 60, 50, 40, 30, 20)):
        scene.buyer(f"c{number}", owner, "2025-01-10", amount=amount)
    lost = scene.buyer("lost", owner, "2024-01-10", amount=900)
    scene.night("2025-04-11")
    placed = {case.client.name: case.to_owner and case.to_owner.username for case in ZeroCase.objects.all()}
    # keys of dev: 0, 1/2; of dev2: 0, 1/4, 1/2, 3/4; ties by id; the lost one is archived after 15 months
    assert placed == {"c1": "dev", "c2": "dev2", "c3": "dev2", "c4": "dev", "c5": "dev2", "c0": "dev2"}
    assert scene.state(lost).status == "archived"


def test_what_finds_no_place_waits_and_the_head_is_told_once_a_week() -> None:
    owner = scene.department(limit=1, **PLAIN)
    for name in ("one", "two"):
        scene.buyer(name, owner, "2025-01-10")
    scene.night("2025-04-11")
    journal = scene.night("2025-04-12")
    assert (journal["zero"]["waiting"], journal["zero"]["handed_over"]) == (1, 0)
    assert Notification.objects.filter(kind="guard").count() == 1


@pytest.mark.parametrize(
    ("away", "owner"),
    [
        (("2025-04-12", "2025-04-18"), "owner"),
        (("2025-04-12", "2025-04-17"), "dev"),
        (("2025-04-15", "2025-05-30"), "dev"),
    ],
)  # 14-17 April are four working days, 14-16 three; from 15 April the 14th is worked
def test_a_receiver_away_for_more_than_three_working_days_gets_nobody(away: tuple[str, str], owner: str) -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    dev = Employee.objects.get(username="dev")
    Absence.objects.create(employee=dev, starts_on=scene.day(away[0]), ends_on=scene.day(away[1]))
    scene.night("2025-04-11")
    assert scene.owner_of(client) == owner


def test_a_branch_without_a_receiver_uses_the_named_one_else_the_head() -> None:
    scene.department(**PLAIN)
    far = make.branch("msk", receiver_branch=make.branch())
    alone = make.branch("kzn")
    one = scene.buyer("one", make.employee("far", branch=far), "2025-01-10")
    two = scene.buyer("two", make.employee("alone", branch=alone), "2025-01-10")
    scene.night("2025-04-11")
    assert (scene.owner_of(one), scene.owner_of(two)) == ("dev", "hos")


def test_it_returns_with_the_first_purchase_after_and_counts_it_for_three_months() -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    scene.night("2025-04-11")
    make.shipment(client, scene.day("2025-04-30"), 10)
    journal = scene.night("2025-04-30")
    case = scene.case(client)
    assert (case.state, case.bought_on, case.recovered_until) == (
        "returned",
        scene.day("2025-04-30"),
        scene.day("2025-07-30"),
    )
    assert (scene.owner_of(client), case.returned_on) == ("owner", scene.day("2025-05-01"))
    assert (journal["zero"]["returned"], journal["zero"]["corrections"]) == (1, 0)


@pytest.mark.parametrize(("late", "state"), [("2025-04-11", "had_bought"), ("2025-04-12", "returned")])
def test_a_purchase_that_comes_to_light_is_a_correction_up_to_the_hand_over_day(late: str, state: str) -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    scene.night("2025-04-11")
    make.shipment(client, scene.day(late), 10)
    scene.night("2025-04-13")
    assert (scene.case(client).state, scene.owner_of(client)) == (state, "owner")
    assert (scene.case(client).recovered_until is None) == (state == "had_bought")


def test_a_late_purchase_by_which_the_term_was_over_moves_nothing() -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-01", "2025-01-10")
    scene.night("2025-09-01")
    make.shipment(client, scene.day("2025-01-20"), 10)
    scene.night("2025-09-02")
    assert (scene.case(client).state, scene.owner_of(client)) == ("handed_over", "dev")


@pytest.mark.parametrize(("gone", "owner"), [(True, "heir"), (False, "owner")])
def test_it_returns_to_whoever_took_over_the_portfolio(gone: bool, owner: str) -> None:
    person = scene.department(**PLAIN)
    client = scene.buyer("one", person, "2025-01-10")
    scene.night("2025-04-11")
    heir = make.employee("heir")
    Employee.objects.filter(pk=person.pk).update(is_active=not gone, portfolio_successor=heir)
    make.shipment(client, scene.day("2025-04-30"), 10)
    scene.night("2025-04-30")
    assert scene.owner_of(client) == owner


def test_a_client_back_for_the_second_time_within_a_year_waits_for_the_head() -> None:
    client = scene.buyer("one", scene.department(**(PLAIN | {"hand_over_other": 4})), "2025-01-01", "2025-01-02")
    for bought, handed in (("2025-05-10", "2025-05-04"), ("2025-09-20", "2025-09-12")):
        scene.night(handed)
        assert scene.owner_of(client) == "dev"
        make.shipment(client, scene.day(bought), 10)
        scene.night(bought)
        assert scene.owner_of(client) == "owner"
    scene.night("2026-01-25")
    case = scene.case(client)
    assert (case.state, case.why["swinging"], scene.owner_of(client)) == ("proposed", True, "owner")


def test_the_first_hand_overs_are_a_backlog_to_approve() -> None:
    owner = scene.department(**(PLAIN | {"backlog_guard": True}))
    one, two = scene.buyer("one", owner, "2025-01-10"), scene.buyer("two", owner, "2025-01-10")
    journal = scene.night("2025-04-11")
    assert (journal["guards"], journal["zero"]["awaiting_approval"]) == (["backlog"], 2)
    today = scene.day("2025-04-12")
    assert actions.approve(cases=[scene.case(one)], acting_user=head(), today=today) == {one.pk}
    assert actions.refuse(cases=[scene.case(two)], reason="on leave", until=None, acting_user=head(), today=today) == 1
    assert (scene.owner_of(one), scene.case(one).handed_on) == ("dev", today + timedelta(days=1))
    assert Exclusion.objects.get(client=two).until == today + timedelta(days=30)
    scene.night("2025-05-11")
    assert scene.owner_of(two) == "owner"
    scene.night("2025-05-12")
    assert scene.owner_of(two) == "dev"


def test_approve_accepts_the_list_in_the_night_or_after_it() -> None:
    owner = scene.department(**(PLAIN | {"hand_over_mode": "approve"}))
    one = scene.buyer("one", owner, "2025-01-10")
    scene.night("2025-04-11")
    journal = scene.night("2025-04-11", approve=True)
    assert (journal["zero"]["handed_over"], journal["zero"]["awaiting_approval"]) == (1, 0)
    assert (scene.owner_of(one), scene.case(one).handed_on) == ("dev", scene.day("2025-04-12"))
    two = scene.buyer("two", owner, "2025-01-12")
    scene.night("2025-04-13", approve=True)
    assert (scene.owner_of(two), scene.case(two).approved) == ("dev", True)


def test_a_wave_becomes_an_approval_list() -> None:
    owner = scene.department(**(PLAIN | {"size_guard": True}))
    for number in range(11):
        scene.buyer(f"c{number}", owner, "2025-01-10")
    assert scene.night("2025-04-11")["guards"] == ["size"]
    assert not ZeroCase.objects.exclude(state="proposed").exists()


def heads_of_branches() -> None:
    """Add a head of client service, a head of the ordinary branch and one of a branch with nothing to tell."""
    make.employee("csh", Role.CSH)
    make.employee("here", Role.BRANCH_HEAD)
    make.employee("there", Role.BRANCH_HEAD, branch=make.branch("msk", receiver_branch=make.branch()))


def told(prefix: str) -> dict[str, dict[str, Any]]:
    """Return who was told, with the values of the notice."""
    rows = Notification.objects.filter(key__startswith=prefix, person__role__in=("hos", "csh", "branch_head"))
    assert len(set(rows.values_list("person", flat=True))) == len(rows), "once each"
    return dict(rows.values_list("person__username", "values"))


def test_heads_are_told_of_hand_overs_and_returns_with_their_own_figures() -> None:
    owner = scene.department(**PLAIN)
    heads_of_branches()
    client = scene.buyer("one", owner, "2025-01-10")
    scene.buyer("far", make.employee("far", branch=make.branch("msk")), "2025-01-10")
    scene.buyer("far too", Employee.objects.get(username="far"), "2025-01-10")
    scene.night("2025-04-11")
    counted = {name: told("hand_over:")[name]["count"] for name in told("hand_over:")}
    assert counted == {"hos": 3, "csh": 3, "here": 1, "there": 2}
    make.shipment(client, scene.day("2025-04-30"), 10)
    scene.night("2025-04-30")
    assert {name: values["count"] for name, values in told("return:").items()} == {"hos": 1, "csh": 1, "here": 1}


def nobody_to_take() -> Absence:
    """Send the development manager away for months."""
    dev = Employee.objects.get(username="dev")
    return Absence.objects.create(employee=dev, starts_on=scene.day("2025-04-01"), ends_on=scene.day("2026-01-01"))


@pytest.mark.parametrize(("rules", "key"), [({"hand_over_mode": "approve"}, "approval:"), ({}, "waiting:")])
def test_heads_are_told_of_proposals_and_of_who_waits(rules: dict[str, Any], key: str) -> None:
    owner = scene.department(**(PLAIN | rules))
    if not rules:
        nobody_to_take()
    heads_of_branches()
    scene.buyer("one", owner, "2025-01-10")
    scene.night("2025-04-11")
    assert {name: values["count"] for name, values in told(key).items()} == {"hos": 1, "csh": 1, "here": 1}
    scene.buyer("far", make.employee("far", branch=make.branch("msk")), "2025-01-11")
    scene.night("2025-04-20")
    told_now = Notification.objects.filter(key__startswith=key, key__contains="2025-04-20" if rules else "2025-16")
    counted = {person: values["count"] for person, values in told_now.values_list("person__username", "values")}
    assert counted.pop("here", 1) == 1, "nothing new in its branch, or waiting still"
    assert counted == {"hos": 2, "csh": 2, "there": 1}


def test_heads_of_branches_with_its_clients_are_told_of_a_broken_feed() -> None:
    owner = scene.department(**(PLAIN | {"feed_guard": True}))
    heads_of_branches()
    scene.buyer("one", owner, "2025-01-10", "2025-04-07")
    scene.night("2025-04-11")
    assert set(told("feed:")) == {"hos", "csh", "here"}


@pytest.mark.parametrize(("newest", "broken"), [("2025-04-08", False), ("2025-04-07", True), ("2025-03-11", False)])
def test_a_broken_feed_hands_nobody_over(newest: str, broken: bool) -> None:
    owner = scene.department(**(PLAIN | {"feed_guard": True}))
    client = scene.buyer("one", owner, "2025-01-10")
    scene.buyer("other", owner, newest)
    journal = scene.night("2025-04-11")  # a Friday; Tuesday's document is three working days old
    assert journal["guards"] == (["feed:1c"] if broken else [])
    assert scene.owner_of(client) == ("owner" if broken else "dev")


@pytest.mark.parametrize("reason", [OwnershipReason.MANUAL, OwnershipReason.FIRST])
def test_it_leaves_alone_what_a_person_gave_while_it_was_silent(reason: str) -> None:
    owner = scene.department(**PLAIN)
    silent, dated = scene.buyer("silent", owner, "2025-01-10"), scene.buyer("dated", owner, "2025-01-10")
    scene.night("2025-02-20")
    other = make.employee("other")
    moved: dict[str, Any] = {
        "starts_on": scene.day("2025-03-01"),
        "reason": reason,
        "author": head().pk,
    }
    ownership.move({silent.pk: other.pk}, **moved)
    ownership.move({dated.pk: other.pk}, left_alone_until=scene.day("2025-05-01"), **moved)
    scene.night("2025-04-30")
    assert (scene.owner_of(silent), scene.owner_of(dated)) == ("other", "other")
    scene.night("2025-05-01")
    assert (scene.owner_of(silent), scene.owner_of(dated)) == ("other", "dev")


def test_the_owner_a_client_began_with_is_no_change_by_a_person() -> None:
    owner = scene.department(**PLAIN)
    client = scene.buyer("one", owner, "2025-01-10")
    Ownership.objects.filter(client=client).update(author=head(), left_alone_until=scene.day("2025-12-01"))
    scene.night("2025-04-11")
    assert scene.owner_of(client) == "dev"


def test_an_undone_hand_over_keeps_the_client_out_until_it_buys() -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    scene.night("2025-04-11")
    actions.undo_hand_over(case=scene.case(client), acting_user=head(), today=scene.day("2025-04-12"), for_days=False)
    assert (scene.case(client).state, scene.owner_of(client)) == ("undone", "owner")
    assert Ownership.objects.filter(client=client).count() == 1
    scene.night("2025-06-30")
    assert scene.owner_of(client) == "owner"


def test_an_undone_return_goes_back_and_waits_for_another_purchase() -> None:
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    scene.night("2025-04-11")
    make.shipment(client, scene.day("2025-04-30"), 10)
    scene.night("2025-04-30")
    actions.undo_hand_over(case=scene.case(client), acting_user=head(), today=scene.day("2025-05-05"), for_days=False)
    assert (scene.case(client).state, scene.owner_of(client)) == ("handed_over", "dev")
    scene.night("2025-05-05")
    assert scene.owner_of(client) == "dev"
    make.shipment(client, scene.day("2025-05-20"), 10)
    scene.night("2025-05-20")
    assert (scene.case(client).bought_on, scene.owner_of(client)) == (scene.day("2025-05-20"), "owner")


def test_a_night_is_undone_but_not_for_clients_moved_since() -> None:
    owner = scene.department(**PLAIN)
    one, two = scene.buyer("one", owner, "2025-01-10"), scene.buyer("two", owner, "2025-01-10")
    scene.night("2025-04-11")
    ownership.move(
        {two.pk: owner.pk}, starts_on=scene.day("2025-04-13"), reason=OwnershipReason.MANUAL, author=head().pk
    )
    done = actions.undo_night(as_of=scene.day("2025-04-11"), acting_user=head(), today=scene.day("2025-04-14"))
    assert (done.undone, set(done.refused)) == ({one.pk}, {two.pk})
    assert scene.owner_of(one) == "owner"


def listed(night: str, what: str) -> set[str]:
    ids = filters.night(f"{night}:{what}")
    return set(Client.objects.filter(pk__in=ids).values_list("name", flat=True))


def test_a_past_night_shows_what_it_proposed_whatever_became_of_it() -> None:
    owner = scene.department(**(PLAIN | {"hand_over_mode": "approve"}))
    made = {name: scene.buyer(name, owner, "2025-01-10") for name in ("moved", "kept", "bought", "stays")}
    scene.night("2025-04-11")
    today, everybody = scene.day("2025-04-12"), set(made)
    actions.approve(cases=[scene.case(made["moved"])], acting_user=head(), today=today)
    actions.refuse(cases=[scene.case(made["kept"])], reason="talks", until=None, acting_user=head(), today=today)
    make.shipment(made["bought"], today, 10)
    later = scene.buyer("later", owner, "2025-01-11")
    journal = scene.night("2025-04-12")
    assert (listed("2025-04-11", "proposed"), listed("2025-04-10", "proposed")) == (everybody, set())
    assert listed("2025-04-12", "proposed") == {"stays", later.name}
    assert journal["zero"]["awaiting_approval"] == 2
    assert (listed("2025-04-12", "withdrawn"), listed("2025-04-11", "withdrawn")) == ({"bought"}, set())


def test_a_past_night_shows_who_waited_for_a_place() -> None:
    owner = scene.department(**PLAIN)
    away = nobody_to_take()
    scene.buyer("one", owner, "2025-01-10")
    scene.night("2025-04-11")
    away.delete()
    journal = scene.night("2025-04-12")
    assert (listed("2025-04-11", "waiting"), listed("2025-04-12", "waiting")) == ({"one"}, set())
    assert (listed("2025-04-12", "handed_over"), journal["zero"]["waiting"]) == ({"one"}, 0)


def test_who_waited_and_is_proposed_later_was_not_proposed_before() -> None:
    owner = scene.department(**PLAIN)
    away = nobody_to_take()
    scene.buyer("one", owner, "2025-01-10")
    scene.night("2025-04-11")
    away.delete()
    make.rule_set(effective_from=scene.day("2025-04-12"), **(scene.OFF | PLAIN | {"hand_over_mode": "approve"}))
    for night in ("2025-04-12", "2025-04-13"):
        scene.night(night)
        assert listed(night, "proposed") == {"one"}
    assert (listed("2025-04-11", "waiting"), listed("2025-04-11", "proposed")) == ({"one"}, set())


def test_a_night_shows_whom_it_archived() -> None:
    scene.buyer("one", scene.department(**PLAIN), "2024-01-10")
    scene.night("2025-04-09")
    scene.night("2025-04-10")
    assert (listed("2025-04-10", "archived"), listed("2025-04-09", "archived")) == ({"one"}, set())


def test_month_end_hands_over_in_the_last_night_only() -> None:
    client = scene.buyer("one", scene.department(**(PLAIN | {"hand_over_mode": "month_end"})), "2025-01-10")
    scene.night("2025-04-29")
    assert scene.owner_of(client) == "owner"
    scene.night("2025-04-30")
    assert scene.owner_of(client) == "dev"


def test_a_case_of_a_client_due_no_more_goes_in_a_night_without_hand_overs_too() -> None:
    owner = scene.department(limit=1, **(PLAIN | {"hand_over_mode": "month_end"}))
    one, two = scene.buyer("one", owner, "2025-01-10", amount=200), scene.buyer("two", owner, "2025-01-10")
    scene.night("2025-04-30")
    assert (scene.case(one).state, scene.case(two).state) == ("handed_over", "waiting")
    scene.night("2025-05-01")
    assert scene.case(two).state == "waiting"
    Exclusion.objects.create(client=two, starts_on=scene.day("2025-05-02"), reason="pause", author=head())
    scene.night("2025-05-02")
    assert scene.case(two).state == "withdrawn"


@pytest.mark.parametrize(("archived", "state"), [(False, "handed_over"), (True, "proposed")])
def test_archived_clients_are_not_in_the_base_of_the_size_guard(archived: bool, state: str) -> None:
    rules = {"hand_over_mode": "month_end", "size_guard": True, "size_month_end": "0.5", "size_min_clients": 0}
    owner = scene.department(**(PLAIN | rules))
    silent, other = scene.buyer("silent", owner, "2025-01-10"), scene.buyer("other", owner, "2025-04-20")
    if archived:
        Client.objects.filter(pk=other.pk).update(archived_on=scene.day("2025-04-25"), archive_reason="closed")
    scene.night("2025-04-30")
    assert scene.case(silent).state == state


def test_statements_do_not_grow_with_the_clients() -> None:
    owner = scene.department(limit=1000, **PLAIN)
    counted = []
    scene.night("2025-04-09")  # the step of contacts looks at everybody in its first two nights and once a week
    for batch, (number, night) in enumerate(((3, "2025-04-11"), (60, "2025-04-16"))):
        bought = scene.day(night) - timedelta(days=91)
        for one in range(number):
            scene.buyer(f"c{batch}-{one}", owner, bought.isoformat())
        scene.night((scene.day(night) - timedelta(days=1)).isoformat())
        before = ZeroCase.objects.filter(state="handed_over").count()
        with CaptureQueriesContext(connection) as queries:
            scene.night(night)
        counted.append((ZeroCase.objects.filter(state="handed_over").count() - before, len(queries)))
    assert [handed for handed, _queries in counted] == [3, 60]
    assert abs(counted[0][1] - counted[1][1]) <= 2, "but for a step that asks less when it rests"


def test_a_joined_clients_case_ends() -> None:
    owner = scene.department(**PLAIN)
    one, two = scene.buyer("one", owner, "2025-01-10"), scene.buyer("two", owner, "2025-04-10")
    scene.night("2025-04-11")
    Client.objects.filter(pk=one.pk).update(merged_into=two)
    entity = one.legal_entities.get()
    entity.client = two
    entity.save(update_fields=["client"])
    scene.night("2025-04-12")
    assert scene.case(one).state == "joined"


def given(by_hand_on: str) -> Client:
    """Make a client of the ordinary owner that a person gives to the development manager on a day."""
    client = scene.buyer("one", scene.department(**PLAIN), "2025-01-10")
    for night in ("2025-02-09", "2025-02-10"):  # zero from 10 February on
        if by_hand_on <= night:
            break
        scene.night(night)
    dev = Employee.objects.get(username="dev")
    ownership.move(
        {client.pk: dev.pk}, starts_on=scene.day(by_hand_on), reason=OwnershipReason.MANUAL, author=head().pk
    )
    return client


def of_role(role: str) -> Client:
    scene.department(**PLAIN)
    return scene.buyer("one", make.employee("own", role), "2025-01-10")


def of_the_head() -> Client:
    """Make a client of the head in a branch that nobody serves."""
    scene.department(**PLAIN)
    return scene.buyer("one", head(), "2025-01-10", branch=make.branch("kzn"))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: of_role(Role.BDM_RECOVERY), "development"),
        (lambda: of_role(Role.BDM_KEY), "development"),
        (lambda: given("2025-02-01"), "development"),
        (lambda: given("2025-02-11"), None),  # silent when a person gave it: left alone
        (lambda: of_role(Role.CSM), None),
        (of_the_head, "no_receiver"),
    ],
)
def test_what_nobody_takes_by_the_rules_is_on_the_heads_list(made: Any, reason: str | None) -> None:
    client = made()
    for night in ("2025-04-10", "2025-04-11", "2025-04-12"):
        scene.night(night)
    listed = ZeroCase.objects.filter(client=client, state="head_list")
    assert [case.why["head_list"] for case in listed] == ([reason] if reason else [])
    told = Notification.objects.filter(key__startswith="head-list:").values_list("person__username", "values")
    counted = {"count": 1, "development": 0, "no_receiver": 0, "no_owner": 0}
    assert list(told) == ([("hos", counted | {reason: 1})] if reason else [])
    make.shipment(client, scene.day("2025-04-13"), 10)
    scene.night("2025-04-13")
    assert not listed.all().exists()


def test_what_the_head_gets_for_want_of_a_receiver_or_an_owner_says_so() -> None:
    seller = scene.department(**PLAIN)
    alone = scene.buyer("alone", make.employee("alone", branch=make.branch("kzn")), "2025-01-10")
    one = scene.buyer("one", seller, "2025-01-10")
    scene.night("2025-04-11")
    Employee.objects.filter(pk=seller.pk).update(is_active=False)
    make.shipment(one, scene.day("2025-04-30"), 10)
    scene.night("2025-04-30")
    for client, state, reason in ((alone, "handed_over", "no_receiver"), (one, "returned", "no_owner")):
        case = scene.case(client)
        assert (scene.owner_of(client), case.state, case.why["head_list"]) == ("hos", state, reason)


def test_a_swinging_client_waits_for_approval_without_taking_a_place_from_others() -> None:
    owner = scene.department(limit=1, swing_returns=1, **PLAIN)
    swings = scene.buyer("swings", owner, "2025-01-10", amount=900)
    scene.night("2025-04-11")
    make.shipment(swings, scene.day("2025-04-30"), 900)
    other = scene.buyer("other", owner, "2025-08-01", amount=1)
    scene.night("2025-04-30")
    scene.night("2025-11-02")
    assert (scene.case(swings).state, scene.case(swings).to_owner) == ("proposed", None)
    assert Notification.objects.filter(key="approval:2025-11-02").count() == 1
    assert (scene.case(other).state, scene.owner_of(other)) == ("handed_over", "dev")
    scene.night("2025-11-03", approve=True)
    assert scene.case(swings).state == "proposed", "nobody has a place"
    Employee.objects.filter(username="dev").update(recovery_limit=2)
    scene.night("2025-11-04", approve=True)
    assert (scene.case(swings).state, scene.owner_of(swings)) == ("handed_over", "dev")
