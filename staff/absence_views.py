"""Absences: the calendar of a month, entering one, taking one away (R211)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base import clock, show
from salescrm.base.periods import add_months, month_end, month_start
from salescrm.base.requests import month_of
from salescrm.base.toasts import toast
from staff import actions, calendar
from staff.access import Act, Role, login_of, require
from staff.forms import AbsenceForm
from staff.models import Absence, Employee


@dataclass(frozen=True)
class Cell:
    """A day of a person that is worked or off, or, where `absence` is set, the `days` of the month one is away."""

    day: date
    days: int = 1
    is_off: bool = False
    absence: Absence | None = None
    is_covered: bool = True


@require_GET
def absence_calendar(request: HttpRequest) -> HttpResponse:
    """Who is away on which days of a month and who stands in; a fixed number of queries whatever people there are."""
    acting, today = login_of(request), clock.today()
    require(acting, Act.SEE_STAFF)
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else month_start(today)
    end = add_months(month, 1)
    people = Employee.people.working().exclude(role=Role.NONE).select_related("branch")
    away: dict[int, list[Absence]] = {}
    found = Absence.objects.filter(employee__in=people, starts_on__lt=end, ends_on__gt=month)
    for absence in found.select_related("substitute", "employee__branch").order_by("starts_on"):
        away.setdefault(absence.employee_id, []).append(absence)
    calendars = calendar.of_all_branches()
    days = [month + timedelta(days=n) for n in range((end - month).days)]
    branches: dict[str, list[dict[str, Any]]] = {}
    order = ("-branch__is_head_office", "branch__name", "branch_id", "last_name", "first_name", "pk")
    for person in people.order_by(*order):
        row = {
            "person": person,
            "cells": list(_cells(days, away.get(person.pk, []), calendars[person.branch_id], away)),
            "may_enter": actions.may_enter_absence(acting, person),
        }
        branches.setdefault(person.branch.name, []).append(row)
    context = {
        "page_title": _("Absences, %s") % show.month(month),
        "days": [(day, not calendar.country().is_working(day), day == today) for day in days],
        "counts": [sum(one.covers(day) for many in away.values() for one in many) for day in days],
        "branches": list(branches.items()),
        "absences": [(one, _is_covered(one, away)) for many in away.values() for one in many],
        "month": month,
        "earlier": _address(add_months(month, -1)),
        "later": _address(add_months(month, 1)),
        "now": "" if month == month_start(today) else _address(month_start(today)),
    }
    return render(request, "staff/absences.html", context)


def _address(month: date) -> str:
    return f"{reverse('staff:absence-calendar')}?{urlencode({'month': f'{month:%Y-%m}'})}"


def _cells(
    days: list[date], absences: list[Absence], working: calendar.Calendar, away: dict[int, list[Absence]]
) -> Iterable[Cell]:
    """Lay a person's month out: single days, and one cell for the days of an absence that lie in it."""
    day, last = days[0], days[-1]
    while day <= last:
        absence = next((one for one in absences if one.covers(day)), None)
        if absence is None:
            yield Cell(day, is_off=not working.is_working(day))
            day += timedelta(days=1)
            continue
        until = min(absence.last_day, month_end(day))
        yield Cell(day, (until - day).days + 1, absence=absence, is_covered=_is_covered(absence, away))
        day = until + timedelta(days=1)


def _is_covered(absence: Absence, away: dict[int, list[Absence]]) -> bool:
    """Say whether somebody stands in who is here all the time."""
    if absence.substitute_id is None:
        return False
    theirs = away.get(absence.substitute_id, [])
    return not any(one.starts_on < absence.ends_on and one.ends_on > absence.starts_on for one in theirs)


@require_http_methods(["GET", "POST"])
def absence_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an absence and the substitute."""
    acting = login_of(request)
    employee = get_object_or_404(Employee.people.working().exclude(role=Role.NONE), pk=pk)
    if not actions.may_enter_absence(acting, employee):
        raise PermissionDenied
    form = AbsenceForm(request.POST or None, employee=employee)
    if request.method == "POST" and form.is_valid():
        actions.enter_absence(absence=form.instance)
        toast(request, _("Absence entered: %(name)s") % {"name": employee.short_name})
        return redirect("staff:person", pk=pk)
    context = {
        "page_title": _("Absence: %(name)s") % {"name": employee.short_name},
        "form": form,
        "submit_label": _("Save"),
    }
    return render(request, "staff/absence.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence away that was entered wrongly or did not come about."""
    acting = login_of(request)
    absence = get_object_or_404(Absence.objects.select_related("employee"), pk=pk)
    if not actions.may_enter_absence(acting, absence.employee):
        raise PermissionDenied
    if request.method == "POST":
        absence.delete()
        toast(request, _("Absence removed: %(name)s") % {"name": absence.employee.short_name}, level="info")
        return redirect("staff:person", pk=absence.employee_id)
    context = {
        "page_title": _("Remove the absence of %(name)s?") % {"name": absence.employee.short_name},
        "absence": absence,
        "submit_label": _("Remove"),
    }
    return render(request, "staff/absence_remove.html", context)
