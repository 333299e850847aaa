"""ABC by turnover of the window, XYZ by regularity: tables of cases on the limits (R61-R64)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from clients.models import Standing
from salescrm.base.models import Notification
from segmentation import concentration, trial
from segmentation.models import Classification
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
MONTHS = [f"2025-{month:02}-10" for month in range(1, 13)]


def letter(days: list[str], **rules: Any) -> tuple[str, int, int]:
    """Classify one client with these purchases beside one that buys every month of 2025."""
    owner = scene.department(**rules)
    scene.buyer("every", owner, *MONTHS)
    client = scene.buyer("one", owner, *days)
    scene.night("2025-12-31")
    row = Classification.objects.get(client=client)
    return row.xyz, row.months_bought, row.months_counted


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (MONTHS[6:], ("X", 6, 6)),
        (MONTHS[0:6:1], ("X", 6, 12)),  # exactly a half
        (MONTHS[0:5], ("Y", 5, 12)),
        (MONTHS[0:3], ("Y", 3, 12)),  # exactly a quarter
        (MONTHS[0:2], ("Z", 2, 12)),
        (MONTHS[9:12], ("X", 3, 3)),
        ([MONTHS[9], MONTHS[11]], ("Y", 2, 3)),  # two thirds, but X needs three months
        ([MONTHS[9]], ("Z", 1, 3)),  # a third, but Y needs two months
        (MONTHS[10:12], ("", 2, 2)),  # fewer than three months
        (["2024-12-31", MONTHS[11]], ("Z", 1, 12)),  # first bought before the window: every month counts
        (["2025-01-01", "2025-01-31", "2025-06-30"], ("Z", 2, 12)),  # two days of a month are one month
    ],
)
def test_it_measures_regularity_by_the_share_of_months(days: list[str], expected: tuple[str, int, int]) -> None:
    assert letter(days) == expected


def test_it_leaves_out_months_in_which_nobody_bought() -> None:
    owner = scene.department()
    kept = [day for day in MONTHS if not day.startswith("2025-08")]
    client = scene.buyer("one", owner, *kept)
    journal = scene.night("2025-12-31")
    row = Classification.objects.get(client=client)
    assert (row.months_bought, row.months_counted, journal["empty_months"]) == (11, 11, ["2025-08"])


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([100] * 12, ("X", "0.0000")),
        ([150, 50] * 6, ("X", "0.5000")),  # exactly on the limit of X
        ([200, 0] * 6, ("Y", "1.0000")),  # exactly on the limit of Y
        ([1200] + [0] * 11, ("Z", "3.3166")),
    ],
)
def test_it_measures_the_coefficient_of_variation(amounts: list[int], expected: tuple[str, str]) -> None:
    owner = scene.department(measure="cv")
    client = make.client("one", owner)
    for day, amount in zip(MONTHS, amounts, strict=True):
        if amount:
            make.shipment(client, scene.day(day), amount)
    scene.night("2025-12-31")
    row = Classification.objects.get(client=client)
    assert (row.xyz, str(row.cv)) == expected


def test_it_counts_quarters_back_from_the_end_of_the_window() -> None:
    assert letter(["2025-01-10", "2025-04-10", "2025-07-10", "2025-10-10"], unit="quarter") == ("X", 4, 4)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"a": 80, "b": 15, "c": 5}, {"a": "A", "b": "B", "c": "C"}),  # 80 % before b is no longer below 80 %
        ({"a": 79, "b": 16, "c": 5}, {"a": "A", "b": "A", "c": "C"}),  # the client that crosses the line is above it
        ({"b": 50, "a": 50}, {"a": "A", "b": "A"}),
        ({"a": 100, "b": -5}, {"a": "A", "b": None}),  # a return without a purchase is no client of the matrix
    ],
)
def test_it_cuts_turnover_at_eighty_and_ninety_five(amounts: dict[str, int], expected: dict[str, str | None]) -> None:
    owner = scene.department()
    for name, amount in amounts.items():
        scene.buyer(name, owner, "2025-05-05", amount=amount)
    scene.night("2025-12-31")
    found = dict(Classification.objects.values_list("client__name", "abc"))
    assert {name: found.get(name) for name in amounts} == expected


def test_it_breaks_ties_by_code_and_keeps_clients_without_letters_in_the_corner() -> None:
    owner = scene.department()
    for name, code in (("first", "B"), ("second", "A"), ("third", "a")):
        scene.buyer(name, owner, "2025-05-05", amount=50, code=code)
    back = scene.buyer("back", owner, "2025-05-05", amount=10)
    make.shipment(back, scene.day("2025-06-05"), -10)
    journal = scene.night("2025-12-31")
    rows = Classification.objects.exclude(abc="").order_by("share_before").values_list("client__name", flat=True)
    assert list(rows) == ["second", "first", "third"]
    assert journal["matrix"]["none"] == {"clients": 1, "turnover": 0.0}
    assert sum(cell["clients"] for cell in journal["matrix"].values()) == 4


def test_it_opens_a_new_row_only_when_something_changed() -> None:
    owner = scene.department()
    client = scene.buyer("one", owner, "2025-05-05")
    scene.night("2025-12-30")
    scene.night("2025-12-31")
    scene.night("2026-01-01")
    rows = list(Classification.objects.filter(client=client).order_by("since").values_list("since", "until"))
    assert rows == [(scene.day("2025-12-30"), scene.day("2025-12-31")), (scene.day("2025-12-31"), None)]


def test_it_writes_standing_with_turnover_of_two_windows_and_a_sparkline() -> None:
    owner = scene.department()
    client = scene.buyer("one", owner, "2024-12-31", "2025-01-01", "2025-12-31")
    scene.night("2025-12-31")
    row = Standing.objects.get(client=client)
    assert (row.turnover, row.turnover_before, row.abc, row.key_client) == (Decimal(200), Decimal(100), "A", True)
    assert (len(row.months), row.months[11], row.months[12], row.months[23]) == (
        24,
        Decimal(100),
        Decimal(100),
        Decimal(100),
    )


def test_it_forgets_the_class_when_the_last_purchase_leaves_the_window() -> None:
    owner = scene.department()
    client = scene.buyer("one", owner, "2024-12-31")
    scene.buyer("two", owner, "2025-06-01")
    scene.night("2025-12-30")
    assert Standing.objects.get(client=client).abc
    scene.night("2025-12-31")
    row = Standing.objects.get(client=client)
    assert (row.abc, row.xyz, row.turnover) == ("", "", Decimal(0))


def test_it_classifies_any_day_without_writing() -> None:
    owner = scene.department()
    scene.buyer("one", owner, *MONTHS)
    told = trial.classify(scene.day("2025-06-30"), measure="cv", limits=(Decimal("0.5"), Decimal(1)))
    assert (told["window"], told["classified"], told["xyz"]) == (
        ["2024-07-01", "2025-07-01"],
        1,
        {"X": 0, "Y": 1, "Z": 0},
    )
    assert not Classification.objects.exists()


@pytest.mark.parametrize(
    ("november", "december", "told"),
    [
        (100, 0, []),  # 100 of 2,000 is just five per cent
        (100, 1, [("2025-12-31", concentration.WARNED)]),
        (101, 0, [("2025-11-30", concentration.WARNED)]),  # once, not every night
        (101, 150, [("2025-11-30", concentration.WARNED), ("2025-12-31", concentration.ENDANGERED)]),
        (300, -150, [("2025-11-30", concentration.ENDANGERED)]),  # back under the critical limit
        (300, -290, [("2025-11-30", concentration.ENDANGERED)]),
    ],
)
def test_the_head_is_told_when_a_client_passes_a_limit_of_its_share(
    november: int, december: int, told: list[tuple[str, str]]
) -> None:
    owner = scene.department()
    for number in range(38):
        scene.buyer(f"c{number}", owner, "2025-11-01", amount=50)
    big = scene.buyer("big", owner, "2025-11-10", amount=november)
    make.shipment(big, scene.day("2025-12-10"), december)
    for night in ("2025-11-30", "2025-12-01", "2025-12-31"):
        scene.night(night)
    rows = (
        Notification.objects.filter(kind="concentration").order_by("pk").values_list("key", "text", "person__username")
    )
    assert list(rows) == [(f"concentration:{night}:{big.pk}", text, "hos") for night, text in told]
