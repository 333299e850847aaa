"""What people decide about action programmes; steps and the call to review are tasks, written only by `deals.actions`.

Every action locks the client, then the programme: as joining does. Refused has one line for the person; what two
people decide at once is decided by the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from clients.models import Client, DevelopmentStep, Ownership
from deals import actions as tasks
from deals.models import Task, TaskKind
from salescrm.base import show
from salescrm.base.jobs import Refused
from segmentation.priorities.models import StrategicClient
from segmentation.priorities.programmes import reading
from segmentation.priorities.programmes.models import AIMED, Programme, ProgrammeReview, ProgrammeState, ProgrammeStep
from staff.calendar import head_office
from staff.models import Employee

__all__ = ["Aim", "Refused", "approve", "change", "close", "make", "plan_step", "review"]


@dataclass(frozen=True)
class Aim:
    """What is to be reached: in words, of which goods (none: all), and the figure, a turnover or a share of a need."""

    text: str
    starts_on: date
    direction: int | None = None
    category: int | None = None
    turnover: Decimal | None = None
    share: Decimal | None = None
    need: Decimal | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields of a programme it is kept in."""
        told = (self.text, self.starts_on, self.direction, self.category, self.turnover, self.share, self.need)
        return dict(zip(AIMED, told, strict=True))


@transaction.atomic
def make(*, client: Client, aim: Aim, is_approved: bool, acting_user: Employee, today: date) -> Programme:
    """Make the programme of a priority client for a year; what a head makes is approved by that (R76).

    Raise Refused for a client that is not on the strategic list of the year, or has a programme for it.
    """
    _hold(client.pk)
    year = aim.starts_on.year
    if not StrategicClient.objects.on_list(year).filter(client=client).exists():
        said = {"client": client.name, "year": year}
        raise Refused(_("%(client)s is not on the strategic list of %(year)s: it gets no programme.") % said)
    if Programme.objects.open().filter(client=client, year=year).exists():
        raise Refused(_("The client has a programme for this year already."))
    made = Programme.objects.create(
        client=client,
        year=year,
        owner=Ownership.objects.select_related("owner").get(client=client, ends_on__isnull=True).owner,
        made_on=today,
        made_by=acting_user,
        **aim.fields(),
    )
    if is_approved:
        _run(made, acting_user, today)
    return made


@transaction.atomic
def change(*, programme: Programme, aim: Aim, seen: str, is_head: bool) -> None:
    """Change what is aimed at; who works the client until it is approved, then the head. Reviews keep their figures.

    `seen` is the mark of what the person had before the eyes: Refused when somebody has changed it since.
    """
    found = _locked(programme)
    if not found.may_be_changed(is_head=is_head):
        raise Refused(_("The programme was approved or closed meanwhile."))
    _same(found, seen)
    if found.state == ProgrammeState.RUNNING and aim.starts_on != found.starts_on:
        raise Refused(_("A running programme is counted from the day it was approved with."))
    for name, value in aim.fields().items():
        setattr(found, name, value)
    found.save(update_fields=list(AIMED))


def _same(programme: Programme, seen: str) -> None:
    """Raise Refused when the programme has another mark than the one the person had before the eyes."""
    if programme.mark != seen:
        said = {"aim": programme.aim, "target": show.money_short(programme.aimed)}
        raise Refused(
            _("Somebody else changed this programme meanwhile: “%(aim)s”, %(target)s. Look once more.") % said
        )


@transaction.atomic
def approve(*, programme: Programme, seen: str, acting_user: Employee, today: date) -> None:
    """Let a proposed programme run, as the head has seen it; from now on its quarters are reviewed."""
    found = _locked(programme)
    if found.state != ProgrammeState.PROPOSED:
        raise Refused(_("The programme was approved or closed meanwhile."))
    _same(found, seen)
    _run(found, acting_user, today)


def _run(programme: Programme, acting_user: Employee, today: date) -> None:
    programme.state = ProgrammeState.RUNNING
    programme.approved_on, programme.approved_by = today, acting_user
    _ask_review(programme, acting_user, today)
    programme.save(update_fields=["state", "approved_on", "approved_by", "review_on", "review_task"])


def _ask_review(programme: Programme, acting_user: Employee, today: date) -> None:
    """Set the day on which the running quarter is over, and the owner's task for it; none after the year (R76)."""
    programme.review_on = programme.review_after(today)
    if programme.review_on is None:
        return
    with translation.override(programme.owner.language or settings.LANGUAGE_CODE):
        title = _("A quarter is over: bring the action programme for %(year)s up to date") % {"year": programme.year}
    programme.review_task = tasks.create_task(
        title=title,
        kind=TaskKind.OTHER,
        assignee=programme.owner,
        due_on=head_office().on_or_after(programme.review_on),
        client=programme.client,
        acting_user=acting_user,
    )


