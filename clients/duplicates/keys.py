"""What clients are compared by: INN, ways to reach, names without legal form in both layouts, pieces of names.

The same normalisers serve search and intake (`salescrm.base.names`, `clients.contacts.points`); a key is kept per
client, so that the comparison is one join of a table with itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from clients.models import Client, ContactPoint, DuplicateKey, KeyKind, LegalEntity, PointKind
from salescrm.base import names, sql

BATCH = 5_000  # clients whose names and values are held at once
SHORT = 3  # letters: shorter names and words say nothing
PIECE = 4  # letters of a word's beginning or end that a block is made of
WORDS = 2  # longest words of a name that make blocks
MESSENGERS = {PointKind.TELEGRAM, PointKind.MAX, PointKind.VK}
Key = tuple[str, str, bool]  # kind, value, is_mistyped


@dataclass
class Facts:
    """What is known of one client, as written."""

    names: list[str] = field(default_factory=list)
    city: str = ""
    inns: list[str] = field(default_factory=list)
    points: list[tuple[str, str]] = field(default_factory=list)


def keys_of(facts: Facts) -> list[Key]:
    """Return the keys of a client, each once; a name of its own goes before the same one mistyped."""
    found: dict[tuple[str, str], bool] = {(KeyKind.INN.value, inn): False for inn in facts.inns}
    found |= {(kind, value): False for kind, value in map(_of_point, facts.points) if kind}
    own = [key for key in map(name_key, facts.names) if len(key) >= SHORT]
    found |= {(KeyKind.NAME.value, key): False for key in own}
    for key in _mistyped(facts.names):
        found.setdefault((KeyKind.NAME.value, key), True)
    for key in own:
        found |= {(KeyKind.BLOCK.value, block): False for block in _blocks(key, names.key(facts.city))}
    return [(kind, value[:300], is_mistyped) for (kind, value), is_mistyped in found.items()]


def name_key(name: str) -> str:
    """Return a name as it is compared: no case, marks, alphabet or legal form, its words in the order of letters."""
    return " ".join(sorted(names.key(name).split()))


def _mistyped(written: Iterable[str]) -> Iterator[str]:
    """Return what the names would be, had they been typed in the other keyboard layout."""
    for name in written:
        key = name_key(names.other_layout(name))
        if len(key) >= SHORT:
            yield key


def _of_point(point: tuple[str, str]) -> tuple[str, str]:
    """Return kind and value of a way to reach; a messenger known by a phone is that phone, whatever its extension."""
    kind, value = point
    if value.startswith("+"):
        return KeyKind.PHONE.value, value.partition("x")[0]
    if kind == PointKind.EMAIL:
        return KeyKind.EMAIL.value, value
    if kind == PointKind.SITE:
        return KeyKind.SITE.value, value
    return (KeyKind.MESSENGER.value, f"{kind}:{value}") if kind in MESSENGERS else ("", "")


def _blocks(key: str, city: str) -> Iterator[str]:
    """Return beginnings and ends of the longest words: names without a common one are not measured."""
    words = sorted((word for word in key.split() if len(word) >= SHORT), key=lambda word: (-len(word), word))
    for word in words[:WORDS]:
        yield f"^{word[:PIECE]}"
        yield f"{word[-PIECE:]}$"
    if words and city:
        yield f"^{words[0][:PIECE]}@{city}"


def write(clients: list[int], tell: Callable[[int], None] = lambda done: None) -> None:
    """Write the keys of these clients anew, a batch at a time; joined ones lose theirs."""
    for start in range(0, len(clients), BATCH):
        _write_batch(clients[start : start + BATCH])
        tell(min(start + BATCH, len(clients)))


@transaction.atomic
def _write_batch(clients: list[int]) -> None:
    DuplicateKey.objects.filter(client__in=clients).delete()
    rows = [(client, *key) for client, facts in _read(clients).items() for key in keys_of(facts)]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    named = dict(zip(("clients", "kinds", "values", "mistyped"), columns, strict=True))
    sql.run("clients", "insert_duplicate_keys", named)


def forget(clients: Iterable[int]) -> None:
    """Take the keys away: the next search writes them anew and compares these clients with all.

    Within the caller's transaction. Keys a search is just writing are left: nobody waits for it, and neither does it.
    """
    free = DuplicateKey.objects.select_for_update(skip_locked=True).filter(client__in=list(clients))
    DuplicateKey.objects.filter(pk__in=list(free.values_list("pk", flat=True))).delete()


def _read(clients: list[int]) -> dict[int, Facts]:
    present = Client.objects.present().filter(pk__in=clients)
    found = {pk: Facts([name], city) for pk, name, city in present.values_list("pk", "name", "city")}
    for client, name, inn in LegalEntity.objects.filter(client__in=list(found)).values_list("client_id", "name", "inn"):
        found[client].names.append(name)
        found[client].inns += [inn] if inn else []
    points = ContactPoint.objects.filter(client__in=list(found)).values_list("client_id", "kind", "value_key")
    for client, kind, value in points:
        found[client].points.append((kind, value))
    return found
