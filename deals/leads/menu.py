"""The entries of leads in the side menu and in "create"."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.leads import figures
from salescrm.base import clock, show
from salescrm.base.menu import MenuCount, MenuEntry
from staff.access import Act, Rows, may, rows
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """The list of leads."""
    if rows(employee) == Rows.NOTHING:
        return []
    return [MenuEntry("work", gettext_lazy("Leads"), "leads:lead-list", "magnet", "l", count=waiting)]


def waiting(employee: Employee) -> MenuCount | None:
    """How many leads wait for a person or for the first contact."""
    found = figures.of_person(employee, clock.today(), clock.now())
    said = {name: show.number(number) for name, number in found.items()}
    title = _("wait for a person or the first contact: %(waiting)s, late %(late)s") % said
    return MenuCount(found["waiting"], title, bad=found["late"] > 0) if found["waiting"] else None


def create(employee: Employee) -> list[MenuEntry]:
    """Quick add of a lead."""
    if not (may(employee, Act.CHANGE_OWN) or may(employee, Act.CHANGE_OWNER)):
        return []
    return [MenuEntry("work", gettext_lazy("Lead"), "leads:lead-new", "magnet")]
