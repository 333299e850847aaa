"""The one writer of what Standing says of contacts and tasks: last contact, the running term, the nearest task.

`deals.actions` calls it for the clients it writes about, the night (segmentation, step contacts) for everybody. Each
function locks the rows first and sums up by a later statement, so two people who write about one client at the same
moment both count.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from deals import norm
from deals.norm import Norm
from salescrm.base import sql
from staff import calendar

APP = "deals"
Clients = Iterable[int] | None  # ids; None: everybody


@transaction.atomic
def write(clients: Clients) -> int:
    """Write last contact, running term and its last day (R89-R97); return how many values changed."""
    named = _lock(clients)
    return sql.run(APP, "write_last_contacts", named) + _write_due(named)


@transaction.atomic
def write_next_tasks(clients: Clients) -> int:
    """Write the day of the nearest open task; return how many changed."""
    named = _lock(clients)
    return sql.run(APP, "write_next_tasks", named)


def _lock(clients: Clients) -> dict[str, Any]:
    """Lock the rows in the order of clients; return the parameters that name them."""
    ids = [] if clients is None else sorted(set(clients))
    named: dict[str, Any] = {"everybody": clients is None, "client_ids": ids}
    sql.row(APP, "lock_standings", named)
    return named


def _write_due(named: dict[str, Any]) -> int:
    """Reckon the last day of each different term once, and write it to all clients that are in it."""
    terms = sql.rows(APP, "find_contact_terms", named)
    calendars = calendar.by_branch({term["branch_id"] for term in terms})
    dues = [
        norm.due_on(
            Norm(term["months"] or None, term["days"] or None, term["by_calendar"]),
            term["start_on"],
            calendars[term["branch_id"]],
        )
        for term in terms
    ]
    reckoned = {
        "branches": [term["branch_id"] for term in terms],
        "months": [term["months"] for term in terms],
        "days": [term["days"] for term in terms],
        "by_calendar": [term["by_calendar"] for term in terms],
        "starts": [term["start_on"] for term in terms],
        "dues": dues,
    }
    return sql.run(APP, "write_contact_due", named | reckoned)
