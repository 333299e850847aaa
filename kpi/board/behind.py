"""What is behind a figure of the board: its clients, reckoned by the very statements that store it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from clients.models import Client
from kpi.measures import computing, declared
from kpi.measures.models import DirectionResult, Month, Result, Stored
from kpi.measures.reading import ZERO, Scope
from salescrm.base import sql
from staff.models import Employee

SIZE = 500


@dataclass(frozen=True)
class Asked:
    """Which figure is meant; `segment` and `direction` 0: those without one."""

    month: Month
    measure: str
    client_group: str | None = None
    segment: int | None = None
    direction: int | None = None


@dataclass
class Entry:
    """A client behind a figure; without an address for who does not see it. No client: what is of none."""

    client: Client | None
    value: Decimal
    is_seen: bool = False


@dataclass
class Behind:
    """The largest clients behind a figure, what the others are together, and whether the stored figure differs."""

    entries: list[Entry]
    clients: int
    whole: Decimal
    stored: Decimal

    @property
    def rest(self) -> int:
        """How many clients are not listed."""
        return self.clients - len(self.entries)

    @property
    def rest_value(self) -> Decimal:
        """What they are together."""
        return self.whole - sum((one.value for one in self.entries), ZERO)

    @property
    def differs(self) -> bool:
        """Say whether documents or people have changed since the figure was stored."""
        return self.whole != self.stored


@transaction.atomic
def read(viewer: Employee, seen: Scope, asked: Asked, today: date) -> Behind:
    """List what is behind a figure of a scope."""
    stored = _stored(seen, asked)
    employees = None
    if {seen.employee, seen.branch, seen.department} != {None}:
        employees = list(stored.order_by().values_list("employee", flat=True).distinct())
    statement = declared.BY_CODE[asked.measure].sql
    needed = ["add_clients", statement] if statement == "add_covered" else [statement]
    computing.gather(asked.month.day, asked.month.as_of, asked.month.rule_set, needed)
    parameters = {
        "measure": asked.measure, "employees": employees, "client_group": asked.client_group,
        "segment": asked.segment, "direction": asked.direction, "size": SIZE,
    }  # fmt: skip
    if asked.direction is None:
        rows = sql.rows(computing.APP, "read_behind", parameters)
    else:
        sql.run(computing.APP, "gather_directions")
        rows = sql.rows(computing.APP, "read_behind_direction", parameters)
    numbers = [row["client_id"] for row in rows if row["client_id"]]
    clients = Client.objects.in_bulk(numbers)
    visible = Client.objects.visible_to(viewer, today).filter(pk__in=numbers).values_list("pk", flat=True)
    known = set(visible)
    entries = [Entry(clients.get(row["client_id"]), row["value"], row["client_id"] in known) for row in rows]
    whole = rows[0]["whole"] if rows else ZERO
    summed: Decimal = stored.aggregate(all=Sum("value"))["all"] or ZERO
    return Behind(entries, rows[0]["clients"] if rows else 0, whole, summed)


def _stored(seen: Scope, asked: Asked) -> QuerySet[Any]:
    table: type[Stored] = Result if asked.direction is None else DirectionResult
    rows: QuerySet[Any] = table._default_manager.filter(seen.narrow, month=asked.month)
    if asked.client_group:
        rows = rows.filter(client_group=asked.client_group)
    if asked.direction is not None:
        return rows.filter(direction=asked.direction or None)
    rows = rows.filter(measure=asked.measure)
    if asked.segment is not None:
        rows = rows.filter(segment=asked.segment) if asked.segment else rows.filter(segment=None)
    return rows
