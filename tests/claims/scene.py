"""What tests of claims begin with: a pipeline, a kind, a cause, a registered claim."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from clients.models import Client
from deals.claims import actions
from deals.claims.models import Claim, ClaimCause, ClaimKind
from staff.models import Employee
from tests import make

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)  # a Thursday


def kind(**fields: Any) -> ClaimKind:
    """Get or make a kind with the default terms."""
    return ClaimKind.objects.get_or_create(code="quality-test", defaults={"name": "Брак"} | fields)[0]


def cause() -> ClaimCause:
    """Get or make a cause."""
    return ClaimCause.objects.get_or_create(code="warehouse-test", defaults={"name": "Склад"})[0]


def made(client: Client, person: Employee, **fields: Any) -> Claim:
    """Register a claim of a client."""
    make.pipeline("claim", opens_next=False)
    given: dict[str, Any] = {
        "kind": kind(),
        "happened": "Пересорт",
        "owner": person,
        "acting_user": person,
        "submission": uuid4(),
    }
    return actions.register(client=client, now=NOW, **(given | fields))


def fresh(claim: Claim) -> dict[str, Any]:
    """Say of a claim what an act is told: the row and the version that is seen now."""
    claim.refresh_from_db()
    return {"claim": claim, "seen": claim.version, "now": NOW}
