"""Finding clients by what people type: a name with typos, in another alphabet or keyboard layout, a part of an INN.

First the letters as typed are looked for; only when no name has them, names much like them. A text that many names have
("print") is not resolved to ids: rows are then looked at one by one in the list's order, where a hit is never far.

The global search ranks, so it does resolve, but no more than the first MOST hits of a kind: besides them the names that
begin with the text, and as many hits among the clients the person works, so that one's own are never crowded out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, StrIndex
from django.db.models.lookups import GreaterThan

from clients import words
from clients.models import Client, ExternalCode, LegalEntity, Participant, Shipment, Source, Standing
from clients.querysets import ClientQuerySet, ShipmentQuerySet, worked_by
from salescrm.base import names
from staff.access import Rows, rows
from staff.models import Employee

SHORT = names.WORD  # letters: shorter texts have no trigram and are looked for at the beginning of names only
INN_LETTERS = 12
KPP_LETTERS = 9
KPP_BEGINNING = 6  # figures: fewer are a tax office and a reason, which thousands share
WORDS = 6  # looked for of what was typed
MANY = 2_000  # hits: more are not resolved to ids
MOST = 500  # hits of a kind that are ranked
SLIPS = 300  # the same of names much like the text: a name is compared ten times as long as it is searched
FIRST = 50  # names that begin with the text and are always among them
# where a joined client is found now
KEPT = Coalesce("merged_into__merged_into", "merged_into", "pk", output_field=models.BigIntegerField())

Near = dict[tuple[str, str], list[words.Word]]


@dataclass(frozen=True)
class Sight:
    """Which clients a person sees: as a set to hold one client against, and as joins to begin with."""

    person: Employee
    today: date
    seen: ClientQuerySet
    reach: Rows
    takes_part: bool
    near: dict[tuple[str, ...], Near] = field(default_factory=dict)  # words much like those typed, asked once

    @classmethod
    def of(cls, person: Employee, today: date) -> Sight:
        """Return what `person` sees on `today`."""
        reach = rows(person)
        takes_part = reach == Rows.OWN and Participant.objects.on(today).filter(employee=person).exists()
        return cls(person, today, Client.objects.visible_to(person, today), reach, takes_part)

    def parts(self, found: QuerySet[Any], client: str) -> list[QuerySet[Any]]:
        """Return the rows on clients the person sees as joins that stop after the first hits; none where all are seen.

        `client` is the path to the client, empty for clients themselves.
        """
        if self.reach == Rows.ALL:
            return []
        if self.reach == Rows.OWN:
            owned, taking_part = worked_by(found, client, self.person, self.today)
            return [owned, taking_part] if self.takes_part else [owned]
        return [found.filter(**{f"{client or 'pk'}__in": self.seen.values_list("pk", flat=True)})]

    def sees(self, client: str) -> Exists:
        """Say of a row whether the person sees the client its column `client` names."""
        return Exists(self.seen.filter(pk=OuterRef(client)))


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
    return name_has(typed, words.CLIENT, with_typos=with_typos) | Q(Exists(entities))


def ids(typed: str, *, with_typos: bool, most: int | None = None) -> QuerySet[Any, Any]:
    """Return the ids of clients whose name, legal entity or INN fits what was typed; `most` of each kind."""
    if with_typos:
        tolerate()
    clients = Client.objects.filter(name_has(typed, words.CLIENT, with_typos=with_typos)).order_by()
    entities = LegalEntity.objects.filter(_entity(typed, with_typos=with_typos)).order_by()
    return clients.values_list("pk", flat=True)[:most].union(entities.values_list("client_id", flat=True)[:most])


def likely(typed: str, sight: Sight, *, with_typos: bool) -> QuerySet[Any, Any]:
    """Return the ids of the clients worth ranking: by their own name, or by name or INN of a legal entity."""
    entities = LegalEntity.objects.filter(_entity(typed, with_typos=with_typos))
    of_entities = few(entities, sight, value="client_id", with_typos=with_typos)
    return together(_by_name(typed, sight, with_typos=with_typos) + of_entities)


def few(
    found: QuerySet[Any],
    sight: Sight,
    client: str = "client",
    value: str = "pk",
    *,
    with_typos: bool = False,
    begins: Sequence[Q] = (),
) -> list[QuerySet[Any, Any]]:
    """Return the ids of the first MOST (with typos SLIPS) of what was found, and as many on clients the person works.

    Nothing is sorted here, so a text that every row has costs no more than one that a thousand have. Numbers that
    begin so (`begins`) come first: an index of parts gives all that have a part before the first of them is taken.
    """
    most, plain = SLIPS if with_typos else MOST, found.order_by()
    return [_first(some, value, most, begins) for some in (plain, *sight.parts(plain, client))]


def _first(some: QuerySet[Any], value: str, most: int, begins: Sequence[Q]) -> QuerySet[Any, Any]:
    """Return the ids of the first `most`, without a question to the index of parts where enough begin so."""
    if not begins:
        return some.values_list(value, flat=True)[:most]
    parts = [*(some.filter(one) for one in begins), some.exclude(reduce(or_, begins))]
    first, *others = [part.values_list(value, flat=True)[:most] for part in parts]
    return first.union(*others, all=True)[:most]


def by_words(
    model: type[models.Model], kind: str, typed: str, sight: Sight, client: str = "client", *, with_typos: bool
) -> list[QuerySet[Any, Any]]:
    """Return the ids of the few by the words of their name, of each way in which it may fit."""
    parts: list[QuerySet[Any, Any]] = []
    for way in ways(typed, kind, with_typos=with_typos, known=sight.near):
        parts += few(model._default_manager.filter(way), sight, client, with_typos=with_typos)
    return parts or [model._default_manager.none().values_list("pk", flat=True)]


def together(parts: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Return the ids of all the parts as one question."""
    return parts[0].union(*parts[1:]) if parts[1:] else parts[0]


