"""Finding clients by their people: a name in any spelling, a part of a phone, an e-mail, a site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from clients import find as finding
from clients import words
from clients.contacts import points, seeing
from clients.find import Sight
from clients.models import Client, Contact, ContactPoint
from salescrm.base import found, names

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


def find(sight: Sight, typed: str, limit: int, *, with_typos: bool) -> list[Found]:
    """Return people by name, then by their phones and addresses, of all clients: those the person sees come first.

    With typos names only: a phone that is almost right is somebody else's.
    """
    if not seeing.sees_contacts(sight.person):
        return []
    near = _here(Contact, finding.by_words(Contact, words.CONTACT, typed, sight, with_typos=with_typos), sight)
    named = near.order_by("-is_seen", *finding.likest(typed, with_typos=with_typos), "pk")
    by_name = [_named(one, typed) for one in named[: 2 * limit]]
    if with_typos:
        return by_name
    points_of, begins = _points(typed)
    known = finding.few(ContactPoint.objects.filter(points_of), sight, begins=begins)
    pointed = _here(ContactPoint, known, sight).select_related("contact").order_by("-is_seen", "value_key", "pk")
    return by_name + [_pointed(one) for one in pointed[: 2 * limit]]


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
    points_found = ContactPoint.objects.filter(wanted, client__merged_into=None).exclude(client=but)
    return list(points_found.order_by("client").values_list("client", flat=True).distinct()[:MOST_ALIKE])


def _points(typed: str) -> tuple[Q, list[Q]]:
    """Return the conditions of values with what was typed, and of those that begin so, with or without the country.

    An address may have been typed in the wrong keyboard layout.
    """
    has, begins = Q(pk__in=[]), list[Q]()
    meant = [typed] if typed.isascii() else [typed, names.other_layout(typed)]
    for key in dict.fromkeys(key for one in meant for key in points.typed_keys(one)):
        has |= Q(value_key__contains=key)
        for beginning in (f"+{key}", f"+7{key}") if key.isdecimal() else (key,):
            begins.append(Q(value_key__startswith=beginning))
    return has, begins


def _here(model: type[Model], parts: list[QuerySet[Any, Any]], sight: Sight) -> QuerySet[Any]:
    """Keep the hits to be ranked that hang on clients there are, and say of each whether the person sees the client."""
    near = model._default_manager.filter(pk__in=finding.together(parts))
    there = near.filter(client__merged_into=None, client__standing__isnull=False).select_related("client")
    told: QuerySet[Any] = there.annotate(is_seen=sight.sees("client"))
    return told


def _named(one: Any, typed: str) -> Found:
    reasons = [found.reason(typed, one.name_key), _("has left") if one.left_on else ""]
    reason = ", ".join(reason for reason in reasons if reason)
    return Found(one.client, one.name, one.position, _("contact"), reason, one.is_seen)


def _pointed(one: Any) -> Found:
    name, position = (one.contact.name, one.contact.position) if one.contact else ("", "")
    kind = str(one.get_kind_display())
    reason = f"{kind} {points.masked(one.kind, one.value, one.value_key)}"
    return Found(one.client, name, position, kind, reason, one.is_seen)
