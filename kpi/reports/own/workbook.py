"""An own report as a workbook, and who may take it away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from kpi.measures.declared import Unit
from kpi.reports.own.cuts import Cut
from kpi.reports.own.models import OwnReport
from kpi.reports.own.reckoning import Line, Table
from salescrm.base import guard, show
from staff.access import Act, may
from staff.models import Employee

FORMATS = {Unit.MONEY: "#,##0", Unit.COUNT: "#,##0", Unit.DAYS: "0.0", Unit.SHARE: "0.0%"}


def may_take(person: Employee, report: OwnReport) -> bool:
    """Say whether the person may have it as a file: names of clients only with the right to export lists."""
    return Cut.CLIENT not in report.rows or may(person, Act.EXPORT)


def log(person: Employee, table: Table) -> None:
    """Count a file that names clients as the export it is (R21)."""
    if Cut.CLIENT in table.report.rows:
        url = reverse("kpi:own-report", args=[table.report.pk]) if table.report.pk else ""
        guard.exported(person, screen="own-report", rows=len(table.lines), heads=_guarding, url=url, form="xlsx")


def _guarding() -> list[int]:
    return list(Employee.people.guarding().values_list("pk", flat=True))


def file_name(table: Table) -> str:
    """Return the name of the file: of the report and its months."""
    first, last = table.months[0], table.months[-1]
    months = f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}-{last:%Y-%m}"
    return get_valid_filename(f"{table.report.name}-{months}.xlsx")


def period(table: Table) -> str:
    """Say which months it is of."""
    first, last = show.month(table.months[0]), show.month(table.months[-1])
    return first if first == last else f"{first} – {last}"


def heads(table: Table) -> list[str]:
    """Return the heads of the columns of figures: a planned measure has four."""
    found: list[str] = []
    for column in table.columns:
        name = str(column.measure.name)
        found.append(name)
        if column.is_planned:
            found += [f"{name}: {word}" for word in (_("plan"), _("deviation"), _("share of the plan"))]
    return found


def content(table: Table) -> bytes:
    """Return the bytes of the workbook: one sheet, the sum last."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        looks = {unit: book.add_format({"num_format": text}) for unit, text in FORMATS.items()}
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Report"))
        cuts = [str(Cut(cut).label) for cut in table.report.rows]
        sheet.set_column(0, len(cuts) - 1, 36)
        sheet.set_column(len(cuts), len(cuts) + len(heads(table)), 16)
        sheet.freeze_panes(3, len(cuts))
        sheet.write_string(0, 0, table.report.name, bold)
        sheet.write_string(1, 0, period(table))
        for at, head in enumerate([*cuts, *heads(table)]):
            sheet.write_string(2, at, head, bold)
        leaf = 0 if table.report.second else 1
        at = 3
        for line in table.lines:
            if line.level == leaf:
                names = [line.under, line.name] if table.report.second else [line.name]
                _write(sheet, at, names, line, table, looks)
                at += 1
        if table.total:
            _write(sheet, at, [_("Total")], table.total, table, looks, indent=len(cuts))
    return file.getvalue()


def _write(
    sheet: Any, row: int, names: list[str], line: Line, table: Table, looks: dict[Unit, Any], indent: int = 0
) -> None:
    for at, name in enumerate(names):
        sheet.write_string(row, at, name)
    at = indent or len(names)
    for column, cell in zip(table.columns, line.cells, strict=True):
        look = looks[cell.measure.unit]
        values = [(cell.value, look)]
        if column.is_planned:
            values += [(cell.plan, look), (cell.deviation, look), (cell.share, looks[Unit.SHARE])]
        for value, form in values:
            if value is not None:
                sheet.write_number(row, at, value, form)
            at += 1
