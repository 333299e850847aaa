"""Finding clients by their people: a name in any spelling, a part of a phone, an e-mail, a site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clients.contacts import points, seeing
from clients.models import Client, Contact, ContactPoint
from salescrm.base import clock, names
from staff.models import Employee

SHORT = 3  # letters: shorter texts have no trigram
MOST_ALIKE = 5


@dataclass(frozen=True)
class Found:
    """A person or a company's number that fits: whose it is, and why. The value itself is never told whole."""

    client: Client
    name: str
    position: str
    kind: str
    reason: str
    is_seen: bool


def find(person: Employee, typed: str, limit: int) -> list[Found]:
    """Return people by name, then by their phones and addresses, of all clients: those the person sees come first."""
    if not seeing.sees_contacts(person):
        return []
    seen = Client.objects.visible_to(person, clock.today()).filter(pk=OuterRef("client"))
    by_name = [_named(one) for one in _seen_first(seen, _names(typed))[: 2 * limit]]
    by_point = [_pointed(one) for one in _seen_first(seen, _points(typed))[: 2 * limit]]
    return by_name + by_point


def clients_with(values: Iterable[tuple[str, str]], *, but: int) -> list[int]:
    """Return clients other than `but` that have one of these values; what is not a value yet fits nothing."""
    keys = []
    for kind, value in values:
        try:
            keys.append((kind, points.key(kind, value)) if value.strip() else ("", ""))
        except ValidationError:
            continue
    wanted = Q(pk__in=[])
    for _kind, key in keys:
        if key.startswith("+"):  # a phone is the same whatever its extension and the messenger it is known in
            wanted |= Q(value_key=key.partition("x")[0]) | Q(value_key__startswith=f"{key.partition('x')[0]}x")
        elif key:
            wanted |= Q(value_key=key)
    found = ContactPoint.objects.filter(wanted, client__merged_into=None).exclude(client=but)
    return list(found.order_by("client").values_list("client", flat=True).distinct()[:MOST_ALIKE])


def _names(typed: str) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for key in names.keys(typed):
        words = [word for word in key.split() if len(word) >= SHORT][:4]
        if words:
            fits = Q()
            for word in words:
                fits &= Q(name_key__contains=word)
            wanted |= fits
    return Contact.objects.filter(wanted).order_by("name_key", "pk")


def _points(typed: str) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for key in points.typed_keys(typed):
        wanted |= Q(value_key__contains=key)
    return ContactPoint.objects.filter(wanted).select_related("contact").order_by("value_key", "pk")


def _seen_first(seen: QuerySet[Client], found: QuerySet[Any]) -> QuerySet[Any]:
    """Put what hangs on clients the person sees first."""
    here = found.filter(client__merged_into=None, client__standing__isnull=False).select_related("client")
    ordered: QuerySet[Any] = here.annotate(is_seen=Exists(seen)).order_by("-is_seen", *found.query.order_by)
    return ordered


def _named(one: Any) -> Found:
    reason = _("has left") if one.left_on else ""
    return Found(one.client, one.name, one.position, _("contact"), reason, one.is_seen)


def _pointed(one: Any) -> Found:
    name, position = (one.contact.name, one.contact.position) if one.contact else ("", "")
    kind = str(one.get_kind_display())
    reason = f"{kind} {points.masked(one.kind, one.value, one.value_key)}"
    return Found(one.client, name, position, kind, reason, one.is_seen)
