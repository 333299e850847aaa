"""Writes about people of clients: rows that belong together are written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from clients.completeness import writing
from clients.contacts import attempts
from clients.contacts.rules import NO_ATTEMPTS
from clients.duplicates import keys
from clients.models import (
    Argument,
    Category,
    Client,
    ClientCriterion,
    Communication,
    Contact,
    ContactPoint,
    Need,
    NeedState,
    Objection,
    SupplierCriterion,
    TypicalObjection,
    VerifiedBlock,
)
from salescrm.base import names
from staff.models import Employee


@transaction.atomic
def save_contact(
    *, contact: Contact, client: Client, values: Iterable[dict[str, Any]], acting_user: Employee, today: date
) -> Contact:
    """Keep a person with the ways to reach; what was just written counts as verified. The caller locks the client."""
    contact.client, contact.name_key = client, names.key(contact.name)
    contact.verified_on, contact.verified_by = today, acting_user
    if contact.pk is None:
        contact.created_on, contact.created_by = today, acting_user
    contact.save()
    _save_points(client, contact, values)
    writing.write([client.pk], today=today)
    return contact


@transaction.atomic
def save_company_points(
    *, client: Client, values: Iterable[dict[str, Any]], acting_user: Employee, today: date
) -> None:
    """Make the ways to reach the company itself the given ones; what was just written counts as verified."""
    _save_points(client, None, values)
    writing.note(client=client, block=VerifiedBlock.POINTS, acting_user=acting_user, today=today)
    writing.write([client.pk], today=today)


def _save_points(client: Client, contact: Contact | None, values: Iterable[dict[str, Any]]) -> None:
    """Make the ways to reach a person (none: the company) the given ones; a changed value is alive again."""
    known = {one.pk: one for one in ContactPoint.objects.filter(client=client, contact=contact)}
    kept = {value["point"]: value for value in values if value.get("point") in known}
    gone = [pk for pk in known if pk not in kept]
    ContactPoint.objects.filter(pk__in=gone).delete()
    if gone:
        keys.forget([client.pk])  # a deletion leaves no trace in the field history the search reads
    changed = [_written(known[pk], value) for pk, value in kept.items() if not _is_same(known[pk], value)]
    columns = ["kind", "value", "value_key", "failed_attempts", "is_doubtful", "dead_on", "dead_reason", "dead_by"]
    ContactPoint.objects.bulk_update(changed, columns)
    ContactPoint.objects.bulk_create(
        _written(ContactPoint(client=client, contact=contact), value)
        for value in values
        if value.get("point") not in known
    )


def _is_same(point: ContactPoint, value: dict[str, Any]) -> bool:
    return (point.kind, point.value) == (value["kind"], value["value"])


def _written(point: ContactPoint, value: dict[str, Any]) -> ContactPoint:
    if point.value_key != value["key"]:
        point.failed_attempts, point.is_doubtful = 0, False
        point.dead_on, point.dead_reason, point.dead_by = None, "", None
    point.kind, point.value, point.value_key = value["kind"], value["value"], value["key"]
    return point


@transaction.atomic
def verify(*, contact: Contact, acting_user: Employee, today: date) -> None:
    """Say that what is known of a person is right today (R5), phones that nobody answered too."""
    attempts.forget(contact.points.all())
    Contact.objects.filter(pk=contact.pk).update(verified_on=today, verified_by=acting_user)
    writing.write([contact.client_id], today=today)


@transaction.atomic
def leave(*, contact: Contact, left_on: date | None, today: date) -> None:
    """Say that a person does not work there any more, or does again (R56)."""
    Contact.objects.filter(pk=contact.pk).update(left_on=left_on)
    writing.write([contact.client_id], today=today)


@transaction.atomic
def kill(*, point: ContactPoint, reason: str, acting_user: Employee, today: date) -> None:
    """Mark a way to reach as dead: it stays, and stops counting (R56)."""
    ContactPoint.objects.filter(pk=point.pk).update(dead_on=today, dead_reason=reason, dead_by=acting_user)
    writing.write([point.client_id], today=today)


@transaction.atomic
def revive(*, point: ContactPoint, today: date) -> None:
    """Let a way to reach count again."""
    fields: dict[str, Any] = {"dead_on": None, "dead_reason": "", "dead_by": None, **NO_ATTEMPTS}
    ContactPoint.objects.filter(pk=point.pk).update(**fields)
    writing.write([point.client_id], today=today)


def note_need(
    *, contact: Contact, text: str, category: Category | None, is_explicit: bool, acting_user: Employee, today: date
) -> Need:
    """Note what a person needs (R52); the same open need noted twice is one."""
    said: dict[str, Any] = {"text": text, "category": category, "is_explicit": is_explicit}
    same = Need.objects.filter(contact=contact, noted_on=today, state=NeedState.OPEN, **said).first()
    return same or Need.objects.create(contact=contact, noted_on=today, noted_by=acting_user, **said)


def move_need(*, need: Need, state: str, acting_user: Employee, today: date) -> None:
    """Say how far a need has come."""
    Need.objects.filter(pk=need.pk).update(state=state, state_on=today, state_by=acting_user)


def note_argument(*, contact: Contact, text: str, acting_user: Employee, today: date) -> Argument:
    """Note what convinces a person (R53)."""
    noted = {"noted_on": today, "noted_by": acting_user}
    return Argument.objects.get_or_create(contact=contact, text=text, withdrawn_on=None, defaults=noted)[0]


def withdraw(*, argument: Argument, today: date) -> None:
    """Say that an argument does not convince any more."""
    Argument.objects.filter(pk=argument.pk, withdrawn_on=None).update(withdrawn_on=today)


def note_objection(
    *, contact: Contact, text: str, known: TypicalObjection | None = None, acting_user: Employee, today: date
) -> Objection:
    """Note what a person objects (R51); one of the library is answered as the library says."""
    same = Objection.objects.filter(contact=contact, text=text, noted_on=today).first()
    return same or Objection.objects.create(
        contact=contact, text=text, noted_on=today, noted_by=acting_user, **_answered(known, acting_user, today)
    )


def _answered(known: TypicalObjection | None, acting_user: Employee, today: date) -> dict[str, Any]:
    if known is None:
        return {}
    return {"known": known, "answer": known.answer, "answered_on": today, "answered_by": acting_user}


@dataclass(frozen=True)
class Heard:
    """An objection of the library heard in a talk, and whether its answer helped (None: not said)."""

    known: TypicalObjection
    helped: bool | None = None


def note_heard(
    *, contact: Contact, heard: Sequence[Heard], communication: Communication, acting_user: Employee
) -> None:
    """Note the objections heard in a talk with the answers the library gave then. The caller has begun the talk."""
    said = {"contact": contact, "communication": communication, "noted_by": acting_user}
    day = communication.day
    Objection.objects.bulk_create(
        Objection(
            text=one.known.text, noted_on=day, helped=one.helped, **said, **_answered(one.known, acting_user, day)
        )
        for one in heard
    )


def answer(*, objection: Objection, text: str, acting_user: Employee, today: date) -> None:
    """Note what was answered; whether another answer helped is not known yet."""
    if objection.answer == text:
        return
    fields: dict[str, Any] = {"answer": text, "answered_on": today, "answered_by": acting_user, "helped": None}
    Objection.objects.filter(pk=objection.pk).update(**fields)


def help_told(*, objection: Objection, helped: bool | None) -> None:
    """Say whether the answer helped; without an answer nothing did."""
    Objection.objects.filter(pk=objection.pk).exclude(answer="").update(helped=helped)


@transaction.atomic
def save_deciding(*, client: Client, pattern: str, criteria: list[SupplierCriterion]) -> None:
    """Keep how the client decides and what matters in a supplier, in its order (R57). The caller locks the client."""
    if client.decision_pattern != pattern:
        client.decision_pattern = pattern
        client.save(update_fields=["decision_pattern"])
    known = list(ClientCriterion.objects.filter(client=client).values_list("criterion", flat=True))
    if known != [one.pk for one in criteria]:
        ClientCriterion.objects.filter(client=client).delete()
        ClientCriterion.objects.bulk_create(
            ClientCriterion(client=client, criterion=one, place=place) for place, one in enumerate(criteria, start=1)
        )
