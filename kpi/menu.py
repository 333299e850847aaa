"""The room's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.menu import MenuEntry
from staff.access import Figures, figures
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer the board to who sees any figures."""
    if figures(employee) == Figures.NOTHING:
        return []
    return [MenuEntry("result", _("Plan and fact"), "kpi:board", "chart-bar", "b")]
