"""Set-based statements over tables whose changes are kept as history."""

from __future__ import annotations

from datetime import date
from time import monotonic

import pytest
from django.db import connection

from clients.models import Client
from salescrm.base import sql
from staff.access import Role
from staff.models import Employee
from tests import make

CLIENTS = 3_000
RENAME_ALL = "UPDATE clients_client SET name_key = 'name ' || id || %s"


def seconds_of(note: str) -> float:
    """How long it takes to change all clients in one statement."""
    started = monotonic()
    with connection.cursor() as cursor:
        cursor.execute(RENAME_ALL, [note])
    return monotonic() - started


@pytest.mark.django_db
def test_a_statement_over_all_rows_is_no_slower_after_one_over_a_single_row(people: dict[str, Employee]) -> None:
    owner = people[Role.BDM_KEY]
    given = {"source_id": make.source().pk, "starts_on": date(2026, 1, 1), "clients": CLIENTS}
    sql.run("roof", "fill_bulk_clients", given | {"owner_ids": [owner.pk], "branch_ids": [owner.branch_id]})
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    seconds_of("planned for all")
    alone = seconds_of("planned for all, again")
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    Client.objects.filter(pk=Client.objects.earliest("pk").pk).update(name_key="planned for this one")
    assert seconds_of("after a single row") < 8 * alone  # with a loop over both: some forty times


@pytest.mark.django_db
def test_every_trigger_that_compares_rows_is_planned_without_loops() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE proconfig @> '{enable_nestloop=off}')"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgoldtable IS NOT NULL AND tgnewtable IS NOT NULL"
        )
        triggers, without_loops = cursor.fetchone()
    assert triggers == without_loops > 20
