"""A small department for the night's tests: one owner, two development managers, heads, rules without guards."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.models import Client, Ownership
from salescrm import nightly
from segmentation.models import ClientState, ZeroCase
from staff.access import Role
from staff.models import Employee
from tests import make

OFF: dict[str, Any] = {"feed_guard": False, "size_guard": False, "backlog_guard": False}


def day(text: str) -> date:
    """Read an ISO date."""
    return date.fromisoformat(text)


def department(limit: int = 100, **rules: Any) -> Employee:
    """Make head, owner and development manager with the rule set; return the owner."""
    make.employee("hos", Role.HOS)
    make.employee("dev", Role.BDM_RECOVERY, recovery_limit=limit)
    make.rule_set(**(OFF | rules))
    return make.employee("owner")


def buyer(name: str, owner: Employee, *days: str, amount: int = 100, **fields: Any) -> Client:
    """Make a client that bought for `amount` on each day."""
    client = make.client(name, owner, **fields)
    for bought in days:
        make.shipment(client, day(bought), amount)
    return client


def night(text: str, **options: Any) -> dict[str, Any]:
    """Run a night."""
    return nightly.run(day(text), **options)


def state(client: Client) -> ClientState:
    """Return the life-cycle row of a client."""
    return ClientState.objects.get(client=client)


def case(client: Client) -> ZeroCase:
    """Return the newest zero case of a client."""
    return ZeroCase.objects.filter(client=client).latest("pk")


def owner_of(client: Client) -> str:
    """Return the log-in of the newest owner."""
    return Ownership.objects.get(client=client, ends_on__isnull=True).owner.username
