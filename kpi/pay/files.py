"""Sheets of a month as a workbook: one page of totals by person, one of components."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from kpi.pay.computing import Sheet
from kpi.pay.reading import words


def write(sheets: Iterable[Sheet]) -> bytes:
    """Return the workbook; text is never taken for a formula."""
    file, found = BytesIO(), list(sheets)
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        totals, lines = book.add_worksheet(_("Pay")), book.add_worksheet(_("Components"))
        heads = [_("Person"), _("Position"), _("Branch"), _("Fixed salary"), _("Soft salary"), _("Variable part")]
        heads += [_("Guarantee"), _("Pay"), _("By the old formula"), _("Days employed"), _("Working days")]
        parts = [_("Person"), _("Part of the pay"), _("Indicator"), _("Target"), _("Fact"), _("Attained"), _("Amount")]
        for page, names in ((totals, heads), (lines, [*parts, _("How it was reckoned")])):
            page.freeze_panes(1, 1)
            page.set_column(0, len(names), 20)
            page.write_row(0, 0, names, bold)
        at = 0
        for number, one in enumerate(found, 1):
            row = one.row
            name = row.employee.short_name
            totals.write_row(number, 0, [name, str(row.scheme.position), row.branch.name])
            amounts = (row.fixed, row.soft, row.variable, row.guarantee, row.total, row.legacy)
            for column, amount in enumerate(amounts, 3):
                if amount is not None:
                    totals.write_number(number, column, amount, money)
            for column, days in enumerate((row.days_employed, row.days_of_month), 9):
                if days is not None:
                    totals.write_number(number, column, days)
            for line in one.lines:
                at += 1
                lines.write_row(at, 0, [name, line.get_part_display(), str(line.indicator)])
                for column, figure in enumerate((line.target, line.fact, line.attained, line.amount), 3):
                    if figure is not None:
                        lines.write_number(at, column, figure)
                lines.write_string(at, 7, words(line))
    return file.getvalue()
