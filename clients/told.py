"""What the room notifies of, and who may still see what a notification leads to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from salescrm.base.notify import Kind
from staff.access import Act

KINDS = (
    Kind("owner", _("Clients given to me or taken from me")),
    Kind("mention", _("I am mentioned in a note")),
    Kind("import", _("A file of mine is loaded or refused")),
    Kind("type", _("Types of clients to be agreed with or set again")),
)
PAGES: dict[str, Act | None] = {
    "clients:client-list": None,
    "typology:disagreements": Act.DECIDE_TYPES,
    "imports:intake-card": Act.IMPORT,
    "clients:export-job": None,
}
ROWS = {
    "clients:client-card": Client.objects.visible_to,
    "clients:questionnaire": Client.objects.visible_to,
}
