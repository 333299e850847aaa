"""The one writer of what Standing says of contacts and tasks: last contact, the running term, the nearest task.

`deals.actions` calls it for the clients it writes about; the night (segmentation, step contacts) calls `write_all`,
which looks at everybody and writes only what differs. Rows are locked first and summed up by a later statement, so two
people who write about one client at the same moment both count; whoever writes tasks too locks those before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from deals import norm
from deals.norm import Norm
from salescrm.base import sql
from staff import calendar

APP = "deals"


@transaction.atomic
def write(clients: Iterable[int]) -> int:
    """Write last contact, running term and its last day (R89-R97) of these clients; return how many values changed."""
    named = _lock(clients)
    changed = sql.run(APP, "write_last_contacts", named)
    terms = _terms(everybody=False, client_ids=named["client_ids"])
    return changed + sql.run(APP, "write_contact_due", named | terms)


@transaction.atomic
def write_next_tasks(clients: Iterable[int]) -> int:
    """Write the day of the nearest open task of these clients; return how many changed."""
    return sql.run(APP, "write_next_tasks", _lock(clients))


@transaction.atomic
def write_all() -> int:
    """Write everything of every client where it differs; return how many values changed."""
    differing = _ids("find_stale_contacts")
    changed = write(differing) + write_next_tasks(differing)
    terms = _terms(everybody=True, client_ids=[])
    return changed + sql.run(APP, "write_contact_due", _lock(_ids("find_stale_terms", terms)) | terms)


def _ids(name: str, parameters: Mapping[str, Any] | None = None) -> list[int]:
    return [row["client_id"] for row in sql.rows(APP, name, parameters)]


def _lock(clients: Iterable[int]) -> dict[str, Any]:
    """Lock the rows in the order of clients; return the parameter that names them."""
    named = {"client_ids": sorted(set(clients))}
    sql.row(APP, "lock_standings", named)
    return named


def _terms(*, everybody: bool, client_ids: list[int]) -> dict[str, Any]:
    """Reckon the last day of each different term once; return the terms as parallel arrays."""
    terms = sql.rows(APP, "find_contact_terms", {"everybody": everybody, "client_ids": client_ids})
    calendars = calendar.by_branch({term["branch_id"] for term in terms})
    dues = [
        norm.due_on(
            Norm(term["months"] or None, term["days"] or None, term["by_calendar"]),
            term["start_on"],
            calendars[term["branch_id"]],
        )
        for term in terms
    ]
    return {
        "branches": [term["branch_id"] for term in terms],
        "months": [term["months"] for term in terms],
        "days": [term["days"] for term in terms],
        "by_calendar": [term["by_calendar"] for term in terms],
        "starts": [term["start_on"] for term in terms],
        "dues": dues,
    }
