"""What people do with learning: the only writer of trainings, adaptations, assessments and steps (R214-R216, R283).

Refused has one line for the person, nothing is changed then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from salescrm.base import notify
from salescrm.base.jobs import Refused
from staff import calendar
from staff.access import Act, require
from staff.handbook.models import Article
from staff.learning import rights
from staff.learning.models import (
    Adaptation,
    AdaptationTask,
    Assessment,
    Attendance,
    Competence,
    LearningStep,
    Mark,
    Outcome,
    Training,
    TrainingState,
)
from staff.models import Employee

BEGUN = gettext_noop("Your adaptation has begun, your mentor is {name}")
MENTOR = gettext_noop("You are the mentor of {name} until {day}")
STEP_SET = gettext_noop("To learn by {day}: {name}")
ASSESSED = gettext_noop("Your competence card was filled in by {name}")
INVITED = gettext_noop("Training on {day}: {name}")
CANCELLED = gettext_noop("The training on {day} is cancelled: {name}")


# --- adaptation and steps ---------------------------------------------------------------------------------------------


@transaction.atomic
def begin(
    *, employee: Employee, kind: str, mentor: Employee, starts_on: date, ends_on: date, acting_user: Employee
) -> Adaptation:
    """Begin an adaptation with the steps everybody of the role goes through, each by its working day (R215)."""
    _hold(employee)
    _require_lead(acting_user, employee)
    if Adaptation.objects.filter(employee=employee, outcome="").exists():
        raise Refused(_("This person is being brought in already."))
    if not mentor.is_active or mentor == employee:
        raise Refused(_("Nobody is the mentor of himself."))
    made = Adaptation.objects.create(
        employee=employee, kind=kind, mentor=mentor, starts_on=starts_on, ends_on=ends_on, set_by=acting_user
    )
    days = calendar.Calendar(employee.branch)
    tasks = AdaptationTask.objects.filter(is_used=True, role__in=("", employee.role))
    LearningStep.objects.bulk_create(
        LearningStep(
            employee=employee, title=one.shown_name, due_on=days.nth(starts_on, one.by_day), adaptation=made,
            set_by=acting_user,
        )
        for one in tasks
    )  # fmt: skip
    card = reverse("staff:learning-card", args=[employee.pk])
    key = f"adaptation:{made.pk}"
    notify.tell([employee.pk], kind="learning", text=BEGUN, key=key, url=card, name=mentor.short_name)
    day = f"{ends_on:%d.%m.%Y}"
    notify.tell([mentor.pk], kind="learning", text=MENTOR, key=key, url=card, name=employee.short_name, day=day)
    return made


@transaction.atomic
def conclude(*, adaptation: Adaptation, outcome: str, note: str, acting_user: Employee, today: date) -> Adaptation:
    """End an adaptation with its outcome in words; refused for one passed while steps of it are open."""
    held = Adaptation.objects.select_for_update(of=("self",), no_key=True).get(pk=adaptation.pk)
    _require_lead(acting_user, held.employee)
    if not held.is_open:
        raise Refused(_("Somebody has ended this adaptation meanwhile."))
    left = held.steps.filter(done_on__isnull=True, dropped_on__isnull=True)
    if outcome == Outcome.PASSED and left.exists():
        raise Refused(_("Steps of it are still open: mark them done or take them out first."))
    left.update(dropped_on=today)
    held.outcome, held.note, held.closed_on, held.closed_by = outcome, note, today, acting_user
    held.save(update_fields=["outcome", "note", "closed_on", "closed_by"])
    return held


@transaction.atomic
def extend(*, adaptation: Adaptation, ends_on: date, acting_user: Employee) -> Adaptation:
    """Move the end of an adaptation that is going on."""
    held = Adaptation.objects.select_for_update(of=("self",), no_key=True).get(pk=adaptation.pk)
    _require_lead(acting_user, held.employee)
    if not held.is_open:
        raise Refused(_("Somebody has ended this adaptation meanwhile."))
    if ends_on <= held.starts_on:
        raise Refused(_("The last day lies after the first."))
    held.ends_on = ends_on
    held.save(update_fields=["ends_on"])
    return held


@transaction.atomic
def set_step(
    *,
    employee: Employee,
    title: str,
    due_on: date,
    acting_user: Employee,
    submission: UUID,
    competence: Competence | None = None,
) -> LearningStep:
    """Set a step for a person; one set by the mentor, or while an adaptation goes on without a competence, is of it.

    A submission sent twice makes one step.
    """
    _hold(employee)
    running = Adaptation.objects.filter(employee=employee, outcome="").first()
    if not rights.leads(acting_user, employee) and not rights.brings_in(acting_user, running):
        raise PermissionDenied
    made, is_new = LearningStep.objects.get_or_create(
        submission=submission,
        defaults={
            "employee": employee, "title": title, "due_on": due_on, "set_by": acting_user, "competence": competence,
            "adaptation": running if competence is None else None,
        },
    )  # fmt: skip
    if is_new:
        notify.tell(
            [employee.pk], kind="learning", text=STEP_SET, key=f"learning-step:{made.pk}", name=title,
            url=reverse("staff:learning-card", args=[employee.pk]), day=f"{due_on:%d.%m.%Y}",
        )  # fmt: skip
    return made


def may_act_on(acting: Employee, step: LearningStep) -> bool:
    """Say whether `acting` marks a step done: the learner, the mentor, the learner's heads."""
    return (
        acting.pk == step.employee_id
        or rights.leads(acting, step.employee)
        or rights.brings_in(acting, step.adaptation)
    )


