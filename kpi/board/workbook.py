"""The board's table as a workbook: the same lines, the same figures."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi.board.reading import COUNTS, Board, Line
from kpi.measures import declared

MONEY, SHARE, COUNT = "#,##0", "0.0%", "0"


def content(board: Board, title: str, by: str) -> bytes:
    """Return the bytes of the workbook: the lines of the page by its cut, their sum last."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        looks = {look: book.add_format({"num_format": look}) for look in (MONEY, SHARE, COUNT)}
        sheet = book.add_worksheet(pgettext("noun", "Board"))
        sheet.set_column(0, 1, 26)
        sheet.set_column(2, 20, 16)
        sheet.freeze_panes(2, 1)
        sheet.write_string(0, 0, title, bold)
        heads = [pgettext("figures", "Who"), _("Branch"), *(name for name, _look, _value in _cells(board.total, by))]
        for at, head in enumerate(heads):
            sheet.write_string(1, at, head, bold)
        for row, line in enumerate([*board.lines, board.total], 2):
            sheet.write_string(row, 0, line.name)
            sheet.write_string(row, 1, line.note)
            for at, (_head, look, value) in enumerate(_cells(line, by), 2):
                if value is not None:
                    sheet.write_number(row, at, value, looks[look])
    return file.getvalue()


def _cells(line: Line, by: str) -> list[tuple[str, str, Decimal | None]]:
    found: list[tuple[str, str, Decimal | None]] = [
        (pgettext("turnover", "Fact"), MONEY, line.fact.value),
        (pgettext("turnover", "Plan"), MONEY, line.plan),
        (_("Share of the plan"), SHARE, line.share),
        (_("Deviation from the pace"), MONEY, line.deviation),
        (_("Forecast"), MONEY, line.forecast),
        (_("The month before"), MONEY, line.before),
        (_("A year ago"), MONEY, line.last_year),
        (_("Change on the year"), SHARE, line.growth),
    ]
    if by != "direction":
        found.append((_("TOP spoken with"), SHARE, line.coverage.value))
        found += [
            (str(declared.BY_CODE[code].name), COUNT, figure.value)
            for code, figure in zip(COUNTS, line.counts, strict=True)
        ]
    return found
