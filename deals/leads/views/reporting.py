"""The report of leads: conversion by source, person and type, and the traffic of enquiries (R159, R170)."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from deals.leads import figures
from deals.leads.models import Enquiry, Lead, LeadChannel
from salescrm.base import clock
from staff.access import Act, Rows, login_of, may, rows

DAYS = 90  # shown unless a period is asked for
MONDAY = date(2024, 1, 1)


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period, within the person's rows."""
    person, today = login_of(request), clock.today()
    if not (may(person, Act.ASSIGN_LEADS) or may(person, Act.SEE_COMPANY_FIGURES)):
        raise PermissionDenied
    start = _day(request.GET.get("from", ""), today - timedelta(days=DAYS - 1))
    end = max(_day(request.GET.get("to", ""), today), start)
    leads = figures.between(Lead.objects.visible_to(person, today), "created_at", start, end)
    enquiries = figures.between(Enquiry.objects.all(), "received_at", start, end)
    if rows(person) == Rows.BRANCH:
        enquiries = enquiries.filter(branch=person.branch_id)
    traffic = figures.traffic(enquiries)
    most = {name: max((n for _way, n in lines), default=0) for name, lines in traffic.items()}
    context = {
        "page_title": _("Report on leads"),
        "start": start,
        "end": end,
        "total": figures.total(leads),
        "tables": [
            (_("By source"), figures.conversion(leads, "source")),
            (_("By person"), figures.conversion(leads, "responsible")),
            (_("By type"), figures.conversion(leads, "type")),
        ],
        "traffic": [
            (_("By channel"), most["channel"], [(LeadChannel(way).label, n) for way, n in traffic["channel"]]),
            (_("By day of the week"), most["weekday"], [(_weekday(way), n) for way, n in traffic["weekday"]]),
            (_("By hour"), most["hour"], [(f"{way}:00", n) for way, n in traffic["hour"]]),
        ],
    }
    return render(request, "leads/report.html", context)


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _weekday(number: int) -> str:
    return date_format(MONDAY + timedelta(days=number - 1), "l")
