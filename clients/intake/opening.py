"""Opens a file: csv, csv.gz, xlsx or CommerceML, with the lookup files that lie beside it; tells what kind it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from clients.intake import counterparties
from clients.intake.firms import CLIENTS
from clients.intake.kind import Kind, may_lack
from clients.intake.orders import ORDERS
from salescrm.base.intake.columns import Columns, Lookup
from salescrm.base.intake.table import Row, Table
from salescrm.base.intake.text import blocks, open_text
from salescrm.base.intake.workbook import open_workbook
from salescrm.base.jobs import Refused


@dataclass
class Opened:
    """A file ready to be staged: its table with lookups joined, its mapping, captions that need not be there."""

    kind: Kind
    table: Table
    columns: Columns
    absent: tuple[str, ...] = ()


def open_file(
    path: Path, kind: Kind | None = None, columns: Columns | None = None, beside: Mapping[str, Path] | None = None
) -> Opened:
    """Open the file with the mapping, or the one that fits it; raise Refused in one sentence.

    `kind` None: what the file is, it says itself. `beside` are the files, by name, in which lookups are sought; None:
    those in the folder of the file.
    """
    kind = kind or guess(path)
    table = open_table(path, kind, columns)
    columns = columns or kind.choose(table)
    if next(table.rows(), None) is None:
        raise Refused(_("The file has a heading and no rows."))
    absent = may_lack(columns, table.header)
    for lookup in columns.lookups:
        found = _find(lookup, path, beside)
        if found is None or lookup.key not in table.header:
            absent.extend(lookup.columns)
        else:
            table = _joined(table, lookup, open_table(found, kind, None))
    return Opened(kind, table, columns, tuple(absent))


def guess(path: Path) -> Kind:
    """Tell what a file holds: orders where it can be orders, clients where it names more of them than of orders."""
    if _is_xml(path):
        return CLIENTS if counterparties.are_in(path) else ORDERS
    chosen = {kind.name: kind.choose(open_table(path, kind, None)) for kind in (ORDERS, CLIENTS)}
    orders, clients = chosen[ORDERS.name], chosen[CLIENTS.name]
    is_clients = CLIENTS.is_complete(clients) and len(clients.columns) > len(orders.columns)
    return CLIENTS if is_clients and not ORDERS.is_complete(orders) else ORDERS


def open_table(path: Path, kind: Kind, columns: Columns | None) -> Table:
    """Open a table by what the file is, not by what its name says."""
    try:
        start = path.open("rb").read(8)
    except OSError as fault:
        raise Refused(_("The file {name} cannot be read.").format(name=path.name)) from fault
    if start.startswith(b"PK\x03\x04"):
        return open_workbook(path, sheet=columns.sheet if columns else "", likely=kind.known)
    if _is_xml(path):
        return kind.open_exchange(path)
    encoding, separator = (columns.encoding, columns.separator) if columns else ("", "")
    return open_text(path, encoding=encoding, separator=separator, likely=kind.known)


def _is_xml(path: Path) -> bool:
    start = next(blocks(path), b"")[:64]
    return (
        start.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00")
        .replace(b"\x00", b"")
        .startswith((b"<?xml", "<Коммерч".encode()))
    )


def _find(lookup: Lookup, path: Path, beside: Mapping[str, Path] | None) -> Path | None:
    """Find a lookup's file by its name, packed or not, whatever the case of letters."""
    files = {file.name: file for file in path.parent.iterdir()} if beside is None else beside
    for name, file in sorted(files.items()):
        if name.lower() in (lookup.file.lower(), lookup.file.lower() + ".gz"):
            return file
    return None


def _joined(table: Table, lookup: Lookup, names: Table) -> Table:
    """Add the lookup's columns to each row by its key; a key without a row gives empty cells."""
    try:
        key = names.header.index(lookup.key)
        picks = [names.header.index(caption) for caption in lookup.columns]
    except ValueError as fault:
        raise Refused(_("The file {name} lacks a column the mapping needs.").format(name=lookup.file)) from fault
    known = {
        cells[key]: [cells[place] if place < len(cells) else "" for place in picks]
        for _row, cells in names.rows()
        if key < len(cells)
    }
    place, width, nothing = table.header.index(lookup.key), len(table.header), [""] * len(picks)

    def read() -> Iterator[Row]:
        for number, cells in table.rows():
            padded = cells if len(cells) >= width else cells + [""] * (width - len(cells))
            yield number, padded[:width] + known.get(padded[place], nothing)

    return Table([*table.header, *lookup.columns], read, table.known, table.form, table.notes)
