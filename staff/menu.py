"""The room's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.menu import MenuEntry
from staff.access import Act, may
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer the sales book, and the list of people."""
    book = MenuEntry("base", _("Sales book"), "handbook:book", "book", "")
    if not may(employee, Act.SEE_STAFF):
        return [book]
    return [MenuEntry("base", _("Staff"), "staff:person-list", "users", "u"), book]
