"""What tests of learning begin with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import uuid4

from staff.learning import actions
from staff.learning.models import Adaptation, AdaptationKind, Assessment, Training, TrainingKind
from staff.models import Employee

BEGIN = date(2026, 7, 6)  # a Monday
TODAY = date(2026, 7, 16)


def begun(employee: Employee, mentor: Employee, by: Employee, first: date = BEGIN) -> Adaptation:
    """Begin an adaptation of two months."""
    return actions.begin(
        employee=employee, kind=AdaptationKind.NEWCOMER, mentor=mentor, starts_on=first,
        ends_on=first + timedelta(days=60), acting_user=by,
    )  # fmt: skip


def planned(by: Employee, people: Collection[Employee], day: date, trainer: Employee | None = None) -> Training:
    """Plan a training that `by` holds, unless another trainer is named."""
    return actions.plan(
        topic="Тип клиента", kind=TrainingKind.FOCUSED, held_on=day, trainer=trainer or by, outside_trainer="",
        article=None, people=people, acting_user=by, submission=uuid4(),
    )  # fmt: skip


def assessed(person: Employee, by: Employee, day: date, level: int = 1) -> Assessment:
    """Fill a card in with one level for everything asked of the person."""
    marks = {one.pk: (level, "Мало практики") for one in actions.asked_of(person.role)}
    return actions.assess(employee=person, marks=marks, note="", acting_user=by, today=day, submission=uuid4())
