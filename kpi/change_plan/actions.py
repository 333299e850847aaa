"""What people do with the plan of changes and the yearly review; the only writer of both (R377, R379)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.actions import create_task, finish
from deals.kinds import TaskKind
from deals.models import Task
from kpi.change_plan.models import OPEN, ChangeStep, Review, ReviewAnswer, ReviewQuestion
from salescrm.base import automation, notify
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from staff.models import Employee

REVIEW_MONTH = 12  # the review of a year is asked for on the first day of this month
REVIEW_DAYS = 21  # and is to be done so many days later
REMIND = (3, 0)  # days before a step is to be done
ORIGIN = "yearly_review"
RESULT = 300  # signs of a conclusion that fit into the result of a task
GIVEN_TOLD = gettext_noop("{who} made you responsible for a step of the plan of changes: {step}")
DUE_TOLD = gettext_noop("A step of the plan of changes is to be done by {day}: {step}")


@transaction.atomic
def add(*, fields: Mapping[str, Any], submission: UUID, acting_user: Employee) -> ChangeStep:
    """Add a step at the end of its block; the same form sent twice gives the step there is."""
    lock(Key.CHANGE_PLAN)
    if same := ChangeStep.objects.filter(submission=submission).first():
        return same
    last = ChangeStep.objects.filter(block=fields["block"]).aggregate(last=Max("number"))["last"] or 0
    made = ChangeStep(code=f"own-{submission.hex}", number=last + 1, submission=submission, **fields)
    made.full_clean(exclude=["responsible"])
    made.save(force_insert=True)
    _tell_given(made, None, acting_user)
    return made


@transaction.atomic
def change(*, step: ChangeStep, fields: Mapping[str, Any], seen: int, acting_user: Employee) -> ChangeStep:
    """Write the fields of a step; raise Refused when it was changed since `seen`, ValidationError for bad values."""
    held = ChangeStep.objects.select_for_update(of=("self",)).select_related("responsible").get(pk=step.pk)
    if held.version != seen:
        raise Refused(_("Somebody changed the step meanwhile: look at it once more."))
    before = held.responsible_id
    for name, value in fields.items():
        setattr(held, name, value)
    held.version += 1
    held.full_clean(exclude=["responsible"])
    held.save()
    _tell_given(held, before, acting_user)
    return held


def _tell_given(step: ChangeStep, before: int | None, acting_user: Employee) -> None:
    if step.responsible_id and step.responsible_id not in (before, acting_user.pk) and step.state in OPEN:
        _tell(step, GIVEN_TOLD, f"change-step-{step.pk}-{step.version}", who=acting_user.short_name)


def _tell(step: ChangeStep, text: str, key: str, **said: str) -> None:
    url = reverse("kpi:change-plan") + f"?step={step.pk}"
    notify.tell([step.responsible_id], kind="change-plan", text=text, key=key, url=url, step=step.name, **said)  # type: ignore[list-item] # the caller looked


@transaction.atomic
def run_day(today: date) -> dict[str, int]:
    """Open the review of the year when its month has come, remind of steps; done twice it tells nothing new."""
    opened = int(_open_review(today))
    days = [today + timedelta(days=ahead) for ahead in REMIND]
    due = ChangeStep.objects.filter(state__in=OPEN, due_on__in=days, responsible__is_active=True).order_by("pk")
    notices = [
        (step.responsible_id, notify.Notice(f"change-step-{step.pk}-due-{step.due_on}-{today}", DUE_TOLD,
         {"day": f"{step.due_on:%d.%m}", "step": step.name}, reverse("kpi:change-plan") + f"?step={step.pk}"))
        for step in due
    ]  # fmt: skip
    notify.tell_each("change-plan", [(person, notice) for person, notice in notices if person is not None])
    return {"reviews": opened, "told": len(notices)}


def _open_review(today: date) -> bool:
    if today.month < automation.number("review-month", REVIEW_MONTH, today):
        return False
    head = Employee.people.heads_of_sales().order_by("pk").first()
    due = today + timedelta(days=automation.number("review-days", REVIEW_DAYS, today))
    review, made = Review.objects.get_or_create(year=today.year, defaults={"due_on": due})
    if not made or head is None:
        return made
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Review of the whole set-up of the year %(year)s") % {"year": today.year}
    review.task = create_task(
        title=title, kind=TaskKind.OTHER, assignee=head, due_on=due, acting_user=None, needs_result=True,
        origin=ORIGIN, origin_as_of=today,
    )  # fmt: skip
    review.save(update_fields=["task"])
    return True


@transaction.atomic
def answer(
    *, review: Review, question: ReviewQuestion, verdict: str, comment: str, acting_user: Employee, today: date
) -> None:
    """Write what was found of a question; the last answer holds. Raise Refused once the review is closed."""
    _open(review)
    said = {"verdict": verdict, "comment": comment, "by": acting_user, "on": today}
    ReviewAnswer.objects.update_or_create(review=review, question=question, defaults=said)


@transaction.atomic
def close(*, review: Review, conclusion: str, acting_user: Employee, now: datetime) -> None:
    """Close a review and its task. Raise Refused when a question has no answer, or it is closed already."""
    held = _open(review)
    answered = ReviewAnswer.objects.filter(review=held).values("question_id")
    left = ReviewQuestion.objects.filter(is_active=True).exclude(pk__in=answered).count()
    if left:
        raise Refused(
            _("Questions without an answer: %(left)s. A review is closed when all are answered.") % {"left": left}
        )
    held.closed_on, held.closed_by, held.conclusion = localtime(now).date(), acting_user, conclusion
    held.full_clean(exclude=["closed_by", "task"])
    held.save()
    if held.task_id:
        finish(tasks=Task.objects.filter(pk=held.task_id), result=conclusion[:RESULT], acting_user=acting_user, now=now)


def _open(review: Review) -> Review:
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.closed_on:
        raise Refused(_("The review is closed: it stays as it is."))
    return held
