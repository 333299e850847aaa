"""What all pages of the room begin with: who asks, which month, whose figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from kpi.measures.reading import Scope, scope
from salescrm.base import clock
from salescrm.base.periods import month_start
from salescrm.base.requests import month_of
from staff.access import Figures, figures, login_of
from staff.models import Branch, Employee


@dataclass(frozen=True)
class Reader:
    """The person of a request, today, and the figures asked for within what the matrix shows."""

    person: Employee
    today: date
    scope: Scope
    employee: Employee | None
    branch: Branch | None


def month_in(request: HttpRequest, today: date) -> date:
    """Return the month of the address; by default that of yesterday, the last day a night has reckoned."""
    text = request.GET.get("month", "")
    return month_of(text) if text else month_start(today - timedelta(days=1))


def number_in(request: HttpRequest, name: str) -> int | None:
    """Return a number of the address, 0 for `none`, None when it is not there; raise Http404 for anything else."""
    text = request.GET.get(name, "")
    if text in ("", "none"):
        return 0 if text else None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404(text)
    return int(text)


def reader(request: HttpRequest) -> Reader:
    """Return who reads what; 403 for a role without figures, 404 for figures of others the matrix hides."""
    person = login_of(request)
    if figures(person) == Figures.NOTHING:
        raise PermissionDenied
    number, place = number_in(request, "person"), number_in(request, "branch")
    employee = get_object_or_404(Employee.objects.select_related("branch"), pk=number) if number else None
    branch = get_object_or_404(Branch, pk=place) if place else None
    seen = scope(person, employee=employee, branch=branch)
    if seen is None:
        raise Http404
    return Reader(person, clock.today(), seen, employee, branch)
