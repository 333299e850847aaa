"""Pay of a month: the own statement, those one may see, what if, the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpi.indicators.reading import value
from kpi.measures.models import Month
from kpi.pay import computing, files, reading
from kpi.pay.computing import Given, Sheet
from kpi.pay.models import Part, PaySheetLine
from kpi.views.shared import month_in
from salescrm.base import clock, guard, show
from salescrm.base.lists.export import attached
from salescrm.base.periods import add_months, month_start
from staff.access import Act, Pay, login_of, may, require
from staff.access import pay as reach
from staff.models import Employee

LARGEST = Decimal(10) ** 13


@dataclass
class Shown:
    """A line as a page shows it."""

    line: PaySheetLine
    target: str
    fact: str
    words: str
    url: str


def _reader(request: HttpRequest) -> Employee:
    person = login_of(request)
    require(person, Act.SEE_PAY)
    return person


def _months(request: HttpRequest, url: str, month: date) -> dict[str, Any]:
    is_last = month >= month_start(clock.today())
    return {
        "month": month,
        "kept": Month.objects.select_related("changed_by").filter(pk=month).first(),
        "earlier": f"{url}?month={add_months(month, -1):%Y-%m}",
        "later": "" if is_last else f"{url}?month={add_months(month, 1):%Y-%m}",
    }


@require_GET
def pay(request: HttpRequest) -> HttpResponse:
    """List the pay of a month of those one sees; who sees the own alone gets the statement."""
    person = _reader(request)
    if reach(person) == Pay.OWN:
        return _statement(request, person, person, reverse("kpi:pay"))
    month = month_in(request, clock.today())
    found = reading.sheets(month, reading.seen_people(person))
    context = _months(request, reverse("kpi:pay"), month) | {
        "page_title": _("Pay, %s") % show.month(month),
        "sheets": found,
        "total": reading.total(found),
        "may_schemes": _may_schemes(person),
    }
    return render(request, "kpi/pay/list.html", context)


def _may_schemes(person: Employee) -> bool:
    return may(person, Act.CHANGE_PAY) or may(person, Act.APPROVE_PAY)


@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the statement of a person one sees (R265)."""
    person = _reader(request)
    return _statement(request, person, _seen(person, pk), reverse("kpi:pay-sheet", args=[pk]))


def _seen(viewer: Employee, pk: int) -> Employee:
    return get_object_or_404(reading.seen_people(viewer), pk=pk)


def _statement(request: HttpRequest, viewer: Employee, person: Employee, url: str) -> HttpResponse:
    month = month_in(request, clock.today())
    found = next(iter(reading.sheets(month, reading.seen_people(viewer).filter(pk=person.pk))), None)
    context = _months(request, url, month) | {
        "page_title": _("Pay, %s") % show.month(month),
        "person": person,
        "is_own": person.pk == viewer.pk,
        "many": reach(viewer) != Pay.OWN,
        "sheet": found,
        "soft": _shown(found, Part.SOFT, viewer),
        "variable": _shown(found, Part.VARIABLE, viewer),
        "may_schemes": _may_schemes(viewer),
    }
    return render(request, "kpi/pay/sheet.html", context)


def _shown(found: Sheet | None, part: str, viewer: Employee) -> list[Shown]:
    if found is None:
        return []
    return [
        Shown(
            line,
            value(line.measure, line.target),
            value(line.measure, line.fact),
            reading.words(line),
            reading.address(line, found.row, viewer),
        )
        for line in found.of(part)
    ]


@require_GET
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Reckon a month with other facts and targets beside what is; nothing is kept of it."""
    viewer = _reader(request)
    person = _seen(viewer, pk)
    month = month_in(request, clock.today())
    if not Month.objects.filter(pk=month).exists():
        raise Http404(str(month))
    now = next(iter(computing.reckon(month, [person])), None)
    given = Given(_given(request, "fact"), _given(request, "target"))
    then = next(iter(computing.reckon(month, [person], given=given)), None)
    pairs = list(zip(now.lines, then.lines, strict=True)) if now and then else []
    context = _months(request, reverse("kpi:pay-what-if", args=[pk]), month) | {
        "page_title": _("What if: %s") % person.short_name,
        "person": person,
        "now": now,
        "then": then,
        "pairs": pairs,
        "difference": then.row.total - now.row.total if now and then else None,
    }
    return render(request, "kpi/pay/what_if.html", context)


def _given(request: HttpRequest, name: str) -> dict[int, Decimal]:
    """Read `fact-12=100` into {12: 100}; what is no number that can be reckoned with is left out."""
    found = {}
    for key in request.GET:
        text = str(request.GET[key])
        head, _dash, number = key.partition("-")
        if head == name and number.isascii() and number.isdigit() and len(number) < 10 and text.strip():
            try:
                amount = Decimal(text.strip().replace(" ", "").replace("\xa0", "").replace(",", "."))
            except InvalidOperation:
                continue
            if amount.is_finite() and 0 <= amount < LARGEST:
                found[int(number)] = amount
    return found


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the sheets of a month one sees as a workbook; the export is logged (R21)."""
    person = _reader(request)
    month = month_in(request, clock.today())
    found = reading.sheets(month, reading.seen_people(person))
    guard.exported(person, screen="pay", rows=len(found), heads=list, month=f"{month:%Y-%m}")
    return attached(files.write(found), f"pay-{month:%Y-%m}.xlsx")
