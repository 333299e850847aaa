"""The real data sets, each twice: what is known of them comes out, and the second time changes nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from clients.models import Client, Ownership, Product, Shipment, ShipmentLine
from staff.models import Employee
from tests.intake import files
from tests.needs import shared

pytestmark = pytest.mark.django_db


def twice(*paths: Path) -> dict[str, Any]:
    """Import, and again: nothing may have changed."""
    first, before = files.load(*paths), files.digest()
    second = files.load(*paths)
    assert first["refused"] == second["refused"] == ""
    documents = first["documents"]["new"]
    assert second["documents"] == {"new": 0, "changed": 0, "unchanged": documents}
    assert (second["clients_created"], second["employees_created"], second["errors"]) == (0, 0, 0)
    assert files.digest() == before
    return first


@pytest.mark.slow  # the year of the re-computation brings the same file in, in the fast suite
def test_online_retail_comes_in_whole_but_for_lines_without_a_client() -> None:
    result = twice(shared() / "data/uci_online_retail/online_retail.csv.gz")
    assert (result["rows_read"], result["left_out"], result["lines"]) == (541_909, 135_080, 406_829)
    assert (result["clients_created"], result["documents"]["new"]) == (4_372, 22_190)
    assert ShipmentLine.objects.count() == 406_829
    assert Shipment.objects.aggregate(total=Sum("total"))["total"] == Decimal("8300065.8140")
    assert ShipmentLine.objects.aggregate(total=Sum("amount"))["total"] == Decimal("8300065.8140")
    assert Client.objects.filter(name="17850").exists()
    assert not Shipment.objects.filter(number__startswith="C", total__gt=0).exists()


def test_adventure_works_gets_its_names_from_the_files_beside() -> None:
    folder = shared() / "data/adventureworks_reseller"
    result = twice(folder / "Sales.csv.gz")
    assert (result["lines"], result["documents"]["new"], result["clients_created"]) == (57_851, 3_616, 632)
    assert Client.objects.filter(name="The Bicycle Accessories Company", city="Alhambra").exists()
    assert Product.objects.filter(name="Sport-100 Helmet, Red", category__name="Accessories").exists()
    assert Employee.objects.get(last_name="Jiang").first_name == "Stephen"
    assert not Ownership.objects.filter(owner__username="import").exists()


def test_orders_of_1c_come_in_from_commerceml() -> None:
    result = twice(shared() / "data/ru_commerceml/bitrix-query-response-full.xml")
    assert (result["documents"]["new"], result["lines"], result["clients_created"]) == (2, 8, 2)
    totals = {"132": Decimal("231.74"), "133": Decimal("14380.58")}
    assert dict(Shipment.objects.values_list("number", "total")) == totals


@pytest.mark.parametrize("name", ["bitrix-query-response-empty.xml", "import0_1.xml", "offers0_1.xml"])
def test_commerceml_without_orders_is_refused(name: str) -> None:
    assert "no rows" in files.load(shared() / "data/ru_commerceml" / name)["refused"]
