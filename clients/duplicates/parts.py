"""What a room says of its tables when clients are joined: each foreign key to a client, a legal entity or a contact.

A room offers `merge.py` with PARTS, named in settings.MERGE; a test fails on a key nobody declared. `field` is written
`app.Model.field`. Joining goes through the parts in their order, parting backwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.text import capfirst

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from clients.models import Joining


@dataclass(frozen=True)
class Part:
    """One foreign key; `label` names its rows on the screen, when their table's own name does not do."""

    field: str
    label: _StrOrPromise = ""

    @property
    def model(self) -> type[Model]:
        """The table the key stands in."""
        return apps.get_model(self.field.rpartition(".")[0])

    @property
    def column(self) -> str:
        """The key's name in it."""
        return self.field.rpartition(".")[2]

    @property
    def name(self) -> str:
        """What its rows are called."""
        return str(capfirst(self.label or self.model._meta.verbose_name_plural))

    def rows(self) -> QuerySet[Any]:
        """All rows of the table."""
        return self.model._default_manager.all()


@dataclass(frozen=True)
class Moves(Part):
    """Rows follow to the client kept.

    Rows equal to one of the kept client's in the columns `same` (one that `meets` finds) cannot: they stay behind, or,
    where they would go along with something else (`drops`), are taken out and kept in the joining. `handed` is the
    person who does it: rows of the joined client's owner (those of `handed_where`) go to the kept one's. `loose` rows
    are rewritten as a whole: what is left of them goes back. `placed` numbers go on after those of the kept client.

    Of rows of `ends_where` that say the same of both in the columns `ends`, the joined client's ends: it takes the
    values of `end` (by whom, when), and its `columns` are put back where `changed` still holds.
    """

    same: tuple[str, ...] = ()
    same_where: Q = field(default_factory=Q)
    meets: Q = field(default_factory=Q)
    drops: bool = False
    handed: str = ""
    handed_where: Q = field(default_factory=Q)
    placed: str = ""
    loose: bool = False
    ends: tuple[str, ...] = ()
    ends_where: Q = field(default_factory=Q)
    end: Callable[[int, datetime], dict[str, Any]] = lambda by, now: {}
    columns: tuple[str, ...] = ()
    changed: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Follows(Part):
    """Rows go where the row they hang on goes; `counted` ones are shown, reached from a client by this path."""

    by: str = ""
    counted: str = ""


@dataclass(frozen=True)
class Stays(Part):
    """Rows stay with the joined client, for the reason `why`."""

    why: str = ""


@dataclass(frozen=True)
class Keeps(Part):
    """Rows stay, nights change them meanwhile: `columns` of those of `where` are put back where `changed` holds."""

    columns: tuple[str, ...] = ()
    where: Q = field(default_factory=Q)
    changed: Q = field(default_factory=Q)


Refusal = Callable[["Joining"], list[str]]
Settle = Callable[[list[int], date], object]


@cache
def declared() -> tuple[Part, ...]:
    """Return the parts of all rooms, in the order of settings.MERGE."""
    return tuple(part for name in settings.MERGE for part in import_module(name).PARTS)


@cache
def refusals() -> tuple[Refusal, ...]:
    """Return the rooms' own reasons why a joining can no longer be undone."""
    return tuple(one for name in settings.MERGE for one in getattr(import_module(name), "REFUSALS", ()))


@cache
def settling() -> tuple[Settle, ...]:
    """Return what rooms reckon anew of both clients at once, as the last thing of a joining or its undoing."""
    return tuple(one for name in settings.MERGE for one in getattr(import_module(name), "SETTLING", ()))
