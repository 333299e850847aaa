"""What a room contributes to the timeline of a record, or to a log: kinds of events, narrow rows and their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.fields import IntegerField

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Event:
    """One event in words; `at` is its time of day, when it has one, `acts` are links beside it: label and address."""

    icon: str
    text: str
    detail: str = ""
    at: str = ""
    tone: str = ""
    url: str = ""
    is_dialog: bool = False
    note: str = ""
    act_label: str = ""
    act_url: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a kind one can narrow by: the same rows by the same index, kept by a condition."""

    key: str
    label: _StrOrPromise
    only: Q


@dataclass(frozen=True)
class Kind:
    """A kind of event: the rows of a record by their day, and how given rows read.

    `rows` is called with the number of the record, or with the scope of the log; `search` narrows them by a text, None:
    they have none to search.
    `parts` are what it is chosen by beside its own name; `is_shown` says who may see it, None: everybody.
    """

    key: str
    label: _StrOrPromise
    day: str
    rows: Callable[[Any], QuerySet[Any]]
    events: Callable[[Sequence[int], Any], dict[int, Event]]
    search: Callable[[str], Q] | None = None
    parts: tuple[Part, ...] = ()
    is_shown: Callable[[Any], bool] | None = None

    def named(self, key: str) -> Kind | None:
        """Return the kind when this is its name, narrowed when it is that of a part; None otherwise."""
        if key in ("", self.key):
            return self
        only = next((part.only for part in self.parts if part.key == key), None)
        return None if only is None else replace(self, rows=lambda record: self.rows(record).filter(only))


def shown_to(kinds: Sequence[Kind], person: Any) -> list[tuple[int, Kind]]:
    """Return the kinds a person may see, each with its place among all of them."""
    return [(at, one) for at, one in enumerate(kinds) if one.is_shown is None or one.is_shown(person)]


@dataclass(frozen=True)
class Mark:
    """The last event of a page: its day, the place of its kind among the kinds, its number."""

    day: date
    place: int
    number: int


def page(kinds: Sequence[tuple[int, Kind]], record: Any, words: str, after: Mark | None, size: int) -> list[Mark]:
    """Return the newest events beyond `after`, one more than `size` when there are more: one UNION ALL of branches.

    Each branch reads only its own newest rows along its own index, so the length of a history costs nothing.
    """
    branches = [_branch(place, kind, record, words, after, size) for place, kind in kinds]
    if not branches:
        return []
    if len(branches) == 1:
        rows = branches[0]
    else:
        rows = branches[0].union(*branches[1:], all=True).order_by("-event_day", "event_place", "-event_number")
    return [Mark(*found) for found in rows[: size + 1]]


def _branch(place: int, kind: Kind, record: Any, words: str, after: Mark | None, size: int) -> QuerySet[Any, Any]:
    rows = kind.rows(record)
    if words and kind.search:
        rows = rows.filter(kind.search(words))
    if after is not None:
        rows = rows.filter(_beyond(place, kind.day, after))
    narrow = rows.annotate(
        event_day=F(kind.day), event_place=Value(place, output_field=IntegerField()), event_number=F("pk")
    )
    newest: QuerySet[Any, Any] = narrow.order_by(f"-{kind.day}", "-pk").values_list(
        "event_day", "event_place", "event_number"
    )
    return newest[: size + 1]


def _beyond(place: int, day: str, after: Mark) -> Q:
    earlier = Q(**{f"{day}__lt": after.day})
    same_day = Q(**{day: after.day})
    if place > after.place:
        return earlier | same_day
    return earlier | (same_day & Q(pk__lt=after.number)) if place == after.place else earlier
