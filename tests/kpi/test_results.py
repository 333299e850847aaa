"""Stored results against a plain computation over random histories: parts add up to the company, to the cent."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clients.models import Client, Ownership
from kpi.measures import computing
from kpi.measures.models import DayResult, DirectionResult, Result
from salescrm import nightly
from salescrm.base.periods import add_months, month_end
from segmentation.models import RuleSet, TopMembership
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
BEGIN, LAST = date(2025, 1, 1), date(2025, 6, 20)
MONTHS = [add_months(BEGIN, n) for n in range(6)]
ADDING = ("turnover", "purchases", "documents", "active_accounts", "new_clients", "repeat_clients")


@dataclass
class One:
    """A client as the plain computation knows it."""

    client: Client
    owners: list[tuple[date, int]]
    documents: list[tuple[date, Decimal]] = field(default_factory=list)
    is_shop: bool = False
    top_from: date | None = None

    def owner(self, day: date) -> int:
        return [owner for start, owner in self.owners if start <= max(day, self.owners[0][0])][-1]

    @property
    def days(self) -> list[date]:
        return sorted({day for day, total in self.documents if total > 0})

    def group(self, month: date) -> str:
        if self.top_from and self.top_from < month:
            return "top"
        if self.days and add_months(month, -3) <= self.days[0] < add_months(month, 1):
            return "new"
        return "shops" if self.is_shop else "others"


def world(seed: int) -> list[One]:
    """Make clients with hand-overs in mid-month, returns, silent ones, shops and TOP; run one night."""
    chance = random.Random(seed)
    rules = make.rule_set(feed_guard=False, top_cells=[])
    people = [make.employee(f"p{n}") for n in range(3)]
    found = []
    for number in range(14):
        start = BEGIN + timedelta(days=chance.randint(0, 100))
        is_shop = chance.random() < 0.3
        owner = chance.choice(people)
        client = make.client(f"c{number}", owner, since=start, channel="internet_shop" if is_shop else "wholesale")
        one = One(client, [(start, owner.pk)], is_shop=is_shop)
        for _n in range(chance.randint(0, 3)):
            day = max(one.owners[-1][0] + timedelta(days=chance.randint(1, 50)), start)
            if day <= LAST:
                _hand_over(one, chance.choice(people), day)
        for _n in range(chance.randint(0, 12)):
            day = start + timedelta(days=chance.randint(0, (LAST - start).days))
            amount = Decimal(chance.randint(-30000, 90000)) / 100
            make.shipment(client, day, amount)
            one.documents.append((day, amount))
        found.append(one)
    nightly.run(LAST)
    for one in found:
        if one.days and chance.random() < 0.3:
            one.top_from = BEGIN - timedelta(days=1) + timedelta(days=chance.randint(0, 120))
            TopMembership.objects.create(
                client=one.client, entered_on=one.top_from, entered_reason="cell", rule_set=rules
            )
    return found


def _hand_over(one: One, owner: Employee, day: date) -> None:
    """Move a client from a day on, as the line of owners is kept."""
    Ownership.objects.filter(client=one.client, ends_on=None).update(ends_on=day)
    Ownership.objects.create(client=one.client, owner=owner, starts_on=day, reason="manual")
    one.owners.append((day, owner.pk))


def plain(clients: list[One], month: date) -> dict[tuple[str, int, str], Decimal]:
    """Count what adds, client by client."""
    found: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    first_list = min((one.top_from for one in clients if one.top_from), default=None)
    end = min(month_end(month), LAST)
    for one in clients:
        group = one.group(max(month, first_list + timedelta(days=1)) if first_list else month)
        group = group if group == "top" else One.group(One(one.client, one.owners, one.documents, one.is_shop), month)
        here = [(day, total) for day, total in one.documents if month <= day <= end]
        for day, total in here:
            found["turnover", one.owner(day), group] += total
            found["documents", one.owner(day), group] += total > 0
        bought = [day for day in one.days if month <= day <= end]
        for day in bought:
            found["purchases", one.owner(day), group] += 1
        if bought:
            found["active_accounts", one.owner(month), group] += 1
        if one.days and month <= one.days[0] <= end:
            found["new_clients", one.owner(one.days[0]), group] += 1
        if len(one.days) > 1 and month <= one.days[1] <= end and one.days[0] >= add_months(month, -3):
            found["repeat_clients", one.owner(one.days[1]), group] += 1
    return {key: value for key, value in found.items() if value}


def stored(month: date) -> dict[tuple[str, int, str], Decimal]:
    """Return what the base keeps of the same measures."""
    found: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for row in Result.objects.filter(month=month, measure__in=ADDING):
        found[row.measure, row.employee_id, row.client_group] += row.value
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize("seed", range(6))
def test_results_are_the_plain_ones_and_add_up(seed: int) -> None:
    clients = world(seed)
    computing.backfill(5, LAST)
    for month in MONTHS:
        assert stored(month) == plain(clients, month), month
        end = min(month_end(month), LAST)
        company = sum((t for one in clients for day, t in one.documents if month <= day <= end), Decimal(0))
        for table in (Result.objects.filter(measure="turnover"), DirectionResult.objects, DayResult.objects):
            assert sum(table.filter(month=month).values_list("value", flat=True)) == company


def test_a_second_refresh_writes_nothing() -> None:
    world(1)
    computing.backfill(5, LAST)
    assert computing.backfill(5, LAST) == 0


def test_a_client_handed_over_in_mid_month_is_of_both_for_their_days() -> None:
    make.rule_set(feed_guard=False)
    before, after = make.employee("before"), make.employee("after")
    one = One(make.client("c", before, since=date(2025, 1, 1)), [(date(2025, 1, 1), before.pk)])
    for day, amount in ((date(2025, 6, 9), 100), (date(2025, 6, 10), 50), (date(2025, 6, 11), -20)):
        make.shipment(one.client, day, amount)
    _hand_over(one, after, date(2025, 6, 10))
    nightly.run(LAST)
    assert not RuleSet.objects.exclude(first_purchase_known_from=None).exists()
    found = stored(date(2025, 6, 1))
    assert found["turnover", before.pk, "new"] == 100
    assert found["turnover", after.pk, "new"] == 30
    assert found["active_accounts", before.pk, "new"] == 1
    assert ("active_accounts", after.pk, "new") not in found
