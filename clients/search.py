"""What the global search finds among clients: names in any spelling, legal entities, people, documents; actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients import find as finding
from clients.contacts import finding as contacts
from clients.find import Sight
from clients.models import Client
from clients.rows import ClientRow, hydrate
from salescrm.base import clock, found, show
from salescrm.base.found import Group, Item
from staff.access import Act, may
from staff.models import Employee


@dataclass
class Near:
    """Clients that fit what was typed, the likest first, each with the reason: those the person sees, and others."""

    own: dict[int, str] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)

    def add(self, client: int, reason: str, *, is_seen: bool) -> None:
        """Add a client; what was said of it first stands."""
        (self.own if is_seen else self.others).setdefault(client, reason)

    def rows(self, limit: int) -> tuple[list[ClientRow], list[ClientRow]]:
        """Read up to `limit` of either."""
        own, others = list(self.own)[:limit], list(self.others)[:limit]
        read = {row.client.pk: row for row in hydrate(own + others, clock.today(), names=["inn"])}
        return [read[one] for one in own if one in read], [read[one] for one in others if one in read]


def find(person: Employee, words: str, limit: int, *, forgiving: bool) -> list[Group]:
    """Return clients `person` sees, their legal entities, people and documents; of others name, INN, city, owner."""
    if not words:
        return [Group(_("Recent"), recent(person))]
    sight = Sight.of(person, clock.today())
    if forgiving:
        finding.tolerate()
    near = by_name(sight, words, limit, forgiving=forgiving)
    entities = list(finding.entities(words, sight, with_typos=forgiving)[: 2 * limit])
    people = contacts.find(sight, words, limit, with_typos=forgiving)
    for entity in entities:
        if not entity.is_seen:
            near.add(entity.client_id, _("not yours: %s") % _("legal entity"), is_seen=False)
    for one in people:
        if not one.is_seen:
            near.add(one.client.pk, _("not yours: %s") % one.kind, is_seen=False)
    own, others = near.rows(limit)
    return [
        Group(_("Clients"), [item(row, near.own[row.client.pk]) for row in own]),
        Group(_("Legal entities"), [entity_item(one, words) for one in entities if one.is_seen][:limit]),
        Group(_("Contacts"), [contact_item(one) for one in people if one.is_seen][:limit]),
        Group(_("Documents"), [] if forgiving else documents(sight, words, limit)),
        Group(_("Clients of others"), [stranger(row, near.others[row.client.pk]) for row in others]),
    ]


def actions(person: Employee) -> list[Item]:
    """What the person can do here."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        return []
    return [
        Item(reverse("clients:client-new"), _("New client"), icon="plus", dialog=True),
        Item(reverse("clients:contact-choose"), _("New contact"), icon="user-plus", dialog=True),
    ]


def by_name(sight: Sight, words: str, limit: int, *, forgiving: bool) -> Near:
    """Return clients by their own name, in one question; a joined one leads to the client it was joined into."""
    near = Near()
    named = finding.named(words, sight, with_typos=forgiving)
    for kept, is_seen, name, key, joined_into in named.values_list(
        "kept", "is_seen", "name", "name_key", "merged_into"
    )[: 2 * limit]:
        reason = found.reason(words, key) if joined_into is None else _("joined into it: %s") % name
        near.add(kept, reason if is_seen else _("not yours"), is_seen=is_seen)
    return near


def contact_item(one: contacts.Found) -> Item:
    """A person, or a company's own number, of a client the person sees."""
    client = one.client
    where = " · ".join(part for part in (client.name if one.name else "", one.position, client.city) if part)
    url = f"{reverse('clients:client-card', args=[client.pk])}#h-contacts"
    return Item(url, one.name or client.name, where, one.reason, "user" if one.name else "building")


def entity_item(entity: Any, words: str) -> Item:
    """A legal entity of a client the person sees: it leads to the client's card."""
    inn = _("INN %s") % entity.inn if entity.inn else ""
    sub = " · ".join(part for part in (entity.client.name, inn, entity.client.city) if part)
    url = reverse("clients:client-card", args=[entity.client_id])
    return Item(url, entity.name, sub, entity_reason(entity, words), "building-community")


def entity_reason(entity: Any, words: str) -> str:
    """Say by which of its numbers, or how by its name, a legal entity was found."""
    digits = finding.digits_of(words)
    inn, kpp, code = str(entity.inn), str(entity.kpp), str(entity.found_code)
    if len(digits) >= finding.SHORT and digits in inn:
        return _("INN %s") % inn
    if len(digits) >= finding.KPP_BEGINNING and kpp.startswith(digits):
        return _("KPP %s") % kpp
    if code:
        return _("code %s") % code
    return found.reason(words, entity.name_key) or _("legal entity")


