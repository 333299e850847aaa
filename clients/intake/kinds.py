"""The kinds of imports there are, and which one a file is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from clients.intake.firms import CLIENTS
from clients.intake.kind import Kind
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake
from staff.access import Rows, rows
from staff.models import Employee


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of all rooms by name, in the order of settings.INTAKE."""
    return {one.name: one for one in map(import_string, settings.INTAKE)}


def kinds_for(person: Employee) -> list[Kind]:
    """Return what a person may bring; an import of clients finds and changes anybody's: only who sees all does it."""
    return [one for one in kinds().values() if one is not CLIENTS or rows(person) == Rows.ALL]


def refuse_unless_for(person: Employee, kind: Kind) -> None:
    """Raise Refused when the person may not bring such a file."""
    if kind not in kinds_for(person):
        raise Refused(_("Clients are brought by those who see all of them."))


def kind_of(intake: Intake) -> Kind:
    """Return what an import holds."""
    return kinds()[intake.kind]
