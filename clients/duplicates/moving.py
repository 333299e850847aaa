"""Moving what hangs on a client to another one and back, by the parts the rooms declare.

What moved is a document of plain values, kept in the joining: `rows` (numbers by key), `dropped` (whole rows by key),
`handed` (who had them, who has them, numbers), `placed` (by how much numbers were raised), `kept` (columns as they
were). Each part costs a fixed number of statements, however many rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, F, Max, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from clients.duplicates.parts import Keeps, Moves, Part
from clients.models import Joining

Moved = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """From which client to which, and who answers for each."""

    kept: int
    joined: int
    kept_owner: int
    joined_owner: int


# --- joining ----------------------------------------------------------------------------------------------------------


def join(parts: Sequence[Part], way: Way, *, by: int, now: datetime) -> Moved:
    """Move what hangs on the joined client to the one kept; return what moved.

    1. Note what nights may change, take out what is equal and would come along, end what would be there twice.
    2. Move the rest, part by part.
    """
    moved: Moved = {"rows": {}, "dropped": {}, "handed": {}, "placed": {}, "kept": {}}
    for part in parts:
        if isinstance(part, Keeps):
            rows = part.rows().filter(part.where, **{part.column: way.joined}).order_by("pk")
            moved["kept"][part.field] = _plain(list(rows.values("pk", *part.columns)))
        elif isinstance(part, Moves) and part.drops:
            _drop(part, way, moved)
        elif isinstance(part, Moves) and part.ends:
            rows = ending(part, way).order_by("pk")
            moved["kept"][part.field] = _plain(list(rows.values("pk", *part.columns)))
            numbered = [row["pk"] for row in moved["kept"][part.field]]
            part.rows().filter(part.ends_where, pk__in=numbered).update(**part.end(by, now))
    noted = {part.field: numbers(part, way) for part in parts if isinstance(part, Moves)}
    for part in parts:
        if isinstance(part, Moves) and noted[part.field]:
            _move(part, way, noted[part.field], moved)
    return moved


def _equal(part: Moves, way: Way) -> QuerySet[Any]:
    """Rows of the joined client that are equal to one of the kept client's."""
    theirs = part.rows().filter(part.same_where, **{part.column: way.kept})
    alike = Exists(theirs.filter(part.meets, **{name: OuterRef(name) for name in part.same}))
    equal: QuerySet[Any] = part.rows().filter(part.same_where, alike, **{part.column: way.joined})
    return equal


def ending(part: Moves, way: Way) -> QuerySet[Any]:
    """Rows of the joined client that end, as the kept client has one that says the same."""
    if not part.ends:
        return part.rows().none()
    theirs = part.rows().filter(part.ends_where, **{part.column: way.kept})
    alike = Exists(theirs.filter(**{name: OuterRef(name) for name in part.ends}))
    found: QuerySet[Any] = part.rows().filter(part.ends_where, alike, **{part.column: way.joined})
    return found


def _drop(part: Moves, way: Way, moved: Moved) -> None:
    rows = list(_equal(part, way).order_by("pk"))
    moved["dropped"][part.field] = _plain([_values(row) for row in rows])
    part.rows().filter(pk__in=[row.pk for row in rows]).delete()


def numbers(part: Moves, way: Way) -> list[int]:
    """Return the rows of the joined client that move."""
    rows = part.rows().filter(**{part.column: way.joined})
    if part.same and not part.drops:
        rows = rows.exclude(pk__in=_equal(part, way).order_by().values("pk"))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _move(part: Moves, way: Way, numbers: list[int], moved: Moved) -> None:
    moved["rows"][part.field] = numbers
    changes: dict[str, Any] = {part.column: way.kept}
    if part.placed:
        top = part.rows().filter(**{part.column: way.kept}).aggregate(top=Max(part.placed))["top"] or 0
        moved["placed"][part.field] = top
        changes[part.placed] = F(part.placed) + top
    # what came along with its contact is there already
    part.rows().filter(pk__in=numbers, **{part.column: way.joined}).update(**changes)
    if part.handed and way.kept_owner != way.joined_owner:
        theirs = part.rows().filter(part.handed_where, pk__in=numbers, **{part.handed: way.joined_owner})
        given = list(theirs.order_by("pk").values_list("pk", flat=True))
        part.rows().filter(pk__in=given).update(**{part.handed: way.kept_owner})
        moved["handed"][part.field] = {"from": way.joined_owner, "to": way.kept_owner, "rows": given}


def _values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = json.loads(json.dumps(rows, cls=DjangoJSONEncoder))
    return plain


# --- parting ----------------------------------------------------------------------------------------------------------


def obstacles(parts: Sequence[Part], joining: Joining) -> list[str]:
    """Say, table by table, which rows cannot go back: moved on since, or deleted."""
    found = []
    for part in parts:
        numbers = joining.moved["rows"].get(part.field, [])
        if not numbers or not isinstance(part, Moves) or part.loose:
            continue
        there = dict(part.rows().filter(pk__in=numbers).values_list("pk", part.column))
        elsewhere = sum(client != joining.kept_id for client in there.values())
        said = {"what": part.name, "moved": elsewhere, "gone": len(numbers) - len(there)}
        if elsewhere:
            found.append(_("%(what)s: %(moved)s were moved on since.") % said)
        if said["gone"]:
            found.append(_("%(what)s: %(gone)s were deleted since.") % said)
    return found


def part_again(parts: Sequence[Part], joining: Joining) -> None:
    """Put everything back where it was, in the opposite order."""
    for part in reversed(parts):
        if isinstance(part, Moves):
            _move_back(part, joining)
    for part in reversed(parts):
        if isinstance(part, Moves) and part.drops:
            _put_back(part, joining.moved["dropped"].get(part.field, []))
        if isinstance(part, Keeps) or (isinstance(part, Moves) and part.ends):
            _restore(part, joining.moved["kept"].get(part.field, []))


def _move_back(part: Moves, joining: Joining) -> None:
    numbers = joining.moved["rows"].get(part.field, [])
    changes: dict[str, Any] = {part.column: joining.joined_id}
    if part.placed:
        changes[part.placed] = F(part.placed) - joining.moved["placed"].get(part.field, 0)
    if numbers:
        part.rows().filter(pk__in=numbers, **{part.column: joining.kept_id}).update(**changes)
    given = joining.moved["handed"].get(part.field)
    if given:
        still = part.rows().filter(part.handed_where, pk__in=given["rows"], **{part.handed: given["to"]})
        still.update(**{part.handed: given["from"]})


def _put_back(part: Moves, rows: list[dict[str, Any]]) -> None:
    fields = {field.attname: field for field in part.model._meta.concrete_fields}
    part.rows().bulk_create(
        part.model(**{name: fields[name].to_python(value) for name, value in row.items()}) for row in rows
    )


def _restore(part: Keeps | Moves, rows: list[dict[str, Any]]) -> None:
    """Put columns back where a night, or the joining, ended what was open; few rows."""
    before = {row["pk"]: row for row in rows}
    changed = list(part.rows().filter(part.changed, pk__in=list(before)))
    for row in changed:
        for name in part.columns:
            setattr(row, name, row._meta.get_field(name).to_python(before[row.pk][name]))
    if changed:
        part.rows().bulk_update(changed, part.columns)
