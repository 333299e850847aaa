"""The sample company's board is alive: deals in every stage, some over their norm, none without a task."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deals.dealing import following
from deals.dealing.models import Deal
from deals.pipelines.models import Stage
from salescrm.base import reference
from salescrm.demo import deals
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_deals_stand_in_every_stage_and_none_without_a_task(people: dict[str, Employee]) -> None:
    reference.load()
    for n in range(40):
        standing = {"life_cycle": "active", "turnover": 120_000, "top": n < 20, "last_purchase_on": TODAY}
        make.client(f"Клиент {n}", people["csm"], standing=standing | {"rhythm_days": 5 + n % 3})

    deals.write(TODAY - timedelta(days=1))

    there = set(Deal.objects.open().values_list("stage__code", flat=True))
    assert there >= set(Stage.objects.open().filter(pipeline__code="shipment").values_list("code", flat=True))
    assert Deal.objects.open().filter(pipeline__code="development").count() == 7
    assert set(Deal.objects.open().values_list("amount", flat=True)) == {10_000}
    assert following.missing() == following.Missing(0, 0)


def test_without_pipelines_there_is_nothing(people: dict[str, Employee]) -> None:
    make.client("Клиент", people["csm"], standing={"life_cycle": "active"})

    deals.write(TODAY)

    assert not Deal.objects.exists()
