"""The sample company's meetings: two weeks' minutes with decisions done and overdue, and the next one, to be held."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils import timezone

from deals import actions as tasks
from deals.models import Task
from kpi.meetings import actions
from kpi.meetings.models import Meeting
from staff.access import Role
from staff.models import Employee

DECISIONS = (  # text, days for it, whether it is done, in how many days
    ("Обзвонить ТОР, с кем не говорили месяц", 5, 4),
    ("Подготовить предложение молчащим гостиницам", 7, None),
    ("Сверить остатки халатов со складом", 3, 5),
    ("Разобрать просроченные задачи и закрыть лишние", 4, None),
)
SUBMISSIONS = 4_000_000


@transaction.atomic
def write(until: date, head: Employee) -> None:
    """Hold the meetings of the two Mondays before the day after `until`, call the next one."""
    today = until + timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    people = list(
        Employee.people.filter(is_active=True, role__in=[Role.CSM, Role.CSH, Role.BDM_RECOVERY]).order_by("pk")
    )
    if not people:
        return
    with pghistory.context(job="demo"):
        for week in (2, 1, 0):
            day = monday - timedelta(days=7 * week) if week else today + timedelta(days=1)
            meeting = actions.create(
                fields={"kind": "weekly", "starts_at": _at(day), "branch": None, "chair": head}, people=people,
                submission=UUID(int=SUBMISSIONS + week), acting_user=head, today=min(day, today),
            )  # fmt: skip
            if week:
                _hold(meeting, week, people, head, day)


def _hold(meeting: Meeting, week: int, people: list[Employee], head: Employee, day: date) -> None:
    for number, (text, term, done) in enumerate(DECISIONS[(week % 2) * 2 :][:2]):
        who = people[(week + number) % len(people)]
        decision = actions.decide(
            meeting=meeting, text=text, assignee=who, due_on=day + timedelta(days=term),
            submission=UUID(int=SUBMISSIONS + 100 * week + number), acting_user=head, now=_at(day),
        )  # fmt: skip
        if done is not None:
            tasks.finish(
                tasks=Task.objects.filter(pk=decision.task_id), result="Сделано", acting_user=who,
                now=_at(day + timedelta(days=done)),
            )  # fmt: skip
    actions.close(
        meeting=meeting, present=[one.pk for one in people[1:]] + [head.pk], seen=1, acting_user=head, now=_at(day)
    )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=timezone.get_default_timezone())
