"""The room's entries in the side menu."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, TypeChoice
from salescrm.base import clock
from salescrm.base.menu import MenuCount, MenuEntry
from staff.access import Act, Rows, may, rows
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """The list of clients."""
    if rows(employee) == Rows.NOTHING:
        return []
    return [
        MenuEntry(
            "work", gettext_lazy("Clients"), "clients:client-list", "building", "l", count=own_clients, phone=True
        ),
        MenuEntry("base", gettext_lazy("Likely duplicates"), "clients:duplicate-list", "copy"),
        MenuEntry("base", gettext_lazy("Completeness"), "clients:completeness", "progress-check"),
        MenuEntry("base", gettext_lazy("Typology"), "typology:overview", "category", count=types_to_decide),
    ]


def own_clients(employee: Employee) -> MenuCount | None:
    """How many clients the person owns; nothing for those who own none."""
    count = Client.objects.present().owned_by(employee).count()
    return MenuCount(count, _("my clients")) if count else None


def types_to_decide(employee: Employee) -> MenuCount | None:
    """How many types wait for a head's decision; nothing for those who do not decide."""
    if not may(employee, Act.DECIDE_TYPES):
        return None
    seen = Client.objects.visible_to(employee, clock.today())
    count = TypeChoice.objects.to_decide().filter(client__in=seen.values("pk")).count()
    return MenuCount(count, _("types to decide about")) if count else None


def create(employee: Employee) -> list[MenuEntry]:
    """Quick add of a client and of a contact."""
    if not (may(employee, Act.CHANGE_OWN) or may(employee, Act.CHANGE_OWNER)):
        return []
    return [
        MenuEntry("work", gettext_lazy("Client"), "clients:client-new", "building"),
        MenuEntry("work", gettext_lazy("Contact"), "clients:contact-choose", "user-plus"),
    ]
