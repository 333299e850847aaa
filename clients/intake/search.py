"""Imports in the global search: an action."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from salescrm.base.found import Item
from staff.access import Act, may
from staff.models import Employee


def actions(person: Employee) -> list[Item]:
    """Offer to bring a file to those who may."""
    return (
        [Item(reverse("imports:intake-list"), _("Bring in a file"), icon="upload")] if may(person, Act.IMPORT) else []
    )
