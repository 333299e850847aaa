"""The one writer of what Standing says of contacts and tasks: last contact, the running term, the nearest task.

`deals.actions` calls it for the clients it writes about; the night (segmentation, step contacts) calls `write_whole`
for those something happened to, and now and then `write_all`, which looks at everybody and writes only what differs.
Rows are locked first and summed up by a later statement, so two people who write about one client at the same moment
both count; whoever writes tasks too locks those before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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
    named = {"client_ids": lock(clients)}
    changed = sql.run(APP, "write_last_contacts", named)
    terms = _terms(everybody=False, client_ids=named["client_ids"])
    return changed + (sql.run(APP, "write_contact_due", named | _arrays(terms)) if _outdated(terms) else 0)


@transaction.atomic
def write_next_tasks(clients: Iterable[int]) -> int:
    """Write the day of the nearest open task of these clients; return how many changed."""
    return sql.run(APP, "write_next_tasks", {"client_ids": lock(clients)})


def write_whole(clients: Iterable[int]) -> int:
    """Write everything of these clients; return how many values changed."""
    named = list(clients)
    return write(named) + write_next_tasks(named) if named else 0


@transaction.atomic
def write_all() -> int:
    """Write everything of every client where it differs; return how many values changed."""
    differing = _ids("find_stale_contacts")
    changed = write_whole(differing)
    terms = _terms(everybody=True, client_ids=[])
    if not _outdated(terms):
        return changed
    reckoned = _arrays(terms)
    outdated = {"client_ids": lock(_ids("find_stale_terms", reckoned))}
    return changed + sql.run(APP, "write_contact_due", outdated | reckoned)


def _ids(name: str, parameters: Mapping[str, Any] | None = None) -> list[int]:
    return [row["client_id"] for row in sql.rows(APP, name, parameters)]


def lock(clients: Iterable[int]) -> list[int]:
    """Lock the rows of Standing in the order of clients, to the end of the transaction; return the clients in it."""
    ordered = sorted(set(clients))
    sql.row(APP, "lock_standings", {"client_ids": ordered})
    return ordered


@dataclass(frozen=True)
class Term:
    """A running term: of which branch, by which norm, from which day, and its last day."""

    branch: int
    norm: Norm
    start_on: date | None
    due_on: date | None  # as it stands
    reckoned: date | None


def _terms(*, everybody: bool, client_ids: list[int]) -> list[Term]:
    """Reckon the last day of each different term."""
    rows = sql.rows(APP, "find_contact_terms", {"everybody": everybody, "client_ids": client_ids})
    calendars = calendar.by_branch({row["branch_id"] for row in rows})
    terms = []
    for row in rows:
        rule, start_on = Norm(row["months"] or None, row["days"] or None, row["by_calendar"]), row["start_on"]
        reckoned = norm.due_on(rule, start_on, calendars[row["branch_id"]]) if start_on else None
        terms.append(Term(row["branch_id"], rule, start_on, row["due_on"], reckoned))
    return terms


def _outdated(terms: list[Term]) -> bool:
    return any(term.due_on != term.reckoned for term in terms)


def _arrays(terms: list[Term]) -> dict[str, Any]:
    """Return the terms once each, as parallel arrays."""
    once = {(term.branch, term.norm, term.start_on): term for term in terms if term.start_on}.values()
    return {
        "branches": [term.branch for term in once],
        "months": [term.norm.months or 0 for term in once],
        "days": [term.norm.days or 0 for term in once],
        "by_calendar": [term.norm.by_calendar for term in once],
        "starts": [term.start_on for term in once],
        "dues": [term.reckoned for term in once],
    }
