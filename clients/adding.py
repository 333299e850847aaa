"""New clients and changed fields: rows that belong together are written together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from clients.completeness import writing
from clients.contacts import actions as people
from clients.models import (
    Client,
    Contact,
    LegalEntity,
    LifeCycle,
    Ownership,
    OwnershipReason,
    PointKind,
    Segment,
    Standing,
)
from clients.typology import actions as typing
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
    contact: str = "",
    values: Iterable[dict[str, Any]] = (),
) -> Client:
    """Make a client with its legal entity, its first owner from today, its Standing row, and what is known of people.

    Ways to reach are the person's, but for sites; without a person they are the company's own.
    """
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
    _add_people(client, contact, list(values), acting_user=acting_user, today=today)
    return client


def _add_people(client: Client, name: str, values: list[dict[str, Any]], *, acting_user: Employee, today: date) -> None:
    own = [value for value in values if not name or value["kind"] == PointKind.SITE]
    told: dict[str, Any] = {"client": client, "acting_user": acting_user, "today": today}
    if name:
        people.save_contact(contact=Contact(name=name), values=[one for one in values if one not in own], **told)
    if own:
        people.save_company_points(values=own, **told)


@transaction.atomic
def save_entity(entity: LegalEntity, *, acting_user: Employee, today: date) -> None:
    """Store a legal entity of a client, new or changed; the caller holds the client's lock."""
    entity.name_key = names.key(entity.name)
    if entity.pk is None:
        entity.save()
    else:
        entity.save(update_fields=["name", "name_key", "inn", "kpp", "address"])
    writing.verify_company(client=entity.client, acting_user=acting_user, today=today)


@transaction.atomic
def save_form(
    client: Client, entity: LegalEntity | None, cleaned: dict[str, Any], *, acting_user: Employee, today: date
) -> None:
    """Store the fields of the edit form, which counts as verifying them all; the caller holds the client's lock."""
    save_fields(client, acting_user=acting_user, today=today, reason=cleaned["type_reason"])
    if entity and cleaned.get("inn") != entity.inn:
        entity.inn = cleaned["inn"]
        entity.save(update_fields=["inn"])
    writing.verify_company(client=client, acting_user=acting_user, today=today)


@transaction.atomic
def save_fields(client: Client, *, acting_user: Employee, today: date, reason: str = "") -> None:
    """Store the client's own fields; the keys of the name follow it, and so does how much is known of the client.

    A type that became another one is set as the questionnaire sets it (R31, R32).
    """
    was = Client.objects.values_list("segment", flat=True).get(pk=client.pk)
    if client.segment and client.segment_id != was:
        typing.set_type(
            client_pk=client.pk, segment=client.segment, reason=reason, seen=None, acting_user=acting_user, today=today
        )
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
