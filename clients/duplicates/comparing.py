"""Two clients side by side: their fields, what would follow, and what joining means for owner and tasks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients.duplicates import parts
from clients.duplicates.joining import FIELDS, column
from clients.duplicates.moving import Way, ending, numbers
from clients.duplicates.parts import Follows, Keeps, Moves, Part
from clients.models import Client, Joining
from clients.rows import open_intervals


@dataclass(frozen=True)
class FieldPair:
    """A field of both clients; `takes`: the kept client has none, so the other's is proposed."""

    name: str
    label: str
    kept: str
    joined: str

    @property
    def differs(self) -> bool:
        """Say whether there is something to choose."""
        return self.kept != self.joined

    @property
    def takes(self) -> bool:
        """Say whether the joined client's value is proposed."""
        return self.differs and not self.kept


def fields(kept: Client, joined: Client) -> list[FieldPair]:
    """Return the fields of both clients in words."""
    found = []
    for name in FIELDS:
        label = str(capfirst(column(name).verbose_name))
        found.append(FieldPair(name, label, _words(kept, name), _words(joined, name)))
    return found


def _words(client: Client, name: str) -> str:
    display = getattr(client, f"get_{name}_display", None)
    value = display() if display else getattr(client, name)
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Following:
    """How many rows of a kind each client has."""

    label: str
    kept: int
    joined: int


def counts(kept: Client, joined: Client) -> list[Following]:
    """Count what hangs on the clients: one question per kind that is shown, whatever its rows."""
    found = []
    for part in parts.declared():
        path = _path(part)
        if not path:
            continue
        rows = part.rows().filter(**{f"{path}__in": [kept.pk, joined.pk]})
        if isinstance(part, Keeps):
            rows = rows.filter(part.where)
        by = dict(rows.order_by().values_list(path).annotate(n=Count("pk")))
        if by:
            found.append(Following(part.name, by.get(kept.pk, 0), by.get(joined.pk, 0)))
    return found


def _path(part: Part) -> str:
    """Return how rows of a part that is shown are reached from a client."""
    if isinstance(part, Moves | Keeps):
        return part.column
    return part.counted if isinstance(part, Follows) else ""


def way(kept: Client, joined: Client) -> Way:
    """Return the two clients with their owners."""
    held = open_intervals([kept.pk, joined.pk])
    return Way(kept.pk, joined.pk, held[kept.pk].owner_id, held[joined.pk].owner_id)


def handed(found: Way) -> int:
    """Count what the joined client's owner would hand to the kept one's."""
    if found.kept_owner == found.joined_owner:
        return 0
    given = 0
    for part in parts.declared():
        if isinstance(part, Moves) and part.handed:
            moving_rows = part.rows().filter(part.handed_where, pk__in=numbers(part, found))
            moving_rows = moving_rows.exclude(pk__in=ending(part, found).order_by().values("pk"))
            given += moving_rows.filter(**{part.handed: found.joined_owner}).count()
    return given


def moved(joining: Joining) -> list[tuple[str, int]]:
    """Count what a joining moved, and what it took out as equal, by the words of the screen."""
    found = []
    for part in parts.declared():
        rows = len(joining.moved["rows"].get(part.field, []))
        equal = len(joining.moved["dropped"].get(part.field, []))
        if rows:
            found.append((part.name, rows))
        if equal:
            found.append((_("%s, equal ones") % part.name, equal))
    return found
