"""What the room offers in the global search: actions."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import CommunicationKind
from salescrm.base.found import Group, Item
from staff.access import Act, may
from staff.models import Employee

LOGS = (
    (CommunicationKind.CALL, "phone", gettext_lazy("Log a call")),
    (CommunicationKind.MEETING, "users", gettext_lazy("Log a meeting")),
    (CommunicationKind.LETTER, "mail", gettext_lazy("Log a letter")),
    (CommunicationKind.NOTE, "note", gettext_lazy("Write a note")),
)


def find(person: Employee, words: str, limit: int) -> list[Group]:
    """Return what the person can do."""
    return [Group(_("Actions"), actions(person, words))]


def actions(person: Employee, words: str) -> list[Item]:
    """What the person can do here, kept by the words typed."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        return []
    new = Item(reverse("deals:task-new"), _("New task"), icon="checkbox")
    logs = [Item(f"{reverse('deals:log')}?kind={kind}", str(label), icon=icon) for kind, icon, label in LOGS]
    return [item for item in (new, *logs) if words.lower() in item.title.lower()]
