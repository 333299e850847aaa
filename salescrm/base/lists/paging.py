"""Keyset paging: a page is a range of an index from a known row on, so the last page is as near as the first.

Rows are ordered by (key, tie), both in the same direction, so that one index read forwards or backwards serves both,
and "beyond this row" is one row comparison the index understands. Empty keys come last in either direction and are a
segment of their own: a second range of the same index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.fields import Field

if TYPE_CHECKING:
    from django.db.models import QuerySet

    Rows = QuerySet[Any] | Sequence[QuerySet[Any]]


LARGEST = 30  # figures before or after the comma in a key of the URL


@dataclass(frozen=True)
class Sort:
    """An order of a list: the path or annotation of its key, the path of the unique tie-break in the same table."""

    key: str
    path: str
    tie: str = "pk"
    nullable: bool = False


@dataclass(frozen=True)
class Cursor:
    """From where a page goes: beyond the row with this key and id, forwards or backwards; `end`: the last page."""

    forward: bool = True
    key: Any = None
    id: int | None = None

    @property
    def is_start(self) -> bool:
        """Say whether it is the first page."""
        return self.forward and self.id is None


@dataclass(frozen=True)
class Page:
    """The ids of a page in their order, their keys, and what is needed to go on from both ends."""

    ids: list[int]
    keys: list[Any]
    first: tuple[Any, int] | None
    last: tuple[Any, int] | None
    has_before: bool
    has_after: bool


class Beyond(Func):
    """The row comparison (key, tie) > (value, id) or <."""

    output_field = BooleanField()
    conditional = True
    arity = 4

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Write the comparison; `sign` says which."""
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        key, tie, value, row = (sql for sql, _params in parts)
        parameters = [one for _sql, params in parts for one in params]
        return f"({key}, {tie}) {self.extra['sign']} ({value}, {row})", parameters


def page(rows: Rows, sort: Sort, *, descending: bool, cursor: Cursor, size: int) -> Page:
    """Return up to `size` rows beyond the cursor; going back past the start gives the first page.

    `rows` may be several querysets without a row in common: each is read along its own range of an index.
    """
    found = beyond(rows, sort, descending=descending, cursor=cursor, size=size + 1)
    if not cursor.forward and len(found) <= size and cursor.id is not None:
        cursor = Cursor()
        found = beyond(rows, sort, descending=descending, cursor=cursor, size=size + 1)
    more, found = len(found) > size, found[:size]
    if not cursor.forward:
        found.reverse()
    return Page(
        ids=[row for row, _key in found],
        keys=[key for _row, key in found],
        first=(found[0][1], found[0][0]) if found else None,
        last=(found[-1][1], found[-1][0]) if found else None,
        has_before=bool(found) and (cursor.id is not None if cursor.forward else more),
        has_after=bool(found) and (more if cursor.forward else cursor.id is not None),
    )


def beyond(rows: Rows, sort: Sort, *, descending: bool, cursor: Cursor, size: int) -> list[tuple[int, Any]]:
    """Read `size` rows from the cursor in its direction, as (id, key), over the segments with and without a key."""
    downwards = descending == cursor.forward
    found: list[tuple[int, Any]] = []
    for is_empty, branches in _ranges(rows, sort, cursor, downwards):
        found += _merge(branches, sort, is_empty, downwards, size - len(found))
        if len(found) == size:
            break
    return found


def count_before(rows: QuerySet[Any], sort: Sort, *, descending: bool, key: Any, row: int) -> int:
    """Count the rows that stand before this one in the order: the base counts a range of the index, no row is read."""
    back = Cursor(forward=False, key=key, id=row)
    ranges = _ranges(rows, sort, back, not descending)
    return sum(part.order_by().count() for _is_empty, branches in ranges for part in branches)


def _ranges(rows: Rows, sort: Sort, cursor: Cursor, downwards: bool) -> Iterator[tuple[bool, list[QuerySet[Any]]]]:
    """Yield the segments beyond the cursor in its direction: whether their keys are empty, and their rows."""
    segments = [False, True] if sort.nullable else [False]
    if not cursor.forward:
        segments.reverse()
    if cursor.id is not None and cursor.key is None and cursor.forward:
        segments = [True]
    if cursor.id is not None and cursor.key is not None and not cursor.forward:
        segments = [False]
    for is_empty in segments:
        branches = [_segment(part, sort, is_empty, downwards) for part in _parts(rows)]
        if cursor.id is not None and (cursor.key is None) == is_empty:
            branches = [part.filter(_beyond(sort, cursor, is_empty, downwards)) for part in branches]
        yield is_empty, branches


def _parts(rows: Rows) -> Sequence[QuerySet[Any]]:
    return rows if isinstance(rows, Sequence) else [rows]


def _merge(
    branches: Sequence[QuerySet[Any]], sort: Sort, is_empty: bool, downwards: bool, size: int
) -> list[tuple[int, Any]]:
    """Read the first rows of all branches together; several branches have no row in common."""
    if len(branches) == 1:
        return cast("list[tuple[int, Any]]", list(branches[0].values_list("pk", sort.path)[:size]))
    ends = [one.annotate(list_key=F(sort.path)).values_list("pk", "list_key")[:size] for one in branches]
    mark = "-" if downwards else ""
    order = [f"{mark}pk"] if is_empty else [f"{mark}list_key", f"{mark}pk"]
    return cast("list[tuple[int, Any]]", list(ends[0].union(*ends[1:], all=True).order_by(*order)[:size]))


def _segment(rows: QuerySet[Any], sort: Sort, is_empty: bool, downwards: bool) -> QuerySet[Any]:
    mark = "-" if downwards else ""
    if is_empty:
        return rows.filter(**{f"{sort.path}__isnull": True}).order_by(f"{mark}{sort.tie}")
    known = rows.filter(**{f"{sort.path}__isnull": False}) if sort.nullable else rows
    return known.order_by(f"{mark}{sort.path}", f"{mark}{sort.tie}")


def _beyond(sort: Sort, cursor: Cursor, is_empty: bool, downwards: bool) -> Q | Beyond:
    if is_empty:
        return Q(**{f"{sort.tie}__{'lt' if downwards else 'gt'}": cursor.id})
    return Beyond(F(sort.path), F(sort.tie), Value(cursor.key), Value(cursor.id), sign="<" if downwards else ">")


def write(end: tuple[Any, int]) -> str:
    """Write one end of a page for the URL: the id, then the key; no key means an empty one."""
    key, row = end
    return f"{row}" if key is None else f"{row}_{key}"


def read(text: str, field: Field[Any, Any], *, forward: bool) -> Cursor:
    """Read what `write` wrote; what makes no sense gives the first page."""
    row, mark, key = text.partition("_")
    try:
        known = field.to_python(key) if mark else None
        number = int(row)
    except (ValueError, ValidationError):
        return Cursor()
    is_senseless = not 0 <= number < 2**63 or "\x00" in text or (isinstance(known, Decimal) and not _fits(known))
    return Cursor() if is_senseless else Cursor(forward, known, number)


def _fits(number: Decimal) -> bool:
    return number.is_finite() and -LARGEST < number.adjusted() < LARGEST


def key_field(rows: QuerySet[Any], path: str) -> Field[Any, Any]:
    """Find the model field a path leads to, or that of an annotation of this name."""
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    model = rows.model
    *steps, name = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return cast("Field[Any, Any]", model._meta.get_field(name))
