"""The plan and the forecast of a month as the board reads them: the one place that knows where they are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Sum

from kpi.measures.models import Result
from kpi.measures.reading import Scope
from kpi.plans import reading
from kpi.plans.models import Forecast
from kpi.plans.querysets import seen_employees
from salescrm.base import clock
from staff.access import Act, may
from staff.models import Employee

EVERYBODY = Scope()


def planned(month: date, viewer: Employee, seen: Scope = EVERYBODY) -> list[dict[str, Any]]:
    """Return what is planned in a scope for a month that `viewer` may see; empty while no plan is in force.

    Rows: measure, branch (id), employee (id), department (id; 0: the person has none), client_group, direction (id),
    amount; leaves, so that any sum of them agrees. What is planned for nobody in particular is in no person's, branch's
    or department's plan.
    """
    if not may(viewer, Act.SEE_PLANS):
        return []
    rows = reading.planned(month, viewer)
    places = _departments(month) if rows else {}
    rows = [row | {"department": places[row["employee"]] or 0 if row["employee"] else None} for row in rows]
    wanted = {"employee": seen.employee, "branch": seen.branch, "department": seen.department}
    return [row for row in rows if all(value in (None, row[name]) for name, value in wanted.items())]


def _departments(month: date) -> dict[int, int | None]:
    """Return the department of each person: that of the month's results, of a person without one the present (R380)."""
    places: dict[int, int | None] = dict(Employee.objects.values_list("pk", "department"))
    stored = Result.objects.filter(month=month).order_by()
    return places | dict(stored.values_list("employee", "department").distinct())


def forecast(month: date, viewer: Employee, seen: Scope = EVERYBODY, by: str = "employee") -> dict[int, Decimal]:
    """Return where the turnover of a month will land, as last reckoned (R226); empty before that.

    Keys: ids of people, with `by` "branch" or "department" of those (0: people without a department).
    """
    if not may(viewer, Act.SEE_PLANS):
        return {}
    kept = Forecast.objects.filter(month=month)
    if seen.employee is not None:
        kept = kept.filter(employee=seen.employee)
    if seen.branch is not None:
        kept = kept.filter(branch=seen.branch)
    newest = kept.filter(day=kept.aggregate(day=Max("day"))["day"]).filter(seen_employees(viewer, clock.today()))
    lands = (
        newest.order_by().values_list("employee", "branch").annotate(lands=Sum(F("shipped") + F("deals") + F("cyclic")))
    )
    places = _departments(month) if by == "department" or seen.department is not None else {}
    found: dict[int, Decimal] = {}
    for person, branch, amount in lands:
        department = places.get(person) or 0
        if seen.department in (None, department):
            key = {"employee": person, "branch": branch, "department": department}[by]
            found[key] = found.get(key, Decimal(0)) + amount
    return found
