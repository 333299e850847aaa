"""What people decide about plans: the one writer of goals, versions, figures, own figures and readings.

Every act on a version locks its row; `seen` is the version number the person had before the eyes, another one is
Refused. Refused has one line for the person. An approved version is never changed: a correction is a new one (R231).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kpi.plans import files
from kpi.plans.files import Sheet
from kpi.plans.models import (
    GROUPS,
    PlanFigure,
    PlanMeasure,
    PlanMethod,
    PlanProposal,
    PlanReading,
    PlanState,
    PlanVersion,
    YearGoal,
)
from kpi.plans.querysets import APPROVED
from kpi.plans.spreading import CENT, spread
from salescrm.base import jobs, notify
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from salescrm.base.models import Job
from staff.access import Role
from staff.models import Employee

KIND = "plan"
APPROVED_TOLD = gettext_noop("Plan {number} is approved: have a look at your figures")
PROPOSED_TOLD = gettext_noop("Plan {number} is proposed: say what you think you will reach")
ANSWERED_TOLD = gettext_noop("Plan {number}: your own figure for {month} is answered")


@dataclass(frozen=True)
class Place:
    """A row of a plan in one month: whose, of which group of clients (empty: not divided), by which measure."""

    month: date
    employee: int
    client_group: str = ""
    measure: str = PlanMeasure.TURNOVER


def next_number() -> int:
    """Return the number of the next version, nobody else getting it in this transaction."""
    lock(Key.PLANS)
    return (PlanVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def begin(
    *,
    first_month: date,
    months: int,
    goal: Decimal,
    comment: str,
    acting_user: Employee,
    now: datetime,
    submission: UUID,
) -> tuple[PlanVersion, bool]:
    """Begin a draft without figures, and say whether it is new: the same form twice is one version."""
    number = next_number()
    return PlanVersion.objects.get_or_create(
        submission=submission,
        defaults={
            "number": number,
            "first_month": first_month,
            "months": months,
            "comment": comment,
            "author": acting_user,
            "created_at": now,
            "basis": {"goal": str(goal)},
        },
    )


@transaction.atomic
def make(*, today: date, acting_user: Employee, **said: Any) -> tuple[PlanVersion, Job | None]:
    """Begin a draft as `begin` does; its figures are made by a job, which can be watched."""
    made, is_new = begin(acting_user=acting_user, **said)
    if not is_new:
        return made, None
    job = jobs.start("plan-make", by=acting_user, total=3, plan=made.pk, today=today.isoformat())
    made.basis["job"] = job.pk
    made.save(update_fields=["basis"])
    return made, job


@transaction.atomic
def set_goal(*, year: int, amount: Decimal, comment: str, seen: int, acting_user: Employee, now: datetime) -> YearGoal:
    """Set the goal of a year, or change the one that was seen (0: none)."""
    lock(Key.PLANS)
    known = YearGoal.objects.select_for_update().filter(year=year).first()
    if (known.version if known else 0) != seen:
        raise Refused(_("Somebody else changed the goal of this year meanwhile. Look once more."))
    if known is None:
        return YearGoal.objects.create(year=year, amount=amount, comment=comment, author=acting_user, set_at=now)
    known.amount, known.comment, known.author, known.set_at = amount, comment, acting_user, now
    known.version += 1
    known.save(update_fields=["amount", "comment", "author", "set_at", "version"])
    return known


def locked(plan: PlanVersion, seen: int | None = None) -> PlanVersion:
    """Return the version under its lock; Refused when it has changed since it was seen."""
    found = PlanVersion.objects.select_for_update().filter(pk=plan.pk).first()
    if found is None:
        raise Refused(_("This version was discarded meanwhile."))
    if seen is not None and found.version != seen:
        raise Refused(_("Somebody else changed this plan meanwhile. Look once more."))
    return found


def _open(plan: PlanVersion, seen: int | None = None) -> PlanVersion:
    found = locked(plan, seen)
    if not found.is_open:
        raise Refused(_("The plan is approved: it is changed by a correction."))
    return found


def _changed(plan: PlanVersion, *fields: str) -> None:
    plan.version += 1
    plan.save(update_fields=["version", *fields])


def figures_of(plan: PlanVersion, place: Place) -> list[PlanFigure]:
    """Return the leaves of a row in a month, in one order."""
    rows = PlanFigure.objects.filter(
        plan=plan, month=place.month, employee=place.employee, measure=place.measure, of_group=False
    )
    return list((rows.filter(client_group=place.client_group) if place.client_group else rows).order_by("pk"))


@transaction.atomic
def set_figure(
    *, plan: PlanVersion, place: Place, amount: Decimal, keep_total: bool, seen: int, acting_user: Employee
) -> None:
    """Change a row of an open plan in a month; its leaves follow in proportion.

    `keep_total`: the others of the month give or take the difference, in proportion too, so that its sum stays.
    """
    found = _open(plan, seen)
    _write_row(found, place, amount, keep_total=keep_total)
    _changed(found)


def _write_row(plan: PlanVersion, place: Place, amount: Decimal, *, keep_total: bool) -> None:
    if place.month not in plan.every_month:
        raise Refused(_("The plan does not have this month."))
    if amount < 0:
        raise Refused(_("A figure of the plan is not negative."))
    leaves = figures_of(plan, place)
    before = sum((leaf.amount for leaf in leaves), Decimal(0))
    if keep_total and amount != before:
        others = PlanFigure.objects.filter(plan=plan, month=place.month, measure=place.measure, of_group=False)
        rest = list(others.exclude(pk__in=[leaf.pk for leaf in leaves]).order_by("pk"))
        left = sum((leaf.amount for leaf in rest), Decimal(0)) + before - amount
        if not rest or left < 0:
            raise Refused(_("The others of this month do not have so much to give."))
        _spread_over(rest, left)
    if leaves:
        _spread_over(leaves, amount)
    else:
        employee = Employee.objects.get(pk=place.employee)
        PlanFigure.objects.create(
            plan=plan, month=place.month, measure=place.measure, branch_id=employee.branch_id, employee=employee,
            client_group=place.client_group, amount=amount, goal=amount,
        )  # fmt: skip


def _spread_over(leaves: list[PlanFigure], amount: Decimal) -> None:
    whole = amount == amount.to_integral_value() and all(leaf.amount % 1 == 0 for leaf in leaves)
    parts = spread(amount, [leaf.amount for leaf in leaves], Decimal(1) if whole else CENT)
    for leaf, part in zip(leaves, parts, strict=True):
        leaf.amount, leaf.goal = part, part - leaf.statistical
    PlanFigure.objects.bulk_update(leaves, ["amount", "goal"], batch_size=500)


@transaction.atomic
def propose(*, plan: PlanVersion, seen: int, acting_user: Employee) -> None:
    """Show a draft to the people it concerns: they may put their own figures beside (R227)."""
    found = _open(plan, seen)
    if found.state != PlanState.DRAFT:
        raise Refused(_("The plan is proposed already."))
    if not found.figures.exists():
        raise Refused(_("The plan has no figures yet."))
    found.state = PlanState.PROPOSED
    _changed(found, "state")
    _tell(found, concerned(found), PROPOSED_TOLD, "proposed")


def concerned(plan: PlanVersion) -> list[int]:
    """Return the people with a log-in who have figures in a plan."""
    people = Employee.people.working().exclude(role=Role.NONE)
    return sorted(people.filter(plan_figures__plan=plan).distinct().values_list("pk", flat=True))


def _tell(plan: PlanVersion, people: Iterable[int], text: str, what: str, **values: Any) -> None:
    url = reverse("kpi:plan", args=[plan.pk])
    notify.tell(people, kind=KIND, text=text, key=f"plan-{plan.pk}-{what}", url=url, number=plan.number, **values)


@transaction.atomic
def own_figure(
    *, plan: PlanVersion, place: Place, amount: Decimal, comment: str, seen: int, acting_user: Employee, now: datetime
) -> PlanProposal:
    """Put a person's own figure beside the plan's; `seen` is the version of the one before (0: none)."""
    found = locked(plan)
    if found.state != PlanState.PROPOSED:
        raise Refused(_("Own figures are given while a plan is proposed."))
    if place.client_group not in GROUPS or place.month not in found.every_month:
        raise Refused(_("The plan does not have this row."))
    at = {"plan": found, "employee_id": place.employee, "month": place.month, "client_group": place.client_group}
    known = PlanProposal.objects.filter(**at).first()
    if (known.version if known else 0) != seen:
        raise Refused(_("Somebody else changed this figure meanwhile. Look once more."))
    planned = sum((leaf.amount for leaf in figures_of(found, place)), Decimal(0))
    said: dict[str, Any] = {
        "amount": amount,
        "planned": planned,
        "comment": comment,
        "author": acting_user,
        "made_at": now,
    }
    if known is None:
        return PlanProposal.objects.create(**at, **said)
    for name, value in {**said, "agreed": None, "answer": "", "decided_by": None, "decided_at": None}.items():
        setattr(known, name, value)
    known.version += 1
    known.save()
    return known


@transaction.atomic
def answer(
    *, proposal: PlanProposal, agreed: Decimal, words: str, seen: int, acting_user: Employee, now: datetime
) -> None:
    """Agree on a figure for the row: the plan takes it, the own figure and the difference stay on record (R227)."""
    plan = _open(proposal.plan)
    found = PlanProposal.objects.select_for_update().get(pk=proposal.pk)
    if found.version != seen:
        raise Refused(_("Somebody else changed this figure meanwhile. Look once more."))
    _write_row(plan, Place(found.month, found.employee_id, found.client_group), agreed, keep_total=False)
    found.agreed, found.answer, found.decided_by, found.decided_at = agreed, words, acting_user, now
    found.version += 1
    found.save()
    _changed(plan)
    month = f"{found.month:%m.%Y}"
    _tell(plan, [found.employee_id], ANSWERED_TOLD, f"answer-{found.pk}-{found.version}", month=month)


@transaction.atomic
def approve(*, plan: PlanVersion, seen: int, acting_user: Employee, now: datetime) -> None:
    """Let a version hold for its months; whom it concerns is told and asked to say “have read” (R232)."""
    lock(Key.PLANS)
    found = _open(plan, seen)
    if not found.figures.exists():
        raise Refused(_("The plan has no figures yet."))
    found.state, found.approved_by, found.approved_at = PlanState.APPROVED, acting_user, now
    _changed(found, "state", "approved_by", "approved_at")
    _replace_covered()
    people = concerned(found)
    PlanReading.objects.bulk_create([PlanReading(plan=found, employee_id=pk, told_at=now) for pk in people])
    _tell(found, people, APPROVED_TOLD, "approved")


def _replace_covered() -> None:
    """Mark approved versions as replaced that hold for no month any more."""
    taken: set[date] = set()
    over = []
    for plan in PlanVersion.objects.approved():
        if taken.issuperset(plan.every_month) and plan.state == PlanState.APPROVED:
            over.append(plan.pk)
        taken.update(plan.every_month)
    PlanVersion.objects.filter(pk__in=over).update(state=PlanState.REPLACED, version=F("version") + 1)


@transaction.atomic
def correct(*, plan: PlanVersion, reason: str, acting_user: Employee, now: datetime, submission: UUID) -> PlanVersion:
    """Begin a correction: a draft with the figures of an approved version, and the reason (R231)."""
    known = PlanVersion.objects.filter(submission=submission).first()
    if known:
        return known
    number = next_number()
    found = locked(plan)
    if found.state not in APPROVED:
        raise Refused(_("An open plan needs no correction: change its figures."))
    made = PlanVersion.objects.create(
        number=number, first_month=found.first_month, months=found.months, method=PlanMethod.CORRECTION,
        corrects=found, reason=reason, author=acting_user, created_at=now, submission=submission, basis=found.basis,
    )  # fmt: skip
    copy_figures(found, made)
    return made


def copy_figures(source: PlanVersion, target: PlanVersion) -> None:
    """Give a draft the figures of another version."""
    names = [one.attname for one in PlanFigure._meta.concrete_fields if one.name not in ("id", "plan")]
    rows = PlanFigure.objects.filter(plan=source).values(*names)
    PlanFigure.objects.bulk_create([PlanFigure(plan=target, **row) for row in rows], batch_size=2000)


@transaction.atomic
def discard(*, plan: PlanVersion, seen: int) -> None:
    """Take an open version away; the history of fields keeps what it was."""
    _open(plan, seen).delete()


def read(*, plan: PlanVersion, employee: Employee, now: datetime) -> bool:
    """Note that a person has read an approved plan; said again it changes nothing. False: the person was not asked."""
    asked = PlanReading.objects.filter(plan=plan, employee=employee)
    return bool(asked.filter(read_at=None).update(read_at=now)) or asked.exists()


@transaction.atomic
def load(*, plan: PlanVersion, sheet: Sheet, seen: int) -> int:
    """Give an open version the figures of a file, all or nothing; return how many."""
    found = _open(plan, seen)
    written = files.replace(found, sheet)
    _changed(found)
    return written


@transaction.atomic
def from_file(*, sheet: Sheet, comment: str, acting_user: Employee, now: datetime, submission: UUID) -> PlanVersion:
    """Begin a version with the figures and the months of a file, all or nothing."""
    known = PlanVersion.objects.filter(submission=submission).first()
    if known:
        return known
    if sheet.faults or not sheet.months:
        raise Refused(_("The file has bad cells: nothing was changed."))
    first, months = files.span(sheet.months)
    made = PlanVersion.objects.create(
        number=next_number(), first_month=first, months=months, method=PlanMethod.FILE, comment=comment,
        author=acting_user, created_at=now, submission=submission,
    )  # fmt: skip
    files.replace(made, sheet)
    return made


def total(plan: PlanVersion, measure: str = PlanMeasure.TURNOVER) -> Decimal:
    """Return the whole of a plan."""
    rows = PlanFigure.objects.filter(plan=plan, measure=measure, of_group=False)
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
