"""The room's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from salescrm.base import clock
from salescrm.base.menu import MenuCount, MenuEntry
from staff.access import Act, may
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Offer matrix, lists, zero board and contacts to who sees segmentation, the journal to who sees nights."""
    if not may(employee, Act.SEE_SEGMENTATION):
        return []
    found = [
        MenuEntry("worth", _("ABC/XYZ matrix"), "segmentation:matrix", "grid-3x3", "s"),
        MenuEntry("worth", _("TOP list"), "segmentation:top", "star", "p", count=count_top),
        MenuEntry("worth", _("Priorities"), "segmentation:priorities", "target", "r"),
        MenuEntry("worth", _("Focus of two weeks"), "segmentation:focus", "focus-2", "f"),
        MenuEntry("worth", _("Action programmes"), "segmentation:programmes", "target-arrow", "a"),
        MenuEntry("worth", _("Zero clients"), "segmentation:zero", "circle-off", "z", count=count_zero),
        MenuEntry("worth", _("Contact norm"), "segmentation:contacts", "phone", "k"),
    ]
    if may(employee, Act.SEE_NIGHTS):
        found.append(MenuEntry("worth", _("Nights"), "segmentation:nights", "moon", "n"))
    return found


def count_top(employee: Employee) -> MenuCount:
    """Count the person's TOP clients."""
    seen = Client.objects.visible_to(employee, clock.today())
    return MenuCount(seen.filter(standing__top=True).count(), _("TOP clients"))


def count_zero(employee: Employee) -> MenuCount:
    """Count the person's zero clients."""
    seen = Client.objects.visible_to(employee, clock.today())
    return MenuCount(seen.filter(standing__life_cycle="zero").count(), _("zero clients"))
