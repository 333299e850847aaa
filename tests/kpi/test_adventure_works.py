"""Turnover of months and salespeople against the file itself, to the cent (AdventureWorks, 57,851 lines)."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clients.models import Ownership
from kpi.measures import computing
from kpi.measures.models import DirectionResult, Result
from salescrm.base.periods import add_months, month_end
from tests import make
from tests.intake import files
from tests.needs import shared

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST, LAST = date(2017, 7, 1), date(2020, 5, 31)


def lines(folder: Path) -> list[tuple[date, str, Decimal]]:
    """Read day, reseller and sum of each line."""
    with gzip.open(folder / "Sales.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    return [(date.fromisoformat(r["OrderDate"].replace("/", "-")), r["ResellerKey"], Decimal(r["Sales"])) for r in rows]


def test_turnover_by_month_and_person_is_the_files_own() -> None:
    folder = shared() / "data/adventureworks_reseller"
    files.load(folder / "Sales.csv.gz")
    make.rule_set()
    owners = {
        code: row.owner_id
        for row in Ownership.objects.filter(ends_on=None)
        for code in row.client.legal_entities.values_list("codes__code", flat=True)
    }
    months = {day.replace(day=1) for day, _reseller, _amount in lines(folder)}
    expected: dict[tuple[date, int], Decimal] = defaultdict(Decimal)
    for day, reseller, amount in lines(folder):
        expected[day.replace(day=1), owners[reseller]] += amount
    for month in sorted(months):
        computing.refresh(month, month_end(month))
    found: dict[tuple[date, int], Decimal] = defaultdict(Decimal)
    for row in Result.objects.filter(measure="turnover"):
        found[row.month_id, row.employee_id] += row.value
    assert {key: value for key, value in found.items() if value} == {k: v for k, v in expected.items() if v}
    whole = sum(amount for _day, _reseller, amount in lines(folder))
    assert sum(found.values()) == sum(DirectionResult.objects.values_list("value", flat=True)) == whole
    assert add_months(min(months), 34) == LAST.replace(day=1)
    assert min(months) == FIRST
