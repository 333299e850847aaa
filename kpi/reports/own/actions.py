"""What people do with own reports; the only writer of them (R270, R271).

Refused has one line for the person. Only the owner changes a report; sharing it and sending it to others asks for
Act.SHARE_VIEWS.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpi.reports.own import sending
from kpi.reports.own.models import OwnReport, Sending
from salescrm.base.jobs import Refused
from staff.access import Act, require
from staff.models import Employee

PARTS = (
    "name", "rows", "columns", "period", "first_month", "last_month", "branch", "person", "segment", "client_group",
    "region",
)  # fmt: skip


def _checked(report: OwnReport) -> None:
    """Refuse what the table would refuse, in its own words."""
    try:
        report.full_clean(exclude=["submission"])
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault


@transaction.atomic
def create(*, report: OwnReport, submission: UUID, acting_user: Employee) -> OwnReport:
    """Keep a new report of the person; the same form sent twice makes one."""
    known = OwnReport.objects.filter(submission=submission).first()
    if known is not None:
        if known.owner_id != acting_user.pk:
            raise PermissionDenied
        return known
    report.owner, report.submission = acting_user, submission
    _checked(report)
    report.save()
    return report


@transaction.atomic
def change(*, report: OwnReport, asked: OwnReport, seen: int, acting_user: Employee) -> OwnReport:
    """Take over the parts of `asked`; refused when somebody changed the report since it was read."""
    held = _held(report, seen, acting_user)
    for name in PARTS:
        setattr(held, name, getattr(asked, name))
    return _kept(held)


@transaction.atomic
def share(*, report: OwnReport, roles: list[str], people: Iterable[Employee], seen: int, acting_user: Employee) -> None:
    """Show the report to roles and people: each sees of it what the matrix gives that person."""
    require(acting_user, Act.SHARE_VIEWS)
    held = _held(report, seen, acting_user)
    held.roles = roles
    held.people.set(one for one in people if one.pk != held.owner_id)
    _kept(held)


@transaction.atomic
def send(
    *,
    report: OwnReport,
    how: str,
    day: int,
    hour: int,
    to_readers: bool,
    seen: int,
    acting_user: Employee,
    now: datetime,
) -> None:
    """Send the report by letter from the next hour it is due on."""
    if to_readers:
        require(acting_user, Act.SHARE_VIEWS)
    held = _held(report, seen, acting_user)
    held.sending, held.day, held.hour, held.to_readers = how, day, hour, to_readers
    if how != Sending.NEVER:
        due = sending.due_on(held, sending.calendar_of(held), now.date())
        comes_today = due == now.date() and hour > now.hour
        held.done_on = now.date() - timedelta(days=1) if comes_today else now.date()
    _kept(held)


@transaction.atomic
def duplicate(*, report: OwnReport, acting_user: Employee, submission: UUID) -> OwnReport:
    """Make the person's own copy of a report that is seen: not shared, not sent."""
    known = OwnReport.objects.filter(submission=submission, owner=acting_user).first()
    if known is not None:
        return known
    made = OwnReport(**{name: getattr(report, name) for name in PARTS})
    taken = set(OwnReport.objects.filter(owner=acting_user, deleted_at=None).values_list("name", flat=True))
    base = (_("%(name)s, copy") % {"name": report.name})[:95]
    made.name = next(name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base} {n}") not in taken)
    return create(report=made, submission=submission, acting_user=acting_user)


@transaction.atomic
def delete(*, report: OwnReport, acting_user: Employee, now: datetime) -> None:
    """Take a report away; it can be brought back."""
    held = _held(report, report.version, acting_user)
    held.deleted_at = now
    held.version += 1
    held.save(update_fields=["deleted_at", "version"])


@transaction.atomic
def restore(*, pk: int, acting_user: Employee, today: date) -> OwnReport:
    """Bring a deleted report back; letters go on from its next day."""
    held = OwnReport.objects.select_for_update(of=("self",)).get(pk=pk, owner=acting_user)
    held.deleted_at, held.done_on = None, today
    return _kept(held)


def _held(report: OwnReport, seen: int, acting_user: Employee) -> OwnReport:
    """Lock the row; 403 for others, refused when it is no longer what the person saw."""
    held = OwnReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if held.owner_id != acting_user.pk:
        raise PermissionDenied
    if held.version != seen or held.deleted_at:
        raise Refused(_("The report was changed meanwhile: load the page anew."))
    return held


def _kept(held: OwnReport) -> OwnReport:
    held.version += 1
    _checked(held)
    held.save()
    return held