def named(typed: str, sight: Sight, *, with_typos: bool) -> QuerySet[Any]:
    """Return clients by their own name, the likest of those the person sees first.

    A joined client stands for the one it was joined into: `kept` is that one, `is_seen` whether the person sees it.
    """
    near = Client.objects.filter(pk__in=together(_by_name(typed, sight, with_typos=with_typos))).annotate(kept=KEPT)
    there = near.filter(Exists(Standing.objects.filter(client=OuterRef("kept"))))
    told = there.annotate(is_seen=sight.sees("kept"))
    return told.order_by(
        "-is_seen", *likest(typed, with_typos=with_typos), F("merged_into").asc(nulls_first=True), "name_sort", "pk"
    )


def entities(typed: str, sight: Sight, *, with_typos: bool) -> QuerySet[Any]:
    """Return legal entities by name, INN, KPP or code, the likest of those the person sees first.

    One that is called like its client is found by its numbers only: by that name the client itself is found.
    """
    parts, fits = (
        by_words(LegalEntity, words.ENTITY, typed, sight, with_typos=with_typos),
        ~Q(name_key=F("client__name_key")),
    )
    code: Any = Value("")
    if not with_typos:  # a number that is almost right is another one's
        for asked, begins in _numbers(typed):
            parts += few(LegalEntity.objects.filter(asked), sight, begins=begins)
            fits |= asked
        if is_number(typed):
            codes = ExternalCode.objects.filter(_part("code", typed))
            begins = _beginnings("code", typed)
            parts += few(codes, sight, "legal_entity__client", "legal_entity_id", begins=begins)
            own = codes.filter(legal_entity=OuterRef("pk")).order_by("pk").values("code")[:1]
            code, fits = Coalesce(Subquery(own), Value("")), fits | ~Q(found_code="")
    near = LegalEntity.objects.filter(pk__in=together(parts)).annotate(found_code=code).filter(fits)
    here = near.filter(client__merged_into=None, client__standing__isnull=False).select_related("client")
    return here.annotate(is_seen=sight.sees("client")).order_by(
        "-is_seen", *likest(typed, with_typos=with_typos), "name_key", "pk"
    )


def documents(typed: str, sight: Sight) -> ShipmentQuerySet:
    """Return documents with this number or with this id of their file (`is_whole`), then those with a part of it.

    Documents of clients the person does not see are among them.
    """
    sources = Source.objects.values("pk")  # leads the index over ids of files
    written = spellings(typed)
    whole = Q(number__in=written) | Q(external_id__in=written)
    numbered = Shipment.objects.exclude(number="")
    known = Shipment.objects.filter(source__in=sources, external_id__in=written).exclude(external_id="")
    parts = [numbered.filter(number__in=written).values_list("pk", flat=True), known.values_list("pk", flat=True)]
    if is_number(typed):
        some, begins = numbered.filter(_part("number", typed)), _beginnings("number", typed)
        parts += few(some, sight, "legal_entity__client", begins=begins)
    found: ShipmentQuerySet = Shipment.objects.filter(pk__in=together(parts))
    return found.annotate(is_whole=models.ExpressionWrapper(whole, models.BooleanField())).order_by(
        "-is_whole", "-day", "-pk"
    )


