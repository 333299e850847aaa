"""Export of exactly what is filtered, to xlsx and csv, page by page and never the whole list in memory.

Texts stay texts: in xlsx nothing is written as a formula or a link; in csv, where a cell has no type, a text that a
spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.core.files import File
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import get_language

from salescrm.base.lists.paging import Cursor, page
from salescrm.base.lists.state import ListState
from salescrm.base.models import StoredFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = (
    2_000  # rows read at once: 1M clients take 100 MB in chunks of 50,000, 60 MB in chunks of 2,000, at the same pace
)
AT_ONCE = 5_000  # rows an export writes within the request; more become a job
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
XLSX_ROWS = 1_048_575
DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)

Cell = str | int | Decimal | date | bool | None


def attached(content: bytes, name: str) -> HttpResponse:
    """Answer with a workbook to be kept as a file; `name`: plain letters, with its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=FORMATS["xlsx"], headers=headers)


def write(
    path: Path,
    form: str,
    state: ListState,
    rows: QuerySet[Any],
    hydrate: Callable[[list[int]], Sequence[Any]],
    tell: Callable[[int], None] = lambda done: None,
) -> int:
    """Write the shown columns of all rows of the state to `path` as `form` (xlsx or csv); return the number of rows."""
    columns = state.shown

    def read(ids: list[int]) -> list[list[Cell]]:
        return [[column.value(row) for column in columns] for row in hydrate(ids)]

    return write_cells(path, form, [str(column.label) for column in columns], state, rows, read, tell)


@transaction.atomic
def write_cells(
    path: Path,
    form: str,
    heads: Sequence[str],
    state: ListState,
    rows: QuerySet[Any],
    read: Callable[[list[int]], Sequence[Sequence[Cell]]],
    tell: Callable[[int], None] = lambda done: None,
) -> int:
    """Write what `read` gives for the rows of the state, chunk by chunk; return the number of rows written.

    All chunks are read from one snapshot of the base, in the list's order.
    """
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return (_write_xlsx if form == "xlsx" else _write_csv)(path, heads, walk(state, rows, read, tell))


def write_table(path: Path, form: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table that is no list, read already; return the number of rows written."""
    return (_write_xlsx if form == "xlsx" else _write_csv)(path, heads, rows)


def walk(
    state: ListState, rows: QuerySet[Any], hydrate: Callable[[list[int]], Sequence[Any]], tell: Callable[[int], None]
) -> Iterator[Any]:
    """Yield the rows of the whole list chunk by chunk."""
    sort, descending = state.order
    cursor, done = Cursor(), 0
    while True:
        found = page(state.parts(rows), sort, descending=descending, cursor=cursor, size=CHUNK)
        yield from hydrate(found.ids)
        done += len(found.ids)
        tell(done)
        if not found.has_after or found.last is None:
            return
        cursor = Cursor(key=found.last[0], id=found.last[1])


def _write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    count = 0
    comma = ";" if get_language() == "ru" else ","
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=comma)
        writer.writerow([plain(head) for head in heads])
        for row in rows:
            writer.writerow([plain(cell) for cell in row])
            count += 1
    return count


def plain(cell: Cell) -> str:
    """Return a cell as text of a csv file; what a spreadsheet program would take for a formula stays text."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f").replace(".", "," if get_language() == "ru" else ".")
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _write_xlsx(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    count = 0
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 1)
        for at, head in enumerate(heads):
            sheet.set_column(at, at, 32 if at == 0 else 16)
            sheet.write_string(0, at, head, bold)
        for row in rows:
            count += 1
            for at, cell in enumerate(row):
                _write_cell(sheet, count, at, cell, day)
    return count


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if cell is None or row > XLSX_ROWS:
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell)[:32_767])


def keep(path: Path, name: str, form: str, by: Any) -> StoredFile:
    """Keep a written file for the person who asked for it."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        stored = StoredFile(
            name=name, content_type=FORMATS[form], size=path.stat().st_size, sha256=digest, created_by=by
        )
        stored.file.save(f"{digest[:16]}.{form}", File(file), save=True)
    return stored
