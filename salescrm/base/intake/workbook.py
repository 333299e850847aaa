"""Workbooks (xlsx): sizes are looked at before anything is unpacked, values are taken as text without rounding."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from salescrm.base.intake.table import FORMULA, MOST_CELL, MOST_COLUMNS, MOST_RATIO, MOST_UNPACKED, Row, Table
from salescrm.base.jobs import Refused


def open_workbook(path: Path, *, sheet: str = "", likely: Callable[[list[str]], int] = len) -> Table:
    """Open a workbook's sheet (the first one with rows); raise Refused in one sentence when it cannot be read."""
    formulas = _refuse_bombs(path)
    sheet = sheet or _first_sheet(path)
    top = list(islice(_rows(path, sheet, formulas), 30))
    if not top:
        raise Refused(_("The file is empty."))
    place = max(range(len(top)), key=lambda n: (likely(top[n][1]), -n)) if likely is not len else 0

    def read() -> Iterator[Row]:
        return islice(_rows(path, sheet, formulas), place + 1, None)

    return Table(top[place][1], read, _known(path, sheet, top[place][0]), "xlsx", {"sheet": sheet})


def _refuse_bombs(path: Path) -> bool:
    """Refuse what is no workbook or unpacks to too much; say whether any sheet has formulas."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            size, small = sum(part.file_size for part in parts), path.stat().st_size
            if size > MOST_UNPACKED or (size > 50 << 20 and size > MOST_RATIO * small) or len(parts) > 10_000:
                raise Refused(_("The workbook unpacks to more than is read: this looks like a bomb, not a table."))
            if "[Content_Types].xml" not in packed.namelist():
                raise Refused(_("This is an archive, not a workbook. Unpack it and give the file itself."))
            return any(_has_formulas(packed, part) for part in parts if "worksheets/" in part.filename)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        raise Refused(_("The workbook is damaged and cannot be opened.")) from fault


def _has_formulas(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    end = b""
    with packed.open(part) as file:
        while block := file.read(1 << 20):
            if re.search(rb"<(\w+:)?f[ >/]", end + block):
                return True
            end = block[-16:]
    return False


@contextmanager
def _book(path: Path, *, values: bool) -> Iterator[Any]:
    """Open the workbook whatever its file is called; every fault of it becomes one sentence."""
    with path.open("rb") as file:
        book = None
        try:
            book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
            yield book
        except (Refused, GeneratorExit):
            raise
        except Exception as fault:  # openpyxl and its parsers raise a dozen kinds for a damaged file
            raise Refused(_("The workbook is damaged and cannot be opened.")) from fault
        finally:
            if book is not None:
                book.close()


def _first_sheet(path: Path) -> str:
    with _book(path, values=True) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            if any(any(cell is not None for cell in row) for row in islice(sheet.iter_rows(values_only=True), 30)):
                return str(sheet.title)
    raise Refused(_("The file is empty."))


def _known(path: Path, sheet: str, heading: int) -> int | None:
    with _book(path, values=True) as book:
        rows: int | None = book[sheet].max_row
        return max(rows - heading, 0) if rows and rows > heading else None


def _rows(path: Path, sheet: str, formulas: bool) -> Iterator[Row]:
    """Give (row number, cells); with formulas in the file a second reading finds those without a stored value."""
    values = _cells(path, sheet, values=True)
    written = _cells(path, sheet, values=False) if formulas else None
    for number, row in enumerate(values, start=1):
        source = next(written) if written else ()
        cells = [_text(value) for value in row]
        for place, formula in enumerate(source):
            if formula is not None and row[place] is None:
                cells[place] = FORMULA
        if any(cells):
            yield number, cells


def _cells(path: Path, sheet: str, *, values: bool) -> Iterator[tuple[Any, ...]]:
    with _book(path, values=values) as book:
        page = book[sheet]
        page.reset_dimensions()
        for number, row in enumerate(page.iter_rows(values_only=True), start=1):
            if len(row) > MOST_COLUMNS:
                text = _("Row {row} has {count} columns; more than {most} are not read.")
                raise Refused(text.format(row=number, count=len(row), most=MOST_COLUMNS))
            yield row


def _text(value: Any) -> str:
    """Return a cell's value as text: dates in ISO, numbers as the shortest decimal that is the stored one."""
    if value is None:
        return ""
    if isinstance(value, str):
        if len(value) > MOST_CELL:
            raise Refused(_("A cell is longer than a million characters: this is not a table."))
        return value.replace("\x00", "").strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if not isinstance(value, timedelta) else str(value.total_seconds())
