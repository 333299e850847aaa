"""What tests of requests for help begin with: one asked about a client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from clients.models import Client
from deals.help_requests import actions
from deals.help_requests.models import HelpRequest
from staff.models import Employee

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)


def asked(client: Client, person: Employee, **fields: Any) -> HelpRequest:
    """Ask for help with a client."""
    told: dict[str, Any] = {
        "deal": None, "difficulty": "Просит скидку 30 %", "tried": "Предложил 10 % за объём", "submission": uuid4(),
        "now": NOW,
    }  # fmt: skip
    return actions.ask(client=client, acting_user=person, **told | fields)
