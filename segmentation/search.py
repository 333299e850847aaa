"""What the room offers in the global search: actions."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from salescrm.base.found import Item
from staff.access import Act, may
from staff.models import Employee


def actions(person: Employee) -> list[Item]:
    """What the person can do here."""
    offered = [
        (Act.RUN_NIGHTS, Item(reverse("segmentation:nights"), _("Run the night"), icon="moon")),
        (Act.APPROVE_HAND_OVERS, Item(reverse("segmentation:zero-proposals"), _("Approve hand-overs"), icon="checks")),
    ]
    return [item for act, item in offered if may(person, act)]
