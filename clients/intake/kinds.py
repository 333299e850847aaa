"""The kinds of imports there are, and which one a file is."""

from __future__ import annotations

from collections.abc import Mapping

from clients.intake.firms import CLIENTS
from clients.intake.kind import Kind
from clients.intake.orders import ORDERS
from salescrm.base.models import Intake

KINDS: Mapping[str, Kind] = {one.name: one for one in (ORDERS, CLIENTS)}


def kind_of(intake: Intake) -> Kind:
    """Return what an import holds."""
    return KINDS[intake.kind]
