"""The table of loads of a month, and its workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kpi.views.shared import Reader, month_in, reader
from kpi.workload import reading
from kpi.workload.reading import Line, Office, Table
from salescrm.base import show
from salescrm.base.lists import export as exporting
from salescrm.base.periods import month_start
from staff.access import Act, Figures, Role, figures, may
from staff.models import Branch


def columns(table: Table) -> list[tuple[str, str]]:
    """Return the counted columns of a month with their heads: of a month that is over less is known."""
    heads = [
        ("clients", _("Clients")),
        ("tops", _("TOP")),
        ("others", _("Others")),
        ("class_a", "A"),
        ("class_b", "B"),
        ("class_c", "C"),
        ("new", pgettext("clients", "New")),
        ("zero", pgettext("clients", "Zero")),
        ("orders", _("Orders")),
        ("calls", _("Calls")),
        ("letters", _("Letters")),
        ("deals", pgettext("open", "Deals")),
        ("tasks", pgettext("open", "Tasks")),
        ("overdue", pgettext("tasks", "Overdue")),
    ]
    unknown = () if table.is_now else ("class_a", "class_b", "class_c", "deals", "tasks", "overdue")
    return [(name, head) for name, head in heads if name not in unknown]


@require_GET
def workload(request: HttpRequest) -> HttpResponse:
    """Show what people carry and how full their time was."""
    who = reader(request)
    month = _month(request, who.today)
    table = reading.read(who.scope, month, who.today)
    earlier, later = reading.months_around(month)
    context = {
        "page_title": _("Workload, %s") % show.month(month),
        "table": table,
        "heads": columns(table),
        "offices": _offices(table, who),
        "spread": table.spread(),
        "who": who,
        "earlier": _address(who, earlier),
        "later": _address(who, later) if later <= month_start(who.today) else "",
        "xlsx": _address(who, month, "kpi:workload-export"),
        "month": month,
        "branches": _branches(who),
        "may_set": may(who.person, Act.SET_LOAD_NORMS),
    }
    return render(request, "kpi/workload/table.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the table as a workbook."""
    who = reader(request)
    table = reading.read(who.scope, _month(request, who.today), who.today)
    heads = [_("Branch"), _("Person"), _("Post"), _("Norm: TOP"), _("Norm: others")]
    heads += [head for _name, head in columns(table)]
    heads += [_("Oldest overdue, days"), _("Hours of work"), _("Hours there were"), _("Load, %"), _("Free posts")]
    with TemporaryDirectory() as place:
        path = Path(place) / "workload.xlsx"
        exporting.write_table(path, "xlsx", heads, _cells(table, by_name=who.scope.by_name))
        content = path.read_bytes()
    return exporting.attached(content, f"workload-{table.month:%Y-%m}.xlsx")


def _month(request: HttpRequest, today: date) -> date:
    """The month of the address, this one by default: what people carry is of today."""
    month = month_in(request, today) if request.GET.get("month") else month_start(today)
    return min(month, month_start(today))


def _cells(table: Table, *, by_name: bool) -> Iterator[list[exporting.Cell]]:
    """Yield the rows of people, or of branches to who sees nobody by name."""
    for office in table.offices:
        lines = office.people if by_name else [office.whole]
        for line in lines:
            name, post = (line.name, str(line.person.get_role_display())) if by_name else ("", "")
            row: list[exporting.Cell] = [office.branch.name, name, post, *line.norm]
            row += [line.of(column).value for column, _head in columns(table)]
            row.append(line.oldest_days)
            if line.load is None:
                row += [None] * 4
            else:
                numbers = [line.spent / 60, line.there / 60, line.load * 100, line.free]
                row += [round(number, 2) for number in numbers]
            yield row


def _offices(table: Table, who: Reader) -> list[dict[str, Any]]:
    """Lay the rows out cell by cell, the branch's own first; who may share clients out is led to levelling (R210)."""
    heads = [name for name, _head in columns(table)]

    def row(line: Line, *, is_whole: bool) -> dict[str, Any]:
        norms = {"tops": line.norm[0], "others": line.norm[1]}
        cells = [{"figure": line.of(name), "norm": norms.get(name), "is_over": _is_over(line, name)} for name in heads]
        return {"line": line, "cells": cells, "is_whole": is_whole}

    return [
        {
            "whole": row(office.whole, is_whole=True),
            "people": [row(line, is_whole=False) for line in office.people] if who.scope.by_name else [],
            "level_url": _level_url(office, who) if table.is_now else "",
        }
        for office in table.offices
    ]


def _level_url(office: Office, who: Reader) -> str:
    """Return the plan that shares the clients of a branch's managers out among them anew."""
    team = [line.person.pk for line in office.people if line.person.is_active and line.person.role == Role.CSM]
    if len(team) < 2 or not may(who.person, Act.DISTRIBUTE):  # between two and more
        return ""
    return (
        f"{reverse('deals:distribution')}?{urlencode([*(('owner', pk) for pk in team), *(('to', pk) for pk in team)])}"
    )


def _is_over(line: Line, column: str) -> bool:
    norm = {"tops": line.norm[0], "others": line.norm[1]}.get(column)
    value = line.of(column).value
    return (norm is not None and value is not None and value > norm) or (column == "overdue" and bool(value))


def _address(who: Reader, month: date, name: str = "kpi:workload") -> str:
    asked: dict[str, Any] = {"month": f"{month:%Y-%m}"}
    if who.branch:
        asked["branch"] = who.branch.pk
    if who.employee:
        asked["person"] = who.employee.pk
    return f"{reverse(name)}?{urlencode(asked)}"


def _branches(who: Reader) -> list[Branch]:
    if figures(who.person) not in (Figures.ALL, Figures.COMPANY) or who.employee:
        return []
    return list(Branch.objects.order_by("-is_head_office", "name"))
