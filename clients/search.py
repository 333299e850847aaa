"""What the global search finds among clients: by name in any spelling, INN, people, document number; actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import find as finding
from clients.contacts import finding as contacts
from clients.models import Client
from clients.rows import ClientRow, hydrate
from salescrm.base import clock, names, show
from salescrm.base.found import Group, Item
from staff.access import Act, may
from staff.models import Employee

ACTIONS = (
    ("clients:client-new", Act.CHANGE_OWN, "plus", gettext_lazy("New client")),
    ("clients:contact-choose", Act.CHANGE_OWN, "user-plus", gettext_lazy("New contact")),
    ("imports:intake-list", Act.IMPORT, "upload", gettext_lazy("Import")),
    ("segmentation:nights", Act.RUN_NIGHTS, "moon", gettext_lazy("Run the night")),
    ("segmentation:zero-proposals", Act.APPROVE_HAND_OVERS, "checks", gettext_lazy("Approve hand-overs")),
)


def find(person: Employee, words: str, limit: int) -> list[Group]:
    """Return clients `person` sees, documents, then (name, INN, city, owner only) clients of others, and actions."""
    words = words.replace("\x00", "")
    if not words:
        return [Group(_("Recent"), recent(person)), Group(_("Actions"), actions(person, ""))]
    own, others = hits(person, words, limit)
    people = contacts.find(person, words, limit)
    known = {row.client.pk for row in others}
    return [
        Group(_("Clients"), [item(row, words) for row in own]),
        Group(_("Contacts"), [contact_item(one) for one in people if one.is_seen][:limit]),
        Group(_("Documents"), documents(person, words, limit)),
        Group(_("Clients of others"), [stranger(row) for row in others] + strangers(people, known)),
        Group(_("Actions"), actions(person, words)),
    ]


def contact_item(found: contacts.Found) -> Item:
    """A person, or a company's own number, of a client the person sees."""
    client = found.client
    where = " · ".join(part for part in (client.name if found.name else "", found.position, client.city) if part)
    url = f"{reverse('clients:client-card', args=[client.pk])}#h-contacts"
    return Item(url, found.name or client.name, where, found.reason, "user" if found.name else "building")


def strangers(people: list[contacts.Found], known: set[int]) -> list[Item]:
    """Clients of others found by a person or a number of theirs: name, INN, city, owner, and what kind of thing."""
    kinds = {one.client.pk: one.kind for one in people if not one.is_seen and one.client.pk not in known}
    rows = hydrate(list(kinds), clock.today(), names=["inn"]) if kinds else []
    return [replace(stranger(row), reason=_("not yours: %s") % kinds[row.client.pk]) for row in rows]


def same_points(person: Employee, values: list[tuple[str, str]], *, but: int) -> list[Item]:
    """Clients other than `but` that have one of these phones, e-mails or sites; those of others without a link."""
    ids = contacts.clients_with(values, but=but)
    seen = set(Client.objects.visible_to(person, clock.today()).filter(pk__in=ids).values_list("pk", flat=True))
    rows = hydrate(ids, clock.today(), names=["inn"])
    return [item(row, "") if row.client.pk in seen else stranger(row) for row in rows]


def choose(person: Employee, words: str, limit: int, *, changeable: bool) -> list[Client]:
    """Clients for a picker, of those the person sees or may change: the likest, without words those opened last."""
    today = clock.today()
    own = Client.objects.changeable_by(person, today) if changeable else Client.objects.visible_to(person, today)
    offered = own.filter(standing__isnull=False)
    if not words:
        known: list[int] = cache.get(f"recent:{person.pk}", [])
        opened = sorted(offered.filter(pk__in=known), key=lambda one: known.index(one.pk))
        return opened or list(offered.order_by("name_sort", "pk")[:limit])
    for with_typos in (False, True):
        near = offered.filter(pk__in=finding.ids(words, with_typos=with_typos)).order_by(*likest(words))
        if found := list(near[:limit]):
            return found
    return []


def clients(person: Employee, words: str, limit: int) -> list[Item]:
    """Return clients much like the words, own ones with their link: the guard against adding one twice."""
    own, others = hits(person, words, limit)
    return [item(row, words) for row in own] + [stranger(row) for row in others]


