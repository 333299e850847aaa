"""The room's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi.plans.models import PlanReading, PlanState
from salescrm.base.menu import MenuCount, MenuEntry
from staff.access import Act, Figures, figures, may
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer the board to who sees any figures, plans to who has one."""
    found = []
    if figures(employee) != Figures.NOTHING:
        found.append(MenuEntry("result", gettext_lazy("Plan and fact"), "kpi:board", "chart-bar", "b"))
        found.append(MenuEntry("result", gettext_lazy("Reports"), "kpi:reports", "report"))
        found.append(MenuEntry("result", gettext_lazy("Workload"), "kpi:workload", "scale"))
    if may(employee, Act.SEE_PLANS):
        found.append(MenuEntry("result", gettext_lazy("Plans"), "kpi:plans", "target", "y", count=unread))
    if figures(employee) in (Figures.ALL, Figures.BRANCH):
        found.append(MenuEntry("result", gettext_lazy("Indicators"), "kpi:indicators", "gauge", ""))
    found.append(MenuEntry("result", gettext_lazy("My post"), "kpi:post", "id-badge", ""))
    found.append(MenuEntry("result", gettext_lazy("Meetings"), "kpi:meetings", "users-group", ""))
    if may(employee, Act.SEE_CHANGE_PLAN):
        found.append(MenuEntry("result", gettext_lazy("Plan of changes"), "kpi:change-plan", "checklist", ""))
    if may(employee, Act.SEE_PAY):
        found.append(MenuEntry("result", gettext_lazy("Pay"), "kpi:pay", "coins", ""))
    return found


def unread(employee: Employee) -> MenuCount | None:
    """How many approved plans wait for the person to read them."""
    waiting = PlanReading.objects.filter(employee=employee, read_at=None, plan__state=PlanState.APPROVED).count()
    return MenuCount(waiting, _("plans to read")) if waiting else None
