"""Two people in the same moment: whether the second waits for the first."""

from django.db import connection

MOST_SECONDS = 20  # until the second must have come to the lock


def waits() -> bool:
    """Say whether another connection to this base waits for a lock; other bases of the server have their own tests.

    Within a transaction what others do is a picture taken once: it is taken anew each time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
