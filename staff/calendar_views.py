"""The calendar of working days: the country's year, and the days a branch has changed for itself."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salescrm.base import clock, show
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast
from staff import calendar
from staff.access import Act, login_of, may, require
from staff.calendar import Calendar
from staff.forms import CalendarDayForm
from staff.models import Branch, CalendarDay

YEARS = (2015, 2100)  # that can be looked at


@require_GET
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Show a year of a branch: working days by month, holidays, transfers, and what the branch does otherwise."""
    person = login_of(request)
    require(person, Act.SEE_STAFF)
    branches = list(Branch.objects.order_by("-is_head_office", "name"))
    chosen = request.GET.get("branch", "")
    branch = next((one for one in branches if str(one.pk) == chosen), person.branch)
    year = _year(request.GET.get("year", ""))
    own = CalendarDay.objects.filter(branch=branch, day__year=year).order_by("day")
    months = calendar.months(year, Calendar(branch))
    context = {
        "page_title": _("Working days"),
        "branch": branch,
        "year": year,
        "tabs": [
            {"label": one.name, "url": f"?branch={one.pk}&year={year}", "current": one == branch} for one in branches
        ],
        "years": [(one, f"?branch={branch.pk}&year={one}", one == year) for one in range(year - 1, year + 2)],
        "months": months,
        "total": sum(one.working for one in months),
        "own": own,
        "last_known": calendar.last_known_year(),
        "may_change": may(person, Act.CHANGE_STAFF),
    }
    return render(request, "staff/calendar.html", context)


def _year(text: str) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return year if YEARS[0] <= year <= YEARS[1] else clock.today().year


def _address(day: CalendarDay) -> str:
    return f"{reverse('staff:calendar')}?branch={day.branch_id}&year={day.day.year}"


@require_http_methods(["GET", "POST"])
def day_new(request: HttpRequest, branch: int) -> HttpResponse:
    """Say of a day whether the branch works on it, whatever the country does; said again it is changed."""
    require(login_of(request), Act.CHANGE_STAFF)
    of = get_object_or_404(Branch, pk=branch)
    form = CalendarDayForm(posted(request), initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fields = {"is_working": data["is_working"] == "yes", "note": data["note"]}
        with transaction.atomic():
            day, _new = CalendarDay.objects.update_or_create(branch=of, day=data["day"], defaults=fields)
        toast(request, _("Saved: %s") % show.day(day.day))
        return _back(request, day)
    context = {"page_title": _("A day of the branch: %s") % of.name, "form": form, "submit_label": _("Save")}
    return render(request, "staff/calendar_day.html", context, status=422 if form.errors else 200)


@require_POST
def day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the day be as the country has it."""
    require(login_of(request), Act.CHANGE_STAFF)
    day = get_object_or_404(CalendarDay, pk=pk)
    CalendarDay.objects.filter(pk=pk).delete()
    toast(request, _("%s is as the country has it") % show.day(day.day))
    return _back(request, day)


def _back(request: HttpRequest, day: CalendarDay) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return close_dialog(refresh=True)
    return redirect(_address(day))
