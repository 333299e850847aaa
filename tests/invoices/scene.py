"""Builders of invoices and payments for tests: through the actions, as people make them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from clients.models import Client
from deals.invoices import actions
from deals.invoices.actions import Said
from deals.invoices.models import Deferral, Invoice, Payment
from staff.models import Employee

NOW = datetime(2026, 7, 16, 12, 0, tzinfo=UTC)


def issue(client: Client, author: Employee, number: str = "1", amount: Any = 100, **fields: Any) -> Invoice:
    """Issue an invoice on 14 July 2026, a Tuesday: 15 July is day 2, 16 July day 3, 20 July the last."""
    given: dict[str, Any] = {"issued_on": date(2026, 7, 14), "subject": "", "submission": uuid4()} | fields
    entity = given.pop("legal_entity", None) or client.legal_entities.order_by("pk")[0]
    return actions.issue(
        client=client, legal_entity=entity, number=number, amount=Decimal(amount), acting_user=author, **given
    )


def pay(client: Client, author: Employee, amount: Any, invoice_number: str = "", **fields: Any) -> Payment:
    """Note a payment of 15 July 2026."""
    given: dict[str, Any] = {"day": date(2026, 7, 15), "number": "", "submission": uuid4(), "now": NOW} | fields
    entity = given.pop("legal_entity", None) or client.legal_entities.order_by("pk")[0]
    return actions.register_payment(
        client=client, legal_entity=entity, amount=Decimal(amount), invoice_number=invoice_number,
        acting_user=author, **given,
    )  # fmt: skip


def speak(invoices: list[Invoice], author: Employee, result: str = "will_pay", **fields: Any) -> list[Invoice]:
    """Note a contact of 16 July 2026; who will pay does so on 17 July."""
    today = fields.pop("today", date(2026, 7, 16))
    submission = fields.pop("submission", uuid4())
    promised = date(2026, 7, 17) if result == "will_pay" else None
    given: dict[str, Any] = {"result": result, "comment": "", "kind": "call", "promised_on": promised} | fields
    said = Said(**given)
    rows = Invoice.objects.filter(pk__in=[one.pk for one in invoices])
    return actions.log_contact(
        invoices=rows, said=said, today=today, submission=submission, acting_user=author, now=NOW
    )


def ask(client: Client, author: Employee, **fields: Any) -> Deferral:
    """Ask for a deferral of 14 days up to 1,000 for invoices of July 2026."""
    given: dict[str, Any] = {
        "why": "Бюджет раз в месяц", "days": 14, "limit": Decimal(1000), "starts_on": date(2026, 7, 1),
        "ends_on": date(2026, 7, 31), "submission": uuid4(), "now": NOW,
    }  # fmt: skip
    return actions.ask_deferral(client=client, acting_user=author, **given | fields)


def approve(deferral: Deferral, head: Employee, **fields: Any) -> Deferral:
    """Approve it as it was asked for."""
    given: dict[str, Any] = {"days": deferral.days, "limit": deferral.limit, "ends_on": deferral.ends_on}
    given |= {"comment": "", "now": NOW}
    given |= fields
    return actions.approve_deferral(deferral=deferral, acting_user=head, **given)


def states(today: date) -> dict[str, str]:
    """Say the state of every invoice by its number."""
    return {one.number: one.state(today).value for one in Invoice.objects.order_by("pk")}


def sums() -> dict[str, tuple[int, int]]:
    """Say amount and paid of every invoice by its number."""
    return {one.number: (int(one.amount), int(one.paid)) for one in Invoice.objects.order_by("pk")}
