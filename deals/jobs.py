"""The room's background work: a long distribution; deals by rule, daily and after an import; a morning's invoices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_noop

from deals import sharing
from deals.dealing import following
from deals.invoices import daily
from deals.pipelines import moving
from deals.reconciliation import actions as reconciliation
from deals.views.handing import keep_undo
from salescrm.base import clock, jobs, notify
from salescrm.base.jobs import Progress
from salescrm.base.models import Job
from staff.models import Employee

DONE_TOLD = gettext_noop("Clients are shared out: {rows} have new owners")
RECONCILED_TOLD = gettext_noop("The base was looked through: {rows} lines")
MOVED_TOLD = gettext_noop("The stage is empty: {rows} deals were moved")
DAYS = ("starts_on", "left_alone_until")


@jobs.kind("distribution")
def share_out(progress: Progress, *, query: str, today: str, told: dict[str, Any]) -> dict[str, Any]:
    """Carry out the plan of an address for the person who saw it; started twice it moves once."""
    person, day = progress.job.created_by, date.fromisoformat(today)
    if not isinstance(person, Employee):
        raise jobs.Refused("a distribution is asked for by a person")
    said = told | {name: date.fromisoformat(told[name]) for name in DAYS if name in told}
    with transaction.atomic():
        job = Job.objects.select_for_update(no_key=True).get(pk=progress.job.pk)
        if job.result:
            return dict(job.result)
        asked = sharing.asked_of(QueryDict(query), person, day)
        before = sharing.carry_out(asked=asked, acting_user=person, today=day, **said)
        result = {"moved": len(before), "undo": keep_undo(person, before, said["starts_on"])}
        Job.objects.filter(pk=job.pk).update(result=result, done=len(before))
    url = reverse("deals:distribution-job", args=[progress.job.pk])
    notify.tell(
        [person.pk], kind="job", text=DONE_TOLD, key=f"distribution-{progress.job.pk}", url=url, rows=len(before)
    )
    return result


@jobs.kind(moving.KIND)
def empty_stage(progress: Progress, *, pipeline: int, stage: int | None, to: int) -> dict[str, Any]:
    """Bring the deals of what was switched off to a stage, for the person who chose it; started twice, what is left."""
    person = progress.job.created_by
    if not isinstance(person, Employee):
        raise jobs.Refused("a stage is switched off by a person")
    now, today = clock.now(), clock.today()
    result = moving.move(progress, pipeline=pipeline, stage=stage, to=to, today=today, now=now, by=person)
    Job.objects.filter(pk=progress.job.pk).update(done=result["moved"])
    url, key = reverse("deals:pipeline-job", args=[progress.job.pk]), f"stage-off-{progress.job.pk}"
    notify.tell([person.pk], kind="job", text=MOVED_TOLD, key=key, url=url, rows=result["moved"])
    return result


@jobs.kind("reconciliation")
def reconcile(progress: Progress, *, day: str) -> dict[str, int]:
    """Look the base through (R6); who asked for it is told, safe to start twice."""
    person = progress.job.created_by
    made_by = person if isinstance(person, Employee) else None
    made, found = reconciliation.reconcile(day=date.fromisoformat(day), made_by=made_by, tell=progress.tell)
    if made_by:
        url = f"{reverse('reconciliation:line-list')}?run={made.pk}"
        rows = made.lines.filter(settled_on__isnull=True).count()
        key = f"reconciliation-{progress.job.pk}"
        notify.tell([made_by.pk], kind="job", text=RECONCILED_TOLD, key=key, url=url, rows=rows)
    return found


@jobs.kind("invoices")
def work_on_invoices(progress: Progress, *, today: str) -> dict[str, Any]:
    """Set the tasks invoices ask for today (R175-R177); run again it sets none."""
    return dict(daily.run(date.fromisoformat(today)))


@jobs.kind("deals-by-rule")
def deals_by_rule(progress: Progress, *, today: str) -> dict[str, Any]:
    """Win the deals whose goods were shipped, tell of those that stand too long, and say what is missing."""
    day, now = date.fromisoformat(today), clock.now()
    won = following.ship(today=day, now=now)
    told = following.escalate(today=day)
    found = following.missing()
    return {"won": won, "told": told, "clients_without_deal": found.clients, "deals_without_task": found.deals}
