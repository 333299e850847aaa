"""Named sets of versions of the plan and of their figures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from staff.access import Figures, figures

if TYPE_CHECKING:
    from kpi.plans.models import PlanFigure, PlanVersion
    from staff.models import Employee
else:
    PlanFigure = PlanVersion = Any

APPROVED = ("approved", "replaced")


def seen_employees(person: Employee, today: date, field: str = "employee") -> Q:
    """Say whose plans `person` sees: a manager own ones, a head of a branch the branch's, heads and directors all."""
    seen = figures(person)
    if seen == Figures.ALL:
        return Q()
    if seen == Figures.BRANCH:
        return Q(branch=person.branch_id)
    return Q(**{f"{field}__in": person.acting_for(today)}) if seen == Figures.OWN else Q(pk__in=[])


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    """Sets of versions."""

    def approved(self) -> PlanVersionQuerySet:
        """Keep versions that were approved, replaced ones too; the newest first."""
        return self.filter(state__in=APPROVED).order_by("-approved_at", "-pk")

    def in_force(self, month: date) -> PlanVersion | None:
        """Return the version that holds for a month; None when none was approved for it."""
        return next((one for one in self.approved().filter(first_month__lte=month) if month < one.ends_on), None)


class PlanFigureQuerySet(models.QuerySet["PlanFigure"]):
    """Sets of figures."""

    def visible_to(self, person: Employee, today: date) -> PlanFigureQuerySet:
        """Keep the figures a person may see."""
        return self.filter(seen_employees(person, today))
