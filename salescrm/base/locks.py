"""Advisory locks: every key is listed here, and held for one transaction only."""

from enum import IntEnum

from django.db import connection


class Key(IntEnum):
    """The registry of keys; a number is never used twice."""

    NIGHT = 7_001
    INTAKE_MERGE = 7_002
    DEMO = 7_003
    OUTBOX = 7_004
    TALLY = 7_005
    DUPLICATES = 7_006
    COMPLETENESS = 7_007
    WORDS = 7_008
    INVOICE_RULES = 7_031
    PLANS = 7_041
    OFFER_NUMBERS = 7_048
    CONTRACT_NUMBERS = 7_049


def try_lock(key: Key) -> bool:
    """Take the lock for the rest of the transaction; False at once when another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(key)])
        (taken,) = cursor.fetchone()
    return bool(taken)


def try_share(key: Key) -> bool:
    """Take the lock beside others who share it; False at once when another process holds it alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [int(key)])
        (taken,) = cursor.fetchone()
    return bool(taken)


def lock(key: Key) -> None:
    """Wait for the lock and hold it for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key)])
