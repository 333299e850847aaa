"""What people do with types: answer, set a type, decide about another one than suggested, publish a version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.completeness import writing
from clients.models import Answer, Client, Segment, TypeChoice, TypeDecision, TypologyVersion
from clients.typology import questionnaire, versions
from clients.typology.catalogue import Catalogue
from clients.typology.questionnaire import Item
from salescrm.base import notify
from staff.access import Act, Role, may
from staff.handbook import actions as handbook
from staff.handbook.models import Setup
from staff.models import Employee

DIFFERS_TOLD = gettext_noop("{who} set another type than suggested: {client}, {chosen} instead of {suggested}")
RETURNED_TOLD = gettext_noop("{who} returned the type of {client}: {why}")


class Refused(Exception):
    """Why it was not done, in words for the person."""


@transaction.atomic
def answer(*, client: Client, item: Item, value: Any, acting_user: Employee, today: date) -> bool:
    """Add an answer; nothing is added when it says what is known already (a form sent twice)."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    subject = {item.kind: item.subject}
    latest = Answer.objects.filter(client=client, **subject).order_by("-pk").first()
    if (latest.value if latest else None) == value:
        return False
    Answer.objects.create(client=client, value=value, author=acting_user, day=today, **subject)
    writing.write([client.pk], today=today)
    return True


@transaction.atomic
def set_type(
    *, client_pk: int, segment: Segment, reason: str, seen: str | None, acting_user: Employee, today: date
) -> TypeChoice:
    """Set a client's type; another than the suggested one, or one nothing suggests, has a reason.

    1. Lock the client, so that of two people setting its type the second sees what the first did.
    2. Refuse when the type was set since the person looked (`seen`; None: the caller has seen to it).
    3. Keep what was suggested and why; the heads are told of another choice. A head's own needs nobody's consent.
    """
    client = Client.objects.select_for_update(of=("self",), no_key=True).select_related("legacy_type").get(pk=client_pk)
    asked = questionnaire.of_client(client)
    if seen is not None and seen != asked.mark:
        raise Refused(_("Somebody set the type of this client meanwhile. Look, then save again."))
    suggested = asked.suggested
    is_other = asked.asks_reason(segment)
    if is_other and not reason:
        raise Refused(_("Another type than the suggested one asks for a reason."))
    differs = suggested is not None and is_other
    best = asked.suggestion.best
    choice = TypeChoice.objects.create(
        client=client, segment=segment, suggested=suggested, because=best.reasons if best else [], reason=reason,
        differs=differs, author=acting_user, day=today,
    )  # fmt: skip
    Client.objects.filter(pk=client.pk).update(segment=segment)
    if differs and may(acting_user, Act.DECIDE_TYPES):
        TypeDecision.objects.create(choice=choice, agreed=True, author=acting_user, day=today)
    elif differs:
        _tell_heads(choice, client)
    writing.write([client.pk], today=today)
    return choice


def _tell_heads(choice: TypeChoice, client: Client) -> None:
    """Notify the heads once a day per person who sets other types: the list shows them all."""
    heads = Employee.objects.filter(is_active=True, role__in=[Role.CSH, Role.HOS])
    heads |= Employee.objects.filter(is_active=True, role=Role.BRANCH_HEAD, branch=client.branch_id)
    notify.tell(
        heads.values_list("pk", flat=True), kind="type", text=DIFFERS_TOLD,
        key=f"type-{choice.author_id}-{choice.day}", url=reverse("typology:disagreements"),
        who=choice.author.short_name, client=client.name, chosen=str(choice.segment), suggested=str(choice.suggested),
    )  # fmt: skip


@transaction.atomic
def set_types(
    clients: QuerySet[Client], *, segment: Segment | None, reason: str, acting_user: Employee, today: date
) -> int:
    """Set the type of many clients, for a reason; without `segment` each gets the one its old type leads to (R33).

    A client that has the type by a choice that holds is left alone. Return how many were set.
    """
    ids = list(clients.order_by().values_list("pk", flat=True))
    locked = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    if segment is None:
        old = dict(locked.exclude(legacy_type__segment=None).values_list("pk", "legacy_type__segment"))
        wanted = {client: target for client, target in old.items() if target is not None}
    else:
        wanted = dict.fromkeys(locked.values_list("pk", flat=True), segment.pk)
    settled = set(Client.objects.filter(pk__in=ids).regrouped().values_list("pk", "segment"))
    made = [
        TypeChoice(client_id=client, segment_id=target, reason=reason, author=acting_user, day=today)
        for client, target in wanted.items()
        if (client, target) not in settled
    ]
    TypeChoice.objects.bulk_create(made, batch_size=1000)
    for target in {one.segment_id for one in made}:
        Client.objects.filter(pk__in=[one.client_id for one in made if one.segment_id == target]).update(segment=target)
    writing.write_soon([one.client_id for one in made], acting_user=acting_user, today=today)
    return len(made)


@transaction.atomic
def decide(*, choice: TypeChoice, agreed: bool, note: str, acting_user: Employee, today: date) -> None:
    """Agree with a type that differs from the suggested one, or return it with a reason; once per choice."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=choice.client_id)
    if not TypeChoice.objects.newest().filter(pk=choice.pk, differs=True).exists():
        raise Refused(_("The type of this client was set again meanwhile."))
    try:
        with transaction.atomic():
            TypeDecision.objects.create(choice=choice, agreed=agreed, note=note, author=acting_user, day=today)
    except IntegrityError as fault:
        raise Refused(_("Somebody decided about this type already.")) from fault
    writing.write([choice.client_id], today=today)
    if not agreed and choice.author_id != acting_user.pk:
        url = reverse("clients:questionnaire", args=[choice.client_id])
        notify.tell(
            [choice.author_id], kind="type", text=RETURNED_TOLD, key=f"type-returned-{choice.pk}", url=url,
            who=acting_user.short_name, client=choice.client.name, why=note,
        )  # fmt: skip


@transaction.atomic
def publish(*, effective_from: date, comment: str, acting_user: Employee) -> TypologyVersion:
    """Keep the typology as it is now as the version in force from a day (R47)."""
    catalogue = Catalogue.read()
    handbook.settings_changed(Setup.TYPOLOGY)
    return TypologyVersion.objects.create(
        effective_from=effective_from, comment=comment, author=acting_user, content=versions.content(catalogue),
        gaps=len(catalogue.incomplete()),
    )  # fmt: skip
