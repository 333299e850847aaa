"""The TOP list: entry while buying, exit at reviews, the cap, a person's word (R63-R68)."""

from __future__ import annotations

from typing import Any

import pytest

from salescrm.base.models import Notification
from segmentation import actions
from segmentation.models import RuleSet, TopMembership
from segmentation.steps.top import is_review
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
MONTHS = [f"2025-{month:02}-10" for month in range(1, 13)]


def members() -> set[str]:
    return set(TopMembership.objects.filter(left_on__isnull=True).values_list("client__name", flat=True))


@pytest.mark.parametrize(
    ("months", "reviews"),
    [(1, set(range(1, 13))), (3, {3, 6, 9, 12}), (6, {6, 12}), (12, {12})],
)
def test_it_counts_reviews_back_from_december(months: int, reviews: set[int]) -> None:
    rules = RuleSet(review_months=months)
    ends = [scene.day(f"2025-{month:02}-{day}") for month, day in zip(
        range(1, 13), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)]  # fmt: skip
    assert {end.month for end in ends if is_review(end, rules)} == reviews
    assert not is_review(scene.day("2025-12-30"), rules)


@pytest.mark.parametrize(("last", "enters"), [("2025-11-30", True), ("2025-11-29", False)])
def test_it_lets_in_only_who_is_buying(last: str, enters: bool) -> None:
    owner = scene.department()
    scene.buyer("one", owner, *MONTHS[:10], last)
    scene.night("2025-12-29")
    assert members() == ({"one"} if enters else set())


def test_it_lets_a_silent_client_in_with_its_next_purchase() -> None:
    owner = scene.department()
    client = scene.buyer("one", owner, *MONTHS[:8])
    scene.night("2025-12-01")
    assert members() == set()
    make.shipment(client, scene.day("2025-12-02"), 100)
    assert scene.night("2025-12-02")["top"]["entered"] == 1


def test_owner_and_heads_are_told_once_a_night_who_entered() -> None:
    owner, other = scene.department(), make.employee("other")
    make.employee("csh", Role.CSH)
    make.employee("there", Role.BRANCH_HEAD, branch=make.branch("msk"))
    one = scene.buyer("one", owner, *MONTHS[:11])
    for name in ("two", "three"):
        scene.buyer(name, other, *MONTHS[:11], branch=make.branch("msk"))
    scene.night("2025-12-02")
    scene.night("2025-12-03")
    told = Notification.objects.filter(kind="top_entered").values_list("person__username", "values", "url")
    entries = "/segmentation/top/?view=entered&on=2025-12-02&since=2025-12-01"
    assert sorted(told) == [
        ("csh", {"count": 3, "day": "02.12.2025"}, entries),
        ("hos", {"count": 3, "day": "02.12.2025"}, entries),
        ("other", {"count": 2}, entries),
        ("owner", {"client": "one"}, f"/clients/{one.pk}/"),
        ("there", {"count": 2, "day": "02.12.2025"}, entries),
    ]


def test_a_review_tells_heads_once_of_who_entered_and_left() -> None:
    scene.buyer("one", scene.department(), *MONTHS)
    scene.night("2025-12-31")
    told = Notification.objects.filter(kind__startswith="top_").values_list("person__username", "kind")
    assert sorted(told) == [("hos", "top_review"), ("owner", "top_entered")]


def test_it_lets_out_at_reviews_only() -> None:
    owner = scene.department(hand_over_mode="off")
    scene.buyer("one", owner, *MONTHS[:6], amount=10)
    scene.night("2025-07-05")
    scene.buyer("large", owner, "2025-07-06", amount=10_000)
    scene.night("2025-08-31")
    assert members() == {"one"}
    journal = scene.night("2025-09-30")
    row = TopMembership.objects.get(client__name="one")
    assert (row.left_on, row.left_reason, journal["top"]["left"]) == (scene.day("2025-09-30"), "class_lost", 1)
    (told,) = Notification.objects.filter(kind="top_review")
    assert (told.person.username, told.values) == ("hos", {"day": "30.09.2025", "left": 1, "entered": 0})
    assert told.url == "/segmentation/top/?view=left&on=2025-09-30&since=2025-09-29"


def test_it_cuts_to_the_cap_at_a_review() -> None:
    owner = scene.department(top_cap=1, top_cells=["AX", "BX", "CX"])
    scene.buyer("one", owner, *MONTHS[:6], amount=10)
    scene.night("2025-06-15")
    late = make.client("two", owner)
    for month in range(1, 7):
        make.shipment(late, scene.day(f"2025-{month:02}-20"), 20)
    scene.night("2025-06-29")
    assert members() == {"one", "two"}  # the second is the larger one, so it enters; nobody leaves before the review
    scene.night("2025-06-30")
    assert members() == {"two"}
    assert TopMembership.objects.get(client__name="one").left_reason == "cap"


def test_a_night_with_other_cells_is_a_review_night() -> None:
    owner = scene.department()
    scene.buyer("one", owner, *MONTHS[:6])
    scene.night("2025-06-15")
    make.rule_set(effective_from=scene.day("2025-06-16"), **(scene.OFF | {"top_cells": ["BX"]}))
    assert scene.night("2025-06-16")["top"]["review"]
    assert TopMembership.objects.get().left_reason == "rules"


def test_it_obeys_a_persons_word_until_its_date() -> None:
    owner = scene.department()
    head = Employee.objects.get(username="hos")
    buying, other = scene.buyer("buying", owner, *MONTHS[:6]), scene.buyer("other", owner, "2025-01-10", amount=1)
    told: dict[str, Any] = {
        "until": scene.day("2025-07-02"),
        "reason": "plan",
        "acting_user": head,
        "today": scene.day("2025-06-15"),
    }
    actions.override_top(client=buying, is_in=False, **told)
    actions.override_top(client=other, is_in=True, **told)
    scene.night("2025-06-20")
    assert members() == {"other"}
    scene.night("2025-06-30")  # a review: the word holds
    assert members() == {"other"}
    scene.night("2025-07-01")
    assert members() == {"other"}
    scene.night("2025-07-02")  # the word is over: in by the rules, out at the next review
    assert members() == {"buying", "other"}
    scene.night("2025-09-30")
    assert members() == {"buying"}