@transaction.atomic
def plan_step(
    *,
    programme: Programme,
    title: str,
    kind: str,
    due_on: date,
    stage: str,
    path: str,
    acting_user: Employee,
    submission: UUID,
    development: DevelopmentStep | None = None,
) -> ProgrammeStep:
    """Plan a step: a task of the programme's owner that asks for a result; a double click plans one (R76, R82).

    `development` is the step of the client's sphere it comes from: Refused when that is planned already, or when it is
    of a sequence and the one before it is not done (R38, R39).
    """
    found = _locked(programme)
    if not found.is_open:
        raise Refused(_("The programme is closed: it takes no more steps."))
    task = tasks.create_task(
        title=title,
        kind=kind,
        assignee=found.owner,
        due_on=due_on,
        client=found.client,
        needs_result=True,
        acting_user=acting_user,
        submission=submission,
    )
    if development:
        others = ProgrammeStep.objects.filter(programme=found).exclude(task=task).select_related("task")
        if development not in reading.developments(reading.templates(found.client), others):
            raise Refused(_("This step is planned already, or opens when the one before it is done."))
    told = {"programme": found, "stage": stage, "path": path, "development": development}
    return ProgrammeStep.objects.get_or_create(task=task, defaults=told)[0]


@transaction.atomic
def review(
    *, programme: Programme, verdict: str, comment: str, acting_user: Employee, now: datetime, today: date
) -> ProgrammeReview:
    """Review the last quarter that is over, with the turnover up to its end against the aim (R76, R83).

    1. Refuse when it is reviewed already, or the programme no longer runs. 2. Keep verdict and figures of now, for
    good. 3. The task that called for it is done; the next quarter gets its own.
    """
    found = _locked(programme)
    if not found.is_review_due(today):
        raise Refused(why_not(found))
    quarter = found.quarter_over(today)
    made = ProgrammeReview.objects.create(
        programme=found,
        quarter=quarter,
        turnover=reading.turnover_of(found, before=reading.end_of(quarter)),
        aimed=found.aimed,
        verdict=verdict,
        comment=comment,
        author=acting_user,
        day=today,
    )
    said = f"{made.get_verdict_display()}: {comment}"
    called = Task.objects.filter(Q(pk=found.review_task_id))
    tasks.finish(tasks=called, result=said[:500], acting_user=acting_user, now=now)
    _ask_review(found, acting_user, today)
    found.save(update_fields=["review_on", "review_task"])
    return made


def why_not(programme: Programme) -> str:
    """Say why no review is asked for."""
    if programme.state != ProgrammeState.RUNNING:
        return _("The programme does not run: there is nothing to review.")
    if programme.review_on is None:
        return _("All quarters of the year are reviewed.")
    return _("The quarter is reviewed already; the next review is due on %(day)s.") % {
        "day": show.day_long(programme.review_on)
    }


@transaction.atomic
def close(
    *, programme: Programme, is_reached: bool, closing: str, acting_user: Employee, now: datetime, today: date
) -> None:
    """Close a programme with a word; its open steps and the call to review need not be done any more."""
    found = _locked(programme)
    if not found.is_open:
        raise Refused(_("Somebody has closed the programme already."))
    of_steps = ProgrammeStep.objects.filter(programme=found).values("task")
    left = Task.objects.filter(Q(pk__in=of_steps) | Q(pk=found.review_task_id))
    reason = _("The programme is closed: %s") % closing
    tasks.cancel(tasks=left, reason=reason[:500], acting_user=acting_user, now=now)
    found.state = ProgrammeState.REACHED if is_reached else ProgrammeState.ENDED
    found.closed_on, found.closed_by, found.closing, found.review_on = today, acting_user, closing, None
    found.save(update_fields=["state", "closed_on", "closed_by", "closing", "review_on"])


def _hold(client: int) -> None:
    """Lock a client; raise Refused when it was joined into another one meanwhile."""
    found = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client)
    if found.merged_into_id is not None:
        raise Refused(_("“%s” was joined into another client meanwhile.") % found.name)


def _locked(programme: Programme) -> Programme:
    """Lock the client, then the programme, give it to the client's owner, and read it anew."""
    _hold(programme.client_id)
    Programme.objects.filter(pk=programme.pk).follow_owners()
    rows = Programme.objects.select_for_update(of=("self",), no_key=True).select_related("client__segment", "owner")
    return rows.get(pk=programme.pk)
