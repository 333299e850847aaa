"""What people do with meetings; the only writer of them (R252, R273-R276).

Locks: the meeting, then tasks. The chair, or who stands in for the chair, writes and closes. Refused has one line for
the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals import actions as base
from deals.actions import Refused
from deals.models import TaskKind
from kpi.meetings import agenda
from kpi.meetings.models import AgendaLine, Decision, LineSource, Meeting, MeetingMember
from salescrm.base import notify
from staff.models import Employee

__all__ = ["Refused", "add_line", "close", "create", "decide", "discuss", "drop_line", "fill", "move_line"]
CALLED_TOLD = gettext_noop("You are called to a meeting on {day}")
MINUTES_TOLD = gettext_noop("Minutes of the meeting of {day}: decisions {count}")


@transaction.atomic
def create(
    *, fields: Mapping[str, Any], people: Iterable[Employee], submission: UUID, acting_user: Employee, today: date
) -> Meeting:
    """Call people to a meeting and fill its agenda; the same form sent twice makes one.

    `fields`: kind, starts_at, branch, chair. It begins with the decisions of the last closed meeting of its kind and
    branch.
    """
    known = Meeting.objects.filter(submission=submission).first()
    if known is not None:
        return known
    earlier = Meeting.objects.filter(
        kind=fields["kind"], branch=fields.get("branch"), starts_at__lt=fields["starts_at"], closed_at__isnull=False
    )
    previous = earlier.order_by("-starts_at", "-pk").first()
    made, is_new = Meeting.objects.get_or_create(submission=submission, defaults={**fields, "previous": previous})
    if is_new:
        called = {one.pk: one for one in (fields["chair"], *people)}
        MeetingMember.objects.bulk_create([MeetingMember(meeting=made, person=one) for one in called.values()])
        AgendaLine.objects.bulk_create(agenda.lines(made, today))
        _tell(made, [one for one in called if one != acting_user.pk], CALLED_TOLD, "called")
    return made


def _tell(meeting: Meeting, people: Iterable[int], text: str, key: str, **said: Any) -> None:
    day = f"{localdate(meeting.starts_at):%d.%m}"
    url = reverse("kpi:meeting", args=[meeting.pk])
    notify.tell(people, kind="meeting", text=text, key=f"meeting-{meeting.pk}-{key}", url=url, day=day, **said)


@transaction.atomic
def fill(*, meeting: Meeting, acting_user: Employee, now: datetime) -> None:
    """Fill the program's lines anew with today's figures; what was discussed and people's own lines stay."""
    held = _written(meeting, acting_user, now)
    held.agenda.filter(source__in=agenda.FILLED, is_discussed=False).delete()
    kept = set(held.agenda.values_list("source", "person", "question"))
    new = [
        one for one in agenda.lines(held, localdate(now)) if (one.source, one.person_id, one.question_id) not in kept
    ]
    AgendaLine.objects.bulk_create(new)


@transaction.atomic
def add_line(*, meeting: Meeting, text: str, acting_user: Employee, now: datetime) -> AgendaLine:
    """Add a line of one's own at the end of the agenda."""
    held = _written(meeting, acting_user, now)
    if not text.strip():
        raise Refused(_("Say what is to be spoken of."))
    last = held.agenda.aggregate(last=Max("order"))["last"] or 0
    return AgendaLine.objects.create(meeting=held, source=LineSource.OWN, text=text.strip(), order=last + 10)


@transaction.atomic
def drop_line(*, meeting: Meeting, line: int, acting_user: Employee, now: datetime) -> None:
    """Take a line off the agenda; what was discussed stays."""
    held = _written(meeting, acting_user, now)
    if held.agenda.filter(pk=line, is_discussed=True).exists():
        raise Refused(_("The line was discussed: it stays in the minutes."))
    held.agenda.filter(pk=line).delete()


@transaction.atomic
def move_line(*, meeting: Meeting, line: int, up: bool, acting_user: Employee, now: datetime) -> None:
    """Move a line one place up or down; at the end it stays where it is."""
    held = _written(meeting, acting_user, now)
    found = list(held.agenda.all())
    place = next((number for number, one in enumerate(found) if one.pk == line), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    for number, one in enumerate(found, 1):
        one.order = number * 10
    AgendaLine.objects.bulk_update(found, ["order"])


@transaction.atomic
def discuss(*, meeting: Meeting, line: int, acting_user: Employee, now: datetime) -> None:
    """Tick a line as discussed, or take the tick back."""
    held = _written(meeting, acting_user, now)
    for one in held.agenda.filter(pk=line):
        one.is_discussed = not one.is_discussed
        one.save(update_fields=["is_discussed"])


@transaction.atomic
def decide(
    *,
    meeting: Meeting,
    text: str,
    assignee: Employee,
    due_on: date,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> Decision:
    """Write a decision and set its task; the same form sent twice, by whomever, gives the decision there is."""
    held = _held(meeting, acting_user, now)
    known = Decision.objects.filter(submission=submission).first()
    if known is not None:
        return known
    _still_open(held)
    if not text.strip():
        raise Refused(_("Say what was decided."))
    if due_on < localdate(now):
        raise Refused(_("The term of a decision is not in the past."))
    if not assignee.is_active:
        raise Refused(_("The one who is to do it works here no longer."))
    task = base.create_task(
        title=text.strip(), kind=TaskKind.OTHER, assignee=assignee, due_on=due_on, acting_user=acting_user,
        needs_result=True, submission=submission,
    )  # fmt: skip
    return Decision.objects.create(
        meeting=held, text=text.strip(), due_on=due_on, task=task, author=acting_user, at=now, submission=submission
    )


@transaction.atomic
def close(*, meeting: Meeting, present: Collection[int], seen: int, acting_user: Employee, now: datetime) -> Meeting:
    """Close the minutes and tell who was called; `present` are the keys of who came. An older version is refused."""
    held = _held(meeting, acting_user, now)
    if held.version != seen or held.closed_at:
        raise Refused(_("Somebody changed the meeting meanwhile: look at it once more."))
    held.members.filter(person__in=present).update(was_there=True)
    held.members.exclude(person__in=present).update(was_there=False)
    held.closed_at = now
    held.version += 1
    held.save(update_fields=["closed_at", "version"])
    called = held.members.exclude(person=acting_user).values_list("person", flat=True)
    _tell(held, list(called), MINUTES_TOLD, "minutes", count=held.decisions.count())
    return held


def _held(meeting: Meeting, acting_user: Employee, now: datetime) -> Meeting:
    held = (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("chair", "branch")
        .get(pk=meeting.pk)
    )
    if held.chair_id not in acting_user.acting_for(localdate(now)):
        raise Refused(_("The chair writes the minutes."))
    return held


def _still_open(meeting: Meeting) -> None:
    if meeting.closed_at:
        raise Refused(_("The meeting is closed: its minutes stay as they are."))


def _written(meeting: Meeting, acting_user: Employee, now: datetime) -> Meeting:
    held = _held(meeting, acting_user, now)
    _still_open(held)
    return held
