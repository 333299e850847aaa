"""A report as a workbook: the whole on one sheet, people on another."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi.reports.reading import Report, Row


def content(report: Report, title: str) -> bytes:
    """Return the bytes of the workbook."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Report"))
        sheet.set_column(0, 0, 48)
        sheet.write_string(0, 0, title, bold)
        whole = report.whole
        lines: list[tuple[str, Decimal | None]] = [
            (str(cell.name), cell.value) for cell in (*whole.cells, *report.left)
        ]
        lines += [
            (_("Turnover of the month so far"), whole.fact),
            (_("Plan of the month"), whole.plan),
            (_("Deviation from the pace"), whole.deviation),
            (_("Forecast"), whole.forecast),
        ]
        for at, (name, value) in enumerate(lines, 2):
            _write(sheet, at, [name, value])
        if report.offices:
            _people(book.add_worksheet(_("People")), bold, report)
    return file.getvalue()


def _people(sheet: Any, bold: Any, report: Report) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 1, 24)
    heads = [_("Branch"), pgettext("figures", "Who"), *map(str, report.heads)]
    heads += [_("Turnover of the month so far"), _("Plan of the month"), _("Deviation from the pace"), _("Forecast")]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, bold)
    rows = [(office.whole.name, row) for office in report.offices for row in office.people]
    for at, (branch, row) in enumerate(rows, 1):
        _write(sheet, at, [branch, row.name, *_values(row)])


def _values(row: Row) -> list[Decimal | None]:
    return [*(cell.value for cell in row.cells), row.fact, row.plan, row.deviation, row.forecast]


def _write(sheet: Any, row: int, values: Iterable[str | Decimal | None]) -> None:
    for at, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(row, at, value)
        elif value is not None:
            sheet.write_number(row, at, value)
