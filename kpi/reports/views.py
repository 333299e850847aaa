"""Pages of reports: a day, a week, a month; the workbook of each; when they come by letter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kpi.reports import reading, workbook
from kpi.reports.models import ReportLetter
from kpi.reports.reading import PERIODS, Report, Span
from kpi.views.shared import Reader, reader
from salescrm.base import show
from salescrm.base.lists.export import attached
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Figures, figures
from staff.calendar import Calendar
from staff.models import Branch

OLDEST = date(2000, 1, 1)


class LetterForm(forms.ModelForm[ReportLetter]):
    """At which hour which reports come."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("The letter comes at"), choices=[(n, f"{n}:00") for n in range(24)], coerce=int
    )

    class Meta:
        model = ReportLetter
        fields = ("hour", "day", "week", "month")


@require_GET
def newest(request: HttpRequest) -> HttpResponse:
    """Show the report of the last working day before today."""
    who = reader(request)
    day = Calendar(who.person.branch).on_or_before(who.today - timedelta(days=1))
    return _page(request, who, reading.span("day", day))


@require_GET
def report(request: HttpRequest, period: str, day: str) -> HttpResponse:
    """Show the report of a day, or of the week or month it lies in."""
    who = reader(request)
    return _page(request, who, _span(who, period, day))


@require_GET
def export(request: HttpRequest, period: str, day: str) -> HttpResponse:
    """Give a report as a workbook."""
    who = reader(request)
    found = _read(who, _span(who, period, day))
    name = f"report-{found.span.period}-{found.span.start.isoformat()}.xlsx"
    return attached(workbook.content(found, title(found.span)), name)


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Choose which reports come by letter, and when."""
    who = reader(request)
    kept = ReportLetter.objects.filter(person=who.person).first() or ReportLetter(person=who.person)
    form = LetterForm(posted(request), instance=kept)
    if request.method == "POST" and form.is_valid():
        ReportLetter.objects.update_or_create(person=who.person, defaults=form.cleaned_data)
        toast(request, _("Saved"))
        return redirect("kpi:report-letter")
    context = {"page_title": _("Reports by letter"), "form": form}
    return render(request, "kpi/reports/letter.html", context, status=422 if form.errors else 200)


def title(asked: Span) -> str:
    """Say which report it is."""
    if asked.period == "month":
        return _("Report of %s") % show.month(asked.start)
    if asked.period == "week":
        return _("Report of the week %(first)s – %(last)s") % {
            "first": show.day(asked.start),
            "last": show.day(asked.end),
        }
    return _("Report of %s") % show.day_long(asked.start)


def _span(who: Reader, period: str, day: str) -> Span:
    try:
        asked = reading.span(period, date.fromisoformat(day))
    except (ValueError, OverflowError) as error:
        raise Http404(day) from error
    if period not in PERIODS or not OLDEST <= asked.start <= who.today:
        raise Http404(period)
    return asked


def _read(who: Reader, asked: Span) -> Report:
    return reading.read(who.person, who.scope, asked, who.today, reading.count(asked, who.today))


def _page(request: HttpRequest, who: Reader, asked: Span) -> HttpResponse:
    narrowed: dict[str, Any] = {}
    if who.employee:
        narrowed["person"] = who.employee.pk
    if who.branch:
        narrowed["branch"] = who.branch.pk
    query = f"?{urlencode(narrowed)}" if narrowed else ""
    names = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
    spans = {period: reading.span(period, min(asked.end, who.today)) for period in PERIODS}
    context = {
        "page_title": title(asked),
        "report": _read(who, asked),
        "who": who,
        "earlier": reading.address(asked.before) + query,
        "later": reading.address(asked.after) + query if asked.after.start <= who.today else "",
        "switch": [
            {"label": names[period], "on": period == asked.period, "url": reading.address(spans[period]) + query}
            for period in PERIODS
        ],
        "xlsx": reverse("kpi:report-xlsx", args=[asked.period, asked.start.isoformat()]) + query,
        "branches": _branches(who),
        "here": reading.address(asked),
    }
    return render(request, "kpi/reports/report.html", context)


def _branches(who: Reader) -> list[Branch]:
    if figures(who.person) not in (Figures.ALL, Figures.COMPANY) or who.employee:
        return []
    return list(Branch.objects.order_by("-is_head_office", "name"))
