"""Learning of the sample company's people: a newcomer brought in, competence cards, trainings held and to come."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from staff.calendar import head_office
from staff.learning import actions
from staff.learning.models import AdaptationKind, LearningStep, Training, TrainingKind
from staff.models import Employee

WHY = ("Мало практики", "Новый ассортимент", "Не проходил обучение", "Сложные клиенты")
ALL = ("csm1", "csm2", "csm3", "csm4", "csm5", "csm6")
RESULTS = ("Тест 90 %", "Тест 75 %", "Разобрал два звонка", "")
TRAININGS = (  # days from the last day of the sample, kind, topic, trainer, whom
    (-75, TrainingKind.INTRODUCTION, "Зачем меняем работу отдела", "hos", ALL),
    (-40, TrainingKind.FOCUSED, "Определение типа клиента по вопросам", "csh", ("csm1", "csm2", "csm3", "csm4")),
    (-12, TrainingKind.AT_WORK, "Разбор звонков по скрипту этапа", "branch_head", ("csm5", "csm6")),
    (5, TrainingKind.FOCUSED, "Возражения по цене: три ответа", "csh", ALL),
)  # fmt: skip


def write(seed: int, until: date, people: dict[str, Employee]) -> None:
    """Write it, as of `until`; nothing where trainings are there already."""
    if Training.objects.exists():
        return
    random = Random(f"{seed}:learning")  # noqa: S311
    calendar = head_office()
    for offset, kind, topic, trainer, whom in TRAININGS:
        day = calendar.on_or_after(until + timedelta(days=offset))
        training = actions.plan(
            topic=topic, kind=kind, held_on=day, trainer=people[trainer], outside_trainer="", article=None,
            people=[people[one] for one in whom], acting_user=people["hos"], submission=_uuid(random),
        )  # fmt: skip
        if day <= until:
            came = {one.pk: (random.random() < 0.85, random.choice(RESULTS)) for one in training.attendances.all()}
            actions.hold(training=training, came=came, acting_user=people["hos"], today=until)
    for login, days in (("csm1", 200), ("csm1", 15), ("csm2", 190), ("csm3", 30), ("csm4", 25), ("csm5", 60)):
        _assess(random, people[login], people["csh"], until - timedelta(days=days))
    _bring_in(people, until)


def _assess(random: Random, person: Employee, by: Employee, day: date) -> None:
    marks = {}
    for one in actions.asked_of(person.role):
        level = min(one.expected + (random.random() < 0.15), 3) if random.random() < 0.7 else one.expected - 1
        marks[one.pk] = (level, random.choice(WHY) if level < one.expected else "")
    actions.assess(employee=person, marks=marks, note="", acting_user=by, today=day, submission=_uuid(random))


def _bring_in(people: dict[str, Employee], until: date) -> None:
    newcomer, mentor = people["csm6"], people["csm5"]
    begun = until - timedelta(days=21)
    actions.begin(
        employee=newcomer, kind=AdaptationKind.NEWCOMER, mentor=mentor, starts_on=begun,
        ends_on=begun + timedelta(days=60), acting_user=people["branch_head"],
    )  # fmt: skip
    for step in LearningStep.objects.filter(employee=newcomer, due_on__lt=until - timedelta(days=4)):
        actions.finish_step(step=step, result="Принято наставником", acting_user=mentor, today=step.due_on)


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
