"""What the global search finds among clients."""

from __future__ import annotations

from salescrm.base.found import Group
from staff.models import Employee


def find(person: Employee, words: str, limit: int) -> list[Group]:
    """Return clients `person` may learn of."""
    return []
