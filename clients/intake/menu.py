"""Imports in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.menu import MenuEntry
from staff.access import Act, may
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer imports to those who may bring files into the base."""
    return (
        [MenuEntry("base", _("Import"), "imports:intake-list", "file-import", "i")] if may(employee, Act.IMPORT) else []
    )
