"""A base of any size for benchmarks, made by SQL: no believable company, but the right shape and skew.

Foreign keys and indexes of what is filled are taken away and made again at its end, in one pass each: 2M lines with
them in place take three times as long.
"""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import connection, transaction

from clients import ownership
from clients.models import Client, Shipment, Source
from salescrm.base import periods, reference, sql
from salescrm.demo import people
from salescrm.demo.company import RefusalError
from salescrm.demo.store import SOURCE
from staff.access import Role

PRODUCTS = 500
MONTHS = 24
FILLED = (
    "clients_client",
    "clients_legalentity",
    "clients_externalcode",
    "clients_ownership",
    "clients_standing",
    "clients_clientevent",
    "clients_legalentityevent",
    "clients_ownershipevent",
    "clients_shipment",
    "clients_shipmentline",
)
# What can be made again after the filling, in the order in which it can be dropped; primary keys stay.
DEPENDENTS = """
    SELECT drop_it, make_it
    FROM (
        SELECT contype::text AS kind, conname AS name,
               format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS drop_it,
               format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                   AS make_it
        FROM pg_constraint
        WHERE contype IN ('f', 'u') AND conrelid = ANY (%(tables)s::regclass[])
        UNION ALL
        SELECT 'x', indexrelid::regclass::text, format('DROP INDEX %%s', indexrelid::regclass),
               pg_get_indexdef(indexrelid)
        FROM pg_index
        WHERE indrelid = ANY (%(tables)s::regclass[])
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    ) AS dependent
    ORDER BY kind, name
"""


def fill(until: date, *, clients: int, shipments: int, seed: int = 1) -> None:
    """Write `clients` clients and `shipments` documents of four lines over two years; RefusalError if data is there."""
    if Client.objects.exists() or Shipment.objects.exists():
        raise RefusalError("the base holds data of real origin; the sample company goes into an empty base only")
    with transaction.atomic(), pghistory.context(job="demo"):
        reference.load()
        staff = [person for person in people.hire().values() if person.role == Role.CSM]
        source = Source.objects.create(code=SOURCE, name="1С: Управление торговлей", vat_included=True)
        begin = periods.add_months(until, -MONTHS)
        given = {"source_id": source.pk, "seed": seed, "until": until, "days": (until - begin).days}
        sql.run("roof", "fill_bulk_goods", given | {"products": PRODUCTS})
        ownership.check_now()  # a table whose keys wait to be looked at cannot be changed
        again = _drop_keys_and_indexes()
        owners = {"owner_ids": [person.pk for person in staff], "branch_ids": [person.branch_id for person in staff]}
        sql.run("roof", "fill_bulk_clients", given | owners | {"clients": clients, "starts_on": begin})
        _documents(given | {"shipments": shipments, "clients": clients, "products": PRODUCTS})
        ownership.check_now()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for statement in again:
                cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _documents(given: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('clients_shipment', 'id'))")
        first_id = cursor.fetchone()[0]
    sql.run("roof", "fill_bulk_lines", given | {"first_id": first_id})
    sql.run("roof", "fill_bulk_shipments", given | {"first_id": first_id})
    sql.run("roof", "touch_bulk_months", given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('clients_shipment', 'id'), max(id)) FROM clients_shipment")


def _drop_keys_and_indexes() -> list[str]:
    """Drop foreign keys, unique constraints and indexes of what is filled; return what makes them again."""
    with connection.cursor() as cursor:
        cursor.execute(DEPENDENTS, {"tables": list(FILLED)})
        found = cursor.fetchall()
        for drop, _ in found:
            cursor.execute(drop)
    return [make for _, make in reversed(found)]
