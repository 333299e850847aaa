"""Files as people make them, written for a test, and what the base holds of orders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from openpyxl import Workbook

from clients.intake import command

LABELS = (
    *("clients.Client", "clients.LegalEntity", "clients.ExternalCode", "clients.Source", "clients.Product"),
    *("clients.Category", "clients.Shipment", "clients.ShipmentLine", "clients.Ownership", "clients.Standing"),
    *("clients.TouchedMonth", "clients.ShipmentBefore", "staff.Employee", "staff.Branch"),
)
HEAD = "Номер;Дата;Контрагент;Товар;Количество;Цена;Сумма"


def csv(path: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    """Write a text file of a heading and rows."""
    path.write_bytes("\r\n".join([head, *rows, ""]).encode(encoding))
    return path


def xlsx(path: Path, *rows: Sequence[Any], head: str = HEAD) -> Path:
    """Write a workbook of a heading and rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (head.split(";"), *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def held() -> dict[str, list[tuple[Any, ...]]]:
    """Everything an import could change, row for row."""
    return {label: sorted(apps.get_model(label)._default_manager.values_list(), key=repr) for label in LABELS}


def digest() -> dict[str, tuple[int, int]]:
    """Count and sum of hashes of the rows of each table: as good as `held` where there are too many rows to list."""
    found = {}
    with connection.cursor() as cursor:
        for label in LABELS:
            table = apps.get_model(label)._meta.db_table
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM "{table}" t')
            found[label] = cursor.fetchone()
    return found


def load(*paths: Path, **options: Any) -> dict[str, Any]:
    """Import files as the command does."""
    return command.run(list(paths), **options)
