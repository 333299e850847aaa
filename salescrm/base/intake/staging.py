"""Rows of a file as text in a temporary table, their dates and numbers read once per distinct text.

Everything here lives in the caller's transaction and is gone with it: a killed import leaves nothing behind.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
PLAIN_NUMBER = r"^-?\d{1,12}(\.\d{1,10})?$"  # read by the database itself; the other texts by values.read_number


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


def stage(
    rows: Iterable[Row], places: Mapping[str, int], fields: Sequence[Field], width: int, tell: Callable[[int], None]
) -> int:
    """Fill `intake_staged` (row, one text column per field) and return the rows read; `tell` hears how many so far."""
    names = [field.name for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        columns = pg.SQL(", ").join(pg.SQL("{} text").format(pg.Identifier(name)) for name in names)
        statement = pg.SQL("CREATE TEMP TABLE intake_staged (row int NOT NULL, {}) ON COMMIT DROP").format(columns)
        cursor.execute(_plain(statement))
        used = {name: places[name] for name in names if name in places}
        bad: list[Bad] = []
        counter = _Counter(tell)
        copy("intake_staged", ["row", *used], _picked(rows, used, width, bad, counter))
        copy("intake_bad", ["row", "field", "value", "reason"], bad)
        cursor.execute("ANALYZE intake_staged")
    return counter.rows


class _Counter:
    """Counts rows and tells it now and then."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.rows, self._tell = 0, tell

    def up(self) -> None:
        self.rows += 1
        if self.rows % TELL_EVERY == 0:
            self._tell(self.rows)


def _picked(
    rows: Iterable[Row], used: Mapping[str, int], width: int, bad: list[Bad], counter: _Counter
) -> Iterator[list[Any]]:
    """Give the mapped cells of each row; remember surplus cells and formulas without a value as bad ones."""
    picks = list(used.values())
    last = max(picks, default=0)
    for number, row in rows:
        counter.up()
        cells = row
        if len(cells) <= last:
            cells = cells + [""] * (last + 1 - len(cells))
        elif len(cells) > width and any(cells[width:]):
            bad.append((number, "*", ", ".join(cells[width:])[:200], MORE_CELLS))
        if FORMULA in cells:
            bad.extend((number, name, "=…", FORMULA_CELL) for name, place in used.items() if cells[place] == FORMULA)
            cells = ["" if cell == FORMULA else cell for cell in cells]
        yield [number, *[cells[place] for place in picks]]


def read_values(fields: Sequence[Field], places: Mapping[str, int], habits: Habits) -> Habits:
    """Fill `intake_day` and `intake_number` from the distinct texts of the staged cells; return the file's habits.

    Raise Refused when the dates contradict each other.
    """
    days = [field.name for field in fields if field.kind == "day" and field.name in places]
    numbers = [field.name for field in fields if field.kind == "number" and field.name in places]
    texts = _distinct(days, plain=False)
    habits = Habits(habits.dates or date_order(texts), habits.decimal)
    _store("intake_day", "day", (text for text, _row in texts), habits)
    texts = _distinct(numbers, plain=True)
    habits = Habits(habits.dates, habits.decimal or decimal_mark(text for text, _row in texts))
    _store("intake_number", "number", (text for text, _row in texts), habits)
    return habits


def _distinct(names: Sequence[str], *, plain: bool) -> list[tuple[str, int]]:
    """Return the distinct texts of these columns with the first row of each, those of plain numbers left out."""
    if not names:
        return []
    one = "SELECT {name} AS text, row FROM intake_staged WHERE {name} IS NOT NULL"
    one += " AND {name} !~ %(plain)s" if plain else ""
    parts = pg.SQL(" UNION ALL ").join(pg.SQL(one).format(name=pg.Identifier(name)) for name in names)
    with connection.cursor() as cursor:
        statement = pg.SQL("SELECT text, min(row) FROM ({}) AS cells GROUP BY text ORDER BY 2, 1").format(parts)
        cursor.execute(_plain(statement), {"plain": PLAIN_NUMBER})
        return list(cursor.fetchall())


def _store(table: str, kind: str, texts: Iterable[str], habits: Habits) -> None:
    copy(table, ["text", "value", "reason"], read_all(texts, READERS[kind], habits))
    with connection.cursor() as cursor:
        cursor.execute(_plain(pg.SQL("ANALYZE {}").format(pg.Identifier(table))))
