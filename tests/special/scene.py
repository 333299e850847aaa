"""What tests of special tasks begin with: one given to the owners of some clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from clients.models import Client
from deals.special import actions
from deals.special.models import SpecialTask
from staff.models import Employee

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)  # a Thursday
ROW: dict[str, Any] = {
    "name": "Опрос по новой коллекции",
    "wanted": "Спросить о футболках",
    "kind": "special",
    "starts_on": date(2026, 7, 16),
    "ends_on": date(2026, 7, 31),
    "result_wanted": "Ответы на пять вопросов",
    "unit": "",
    "target": None,
}


def chosen(clients: Sequence[Client], people: Sequence[Employee] = ()) -> actions.Choice:
    """Choose these clients, of these people."""
    return actions.chosen(Client.objects.filter(pk__in=[one.pk for one in clients]), people)


def made(
    author: Employee, clients: Sequence[Client] = (), people: Sequence[Employee] = (), **fields: Any
) -> SpecialTask:
    """Give a special task for clients, or for people where there are none."""
    choice = chosen(clients, people) if clients else actions.chosen(None, people)
    given: dict[str, Any] = {"submission": uuid4(), "now": NOW} | {
        name: fields.pop(name) for name in ("submission", "now") if name in fields
    }
    return actions.give(fields=ROW | fields, choice=choice, acting_user=author, **given)
