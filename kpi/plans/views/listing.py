"""The plan of a year: people by month, plan and fact; where the month will land; versions, goals, deadlines."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpi.plans import deadlines, forecasting, reading
from kpi.plans.models import GROUP_CHOICES, PlanMeasure, PlanReading, PlanState, PlanVersion, YearGoal
from kpi.plans.views.shared import Reader, address_with, group_in, measure_in, number_in, reader
from salescrm.base.periods import add_months, month_start
from staff.access import Act
from staff.calendar import head_office
from staff.models import Employee

SHOWN = 8  # versions beside the table


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Show the plan in force of a calendar year against the fact, by person, group and client."""
    who, measure = reader(request), measure_in(request)
    year = number_in(request, "year", who.today.year)
    if not 2000 <= year <= 2100:
        raise Http404(str(year))
    months = [date(year, number, 1) for number in range(1, 13)]
    figures = reading.figures_in_force(months).visible_to(who.person, who.today)
    context = drilled(request, who, figures, months, measure, fact=True)
    versions = who.versions.select_related("author", "approved_by").order_by("-number")
    context |= {
        "page_title": _("Sales plans"),
        "year": year,
        "before_url": address_with(request, year=str(year - 1)),
        "after_url": address_with(request, year=str(year + 1)),
        "versions": list(versions[:SHOWN]),
        "to_read": _to_read(who),
        "deadlines": deadlines.of(who.today, head_office()),
        "is_next_planned": PlanVersion.objects.in_force(add_months(month_start(who.today), 1)) is not None,
        "goals": _goals(who) if reading.sees_company(who.person) else [],
        "may_make": who.may(Act.PROPOSE_PLANS),
        "may_change": who.may(Act.CHANGE_PLANS),
        "sees_company": reading.sees_company(who.person),
    }
    return render(request, "kpi/plans/list.html", context)


def _to_read(who: Reader) -> list[PlanReading]:
    waiting = PlanReading.objects.filter(employee=who.person, read_at=None, plan__state=PlanState.APPROVED)
    return list(waiting.select_related("plan__approved_by"))


def _goals(who: Reader) -> list[dict[str, Any]]:
    """Return the goals of this year and the two after it (R220)."""
    known = YearGoal.objects.select_related("author").in_bulk(field_name="year")
    years = range(who.today.year, who.today.year + 3)
    return [{"year": year, "goal": known.get(year)} for year in years]


def drilled(
    request: HttpRequest, who: Reader, figures: Any, months: list[date], measure: str, *, fact: bool
) -> dict[str, Any]:
    """Return the table at the level the address asks for, the way to it and the choice of measures."""
    employee, group = number_in(request, "employee"), group_in(request)
    person = Employee.objects.filter(pk=employee).first() if employee else None
    if employee and (person is None or not who.sees(employee)):
        raise Http404(str(employee))
    if person and group:
        grid = reading.by_client(figures, months, measure, employee, group, who.today)
    elif person:
        grid = reading.by_group(figures, months, measure, employee, who.today)
    else:
        grid = reading.by_person(
            figures, months, measure, today=who.today, fact=fact, seen=reading.visible_people(who.person, who.today)
        )
    labels = dict(PlanMeasure.choices)
    return {
        "grid": grid,
        "person": person,
        "group": group,
        "group_name": dict(GROUP_CHOICES).get(group, ""),
        "measure": measure,
        "measure_name": labels[PlanMeasure(measure)],
        "has_fact": grid.total.fact is not None,
        "measures": [{"code": code, "label": label, "on": code == measure} for code, label in PlanMeasure.choices],
        "hidden": [(name, value) for name, value in request.GET.items() if name in ("year", "employee")],
        "keep": urlencode([(name, value) for name, value in request.GET.items() if name in ("year", "measure")]),
        "up_url": address_with(request, employee="", group=""),
        "person_url": address_with(request, group=""),
    }


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """Show where the month will land by person and for all of them, and how the month before was foretold (R226)."""
    who = reader(request)
    rows, whole = reading.landing(who.person, who.today)
    before = add_months(month_start(who.today), -1)
    told = forecasting.errors(before, reading.visible_people(who.person, who.today))
    context = {
        "rows": rows,
        "whole": whole,
        "month": month_start(who.today),
        "day": forecasting.last_day(who.today),
        "before": before,
        "told": told,
        "sees_others": reading.sees_others(who.person),
    }
    if told:
        context["chart"] = {
            "kind": "lines",
            "x": [str(one.day.day) for one in told],
            "s": [
                {"name": _("forecast"), "y": [round(float(one.said) / 1000) for one in told]},
                {"name": _("fact"), "y": [round(float(one.fact) / 1000) for one in told]},
            ],
        }
    return render(request, "kpi/plans/landing.html", context)
