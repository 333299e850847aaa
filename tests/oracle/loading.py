"""The product's base as a world of the re-computation, read by the tables' columns only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import holidays

from clients import models as clients
from segmentation import models as segmentation
from staff import models as staff
from tests.oracle.world import Client, Document, Exclusion, Interval, Override, Person, Rules, World


def world_from_base() -> World:
    """Read everything a night is given."""
    return World(
        people=people(),
        clients=clients_with_owners(),
        documents=documents(),
        rules=[(row.effective_from, rules_from(row)) for row in segmentation.RuleSet.objects.all()],
        is_working=working_days(),
        receiver_branch=dict(
            staff.Branch.objects.exclude(receiver_branch=None).values_list("id", "receiver_branch_id")
        ),
        exclusions=[
            Exclusion(one.client_id, one.starts_on, one.until, one.last_purchase_on)
            for one in segmentation.Exclusion.objects.order_by("id")
        ],
        overrides=[
            Override(one.client_id, one.is_in, one.starts_on, one.until)
            for one in segmentation.TopOverride.objects.order_by("id")
        ],
        head=staff.Employee.objects.filter(role="hos", is_active=True)
        .order_by("id")
        .values_list("id", flat=True)
        .first(),
    )


def head_of_sales() -> int | None:
    """Return whose list is the head's list."""
    heads = staff.Employee.objects.filter(role="hos", is_active=True)
    return heads.order_by("id").values_list("id", flat=True).first()


def documents() -> dict[int, list[Document]]:
    """Read documents by legal entity."""
    found: dict[int, list[Document]] = defaultdict(list)
    columns = ("legal_entity_id", "day", "total", "source__code")
    for entity, day, total, source in clients.Shipment.objects.values_list(*columns).iterator():
        found[entity].append(Document(entity, day, total, source))
    return found


def clients_with_owners() -> dict[int, Client]:
    """Read clients, their codes, entities and the intervals of their owners."""
    entities: dict[int, list[int]] = defaultdict(list)
    codes: dict[int, list[str]] = defaultdict(list)
    for entity, client in clients.LegalEntity.objects.values_list("id", "client_id"):
        entities[client].append(entity)
    for code, client in clients.ExternalCode.objects.values_list("code", "legal_entity__client_id"):
        codes[client].append(code)
    owners: dict[int, list[Interval]] = defaultdict(list)
    for one in clients.Ownership.objects.order_by("client_id", "starts_on"):
        given = Interval(one.starts_on, one.owner_id, one.reason, one.left_alone_until, one.author_id is not None)
        owners[one.client_id].append(given)
    return {
        row.id: Client(
            row.id, min(codes[row.id], default=""), row.branch_id, row.created_on, entities[row.id], owners[row.id],
            row.archived_on, row.separated_on, row.merged_into_id,
        )
        for row in clients.Client.objects.all()
    }  # fmt: skip


def people() -> dict[int, Person]:
    """Read employees with their absences."""
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for absence in staff.Absence.objects.all():
        away[absence.employee_id].append((absence.starts_on, absence.ends_on))
    return {
        row.id: Person(
            row.id, row.role, row.branch_id, row.recovery_limit, row.is_active, row.owns_clients,
            row.portfolio_successor_id, away[row.id],
        )
        for row in staff.Employee.objects.all()
    }  # fmt: skip


def rules_from(row: Any) -> Rules:
    """Read a stored rule set; shares and factors become exact fractions."""
    row.refresh_from_db()
    values: dict[str, Any] = {}
    for field in fields(Rules):
        value = getattr(row, field.name)
        values[field.name] = Fraction(value) if isinstance(value, Decimal) else value
    values["top_cells"] = tuple(values["top_cells"])
    return Rules(**values)


def working_days() -> Callable[[date], bool]:
    """Return the head office's calendar: its own days before the country's production calendar."""
    own = dict(staff.CalendarDay.objects.filter(branch__is_head_office=True).values_list("day", "is_working"))
    country = holidays.country_holidays("RU")

    def is_working(day: date) -> bool:
        return own.get(day, country.is_working_day(day))

    return is_working
