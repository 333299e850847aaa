"""The sample company's plan of changes, well under way, and the review of the year before."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.db import transaction

from kpi.change_plan.models import Block, ChangeStep, Review, ReviewAnswer, ReviewQuestion, StepState, Verdict
from staff.access import Role
from staff.models import Employee

DONE = (Block.TYPOLOGY, Block.STRUCTURE, Block.STAFF, Block.ACTIVE_BASE)
DOING = (Block.ZERO_BASE, Block.ADAPTATION, Block.REGULATIONS, Block.MANAGEMENT)
APART = 9  # days between two steps
WHO = {
    Block.MARKETING: Role.MARKETER, Block.AUTOMATION: Role.DEPUTY_IT, Block.ACTIVE_BASE: Role.CSH,
    Block.REGULATIONS: Role.CSH, Block.STAFF: Role.DEPUTY_DIRECTOR,
}  # fmt: skip
FOUND = (Verdict.YES, Verdict.PARTLY, Verdict.YES, Verdict.NO)
CONCLUSION = "База распределена, нормы контактов работают. В новом году: обучение, регламенты, схема оплаты."


@transaction.atomic
def write(until: date, head: Employee) -> None:
    """Write the plan as it stands on the day after `until`."""
    people = {one.role: one for one in Employee.people.filter(is_active=True).order_by("-pk")}
    steps = list(ChangeStep.objects.order_by("number", "pk"))
    steps.sort(key=lambda one: (one.block not in DONE, one.block not in DOING, Block.values.index(one.block)))
    halfway = sum(one.block in DONE for one in steps)
    for place, step in enumerate(steps):
        step.due_on = until + timedelta(days=(place - halfway) * APART - 4)
        step.starts_on = step.due_on - timedelta(days=2 * APART)
        step.responsible = people.get(WHO.get(Block(step.block), Role.HOS), head)
        if step.block in DONE:
            step.state, step.done_on = StepState.DONE, step.due_on - timedelta(days=place % 3)
        elif step.block in DOING and step.number <= 2:
            step.state = StepState.DOING
    with pghistory.context(job="demo"):
        ChangeStep.objects.bulk_update(steps, ["due_on", "starts_on", "responsible", "state", "done_on"])
        closed = date(until.year - 1, 12, 18)
        review = Review.objects.create(
            year=closed.year, due_on=date(closed.year, 12, 22), closed_on=closed, closed_by=head, conclusion=CONCLUSION
        )
        ReviewAnswer.objects.bulk_create(
            ReviewAnswer(review=review, question=one, verdict=FOUND[place % len(FOUND)], by=head, on=closed)
            for place, one in enumerate(ReviewQuestion.objects.order_by("number"))
        )
