"""What the room says of its tables when clients are joined."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from clients.duplicates.parts import Moves
from deals import contacts
from deals.models import TaskState

PARTS = (
    # a rule sets one task per client and day: where both have it, the joined client's stays behind
    Moves(
        "deals.Task.client",
        same=("origin", "origin_as_of"),
        same_where=~Q(origin=""),
        handed="assignee",
        handed_where=Q(state=TaskState.OPEN),
    ),
)


def settle(clients: list[int], today: date) -> None:
    """Reckon the last contact, the running term and the nearest task of both."""
    contacts.write(clients)
    contacts.write_next_tasks(clients)


SETTLING = (settle,)