@transaction.atomic
def finish_step(*, step: LearningStep, result: str, acting_user: Employee, today: date) -> LearningStep:
    """Mark a step done with its result."""
    held = _held_step(step)
    if not may_act_on(acting_user, held):
        raise PermissionDenied
    held.done_on, held.done_by, held.result = today, acting_user, result
    held.save(update_fields=["done_on", "done_by", "result"])
    return held


@transaction.atomic
def drop_step(*, step: LearningStep, acting_user: Employee, today: date) -> LearningStep:
    """Take a step out that is not needed; the learner himself does not."""
    held = _held_step(step)
    if acting_user.pk == held.employee_id or not may_act_on(acting_user, held):
        raise PermissionDenied
    held.dropped_on = today
    held.save(update_fields=["dropped_on"])
    return held


def _held_step(step: LearningStep) -> LearningStep:
    held = (
        LearningStep.objects.select_for_update(of=("self",), no_key=True)
        .select_related("employee", "adaptation")
        .get(pk=step.pk)
    )
    if held.done_on or held.dropped_on:
        raise Refused(_("Somebody has closed this step meanwhile."))
    return held


# --- competences ------------------------------------------------------------------------------------------------------


def asked_of(role: str) -> list[Competence]:
    """Return the competences a role is assessed by, those of everybody first."""
    return list(Competence.objects.filter(is_used=True, role__in=("", role)).order_by("role", "pk"))


@transaction.atomic
def assess(
    *,
    employee: Employee,
    marks: Mapping[int, tuple[int, str]],
    note: str,
    acting_user: Employee,
    today: date,
    submission: UUID,
) -> Assessment:
    """Fill in the competence card of a person as of today (R216).

    1. `marks`: by the id of a competence of the person's role its level (0-3) and why it is missed.
    2. Raise Refused when a competence asked of the role has no mark, or a level below the expected one has no reason,
       or when the person has been assessed today.
    3. A submission sent twice makes one assessment.
    """
    _hold(employee)
    _require_lead(acting_user, employee)
    if (again := Assessment.objects.filter(submission=submission).first()) is not None:
        return again
    if Assessment.objects.filter(employee=employee, made_on=today).exists():
        raise Refused(_("This person has been assessed today already."))
    asked = asked_of(employee.role)
    if {one.pk for one in asked} != set(marks):
        raise Refused(_("What the post asks for has changed meanwhile: fill the card in anew."))
    made = Assessment.objects.create(
        employee=employee, made_on=today, made_by=acting_user, note=note, submission=submission
    )
    rows = []
    for one in asked:
        level, why = marks[one.pk]
        if level < one.expected and not why:
            raise Refused(_("Say why the level is missed."))
        rows.append(Mark(assessment=made, competence=one, level=level, expected=one.expected, why=why))
    Mark.objects.bulk_create(rows)
    notify.tell(
        [employee.pk], kind="learning", text=ASSESSED, key=f"assessment:{made.pk}", name=acting_user.short_name,
        url=reverse("staff:learning-card", args=[employee.pk]),
    )  # fmt: skip
    return made


