"""Finding clients by what people type: a name with typos, in another alphabet or keyboard layout, a part of an INN.

First the letters as typed are looked for; only when no name has them, names much like them. A text that many names have
("print") is not resolved to ids: rows are then looked at one by one in the list's order, where a hit is never far.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import Client, LegalEntity, Shipment, Source
from clients.querysets import ShipmentQuerySet
from salescrm.base import names

SHORT = 3  # letters: shorter texts have no trigram and are looked for at the beginning of names only
INN_LETTERS = 12
MANY = 2_000  # hits: more are not resolved to ids


def condition(typed: str, whole: bool) -> Q:
    """Return what a list's search box keeps: one question to the base when the letters are found, two when not."""
    for with_typos in (False, True):
        found = list(ids(typed, with_typos=with_typos, most=MANY + 1)[: MANY + 1])
        if len(found) > MANY:
            resolved = Q(pk__in=ids(typed, with_typos=with_typos))
            return resolved if whole else each(typed, with_typos=with_typos)
        if found:
            return Q(pk__in=found)
    return Q(pk__in=[])


def each(typed: str, *, with_typos: bool) -> Q:
    """Return what one client must fulfil: its own name, or the name or INN of one of its legal entities."""
    entities = LegalEntity.objects.filter(_entity(typed, with_typos=with_typos), client=OuterRef("pk"))
    return _name(typed, is_client=True, with_typos=with_typos) | Q(Exists(entities))


def ids(typed: str, *, with_typos: bool, most: int | None = None) -> QuerySet[Any, Any]:
    """Return the ids of clients whose name, legal entity or INN fits what was typed; `most` of each kind."""
    if with_typos:
        tolerate()
    clients = Client.objects.filter(_name(typed, is_client=True, with_typos=with_typos)).order_by()
    entities = LegalEntity.objects.filter(_entity(typed, with_typos=with_typos)).order_by()
    return clients.values_list("pk", flat=True)[:most].union(entities.values_list("client_id", flat=True)[:most])


def tolerate() -> None:
    """Let two letters changed places in a word of eight still be the word (PostgreSQL's own limit of 0.6 does not)."""
    with connection.cursor() as cursor:
        cursor.execute("SET pg_trgm.word_similarity_threshold = 0.5")


def by_document(number: str) -> ShipmentQuerySet:
    """Return documents with this number, or with this id of their file."""
    sources = Source.objects.values("pk")  # leads the index over ids of files
    numbered = Shipment.objects.filter(number=number).exclude(number="").values("pk")
    known = Shipment.objects.filter(source__in=sources, external_id=number).exclude(external_id="").values("pk")
    return Shipment.objects.filter(pk__in=numbered.union(known))


def digits_of(typed: str) -> str:
    """Return the figures of a text that is nothing but figures and spaces, else an empty text."""
    plain = re.sub(r"[\s-]", "", typed)
    return plain if plain.isdecimal() and plain.isascii() and len(plain) <= INN_LETTERS else ""


def _entity(typed: str, *, with_typos: bool) -> Q:
    digits = digits_of(typed)
    inn = Q(inn__contains=digits) if len(digits) >= SHORT else Q(pk__in=[])
    return _name(typed, is_client=False, with_typos=with_typos) | inn


def _name(typed: str, *, is_client: bool, with_typos: bool) -> Q:
    wanted = names.keys(typed)
    if not wanted or "\x00" in typed:
        return Q(pk__in=[])
    if max(len(word) for word in wanted) < SHORT:
        start = names.sort_key(typed)
        return Q(name_sort__startswith=start) if is_client else Q(pk__in=[])
    if with_typos:
        return Q(name_key__trigram_word_similar=wanted[0])
    found = Q()
    for one in wanted:
        found |= _all_words(one)
    return found


def _all_words(key: str) -> Q:
    found = Q()
    for word in key.split()[:6]:
        found &= Q(name_key__contains=word)
    return found
