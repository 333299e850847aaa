"""New clients and changed fields: rows that belong together are written together."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from clients.completeness import writing
from clients.models import (
    Client,
    LegalEntity,
    LifeCycle,
    Ownership,
    OwnershipReason,
    Segment,
    Standing,
)
from salescrm.base import names
from staff.models import Branch, Employee


@transaction.atomic
def add_client(
    *,
    name: str,
    inn: str,
    city: str,
    segment: Segment | None,
    branch: Branch,
    owner: Employee,
    acting_user: Employee,
    today: date,
) -> Client:
    """Make a client with its legal entity, its first owner from today and its Standing row."""
    keys = {"name_key": names.key(name)}
    client = Client.objects.create(
        name=name,
        name_sort=names.sort_key(name),
        segment=segment,
        branch=branch,
        city=city,
        owned_from=today,
        created_on=today,
        created_by=acting_user,
        **keys,
    )
    first = {"owner": owner, "starts_on": today, "reason": OwnershipReason.FIRST, "author": acting_user}
    Ownership.objects.create(client=client, **first)
    LegalEntity.objects.create(client=client, name=name, inn=inn, **keys)
    Standing.objects.create(client=client, life_cycle=LifeCycle.POTENTIAL, life_cycle_since=today)
    writing.verify_company(client=client, acting_user=acting_user, today=today)
    return client


@transaction.atomic
def save_form(
    client: Client, entity: LegalEntity | None, cleaned: dict[str, Any], *, acting_user: Employee, today: date
) -> None:
    """Store the fields of the edit form, which counts as verifying them all; the caller holds the client's lock."""
    save_fields(client, today=today)
    if entity and cleaned.get("inn") != entity.inn:
        entity.inn = cleaned["inn"]
        entity.save(update_fields=["inn"])
    writing.verify_company(client=client, acting_user=acting_user, today=today)


@transaction.atomic
def save_fields(client: Client, *, today: date) -> None:
    """Store the client's own fields; the keys of the name follow it, and so does how much is known of the client."""
    client.name_key, client.name_sort = names.key(client.name), names.sort_key(client.name)
    fields = [
        "name",
        "name_key",
        "name_sort",
        "segment",
        "branch",
        "city",
        "region",
        "address",
        "channel",
        "buyer_kind",
    ]
    client.save(update_fields=fields)
    writing.write([client.pk], today=today)
