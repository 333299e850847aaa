"""The one writer of what is paid and owed: parts of payments, the paid sum of invoices, the debt in Standing.

Whoever calls holds the rows of the clients, so that two payments of one client wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from deals import contacts
from salescrm.base import sql

APP = "deals"


def spread(clients: Iterable[int]) -> int:
    """Spread what is left of the clients' payments over their unpaid invoices; return how many parts were written.

    1. A payment that names an invoice pays that one, and what is left of it waits for a person.
    2. Others pay the oldest invoices of their legal entity.
    3. The paid sums follow after each, then the debts.
    """
    named = {"client_ids": sorted(set(clients))}
    parts = sql.run(APP, "spread_named_payments", named)
    sql.run(APP, "write_paid", named)
    parts += sql.run(APP, "spread_other_payments", named)
    write(named["client_ids"])
    return parts


def write(clients: Iterable[int]) -> int:
    """Write paid sums and debts of these clients where they differ; return how many changed."""
    named = {"client_ids": sorted(set(clients))}
    changed = sql.run(APP, "write_paid", named)
    contacts.lock(named["client_ids"])
    return changed + sql.run(APP, "write_debts", named)
