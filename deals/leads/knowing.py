"""Whether an enquirer is known: clients and leads that are or may be the same (R164: no ghosts)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client, Contact, ContactPoint, LegalEntity
from clients.rows import ClientRow, hydrate
from deals.leads.models import Lead
from salescrm.base import names
from staff.models import Employee

MOST = 6
LONG = 4  # letters of a name that is looked for


@dataclass(frozen=True)
class Known:
    """A client who certainly is the enquirer, and the person of it, if that is known."""

    client: Client
    contact: Contact | None = None


def client_of(*, phone: str, email: str, inn: str) -> Known | None:
    """Return the client with this very phone, e-mail (in their one form) or INN."""
    values = [one for one in (phone, email) if one]
    if values:
        found = ContactPoint.objects.filter(
            value_key__in=values, dead_on__isnull=True, client__merged_into__isnull=True
        )
        point = found.select_related("client", "contact").order_by("pk").first()
        if point is not None:
            return Known(point.client, point.contact)
    if inn:
        entity = LegalEntity.objects.filter(inn=inn, client__merged_into__isnull=True).select_related("client").first()
        if entity is not None:
            return Known(entity.client)
    return None


def open_lead(*, phone: str, email: str) -> Lead | None:
    """Return the open lead with this phone or e-mail."""
    same = Q()
    if phone:
        same |= Q(phone_key=phone)
    if email:
        same |= Q(email_key=email)
    return Lead.objects.open().filter(same).order_by("pk").first() if same else None


@dataclass(frozen=True)
class Likely:
    """A client that may be the lead, why, and whether the person sees it: of others name, INN, city and owner only."""

    row: ClientRow
    is_seen: bool
    reasons: list[str] = field(default_factory=list)


def likely_clients(lead: Lead, person: Employee, today: date) -> list[Likely]:
    """Return the clients that may be the lead, those with its phone, e-mail or INN first."""
    reasons: dict[int, list[str]] = {}
    _add(reasons, _by_points(lead), _("the same phone or e-mail"))
    if lead.inn:
        _add(reasons, LegalEntity.objects.filter(inn=lead.inn).values_list("client", flat=True), _("the same INN"))
    if len(lead.company_key) >= LONG:
        alike = Q(name_key__trigram_similar=lead.company_key)
        entities = LegalEntity.objects.filter(alike).values_list("client", flat=True)
        _add(reasons, Client.objects.present().filter(alike).values_list("pk", flat=True)[:MOST], _("a similar name"))
        _add(reasons, entities[:MOST], _("a similar name"))
    if len(lead.person_key.split()) > 1:
        people = Contact.objects.filter(name_key=lead.person_key).values_list("client", flat=True)
        _add(reasons, people[:MOST], _("a person of this name"))
    present = set(Client.objects.present().filter(pk__in=list(reasons)).values_list("pk", flat=True))
    kept = [pk for pk in reasons if pk in present][:MOST]
    seen = set(Client.objects.visible_to(person, today).filter(pk__in=kept).values_list("pk", flat=True))
    rows = {row.client.pk: row for row in hydrate(kept, today, names=["inn"])}
    return [Likely(rows[pk], pk in seen, reasons[pk]) for pk in kept if pk in rows]


def _by_points(lead: Lead) -> Iterable[int]:
    values = [one for one in (lead.phone_key, lead.email_key) if one]
    return ContactPoint.objects.filter(value_key__in=values).values_list("client", flat=True) if values else ()


def _add(reasons: dict[int, list[str]], clients: Iterable[int], reason: str) -> None:
    for pk in clients:
        said = reasons.setdefault(pk, [])
        if reason not in said:
            said.append(reason)


def likely_leads(lead: Lead, person: Employee, today: date) -> list[Lead]:
    """Return other leads with the same phone, e-mail or company the person sees, the newest first."""
    same = Q()
    if lead.phone_key:
        same |= Q(phone_key=lead.phone_key)
    if lead.email_key:
        same |= Q(email_key=lead.email_key)
    if len(lead.company_key) >= LONG:
        same |= Q(company_key=lead.company_key)
    if not same:
        return []
    found = Lead.objects.visible_to(person, today).filter(same).exclude(pk=lead.pk)
    return list(found.select_related("responsible").order_by("-created_at")[:MOST])


def keys_of(person: str, company: str) -> dict[str, str]:
    """Return the keys of both names."""
    return {"person_key": names.key(person) if person else "", "company_key": names.key(company) if company else ""}
