"""The sample company's priorities: a strategic list the head confirmed, focus lists with talks planned and done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils import timezone

from clients.models import Client, Contact, DecisionRole
from deals import actions as tasks
from deals.models import Task, TaskKind
from segmentation.priorities import actions, scoring, strategic
from segmentation.priorities.models import FocusClient, FocusList, PriorityRules
from staff.calendar import head_office
from staff.models import Employee

MOST_TALKS = 7  # of a manager in two weeks
GOALS = (
    (TaskKind.CALL, "Согласовать план закупок на квартал"),
    (TaskKind.CALL, "Выяснить, почему упал оборот"),
    (TaskKind.CALL, "Предложить недостающую категорию"),
    (TaskKind.MEETING, "Показать образцы новой коллекции"),
    (TaskKind.CALL, "Договориться о дате следующего заказа"),
    (TaskKind.MEETING, "Обсудить годовой договор"),
)
RESULTS = ("Заказ на следующей неделе", "Просят пересмотреть цену", "Ждут новый прайс", "Договорились о пробной партии")
DROPPED = "Закупки закрыты до конца года, договорились вернуться в январе"


def choose(today: date, head: Employee) -> None:
    """Let the head confirm what the score proposes for the year."""
    rules = PriorityRules.objects.in_force(today)
    if rules is not None:
        found = [one.pk for one in strategic.proposed(Client.objects.present(), today.year, rules)]
        actions.enter(clients=found, year=today.year, reason="", acting_user=head, today=today)


@transaction.atomic
def write(until: date) -> None:
    """Plan talks on the lists of the running two weeks; what was planned for the days past is mostly done."""
    chance, today = Random("focus"), until + timedelta(days=1)  # noqa: S311  # a sample, no secret
    starts_on = scoring.period_of(today)[0]
    with pghistory.context(job="demo"):
        for number, one in enumerate(FocusList.objects.filter(starts_on=starts_on).select_related("owner")):
            entries = list(one.entries.select_related("client", "focus_list__owner").order_by("place"))
            if len(entries) > MOST_TALKS:
                actions.drop(entry=entries.pop(), reason=DROPPED, acting_user=one.owner, today=starts_on)
            for entry in entries[: chance.randint(3, MOST_TALKS)]:
                _talk(entry, chance, today)
            if number % 3 != 2:
                actions.confirm(focus_list=one, acting_user=one.owner, today=starts_on)


def _talk(entry: FocusClient, chance: Random, today: date) -> None:
    """Plan a talk on a working day of the period; one of a day that is over is done, but for a few."""
    found, calendar = entry.focus_list, head_office()
    last = found.ends_on - timedelta(days=1)
    day = min(calendar.on_or_after(found.starts_on + timedelta(days=chance.randint(0, 11))), last)
    kind, goal = chance.choice(GOALS)
    contacts = Contact.objects.filter(client=entry.client, left_on=None)
    made = actions.plan_talk(
        entry=entry,
        kind=kind,
        due_on=day,
        due_time=time(chance.randint(9, 17), chance.choice((0, 30))) if chance.random() < 0.8 else None,
        goal=goal,
        contact=contacts.filter(role=DecisionRole.DECIDES).first() or contacts.first(),
        acting_user=found.owner,
        submission=UUID(int=chance.getrandbits(128), version=4),
    )
    if day < today and chance.random() < 0.85:
        done = timezone.make_aware(datetime.combine(day, time(17, 40)))
        task = Task.objects.filter(pk=made.task_id)
        tasks.finish(tasks=task, result=chance.choice(RESULTS), acting_user=found.owner, now=done)
