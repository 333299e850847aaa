"""What the base refuses of contracts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from clients.models import LegalEntity
from deals.contracts.models import Contract
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def contract(entity: LegalEntity, **fields: Any) -> Contract:
    return Contract.objects.create(
        **{
            "period": 2026,
            "kind": "supply",
            "client": entity.client,
            "legal_entity": entity,
            "responsible": Employee.objects.get(username="anna"),
            "subject": "Поставка текстиля",
            "submission": uuid4(),
        }
        | fields
    )


@pytest.fixture
def entity() -> LegalEntity:
    client = make.client("Ромашка", make.employee("anna"))
    return LegalEntity.objects.get(client=client)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, ""),
        ({"starts_on": DAY, "ends_on": DAY}, ""),
        ({"starts_on": DAY}, ""),
        ({"state": "active", "signed_on": DAY}, ""),
        ({"state": "ended", "signed_on": DAY}, ""),
        ({"starts_on": DAY, "ends_on": date(2026, 3, 1)}, "contract_not_empty"),
        ({"ends_on": DAY}, "contract_not_empty"),
        ({"kind": "addition"}, "contract_addition_of"),
        ({"state": "active"}, "contract_signed_on_a_day"),
        ({"state": "terminated"}, "contract_signed_on_a_day"),
        ({"state": "to_sign", "signed_on": DAY}, "contract_signed_on_a_day"),
    ],
)
def test_what_holds_of_a_contract(entity: LegalEntity, fields: dict[str, Any], refused: str) -> None:
    if not refused:
        assert contract(entity, **fields).pk
        return
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        contract(entity, **fields)


def test_an_addition_names_its_contract_and_nothing_else_does(entity: LegalEntity) -> None:
    main = contract(entity)
    assert contract(entity, kind="addition", main=main).main == main
    with pytest.raises(IntegrityError, match="contract_addition_of"), transaction.atomic():
        contract(entity, main=main)


def test_a_number_is_once_a_year_and_may_be_missing(entity: LegalEntity) -> None:
    contract(entity, number="7")
    contract(entity, number="7", period=2027)
    contract(entity)
    contract(entity)
    with pytest.raises(IntegrityError, match="contract_number_of_year"), transaction.atomic():
        contract(entity, number="7")