def likest(typed: str, *, with_typos: bool) -> list[Any]:
    """Return the order of rows by how much their names are like what was typed, in the layout that fits better.

    Names that have the letters are measured in the layout whose letters they have: to measure is dear.
    """
    keys = names.keys(typed) or [""]
    like = [TrigramWordSimilarity(key, "name_key") for key in keys]
    whole = [TrigramSimilarity("name_key", key) for key in keys]
    if len(keys) == 1:
        return [one[0].desc() for one in (like, whole)]
    if with_typos:
        return [Greatest(*one).desc() for one in (like, whole)]
    has = [_all_words(key) for key in keys[:-1]]
    return [
        Case(*(When(fits, then=each) for fits, each in zip(has, one, strict=False)), default=one[-1]).desc()
        for one in (like, whole)
    ]


def tolerate() -> None:
    """Let two letters changed places in a word of eight still be the word (PostgreSQL's own limit of 0.6 does not)."""
    with connection.cursor() as cursor:
        cursor.execute("SET pg_trgm.word_similarity_threshold = 0.5")


def digits_of(typed: str) -> str:
    """Return the figures of a text that is nothing but figures and spaces, else an empty text."""
    plain = re.sub(r"[\s-]", "", typed)
    return plain if plain.isdecimal() and plain.isascii() and len(plain) <= INN_LETTERS else ""


def is_number(typed: str) -> bool:
    """Say whether a text may be a part of a number or a code: one word with a figure in it."""
    return len(typed) >= SHORT and len(typed.split()) == 1 and any(letter.isdecimal() for letter in typed)


def spellings(typed: str) -> list[str]:
    """Return a number as typed and in capitals, in either keyboard layout."""
    other = names.other_layout(typed)
    return list(dict.fromkeys([typed, typed.upper(), other, other.upper()]))


def name_has(typed: str, kind: str, *, with_typos: bool) -> Q:
    """Return the condition on the `name_key` of a kind: all the words typed, in either layout; or words much like them.

    Of clients a text shorter than a trigram is the beginning of the name.
    """
    return reduce(or_, ways(typed, kind, with_typos=with_typos), Q(pk__in=[]))


def ways(typed: str, kind: str, *, with_typos: bool, known: dict[tuple[str, ...], Near] | None = None) -> list[Q]:
    """Return the conditions of which a name fulfils one, each to be asked by itself where hits are bounded."""
    wanted = names.keys(typed)
    if not wanted or "\x00" in typed:
        return []
    if max(len(word) for one in wanted for word in one.split()) < SHORT:
        return [Q(name_sort__startswith=names.sort_key(typed))] if kind == words.CLIENT else []
    return slips(wanted, kind, known=known) if with_typos else [_all_words(one) for one in wanted]


def _by_name(typed: str, sight: Sight, *, with_typos: bool) -> list[QuerySet[Any, Any]]:
    """Return the ids of clients by their own name, and of the first ones that begin with it."""
    near = by_words(Client, words.CLIENT, typed, sight, "", with_typos=with_typos)
    if with_typos or "\x00" in typed:
        return near
    for start in dict.fromkeys((names.sort_key(typed), names.sort_key(names.other_layout(typed)))):
        begun = Client.objects.filter(name_sort__startswith=start).order_by("name_sort", "pk")
        near.append(begun.values_list("pk", flat=True)[:FIRST])
    return near


def _entity(typed: str, *, with_typos: bool) -> Q:
    digits = digits_of(typed)
    inn = Q(inn__contains=digits) if len(digits) >= SHORT else Q(pk__in=[])
    return name_has(typed, words.ENTITY, with_typos=with_typos) | inn


