"""What the room offers in the global search: actions."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from salescrm.base.found import Item
from staff.access import Act, Figures, figures, may
from staff.models import Employee


def actions(person: Employee) -> list[Item]:
    """What the person can do here."""
    offered = [
        (Act.PROPOSE_PLANS, Item(reverse("kpi:plan-new"), _("New plan"), icon="target", dialog=True)),
        (Act.SEE_CHANGE_PLAN, Item(reverse("kpi:change-plan"), _("Plan of changes"), icon="checklist")),
        (Act.CHANGE_CHANGE_PLAN, Item(reverse("kpi:change-step-new"), _("New step"), icon="checklist", dialog=True)),
        (Act.PROPOSE_PLANS, Item(reverse("kpi:seasonality"), _("Seasonality"), icon="chart-line")),
        (Act.SEE_PAY, Item(reverse("kpi:pay"), _("Pay"), icon="coins")),
        (Act.CHANGE_PAY, Item(reverse("kpi:pay-schemes"), _("Pay schemes"), icon="coins")),
        (Act.APPROVE_PAY, Item(reverse("kpi:pay-schemes"), _("Pay schemes"), icon="coins")),
        (Act.SET_LOAD_NORMS, Item(reverse("kpi:workload-norms"), _("Norms of load"), icon="scale")),
    ]
    found = [item for act, item in offered if may(person, act)]
    if figures(person) != Figures.NOTHING:
        found.append(Item(reverse("kpi:own-report-new"), _("New report"), icon="report"))
        found.append(Item(reverse("kpi:own-reports"), _("Own reports"), icon="report"))
    return found
