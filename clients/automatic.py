"""What the room does by itself (R376)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.completeness import writing
from clients.contacts.rules import FAILED_ATTEMPTS
from clients.duplicates import finding
from salescrm.base.automation import Automation, Number


def _duplicates(now: datetime) -> Any:
    return finding.told(finding.search(now.date(), whole=False))


def _completeness(now: datetime) -> Any:
    return {"changed": writing.write_all(today=now.date(), only_new=False)}


AUTOMATIONS = (
    Automation(
        "duplicates",
        _("Likely duplicates"),
        _("Looks for clients that may be one among those changed; nothing is joined without a person."),
        "duplicates",
        trial=_duplicates,
    ),
    Automation(
        "completeness",
        _("Completeness of clients"),
        _("Writes how complete and correct what is known of every client is, as verifications run out."),
        "completeness",
        "clients:completeness-rules",
        trial=_completeness,
    ),
)
NUMBERS = (
    Number("failed-attempts", _("calls that reach nobody until the phone is to be renewed"), FAILED_ATTEMPTS, 1, 20),
)