def _numbers(typed: str) -> list[tuple[Q, list[Q]]]:
    """Return what a legal entity of this INN, or of a KPP that begins so, fulfils; and how such an INN begins."""
    digits = digits_of(typed)
    inn = Q(inn__contains=digits), [Q(inn__startswith=digits) & ~Q(inn="")]
    kpp = Q(kpp__startswith=digits) & ~Q(kpp=""), list[Q]()
    lengths = ((inn, SHORT, INN_LETTERS), (kpp, KPP_BEGINNING, KPP_LETTERS))
    return [asked for asked, least, most in lengths if least <= len(digits) <= most]


def _part(column: str, typed: str) -> Q:
    """Return the condition of a number with what was typed in it; by less than a trigram no index finds a part.

    The index is asked for the longest run of letters and figures alone: the signs between them say that a word begins
    there, as one does in every number.
    """
    spelt = spellings(typed)
    runs = list(dict.fromkeys(max(re.findall(r"[^\W_]+", one), key=len, default="") for one in spelt))
    if any(len(run) < SHORT for run in runs):
        return reduce(or_, _beginnings(column, typed))
    if all(run == one for run, one in zip(runs, spelt, strict=False)):
        return reduce(or_, [Q(**{f"{column}__contains": one}) for one in spelt])
    has = reduce(or_, [Q(**{f"{column}__contains": run}) for run in runs])
    return has & reduce(or_, [Q(GreaterThan(StrIndex(F(column), Value(one)), 0)) for one in spelt])


def _beginnings(column: str, typed: str) -> list[Q]:
    """Return the conditions of a number that begins with what was typed, each to be asked by itself."""
    return [Q(**{f"{column}__startswith": one}) for one in spellings(typed)]


def _letters(word: str) -> Q:
    return Q(name_key__contains=word)


def _has_word(word: words.Word, has: Callable[[str], Q]) -> Q:
    """Return the condition of a name with the word; of one few have, not with a longer one that many have."""
    if word.names > SLIPS or has is not _letters:
        return has(word.text)
    edge = "[^[:alpha:]]"
    return _letters(word.text) & Q(name_key__regex=f"(^|{edge}){re.escape(word.text)}({edge}|$)")


def slips(
    wanted: list[str],
    kind: str,
    has: Callable[[str], Q] = _letters,
    *,
    known: dict[tuple[str, ...], Near] | None = None,
) -> list[Q]:
    """Return the conditions of names that have the words meant, slips put right: the likest, and those many names have.

    Figures are no words: a number that is almost right is another one, so they are looked for as typed or not at all.
    """
    spelt = [[word for word in one.split() if len(word) >= SHORT and word.isalpha()][:WORDS] for one in wanted]
    asked = tuple(word for one in spelt for word in one)
    near = known.get(asked) if known is not None else None
    if near is None:
        near = words.alike(asked, words.NAMES if known is not None else [kind])
        if known is not None:
            known[asked] = near
    found: list[Q] = []
    for one, own in zip(wanted, spelt, strict=True):
        meant = [near[kind, word] for word in own if (kind, word) in near]
        if not meant or 2 * sum(len(word) for word in own if (kind, word) in near) < sum(map(len, own)):
            continue
        if [[word] for word in one.split()] == [[word.text for word in each] for each in meant]:
            continue  # letters as typed have been looked for
        branches = _few_and_many(meant[0]) if len(meant) == 1 else _together(meant)
        ways = [
            reduce(and_, [reduce(or_, [_has_word(word, has) for word in each]) for each in branch])
            for branch in branches
        ]
        figures = [word for word in one.split() if len(word) >= SHORT and not word.isalpha()][:WORDS]
        if figures:
            found += [way & _all_words(" ".join(figures)) for way in ways] if kind in words.NAMES else []
        found += ways
    return found


def _few_and_many(near: list[words.Word]) -> list[list[list[words.Word]]]:
    """Return apart the words that few names have, and the likest one that many have, which would crowd them out."""
    few, left, many = [], SLIPS, None
    for word in near:
        if word.names <= left:
            few.append(word)
            left -= word.names
        else:
            many = many or word
    return [[each] for each in (few, [many] if many else []) if each]


def _together(meant: list[list[words.Word]]) -> list[list[list[words.Word]]]:
    """Return the likest word for each typed, and any of them for each: names of the likest are not crowded out."""
    return [[near[:1] for near in meant], meant] if any(near[1:] for near in meant) else [meant]


def _all_words(key: str) -> Q:
    found = Q()
    for word in key.split()[:WORDS]:
        found &= Q(name_key__contains=word)
    return found
