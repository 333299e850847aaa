"""The base for benchmarks: the asked sizes, sums that agree, keys and indexes as before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from clients.models import Client, Ownership, Shipment, ShipmentLine, Standing
from salescrm.demo import bulk
from tests import make

UNTIL = date(2026, 7, 15)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: LazySettings) -> None:
    settings.HOME = tmp_path


def definitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ANY (%s::regclass[]) "
            "UNION SELECT indexdef FROM pg_indexes WHERE tablename = ANY (%s)",
            [list(bulk.FILLED), list(bulk.FILLED)],
        )
        return {row[0] for row in cursor.fetchall()}


def test_it_makes_a_base_of_the_asked_size_with_all_its_keys() -> None:
    before = definitions()

    call_command("demo", clients=120, shipments=1000, until=UNTIL, verbosity=0)

    assert (Client.objects.count(), Shipment.objects.count(), ShipmentLine.objects.count()) == (120, 1000, 4000)
    assert Ownership.objects.count() == Standing.objects.count() == 120
    total, of_lines = Shipment.objects.aggregate(x=Sum("total")), ShipmentLine.objects.aggregate(x=Sum("amount"))
    assert total == of_lines
    assert Shipment.objects.latest("day").day == UNTIL
    assert Shipment.objects.filter(total__lt=0).count() == 20
    assert definitions() == before


def test_it_refuses_a_base_with_data() -> None:
    make.client("Принт-Хаус", make.employee("anna"))

    with pytest.raises(CommandError, match="real origin"):
        call_command("demo", clients=10, shipments=10, until=UNTIL, verbosity=0)
