"""A base of any size for benchmarks, made by SQL: no believable company, but the right shape and skew.

Foreign keys of documents and lines are taken away for the filling and put back at its end, where PostgreSQL checks
them in one pass each: 2M lines with them in place take three times as long.
"""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import connection, transaction

from clients.models import Client, Shipment, Source
from salescrm.base import periods, reference, sql
from salescrm.demo import people
from salescrm.demo.company import RefusalError
from salescrm.demo.store import SOURCE
from staff.access import Role

PRODUCTS = 500
MONTHS = 24
FILLED = ("clients_shipment", "clients_shipmentline")


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
        owners = {"owner_ids": [person.pk for person in staff], "branch_ids": [person.branch_id for person in staff]}
        sql.run("roof", "fill_bulk_clients", given | owners | {"clients": clients, "starts_on": begin})
    with transaction.atomic():
        _documents(given | {"shipments": shipments})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _documents(given: dict[str, object]) -> None:
    keys = _drop_foreign_keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('clients_shipment', 'id'))")
        first_id = cursor.fetchone()[0]
    sql.run("roof", "fill_bulk_lines", given | {"first_id": first_id})
    sql.run("roof", "fill_bulk_shipments", given | {"first_id": first_id})
    sql.run("roof", "touch_bulk_months", given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('clients_shipment', 'id'), max(id)) FROM clients_shipment")
        for statement in keys:
            cursor.execute(statement)


def _drop_foreign_keys() -> list[str]:
    """Drop the foreign keys of documents and lines; return the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), "
            "format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
            "FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) ORDER BY conname",
            [list(FILLED)],
        )
        found = cursor.fetchall()
        for drop, _ in found:
            cursor.execute(drop)
    return [add for _, add in found]
