"""Finding clients by what people type: a name with typos, in another alphabet or keyboard layout, a part of an INN."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet

from clients.models import Client, LegalEntity, Shipment, Source
from clients.querysets import ShipmentQuerySet
from salescrm.base import names
from salescrm.base.lists.filters import Here

SHORT = 3  # letters: shorter texts have no trigram and are looked for at the beginning of names only
INN_LETTERS = 12


def condition(typed: str, here: Here) -> Q:
    """What a list's search box keeps."""
    return Q(pk__in=ids(typed))


def ids(typed: str) -> QuerySet[Any, Any]:
    """Return the ids of clients whose name, legal entity or INN fits what was typed."""
    digits = digits_of(typed)
    clients = Client.objects.filter(_name(typed, is_client=True)).order_by().values("pk")
    entities = LegalEntity.objects.filter(_name(typed, is_client=False) | _inn(digits)).order_by().values("client_id")
    return clients.union(entities)


def by_document(number: str) -> ShipmentQuerySet:
    """Return documents with this number, or with this id of their file."""
    sources = list(Source.objects.values_list("pk", flat=True))  # leads the index over ids of files
    numbered = Shipment.objects.filter(number=number).exclude(number="").values("pk")
    known = Shipment.objects.filter(source__in=sources, external_id=number).exclude(external_id="").values("pk")
    return Shipment.objects.filter(pk__in=numbered.union(known))


def digits_of(typed: str) -> str:
    """Return the figures of a text that is nothing but figures and spaces, else an empty text."""
    plain = re.sub(r"[\s-]", "", typed)
    return plain if plain.isdecimal() and plain.isascii() and len(plain) <= INN_LETTERS else ""


def _name(typed: str, *, is_client: bool) -> Q:
    wanted = names.keys(typed)
    if not wanted:
        return Q(pk__in=[])
    if max(len(word) for word in wanted) < SHORT:
        start = names.sort_key(typed)
        return Q(name_sort__startswith=start) if is_client else Q(pk__in=[])
    found = Q()
    for one in wanted:
        found |= _all_words(one)
    similar = Q(name_key__trigram_word_similar=wanted[0])
    return found | similar if len(wanted[0]) > SHORT else found


def _all_words(key: str) -> Q:
    found = Q()
    for word in key.split()[:6]:
        found &= Q(name_key__contains=word)
    return found


def _inn(digits: str) -> Q:
    return Q(inn__contains=digits) if len(digits) >= SHORT else Q(pk__in=[])
