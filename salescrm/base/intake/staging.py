"""Rows of a file as text in a temporary table, their dates and numbers read once per distinct text.

Everything here lives in the caller's transaction and is gone with it: a killed import leaves nothing behind.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg2 import sql as pg

from salescrm.base.intake.columns import Field
from salescrm.base.intake.table import FORMULA, Row
from salescrm.base.intake.values import FORMULA_CELL, READERS, Habits, date_order, decimal_mark, read_all

TELL_EVERY = 10_000
MORE_CELLS = gettext_noop("more cells than the heading has: is a separator or a quotation mark missing?")
_TABLES = """
    DROP TABLE IF EXISTS intake_staged, intake_day, intake_number, intake_bad;
    CREATE TEMP TABLE intake_day (text text NOT NULL, value date, reason text) ON COMMIT DROP;
    CREATE TEMP TABLE intake_number (text text NOT NULL, value numeric, reason text) ON COMMIT DROP;
    CREATE TEMP TABLE intake_bad (row int NOT NULL, field text NOT NULL, value text, reason text NOT NULL)
        ON COMMIT DROP;
"""
Bad = tuple[int, str, str, str]  # row, field, value, reason
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,10})?")  # the database reads it, others read_number


class _Stream(io.RawIOBase):
    """What COPY reads: rows turned into csv as they are asked for."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows, self._text, self._rest = iter(rows), io.StringIO(), b""
        self._write = csv.writer(self._text).writerow

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, nothing at the end."""
        while len(self._rest) < size:
            for row in self._rows:
                self._write(row)
                if self._text.tell() > size:
                    break
            else:
                self._rest += self._taken()
                break
            self._rest += self._taken()
        given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def _taken(self) -> bytes:
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text.encode()


def _plain(statement: pg.Composed) -> str:
    """Return a composed statement as text: the field history's wrapper of `execute` knows text only."""
    return str(statement.as_string(connection.connection))


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, filled: Sequence[str] = ()) -> None:
    """COPY rows into a table; empty text becomes NULL but in the columns `filled`."""
    names = pg.SQL(", ").join(map(pg.Identifier, columns))
    keep = pg.SQL(", ").join(map(pg.Identifier, filled))
    options = pg.SQL("FORMAT csv, FORCE_NOT_NULL ({})").format(keep) if filled else pg.SQL("FORMAT csv")
    with connection.cursor() as cursor:
        statement = pg.SQL("COPY {} ({}) FROM STDIN ({})").format(pg.Identifier(table), names, options)
        cursor.copy_expert(statement, _Stream(rows), 1 << 16)


@dataclass
class Staged:
    """What reading the rows told: how many, the texts of dates and of numbers that are not plain → first row."""

    tell: Callable[[int], None]
    rows: int = 0
    days: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)


def stage(
    rows: Iterable[Row], places: Mapping[str, int], fields: Sequence[Field], width: int, tell: Callable[[int], None]
) -> Staged:
    """Fill `intake_staged` (row, one text column per field); `tell` hears how many rows were read so far."""
    staged, used = Staged(tell), [one for one in fields if one.name in places]
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        columns = pg.SQL(", ").join(pg.SQL("{} text").format(pg.Identifier(one.name)) for one in fields)
        statement = pg.SQL("CREATE TEMP TABLE intake_staged (row int NOT NULL, {}) ON COMMIT DROP").format(columns)
        cursor.execute(_plain(statement))
        copy("intake_staged", ["row", *[one.name for one in used]], _picked(rows, used, places, width, staged))
        copy("intake_bad", ["row", "field", "value", "reason"], staged.bad)
        cursor.execute("ANALYZE intake_staged")
    return staged


def _picked(
    rows: Iterable[Row], used: Sequence[Field], places: Mapping[str, int], width: int, staged: Staged
) -> Iterator[list[Any]]:
    """Give the mapped cells of each row, remembering the texts of dates and of numbers that are not plain."""
    picks = [places[one.name] for one in used]
    days = [places[one.name] for one in used if one.kind == "day"]
    numbers = [places[one.name] for one in used if one.kind == "number"]
    last, plain = max(picks, default=0), PLAIN_NUMBER.fullmatch
    for number, row in rows:
        staged.rows += 1
        if staged.rows % TELL_EVERY == 0:
            staged.tell(staged.rows)
        cells = (
            row
            if last < len(row) <= width and FORMULA not in row
            else _mended(number, row, used, places, width, staged)
        )
        for place in days:
            if cells[place] not in staged.days:
                staged.days[cells[place]] = number
        for place in numbers:
            if not plain(cells[place]):
                staged.numbers.setdefault(cells[place], number)
        yield [number, *[cells[place] for place in picks]]


def _mended(
    number: int, row: list[str], used: Sequence[Field], places: Mapping[str, int], width: int, staged: Staged
) -> list[str]:
    """Fill a short row up; remember surplus cells and formulas without a value as bad ones."""
    cells = row + [""] * (width - len(row))
    if any(cells[width:]):
        staged.bad.append((number, "*", ", ".join(cells[width:])[:200], MORE_CELLS))
    formulas = [one.name for one in used if cells[places[one.name]] == FORMULA]
    staged.bad.extend((number, name, "=…", FORMULA_CELL) for name in formulas)
    return ["" if cell == FORMULA else cell for cell in cells]


def read_values(staged: Staged, habits: Habits) -> Habits:
    """Fill `intake_day` and `intake_number` from the distinct texts of the staged cells; return the file's habits.

    Raise Refused when the dates contradict each other.
    """
    staged.days.pop("", None)
    staged.numbers.pop("", None)
    order = habits.dates or date_order(staged.days.items())
    habits = Habits(order, habits.decimal or decimal_mark(staged.numbers))
    _store("intake_day", "day", staged.days, habits)
    _store("intake_number", "number", staged.numbers, habits)
    return habits


def _store(table: str, kind: str, texts: Iterable[str], habits: Habits) -> None:
    copy(table, ["text", "value", "reason"], read_all(texts, READERS[kind], habits))
    with connection.cursor() as cursor:
        cursor.execute(_plain(pg.SQL("ANALYZE {}").format(pg.Identifier(table))))
