"""What changed of a task, for whom somebody else was quicker (R191)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from clients.panels import Change, Words
from deals.models import Priority, Task, TaskKind, TaskState
from salescrm.base import show

FIELDS = ("title", "kind", "due_on", "due_time", "assignee_id", "priority", "needs_result", "state")
CHOICES: dict[str, type[TextChoices] | type[Priority]] = {"kind": TaskKind, "priority": Priority, "state": TaskState}


def changes_of(task: Task) -> list[Change]:
    """Compare each event of the task with the one before it."""
    events = apps.get_model("deals", "TaskEvent")._default_manager.filter(pgh_obj=task)
    words, found = Words(), list[Change]()
    for before, after in pairwise(events.select_related("pgh_context").order_by("pgh_id")):
        for name in FIELDS:
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                label = str(vars(Task._meta.get_field(name.removesuffix("_id")))["verbose_name"])
                said = _say(words, name, old), _say(words, name, new)
                found.append(Change(after.pgh_created_at, after.pgh_id, words.author(after), label, *said))
    return found


def _say(words: Words, name: str, value: Any) -> str:
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "due_time":
        return f"{value:%H:%M}" if value else show.NOTHING
    return words.of("owner_id" if name == "assignee_id" else name, value)
