"""What is shown of learning: everybody in one list, the card of a person; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, Max, Q, Value

from salescrm.base import automation
from salescrm.base.periods import add_months
from staff.access import Act, may
from staff.learning import rights
from staff.learning.models import (
    Adaptation,
    Assessment,
    Attendance,
    LearningStep,
    Mark,
    Training,
    TrainingState,
)
from staff.models import Employee

ASSESSMENT_MONTHS = 6  # half a year between two cards, until the administrator says otherwise
TRAINED_MONTHS = 12
MOST_DONE = 30
MOST_TRAININGS = 50
OPEN = Q(done_on__isnull=True, dropped_on__isnull=True)


@dataclass(frozen=True)
class Line:
    """A person in the list: adaptation that goes on, open steps, the last card with its gaps, trainings of a year."""

    person: Employee
    adaptation: Adaptation | None
    open_steps: int
    late_steps: int
    assessed_on: date | None
    due_on: date | None
    gaps: int
    trained: int


def months_between(today: date) -> int:
    """Return after how many months a competence card is filled in anew."""
    return automation.number("assessment-months", ASSESSMENT_MONTHS, today)


def lines(acting: Employee, today: date) -> list[Line]:
    """Return everybody whose learning `acting` sees, by branch and name: six queries however many there are."""
    people = rights.seen_people(acting).filter(is_active=True)
    running = {one.employee_id: one for one in _running(people)}
    steps = {
        row["employee"]: (row["all"], row["late"])
        for row in LearningStep.objects.filter(OPEN, employee__in=people)
        .values("employee")
        .annotate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .order_by()
    }
    cards = {
        one.employee_id: one
        for one in Assessment.objects.filter(employee__in=people)
        .annotate(gaps=Count("marks", filter=Q(marks__level__lt=F("marks__expected"))))
        .order_by("made_on", "pk")
    }
    since = add_months(today, -TRAINED_MONTHS)
    trained = dict(
        Attendance.objects.filter(employee__in=people, came=True, training__held_on__gt=since)
        .values_list("employee")
        .annotate(n=Count("pk"))
        .order_by()
    )
    months = months_between(today)
    order = ("-branch__is_head_office", "branch__name", "branch_id", "last_name", "first_name", "pk")
    found = []
    for person in people.select_related("branch", "position").order_by(*order):
        card = cards.get(person.pk)
        every, late = steps.get(person.pk, (0, 0))
        found.append(
            Line(
                person,
                running.get(person.pk),
                every,
                late,
                card.made_on if card else None,
                add_months(card.made_on, months) if card else None,
                card.gaps if card else 0,
                trained.get(person.pk, 0),
            )
        )
    return found


def _running(people: Any) -> Any:
    return (
        Adaptation.objects.filter(employee__in=people, outcome="")
        .select_related("mentor")
        .annotate(
            steps_all=Count("steps", filter=Q(steps__dropped_on__isnull=True)),
            steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)),
        )
    )


@dataclass(frozen=True)
class Assessed:
    """A competence on the card: the mark now, and the level of the card before (None: not asked then)."""

    mark: Mark
    before: int | None

    @property
    def change(self) -> int:
        """Levels gained since the card before; 0 where there was none."""
        return 0 if self.before is None else self.mark.level - self.before


@dataclass(frozen=True)
class Card:
    """Everything of one person's learning."""

    adaptations: list[Adaptation]
    steps: list[LearningStep]  # open ones
    done: list[LearningStep]
    assessments: list[Assessment]
    marks: list[Assessed]
    due_on: date | None
    trainings: list[Attendance]

    @property
    def running(self) -> Adaptation | None:
        """The adaptation that goes on."""
        return next((one for one in self.adaptations if one.is_open), None)


