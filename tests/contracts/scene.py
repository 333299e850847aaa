"""What tests of contracts begin with: a client, a draft with its paper, a contract brought to a state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from clients.models import Client
from deals.contracts import actions
from deals.contracts.models import Contract
from staff.models import Employee
from tests.conftest import TODAY

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)


def paper(name: str = "dogovor.pdf") -> SimpleUploadedFile:
    """Give a file that is kept."""
    return SimpleUploadedFile(name, b"%PDF-1.7 text", "application/pdf")


def made(client: Client, person: Employee, **fields: Any) -> Contract:
    """Make a draft of the client's first legal entity."""
    given = {
        "kind": "supply", "legal_entity": client.legal_entities.order_by("pk")[0], "responsible": person,
        "subject": "Поставка текстиля", "deal": None, "main": None, "number": "", "payment_terms": "",
        "starts_on": None, "ends_on": None, "notice_days": None,
    }  # fmt: skip
    return actions.create(client=client, fields=given | fields, submission=uuid4(), acting_user=person, now=NOW)


def fresh(contract: Contract) -> dict[str, Any]:
    """Say of a contract what an act is told: the row and the version that is seen now."""
    contract.refresh_from_db()
    return {"contract": contract, "seen": contract.version, "now": NOW}


def brought(contract: Contract, state: str, people: dict[str, Employee]) -> Contract:
    """Bring a draft to a state of the way."""
    person = contract.responsible
    actions.add_file(upload=paper(), acting_user=person, **fresh(contract))
    actions.send(acting_user=person, **fresh(contract))
    if state != "legal":
        actions.approve(acting_user=people["deputy_director"], **fresh(contract))
    if state in ("to_sign", "active"):
        actions.approve(acting_user=people["hos"], **fresh(contract))
    if state == "active":
        actions.sign(day=TODAY, acting_user=person, **fresh(contract))
    contract.refresh_from_db()
    return contract
