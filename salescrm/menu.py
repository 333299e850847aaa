"""The roof's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.menu import MenuEntry
from staff.access import Act, may
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer the day's page to everybody, the log of changes and the administrators' site to whom they are open."""
    found = [MenuEntry("work", _("My day"), "home", "sun-high", "d", phone=True)]
    if may(employee, Act.SEE_CHANGES):
        found.append(MenuEntry("admin", _("Log of changes"), "change-log", "history", ""))
    if may(employee, Act.AUTOMATE):
        found.append(MenuEntry("admin", _("Automatic work"), "automation:list", "robot", ""))
    if may(employee, Act.ADMINISTER):
        found.append(MenuEntry("admin", _("Administration"), "admin:index", "settings", ""))
    return found
