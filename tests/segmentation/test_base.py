"""The base in numbers, by clients and by legal entities (R2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client, LegalEntity
from salescrm import nightly
from segmentation import base as reading
from segmentation.models import PurchaseDay, RuleSet
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
Asked = dict[str, Any]
URL = "/segmentation/base/"
ON = date(2026, 6, 30)


def moved(client: Client, into: Client) -> LegalEntity:
    """Make the legal entity of one client another one's, with its documents."""
    entity = client.legal_entities.get()
    entity.client = into
    entity.save()
    return entity


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """A holding of three legal entities: one buys steadily, one bought once long ago, one never; a firm beside it."""
    csm = people["csm"]
    made = {name: make.client(name, csm) for name in ("holding", "old part", "idle part", "firm", "nobody")}
    for month in (2, 4, 6):
        make.shipment(made["holding"], date(2026, month, 10), 1000)
    make.shipment(made["old part"], date(2024, 5, 5), 500)
    make.shipment(made["firm"], date(2026, 6, 1), 100)
    make.shipment(made["firm"], date(2026, 6, 2), -20)
    for name in ("old part", "idle part"):
        moved(made[name], made["holding"])
        Client.objects.filter(pk=made[name].pk).update(merged_into=made["holding"])
    make.rule_set()
    nightly.run(ON)
    return made


def told(unit: str, on: date = ON, **of: Any) -> dict[str, Any]:
    """Count the base of present clients."""
    found = reading.count(Client.objects.filter(merged_into__isnull=True, **of), on, RuleSet.objects.get(), unit)
    return asdict(found)


def test_a_holding_is_one_client_and_its_legal_entities_are_counted_by_their_own_purchases(
    base: dict[str, Client],
) -> None:
    money = {"turnover": Decimal(3080), "key_turnover": Decimal(3000)}
    assert told("clients") == money | {
        "known": 3, "bought": 2, "active": 2, "new": 1, "one_time": 1, "lost": 0, "key": 1
    }  # fmt: skip
    assert told("entities") == money | {
        "known": 5, "bought": 3, "active": 2, "new": 2, "one_time": 2, "lost": 1, "key": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "active", "new", "lost"),
    [
        (date(2024, 5, 4), 0, 0, 0),
        (date(2024, 5, 5), 1, 1, 0),
        (date(2025, 2, 4), 1, 1, 0),  # nine months are over on the day itself
        (date(2025, 2, 5), 1, 1, 1),
        (date(2025, 5, 4), 1, 1, 1),
        (date(2025, 5, 5), 0, 0, 1),
    ],
)
def test_its_terms_end_on_the_day(base: dict[str, Client], on: date, active: int, new: int, lost: int) -> None:
    found = told("entities", on)
    assert (found["active"], found["new"], found["lost"]) == (active, new, lost)


@pytest.mark.parametrize(
    ("bought", "on", "lost"),
    [
        (date(2025, 5, 31), date(2026, 2, 27), 0),
        (date(2025, 5, 31), date(2026, 2, 28), 1),  # 31 May and nine months are the last day of February
        (date(2025, 5, 30), date(2026, 2, 27), 0),
        (date(2025, 6, 1), date(2026, 2, 28), 0),
        (date(2025, 6, 28), date(2026, 3, 28), 1),
        (date(2025, 6, 30), date(2026, 3, 29), 0),
    ],
)
def test_months_are_reckoned_forward_from_the_purchase(
    bought: date, on: date, lost: int, base: dict[str, Client]
) -> None:
    entity = base["nobody"].legal_entities.get()
    PurchaseDay.objects.create(legal_entity=entity, day=bought, documents=1, amount=1)
    assert told("clients", on, pk=base["nobody"].pk)["lost"] == lost


def test_where_every_client_has_one_legal_entity_both_counts_are_the_same(base: dict[str, Client]) -> None:
    of: Asked = {"pk": base["firm"].pk}
    assert told("clients", **of) == told("entities", **of)


def test_the_switch_is_kept_in_the_address(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(URL, Asked(unit="entities", branch=base["firm"].branch_id))
    assert page.context["found"].known == 5
    assert [one["on"] for one in page.context["units"]] == [False, True]
    assert all("branch=" in one["url"] for one in page.context["units"])
    assert ("unit", "entities") in page.context["branch_kept"]
    assert browser_of("hos").get(URL, Asked(unit="x")).context["unit"] == "clients"


def test_it_counts_only_what_the_person_sees(base: dict[str, Client], browser_of: BrowserOf) -> None:
    assert browser_of("bdm_key").get(URL).context["found"].known == 0
    assert browser_of("csm").get(URL, Asked(unit="entities")).context["found"].known == 5


def test_without_a_night_it_says_so(people: Any, browser_of: BrowserOf) -> None:
    assert "found" not in browser_of("hos").get(URL).context


def test_the_number_of_queries_does_not_grow_with_the_base(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of("hos")
    browser.get(URL)
    with django_assert_max_num_queries(20) as few:
        browser.get(URL, Asked(unit="entities"))
    for number in range(27):
        make.client(f"more {number}", people["csm"])
    with django_assert_max_num_queries(20) as many:
        page = browser.get(URL, Asked(unit="entities"))
    assert page.context["found"].known == 32
    assert len(many) == len(few)
