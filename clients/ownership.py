"""Moving clients between owners: set-based, a number of statements that does not grow with the clients (R9-R11).

The line of a client's owners is kept whole by the database (migration `ownership_chain`); this module only ever
changes its last link. A night moves from the day after, a person from today; the last change of a day wins. Screens
and nights call `deals.actions.change_owners`, which hands the open tasks over too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from clients.models import OwnershipReason
from salescrm.base import sql


@transaction.atomic
def move(
    owners: Mapping[int, int],
    *,
    starts_on: date,
    reason: OwnershipReason,
    author: int | None = None,
    night: date | None = None,
    note: str = "",
    left_alone_until: date | None = None,
) -> dict[int, int]:
    """Give clients (id → owner id) to their new owners from `starts_on`; return who owned those that moved.

    1. Lock the open intervals, leaving out clients that have that owner or an interval begun later.
    2. An interval begun that very day is taken away when the owner is again the one before, else overwritten.
    3. Any other open interval is closed and a new one opened.
    """
    asked = {"client_ids": list(owners), "owner_ids": list(owners.values()), "starts_on": starts_on}
    moving = sql.rows("clients", "lock_open_intervals", asked)
    told = {"reason": reason, "note": note, "author": author, "night": night, "left_alone_until": left_alone_until}
    begun = {row["client_id"]: row["owner_id"] for row in moving if row["begun_that_day"]}
    earlier = {row["client_id"]: row["owner_id"] for row in moving if not row["begun_that_day"]}
    if begun:
        _change_begun(begun, starts_on, told)
    if earlier:
        parameters = _pairs(earlier, starts_on) | told
        sql.run("clients", "close_intervals", parameters)
        sql.run("clients", "open_intervals", parameters)
    return {row["client_id"]: row["owned_by"] for row in moving}


def _change_begun(owners: Mapping[int, int], starts_on: date, told: dict[str, Any]) -> None:
    dropped = {
        row["client_id"] for row in sql.rows("clients", "drop_intervals_back_to_previous", _pairs(owners, starts_on))
    }
    sql.run("clients", "reopen_intervals", {"client_ids": sorted(dropped), "starts_on": starts_on})
    others = {client: owner for client, owner in owners.items() if client not in dropped}
    if others:
        sql.run("clients", "overwrite_intervals", _pairs(others, starts_on) | told)


def _pairs(owners: Mapping[int, int], starts_on: date) -> dict[str, Any]:
    return {"client_ids": list(owners), "owner_ids": list(owners.values()), "starts_on": starts_on}


def check_now() -> None:
    """Let the database look at its deferred keys at once instead of at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
