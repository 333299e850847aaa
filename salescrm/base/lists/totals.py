"""Totals of a whole selection: exact, computed once and kept until the data change.

What is kept is found by the data's version (the newest rows of the tables that record every change). A version alone
would not do: a transaction with an earlier number may commit later. So nothing is kept while another transaction is
writing into these tables: the locks are looked at after the version was read and before the sums are taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection

KEPT_SECONDS = 24 * 60 * 60


def kept(
    name: str, selection: Any, version: str, tables: Sequence[str], compute: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return `compute()` of a selection (anything JSON can say), from the cache while `version` holds."""
    said = json.dumps([name, selection, version], sort_keys=True, default=str)
    key = f"totals:{hashlib.sha256(said.encode()).hexdigest()}"
    known: dict[str, Any] | None = cache.get(key)
    if known is not None:
        return known
    is_quiet = not being_written(tables)
    found = compute()
    if is_quiet:
        cache.set(key, found, KEPT_SECONDS)
    return found


def being_written(tables: Sequence[str]) -> bool:
    """Say whether another open transaction has written into one of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks
                WHERE relation = ANY (SELECT oid FROM pg_class WHERE relname = ANY (%(tables)s))
                  AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                  AND pid <> pg_backend_pid()
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            )
            """,
            {"tables": list(tables)},
        )
        (found,) = cursor.fetchone()
    return bool(found)