def same_points(person: Employee, values: list[tuple[str, str]], *, but: int) -> list[Item]:
    """Clients other than `but` that have one of these phones, e-mails or sites; those of others without a link."""
    ids = contacts.clients_with(values, but=but)
    seen = set(Client.objects.visible_to(person, clock.today()).filter(pk__in=ids).values_list("pk", flat=True))
    rows = hydrate(ids, clock.today(), names=["inn"])
    return [item(row, "") if row.client.pk in seen else stranger(row, _("not yours")) for row in rows]


def choose(person: Employee, words: str, limit: int, *, changeable: bool) -> list[Client]:
    """Clients for a picker, of those the person sees or may change: the likest, without words those opened last."""
    today = clock.today()
    own = Client.objects.changeable_by(person, today) if changeable else Client.objects.visible_to(person, today)
    offered = own.filter(standing__isnull=False)
    if not words:
        known: list[int] = cache.get(f"recent:{person.pk}", [])
        opened = sorted(offered.filter(pk__in=known), key=lambda one: known.index(one.pk))
        return opened or list(offered.order_by("name_sort", "pk")[:limit])
    sight = Sight.of(person, today)
    for with_typos in (False, True):
        if with_typos:
            finding.tolerate()
        near = offered.filter(pk__in=finding.likely(words, sight, with_typos=with_typos))
        if chosen := list(near.order_by(*finding.likest(words, with_typos=with_typos), "name_sort", "pk")[:limit]):
            return chosen
    return []


def clients(person: Employee, words: str, limit: int) -> list[Item]:
    """Return clients much like the words, own ones with their link: the guard against adding one twice."""
    sight = Sight.of(person, clock.today())
    for forgiving in (False, True):
        if forgiving:
            finding.tolerate()
        near = by_name(sight, words, limit, forgiving=forgiving)
        for entity in finding.entities(words, sight, with_typos=forgiving)[: 2 * limit]:
            reason = entity_reason(entity, words) if entity.is_seen else _("not yours")
            near.add(entity.client_id, reason, is_seen=entity.is_seen)
        if near.own or near.others:
            break
    own, others = near.rows(limit)
    return [item(row, near.own[row.client.pk]) for row in own] + [
        stranger(row, near.others[row.client.pk]) for row in others
    ]


def item(row: ClientRow, reason: str) -> Item:
    """A client of the person's own rows."""
    parts = [f"{row.standing.abc}{row.standing.xyz}", "TOP" if row.standing.top else "", row.client.city]
    parts += [pgettext("client", "archived") if row.client.archived_on else "", row.owner.short_name]
    sub = " · ".join(part for part in parts if part)
    return Item(reverse("clients:client-card", args=[row.client.pk]), row.client.name, sub, reason, "building")


def stranger(row: ClientRow, reason: str) -> Item:
    """A client outside the person's rows: name, INN, city, owner, no link."""
    inn = _("INN %s") % row.inn if row.inn else ""
    sub = " · ".join(part for part in (inn, row.client.city, row.owner.short_name) if part)
    return Item("", row.client.name, sub, reason, "building-off")


def documents(sight: Sight, words: str, limit: int) -> list[Item]:
    """Documents with this number, or a part of it, of clients the person sees; a text without a figure is none."""
    if not any(letter.isdecimal() for letter in words):
        return []
    near = finding.documents(words, sight).visible_to(sight.person, clock.today())
    return [document(one) for one in near.select_related("legal_entity__client")[:limit]]


def document(one: Any) -> Item:
    """A document: it leads to the shipments of its client's card."""
    client = one.legal_entity.client
    title = _("Shipment %(number)s, %(day)s") % {"number": one.number or one.external_id, "day": show.day(one.day)}
    reason = _("document number") if one.is_whole else _("part of the number")
    url = f"{reverse('clients:client-card', args=[client.pk])}#h-shipments"
    return Item(url, title, f"{client.name} · {show.money(one.total)}", reason, "truck-delivery")


def recent(person: Employee) -> list[Item]:
    """Clients whose cards the person opened last, as far as the person still sees them; a joined one as it is now."""
    known: list[int] = cache.get(f"recent:{person.pk}", [])
    now = dict(Client.objects.filter(pk__in=known).annotate(kept=finding.KEPT).values_list("pk", "kept"))
    kept = list(dict.fromkeys(now[one] for one in known if one in now))
    seen = set(Client.objects.visible_to(person, clock.today()).filter(pk__in=kept).values_list("pk", flat=True))
    return [item(row, "") for row in hydrate([one for one in kept if one in seen], clock.today(), names=[])]
