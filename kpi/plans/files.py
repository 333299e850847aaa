"""Plans as files: the workbook a version is exported to and brought back from, and lists of monthly targets.

The workbook has a row for each person, group of clients, direction and client, a column for each month. A file is
taken whole or not at all: every bad cell is reported with its row, column and reason.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import xlsxwriter
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from clients.models import Client, Direction
from kpi.plans.models import GROUPS, MOST_MONTHS, PlanFigure, PlanMeasure, PlanVersion
from salescrm.base.intake.workbook import open_workbook
from salescrm.base.jobs import Refused
from staff.models import Employee

HEADS = ("login", "person", "measure", "group", "of_group", "direction", "client_id", "client")
MOST_FAULTS = 200
MOST = Decimal(10) ** 15
HEAD_TITLE = re.compile(r"\b(manager|director|head)\b", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Fault:
    """A bad cell of a file."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Sheet:
    """What a file says: figures by place, and what is wrong in it."""

    months: list[date] = field(default_factory=list)
    figures: list[PlanFigure] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, row: int, column: str, value: str, reason: str) -> None:
        """Note a bad cell."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(row, column, value[:60], reason))


def write(plan: PlanVersion, figures: Iterable[PlanFigure], path: Path) -> int:
    """Write figures of a version as a workbook; return the number of rows."""
    lines: dict[tuple[str, ...], dict[date, Decimal]] = {}
    for one in figures:
        key: tuple[str, ...] = (
            one.employee.username if one.employee else "",
            one.employee.short_name if one.employee else "",
            one.measure,
            one.client_group,
            "1" if one.of_group else "",
            one.direction.code if one.direction else "",
            str(one.client_id or ""),
            one.client.name if one.client else "",
        )
        at = lines.setdefault(key, {})
        at[one.month] = at.get(one.month, Decimal(0)) + one.amount
    months = plan.every_month
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet("plan"), book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 2)
        for at_column, head in enumerate([*HEADS, *(f"{month:%Y-%m}" for month in months)]):
            sheet.set_column(at_column, at_column, 24 if head in ("person", "client") else 14)
            sheet.write_string(0, at_column, head, bold)
        for number, (key, amounts) in enumerate(sorted(lines.items()), 1):
            for at_column, text in enumerate(key):
                sheet.write_string(number, at_column, text)
            for at_column, month in enumerate(months, len(HEADS)):
                if month in amounts:
                    sheet.write_number(number, at_column, amounts[month], money)
    return len(lines)


def read_workbook(path: Path) -> Sheet:
    """Read a workbook of the layout `write` makes; Refused when it is none."""
    table = open_workbook(path)
    heads = [str(head).strip() for head in table.header]
    sheet, months = _months_of(heads)
    known, seen = _Known(), set[tuple[object, ...]]()
    for number, cells in table.rows():
        values = {head: str(cells[at] or "").strip() if at < len(cells) else "" for at, head in enumerate(heads)}
        place = known.place(sheet, number, values) if any(values.values()) else None
        if place is None:
            continue
        key = tuple(place.values())
        if key in seen:
            sheet.wrong(number, "login", values["login"], _("This row is in the file already."))
            continue
        seen.add(key)
        for at, month in months.items():
            amount = _amount(sheet, number, heads[at], values[heads[at]])
            if amount is not None:
                sheet.figures.append(PlanFigure(month=month, amount=amount, goal=amount, **place))
    if not sheet.figures and not sheet.faults:
        raise Refused(_("The file has no figures."))
    return sheet


def _months_of(heads: list[str]) -> tuple[Sheet, dict[int, date]]:
    """Return which columns are months; Refused when the first line is not that of a plan."""
    if not {"login", "measure"}.issubset(heads):
        raise Refused(_("The first line names the columns: login, measure, group, and months like 2026-01."))
    months = {at: month for at, head in enumerate(heads) if (month := _month(head))}
    if not months:
        raise Refused(_("No column is a month like 2026-01."))
    if len(set(months.values())) < len(months):
        raise Refused(_("A month stands in two columns."))
    return Sheet(sorted(months.values())), months


class _Known:
    """What a row of a file may name, read once."""

    def __init__(self) -> None:
        self.people = {one.username.lower(): one for one in Employee.objects.all()}
        self.directions = {one.code: one.pk for one in Direction.objects.all()}
        self.clients = set(Client.objects.filter(merged_into=None).values_list("pk", flat=True))

    def place(self, sheet: Sheet, number: int, values: Mapping[str, str]) -> dict[str, object] | None:
        """Return the dimensions of a row; None when one of them is wrong, which is reported."""
        before = len(sheet.faults)
        person = self.people.get(values["login"].lower())
        if person is None:
            sheet.wrong(number, "login", values["login"], _("Nobody has this log-in."))
        measure, group = values["measure"] or PlanMeasure.TURNOVER, values.get("group", "")
        if measure not in PlanMeasure.values:
            sheet.wrong(number, "measure", measure, _("This measure is not known."))
        if group not in ("", *GROUPS):
            sheet.wrong(number, "group", group, _("This group of clients is not known."))
        direction, client = values.get("direction", ""), values.get("client_id", "")
        if direction and direction not in self.directions:
            sheet.wrong(number, "direction", direction, _("This direction is not known."))
        if client and not (client.isascii() and client.isdigit() and int(client) in self.clients):
            sheet.wrong(number, "client_id", client, _("There is no client of this number."))
        of_group = values.get("of_group", "")
        if of_group not in ("", "0", "1"):
            sheet.wrong(number, "of_group", of_group, _("Write 1 or leave it empty."))
        if len(sheet.faults) > before or person is None:
            return None
        return {
            "employee_id": person.pk,
            "branch_id": person.branch_id,
            "measure": measure,
            "client_group": group,
            "of_group": of_group == "1",
            "direction_id": self.directions.get(direction),
            "client_id": int(client) if client else None,
        }


def _month(head: str) -> date | None:
    found = MONTH.match(head)
    if not found or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 2100:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _amount(sheet: Sheet, row: int, column: str, text: str) -> Decimal | None:
    """Return an amount to the cent; None for an empty cell and for a bad one, which is reported."""
    if not text:
        return None
    try:
        amount = Decimal(text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        sheet.wrong(row, column, text, _("This is no number."))
        return None
    if not amount.is_finite() or not 0 <= amount < MOST:
        sheet.wrong(row, column, text, _("A figure of the plan is not negative."))
        return None
    if amount != round(amount, 2):
        sheet.wrong(row, column, text, _("An amount has two figures after the comma at most."))
        return None
    return round(amount, 2)


def read_targets(path: Path, people: Mapping[str, int], heads_of_others: set[str]) -> Sheet:
    """Read a list EmployeeID|TargetAmount|TargetMonth; `people` are the numbers of our employees by EmployeeID.

    Targets of `heads_of_others` are those of their groups: they stand beside their people's and are in no sum.
    """
    sheet, branches = Sheet(), dict(Employee.objects.values_list("pk", "branch_id"))
    seen: set[tuple[str, date]] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter="|")
        if not {"EmployeeID", "TargetAmount", "TargetMonth"}.issubset(reader.fieldnames or ()):
            raise Refused(_("The first line names the columns EmployeeID, TargetAmount and TargetMonth."))
        for number, line in enumerate(reader, 2):
            who, month = (line["EmployeeID"] or "").strip(), _target_month(line["TargetMonth"] or "")
            amount = _amount(sheet, number, "TargetAmount", (line["TargetAmount"] or "").strip())
            if who not in people:
                sheet.wrong(number, "EmployeeID", who, _("Nobody has this number."))
            elif month is None:
                sheet.wrong(number, "TargetMonth", line["TargetMonth"] or "", _("This is no month."))
            elif (who, month) in seen:
                sheet.wrong(number, "EmployeeID", who, _("This row is in the file already."))
            elif amount is not None:
                seen.add((who, month))
                pk, is_head = people[who], who in heads_of_others
                sheet.figures.append(
                    PlanFigure(
                        month=month,
                        employee_id=pk,
                        branch_id=branches[pk],
                        of_group=is_head,
                        amount=amount,
                        goal=amount,
                    )
                )
    sheet.months = sorted({one.month for one in sheet.figures})
    return sheet


def people_by_number(path: Path | None) -> tuple[dict[str, int], set[str]]:
    """Return our employees by EmployeeID, and whose numbers are those of heads of others.

    `path` is a list EmployeeID|Title|Salesperson beside the targets: people are found by their names, heads by their
    titles. Without it EmployeeID is a log-in, and a head is whom others have as head.
    """
    people = list(Employee.objects.order_by("pk"))
    if path is None:
        heads = {one.administrative_head_id for one in people} | {one.functional_head_id for one in people}
        return {one.username: one.pk for one in people}, {one.username for one in people if one.pk in heads}
    by_name = {one.short_name.lower(): one.pk for one in people}
    found: dict[str, int] = {}
    heads_of_others = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter="|")
        if not {"EmployeeID", "Title", "Salesperson"}.issubset(reader.fieldnames or ()):
            raise Refused(_("The first line names the columns EmployeeID, Title and Salesperson."))
        for line in reader:
            who, name = (line["EmployeeID"] or "").strip(), (line["Salesperson"] or "").strip().lower()
            if name in by_name:
                found[who] = by_name[name]
            if HEAD_TITLE.search(line["Title"] or ""):
                heads_of_others.add(who)
    return found, heads_of_others


def _target_month(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})[/-](\d{1,2})(?:[/-]\d{1,2})?", text.strip())
    return _month(f"{parts[1]}-{int(parts[2]):02}") if parts else None


@transaction.atomic
def replace(plan: PlanVersion, sheet: Sheet) -> int:
    """Give an open version the figures of a file in place of all it has; the usual part of a place stays.

    Refused when the file has faults or months the plan has not.
    """
    if sheet.faults:
        raise Refused(_("The file has bad cells: nothing was changed."))
    outside = [month for month in sheet.months if month not in plan.every_month]
    if outside:
        raise Refused(_("The plan does not have the month %s.") % f"{outside[0]:%Y-%m}")
    names = ("month", "measure", "employee_id", "of_group", "client_group", "direction_id", "client_id")
    rows = plan.figures.values(*names).annotate(usual=Sum("statistical")).order_by()
    usual = {tuple(row[name] for name in names): row["usual"] for row in rows}
    plan.figures.all().delete()
    for one in sheet.figures:
        one.plan = plan
        one.statistical = usual.get(tuple(getattr(one, name) for name in names), Decimal(0))
        one.goal = one.amount - one.statistical
    return len(PlanFigure.objects.bulk_create(sheet.figures, batch_size=2000))


def span(months: list[date]) -> tuple[date, int]:
    """Return the first month and the number of months from the first to the last, 36 at most; Refused for more."""
    first, last = months[0], months[-1]
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > MOST_MONTHS:
        raise Refused(
            _("A plan has %(most)s months at most: the file has %(count)s.") % {"most": MOST_MONTHS, "count": count}
        )
    return first, count
