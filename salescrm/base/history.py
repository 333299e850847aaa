"""Triggers that compare the rows before with the rows after must not remember how many rows they first saw.

PostgreSQL plans the comparison at the trigger's first call in a session and keeps the plan: planned for one row it
loops, and the next statement of the session that changes 20,000 rows compares all with all (minutes instead of a
second). Without nested loops it is a hash join for one row as for a million.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

# The functions of the field history, of the notes for tallies and for the words of the search: all that see both.
_WITHOUT_LOOPS = """
DO $$
DECLARE
    compares regprocedure;
BEGIN
    FOR compares IN
        SELECT DISTINCT pg_proc.oid
        FROM pg_trigger
        JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgoldtable IS NOT NULL AND tgnewtable IS NOT NULL
          AND NOT coalesce(proconfig, '{}') @> '{enable_nestloop=off}'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET enable_nestloop = off', compares);
    END LOOP;
END
$$
"""


def plan_without_loops(using: str, **_signal: Any) -> None:
    """After `migrate`, which makes the triggers' functions anew: have each of them planned without nested loops."""
    with connections[using].cursor() as cursor:
        cursor.execute(_WITHOUT_LOOPS)
