"""What all pages of the room begin with: who asks, which month, whose figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from kpi.measures.reading import Scope, scope
from salescrm.base import clock
from salescrm.base.periods import month_start
from salescrm.base.requests import month_of
from staff.access import Figures, figures, login_of
from staff.models import Branch, Department, Employee


@dataclass(frozen=True)
class Reader:
    """The person of a request, today, and the figures asked for within what the matrix shows."""

    person: Employee
    today: date
    scope: Scope
    employee: Employee | None
    branch: Branch | None
    department: Department | None

    @property
    def place(self) -> dict[str, str]:
        """What of the address names the branch and the department."""
        kept = {"branch": str(self.branch.pk)} if self.branch else {}
        if self.scope.department is not None:
            kept["department"] = str(self.scope.department or "none")
        return kept

    @property
    def department_name(self) -> str:
        """The department asked for, in words; empty without one."""
        if self.scope.department is None:
            return ""
        return self.department.name if self.department else _("No department")


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


def reader(request: HttpRequest, *, departments: bool = False) -> Reader:
    """Return who reads what; 403 for a role without figures, 404 for figures of others the matrix hides.

    With `departments` the figures of one department can be asked for (R380).
    """
    person = login_of(request)
    if figures(person) == Figures.NOTHING:
        raise PermissionDenied
    number, place = number_in(request, "person"), number_in(request, "branch")
    part = number_in(request, "department") if departments else None
    employee = get_object_or_404(Employee.objects.select_related("branch"), pk=number) if number else None
    branch = get_object_or_404(Branch, pk=place) if place else None
    department = get_object_or_404(Department, pk=part) if part else None
    seen = scope(person, employee=employee, branch=branch, department=part)
    if seen is None:
        raise Http404
    return Reader(person, clock.today(), seen, employee, branch, department)
