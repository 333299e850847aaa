"""What tests of call reviews begin with: criteria, a logged call, its review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from clients.models import Communication
from deals.call_reviews import actions
from deals.call_reviews.actions import Said
from deals.call_reviews.models import CallCriterion, CallReview
from staff.models import Employee

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)  # a Thursday
WEIGHTS = {"Приветствие": 1, "Потребность": 3, "Следующий шаг": 2}


def criteria() -> list[CallCriterion]:
    """Make three criteria, or return those that are there."""
    found = [
        CallCriterion.objects.get_or_create(name=name, defaults={"weight": weight, "order": weight})[0]
        for name, weight in WEIGHTS.items()
    ]
    return sorted(found, key=lambda one: one.order)


def said(points: int = 2, feedback: str = "Спросить о сроках", **fields: Any) -> Said:
    """Give every criterion the same points."""
    return Said({one.pk: points for one in criteria()}, feedback, **fields)


def reviewed(call: Communication, head: Employee, **fields: Any) -> CallReview:
    """Review a call."""
    told: dict[str, Any] = {"said": said(), "submission": uuid4(), "now": NOW} | fields
    return actions.review(communication=call, acting_user=head, **told)