def card(person: Employee, today: date) -> Card:
    """Read a person's card."""
    assessments = list(person.assessments.select_related("made_by"))
    last = {one.pk: n for n, one in enumerate(assessments[:2])}
    marks: list[list[Mark]] = [[], []]
    for mark in Mark.objects.filter(assessment__in=last).select_related("competence"):
        marks[last[mark.assessment_id]].append(mark)
    before = {one.competence_id: one.level for one in marks[1]}
    steps = person.learning_steps.select_related("competence", "set_by", "done_by", "adaptation")
    return Card(
        adaptations=list(person.adaptations.select_related("mentor", "closed_by")),
        steps=list(steps.filter(OPEN)),
        done=list(steps.filter(done_on__isnull=False).order_by("-done_on", "-pk")[:MOST_DONE]),
        assessments=assessments,
        marks=[Assessed(one, before.get(one.competence_id)) for one in marks[0]],
        due_on=add_months(assessments[0].made_on, months_between(today)) if assessments else None,
        trainings=list(
            person.attendances.exclude(training__state=TrainingState.CANCELLED)
            .select_related("training__trainer", "training__article")
            .order_by("-training__held_on", "-pk")[:MOST_TRAININGS]
        ),
    )


@dataclass(frozen=True)
class Due:
    """Something to learn or to come to: a step of a person (`of`: whose card), or a training (`of`: which one)."""

    is_step: bool
    of: int
    name: str
    day: date
    person: int | None


def to_do(person: Employee, today: date, until: date) -> list[Due]:
    """Return the open steps of a person and of those the person brings in, and trainings up to `until`; one query.

    The most urgent comes first. Trainings are those the person was asked to, from today on, and those the person holds:
    these stay until it is written down who came.
    """
    mine = Q(employee=person) | Q(adaptation__mentor=person, adaptation__outcome="")
    steps = LearningStep.objects.filter(OPEN & mine).order_by()
    coming = Q(pk__in=Attendance.objects.filter(employee=person).values("training"), held_on__gte=today)
    asked = coming | Q(trainer=person)
    planned = Training.objects.filter(asked, state=TrainingState.PLANNED, held_on__lte=until).order_by()
    rows = steps.values_list(Value(True), "employee", "title", "due_on", "employee").union(
        planned.values_list(Value(False), "pk", "topic", "held_on", Value(None, IntegerField())), all=True
    )
    return sorted((Due(*row) for row in rows), key=lambda one: (one.day, one.name))


def to_assess(person: Employee, today: date) -> int:
    """Count the people of a head whose card is due by now; new people count from half a year after they came."""
    if not may(person, Act.LEAD_LEARNING):
        return 0  # without a question to the base
    long_ago = add_months(today, -months_between(today))
    people = rights.led_people(person).filter(is_active=True)
    return int(
        people.annotate(last=Max("assessments__made_on"))
        .filter(Q(last__lte=long_ago) | Q(last__isnull=True, date_joined__date__lte=long_ago))
        .count()
    )


def seen_trainings(acting: Employee) -> Any:
    """Return the trainings `acting` sees: of people whose learning is seen, held or planned by oneself."""
    people = rights.seen_people(acting)
    seen = Q(pk__in=Attendance.objects.filter(employee__in=people).values("training"))
    return Training.objects.filter(seen | Q(trainer=acting) | Q(set_by=acting))


def attendances_seen(acting: Employee, trainings: Iterable[Training]) -> dict[int, list[Attendance]]:
    """Return who was asked to trainings, of the people `acting` sees; of trainings one holds oneself, everybody."""
    shown = {one.pk: one for one in trainings}
    seen = set(rights.seen_people(acting).values_list("pk", flat=True))
    found: dict[int, list[Attendance]] = {pk: [] for pk in shown}
    for one in Attendance.objects.filter(training__in=shown).select_related("employee"):
        own = acting.pk in (shown[one.training_id].trainer_id, shown[one.training_id].set_by_id)
        if own or one.employee_id in seen:
            found[one.training_id].append(one)
    return found
