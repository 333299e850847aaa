"""A lead becomes a client with its contact, without retyping and without a ghost of a client known already (R164)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.adding import add_client
from clients.contacts import points
from clients.contacts.actions import save_contact
from clients.forms import clean_inn
from clients.models import Client, Contact, ContactPoint, LifeCycle, PointKind
from clients.typology import actions as typology
from clients.typology.questionnaire import Item
from deals import actions as tasks
from deals.dealing import actions as dealing
from deals.dealing import following
from deals.dealing.models import Deal, DealSource
from deals.leads import terms
from deals.leads.actions import locked, owner_of
from deals.leads.models import Lead, LeadState
from deals.models import Task, TaskKind
from deals.pipelines.models import Purpose
from salescrm.base import show
from salescrm.base.jobs import Refused
from staff.calendar import Calendar
from staff.models import Employee

BUYING = (LifeCycle.NEW, LifeCycle.ACTIVE, LifeCycle.ZERO)
FOLLOW_UPS = ((3, "lead_follow_up_1"), (10, "lead_follow_up_2"))  # working days after the conversion, origin


@transaction.atomic
def convert(
    *,
    lead: Lead,
    into: Client | None,
    name: str,
    inn: str,
    owner: Employee,
    acting_user: Employee,
    now: datetime,
) -> Client:
    """Make a client of a lead, or join it to one that is known (`into`); a second time gives the client there is.

    1. Lock the lead: of two people converting it one makes the client, the other gets the same.
    2. A new client has its legal entity and the lead's type; an INN that is known already is refused.
    3. The person becomes its contact, unless the client has one with this phone or e-mail; answers and consent follow.
    4. What was planned with the lead ends; a deal goes on with the client.
    """
    held = locked(lead)
    if held.state == LeadState.CONVERTED and held.client is not None:
        return held.client
    if not held.is_open:
        raise Refused(_("This lead is closed: open it again first."))
    today = timezone.localtime(now).date()
    client = _kept(into) if into else _made(held, name, inn, owner, acting_user, today)
    contact = _contact_of(held, client, acting_user, today)
    _move_answers(held, client, acting_user, today)
    held.state, held.client, held.contact, held.converted_at = LeadState.CONVERTED, client, contact, now
    held.responsible = held.responsible or acting_user
    held.save(update_fields=["state", "client", "contact", "converted_at", "responsible"])
    said = _("Converted to the client %s") % client.name
    tasks.cancel(tasks=Task.objects.filter(lead=held), reason=said[:500], acting_user=acting_user, now=now)
    _go_on(held, client, contact, acting_user, now)
    return client


def _go_on(lead: Lead, client: Client, contact: Contact | None, acting_user: Employee, now: datetime) -> None:
    """Open a deal for its owner: an order of who buys already, else the contract deal (R164).

    A client that has such a deal goes on in it (R147); without a pipeline offered a chain of tasks follows.
    """
    today, owner = timezone.localtime(now).date(), owner_of(client)
    purpose = Purpose.SHIPMENT if client.standing.life_cycle in BUYING else Purpose.CONTRACT
    open_ones = Deal.objects.open().filter(client=client, pipeline__purpose=purpose)
    pipeline = following.fitting(purpose, client.segment_id)
    if (known := open_ones.order_by("pk").first()) is not None:
        _ask(lead, client, owner, today, FOLLOW_UPS[:1], known)
    elif pipeline is not None:
        title = lead.need or _("Enquiry of %(day)s: %(name)s") % {"day": show.day(today), "name": lead.name}
        dealing.open_deal(
            client=client, pipeline=pipeline, title=title[:200], owner=owner, acting_user=acting_user, today=today,
            now=now, contact=contact, source=DealSource.LEAD,
        )  # fmt: skip
    else:
        _ask(lead, client, owner, today, FOLLOW_UPS, None)


def _ask(
    lead: Lead, client: Client, owner: Employee, today: date, steps: Sequence[tuple[int, str]], deal: Deal | None
) -> None:
    calendar = Calendar(lead.branch)
    for days, origin in steps:
        tasks.create_task(
            title=(_("Agree on the first order: %s") % client.name)[:200],
            kind=TaskKind.CALL,
            assignee=owner,
            due_on=terms.after_days(today, days, calendar=calendar),
            acting_user=None,
            client=client,
            deal=deal,
            needs_result=True,
            origin=origin,
            origin_as_of=today,
        )


def _kept(client: Client) -> Client:
    held = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    if held.merged_into_id is not None:
        raise Refused(_("“%s” was joined into another client meanwhile. Look, then convert again.") % held.name)
    return held


def _made(lead: Lead, name: str, inn: str, owner: Employee, acting_user: Employee, today: date) -> Client:
    try:
        plain = clean_inn(inn)
        with transaction.atomic():
            return add_client(
                name=name, inn=plain, city=lead.city, segment=lead.segment, branch=lead.branch, owner=owner,
                acting_user=acting_user, today=today,
            )  # fmt: skip
    except ValidationError as fault:
        raise Refused(fault.messages[0]) from fault
    except IntegrityError as fault:
        raise Refused(_("A client with this INN exists already.")) from fault


def _contact_of(lead: Lead, client: Client, acting_user: Employee, today: date) -> Contact | None:
    """Return the person of the lead at the client: the one known by phone or e-mail, else a new one."""
    known = {(one.kind, one.value_key): one for one in ContactPoint.objects.filter(client=client)}
    given = _points(lead)
    there = [known[value["kind"], value["key"]] for value in given if (value["kind"], value["key"]) in known]
    person = next((one.contact for one in there if one.contact_id), None)
    if person is not None or not lead.person:
        return person
    fresh = [value for value in given if (value["kind"], value["key"]) not in known]
    contact = Contact(name=lead.person, data_consent_on=_consent_on(lead))
    return save_contact(contact=contact, client=client, values=fresh, acting_user=acting_user, today=today)


def _points(lead: Lead) -> list[dict[str, Any]]:
    """Return the ways to reach of a lead in their one form; what has none is kept as it was written."""
    given = []
    if lead.phone:
        kind = PointKind.PHONE if lead.phone_key else PointKind.OTHER
        given.append({"kind": kind.value, "value": lead.phone, "key": lead.phone_key or lead.phone.lower()})
    if lead.email:
        given.append({"kind": PointKind.EMAIL.value, "value": lead.email, "key": lead.email_key or lead.email.lower()})
    if lead.messenger:
        key = points.key(PointKind.OTHER, lead.messenger)
        given.append({"kind": PointKind.OTHER.value, "value": lead.messenger, "key": key})
    if lead.site:
        try:
            given.append({"kind": PointKind.SITE.value, "value": lead.site, "key": points.host(lead.site)})
        except ValidationError:
            given.append({"kind": PointKind.OTHER.value, "value": lead.site, "key": lead.site.lower()})
    return list({(one["kind"], one["key"]): one for one in given}.values())


def _consent_on(lead: Lead) -> date | None:
    given = lead.enquiries.filter(consent_at__isnull=False).order_by("consent_at").first()
    return timezone.localtime(given.consent_at).date() if given and given.consent_at else None


def _move_answers(lead: Lead, client: Client, acting_user: Employee, today: date) -> None:
    """Give the client what the lead answered; what the client has said already stands."""
    told = set(client.answers.exclude(question=None).values_list("question", flat=True))
    for answer in lead.answers.select_related("question").exclude(question__in=told):
        item = Item("question", answer.question)
        typology.answer(client=client, item=item, value=answer.text, acting_user=acting_user, today=today)