def hits(person: Employee, words: str, limit: int) -> tuple[list[ClientRow], list[ClientRow]]:
    """Return the likest clients the person sees, and the likest of others, up to `limit` of each.

    Clients with these letters are looked for first; only when there is none, those with a similar name.
    """
    today = clock.today()
    seen = Client.objects.visible_to(person, today).filter(pk=OuterRef("pk"))
    known = Client.objects.present().filter(standing__isnull=False).annotate(is_seen=Exists(seen))
    for with_typos in (False, True):
        near = known.filter(pk__in=finding.ids(words, with_typos=with_typos)).order_by("-is_seen", *likest(words))
        found = dict(near.values_list("pk", "is_seen")[: 2 * limit])
        if found:
            break
    rows = hydrate(list(found), today, names=["inn"])
    own = [row for row in rows if found[row.client.pk]][:limit]
    return own, [row for row in rows if not found[row.client.pk]][:limit]


def likest(words: str) -> list[Any]:
    """Return the order of clients by how much their names are like the words."""
    key = (names.keys(words) or [""])[0]
    like, whole = TrigramWordSimilarity(key, "name_key"), TrigramSimilarity("name_key", key)
    return [like.desc(), whole.desc(), "name_sort", "pk"]


def item(row: ClientRow, words: str) -> Item:
    """A client of the person's own rows."""
    parts = [f"{row.standing.abc}{row.standing.xyz}", "TOP" if row.standing.top else "", row.client.city]
    parts.append(row.owner.short_name)
    sub = " · ".join(part for part in parts if part)
    return Item(
        reverse("clients:client-card", args=[row.client.pk]), row.client.name, sub, reason(row, words), "building"
    )


def stranger(row: ClientRow) -> Item:
    """A client outside the person's rows: name, INN, city, owner, no link."""
    inn = _("INN %s") % row.inn if row.inn else ""
    sub = " · ".join(part for part in (inn, row.client.city, row.owner.short_name) if part)
    return Item("", row.client.name, sub, _("not yours"), "building-off")


def reason(row: ClientRow, words: str) -> str:
    """Say why a client was found, when its name does not show it."""
    digits = finding.digits_of(words)
    if digits and digits in row.inn:
        return _("INN %s") % row.inn
    meant = names.keys(words)
    if meant and meant[0] in row.client.name_key:
        return ""
    if any(one in row.client.name_key for one in meant[1:]):
        return _("keyboard layout: %s") % names.other_layout(words)
    is_like = bool(meant) and all(word in row.client.name_key for word in meant[0].split())
    return "" if is_like or not words else _("similar name")


def documents(person: Employee, words: str, limit: int) -> list[Item]:
    """Documents with this number, of clients the person sees; a text without a figure is none."""
    if not any(letter.isdecimal() for letter in words):
        return []
    found = finding.by_document(words).visible_to(person, clock.today()).select_related("legal_entity__client")
    return [
        Item(
            reverse("clients:client-card", args=[one.legal_entity.client_id]),
            _("Shipment %(number)s, %(day)s") % {"number": one.number or one.external_id, "day": show.day(one.day)},
            f"{one.legal_entity.client.name} · {show.money(one.total)}",
            _("document number"),
            "truck-delivery",
        )
        for one in found.order_by("-day", "-pk")[:limit]
    ]


def recent(person: Employee) -> list[Item]:
    """Clients whose cards the person opened last, as far as the person still sees them."""
    known: list[int] = cache.get(f"recent:{person.pk}", [])
    seen = set(Client.objects.visible_to(person, clock.today()).filter(pk__in=known).values_list("pk", flat=True))
    return [item(row, "") for row in hydrate([one for one in known if one in seen], clock.today())]


def actions(person: Employee, words: str) -> list[Item]:
    """What the person can do, kept by the words typed."""
    found = []
    for name, act, icon, label in ACTIONS:
        if may(person, act) and words.lower() in str(label).lower():
            try:
                found.append(Item(reverse(name), str(label), icon=icon))
            except NoReverseMatch:  # the room is not installed
                continue
    return found
