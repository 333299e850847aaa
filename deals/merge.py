"""What the room says of its tables when clients are joined."""

from __future__ import annotations

from django.db.models import Q

from clients.duplicates.parts import Moves
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