# --- trainings --------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan(
    *,
    topic: str,
    kind: str,
    held_on: date,
    trainer: Employee | None,
    outside_trainer: str,
    article: Article | None,
    people: Collection[Employee],
    acting_user: Employee,
    submission: UUID,
) -> Training:
    """Plan a training for people of one's rows and ask them to it; a submission sent twice makes one training."""
    require(acting_user, Act.LEAD_LEARNING)
    if any(not rights.leads(acting_user, one) and one != acting_user for one in people):
        raise PermissionDenied
    if not people:
        raise Refused(_("A training is for somebody: choose people."))
    made, is_new = Training.objects.get_or_create(
        submission=submission,
        defaults={
            "topic": topic, "kind": kind, "held_on": held_on, "trainer": trainer, "outside_trainer": outside_trainer,
            "article": article, "set_by": acting_user,
        },
    )  # fmt: skip
    if is_new:
        Attendance.objects.bulk_create(Attendance(training=made, employee=one) for one in people)
        asked = {one.pk for one in people} | ({trainer.pk} if trainer else set())
        _tell_of(made, INVITED, asked - {acting_user.pk})
    return made


def may_keep(acting: Employee, training: Training) -> bool:
    """Say whether `acting` writes down who came to a training or cancels it: who planned it, its trainer, a head.

    A head of a branch keeps those planned in the branch.
    """
    return acting.pk in (training.set_by_id, training.trainer_id) or rights.leads(acting, training.set_by)


@transaction.atomic
def hold(*, training: Training, came: Mapping[int, tuple[bool, str]], acting_user: Employee, today: date) -> Training:
    """Write down who came, by the id of the attendance, and with what result; may be corrected later (R214)."""
    held = _held_training(training, acting_user)
    if held.state == TrainingState.CANCELLED:
        raise Refused(_("This training was cancelled."))
    if held.held_on > today:
        raise Refused(_("This training is still to come."))
    rows = list(held.attendances.all())
    if {one.pk for one in rows} != set(came):
        raise Refused(_("Somebody has changed this training meanwhile."))
    for one in rows:
        one.came, one.result = came[one.pk]
    Attendance.objects.bulk_update(rows, ["came", "result"])
    held.state = TrainingState.HELD
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def cancel(*, training: Training, why: str, acting_user: Employee) -> Training:
    """Cancel a planned training and tell everybody asked to it."""
    held = _held_training(training, acting_user)
    if held.state != TrainingState.PLANNED:
        raise Refused(_("Only a planned training is cancelled."))
    held.state, held.why_cancelled = TrainingState.CANCELLED, why
    held.save(update_fields=["state", "why_cancelled"])
    asked = set(held.attendances.values_list("employee", flat=True)) | ({held.trainer_id} if held.trainer_id else set())
    _tell_of(held, CANCELLED, {one for one in asked if one} - {acting_user.pk})
    return held


def _held_training(training: Training, acting_user: Employee) -> Training:
    held = Training.objects.select_for_update(of=("self",), no_key=True).select_related("set_by").get(pk=training.pk)
    if not may_keep(acting_user, held):
        raise PermissionDenied
    return held


def _tell_of(training: Training, text: str, people: Collection[int]) -> None:
    notify.tell(
        people, kind="learning", text=text, key=f"training:{training.pk}:{training.state}", name=training.topic,
        url=reverse("staff:training", args=[training.pk]), day=f"{training.held_on:%d.%m.%Y}",
    )  # fmt: skip


def _hold(employee: Employee) -> None:
    """Let one act after another on a person's learning."""
    Employee.objects.select_for_update(of=("self",), no_key=True).get(pk=employee.pk)


def _require_lead(acting_user: Employee, employee: Employee) -> None:
    if not rights.leads(acting_user, employee):
        raise PermissionDenied
