"""Invoices of the sample company: of every state, their sums in order, the same every time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import F, Sum

from clients.models import Standing
from deals.invoices.models import Deferral, Invoice, InvoiceState, Payment
from salescrm.demo import billing
from staff.access import Role
from staff.models import Employee
from tests import make

UNTIL = date(2026, 7, 15)


@pytest.mark.django_db
def test_it_has_invoices_of_every_state_whose_sums_agree(people: dict[str, Employee]) -> None:
    standing: dict[str, Any] = {"life_cycle": "active", "turnover": 1_200_000}
    for n in range(80):
        make.client(f"Клиент {n}", people[Role.CSM], standing=standing)
    billing.write(UNTIL)
    today = date(2026, 7, 16)
    states = {one.state(today) for one in Invoice.objects.all()}
    assert states >= {InvoiceState.ISSUED, InvoiceState.PAID, InvoiceState.OVERDUE, InvoiceState.CANCELLED}
    assert Invoice.objects.unpaid().filter(paid__gt=0).exists()
    unpaid = Invoice.objects.unpaid().aggregate(all=Sum(F("amount") - F("paid")))["all"]
    assert Standing.objects.aggregate(all=Sum("debt"))["all"] == unpaid
    spread = Invoice.objects.aggregate(all=Sum("paid"))["all"]
    assert spread == Payment.objects.aggregate(all=Sum("amount"))["all"]
    assert sorted(Deferral.objects.values_list("state", flat=True)) == ["approved", "asked", "refused"]
    said = list(Invoice.objects.order_by("number").values_list("number", "issued_on", "amount"))
    assert said[0][0] == "00001"
