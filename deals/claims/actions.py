"""What people do with claims besides what they do with their deals; the only writer of them (R192, R194).

Locks: the client, then the claim. Whoever saw an older version is told and changes nothing. The stages, the responsible
and the closing of a claim are those of its deal: `deals.dealing.actions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.documents.endings import content_type, ending_of
from clients.models import Client
from deals import actions as base
from deals.actions import Refused, hold
from deals.claims.models import Claim, ClaimCause, ClaimFile, ClaimKind
from deals.dealing import actions as dealing
from deals.dealing.following import heads_of
from deals.dealing.models import Deal
from deals.models import Priority, Task, TaskKind
from deals.pipelines.models import Pipeline, Purpose
from salescrm.base import files, notify
from staff import calendar
from staff.calendar import Calendar
from staff.models import Employee

__all__ = ["Refused", "add_files", "answer", "bring_back", "confirm", "decide", "register", "remove", "run_day"]
MOST_FILES = 10  # on a claim at once
LATE = "claim_term"  # origin of the task of a term that has come; the claim follows
NEW_TOLD = gettext_noop("Claim of {client}: {title} ({who})")
LATE_TOLD = gettext_noop("Claim past its term: {client}, {title}")


@transaction.atomic
def register(
    *,
    client: Client,
    kind: ClaimKind,
    happened: str,
    owner: Employee,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
    deal: Deal | None = None,
    uploads: Sequence[UploadedFile[Any]] = (),
    **fields: Any,
) -> Claim:
    """Register a claim: its deal, unless a `deal` of the pipeline is there already, its terms and photos (R192).

    The head is told (R194).

    The same form sent twice makes one. Refused: no pipeline of claims, goods or document of another client.
    """
    hold(client)
    known = Claim.objects.filter(deal__submission=submission).first()
    if known is None and deal is not None:
        known = Claim.objects.filter(deal=deal).first()
    if known is not None:
        return known
    today = localtime(now).date()
    shipment = fields.get("shipment")
    if shipment is not None and shipment.legal_entity.client_id != client.pk:
        raise Refused(_("The document is another client's."))
    if deal is None:
        pipeline = Pipeline.objects.filter(purpose=Purpose.CLAIM, is_active=True).order_by("order", "pk").first()
        if pipeline is None:
            raise Refused(_("There is no pipeline of claims."))
        deal = dealing.open_deal(
            client=client, pipeline=pipeline, title=f"{kind}: {happened}"[:200], owner=owner, acting_user=acting_user,
            today=today, now=now, submission=submission,
        )  # fmt: skip
    elif deal.client_id != client.pk or deal.pipeline.purpose != Purpose.CLAIM:
        raise Refused(_("This deal is not a claim of the client."))
    days, (answer_days, decision_days) = Calendar(client.branch), kind.terms_on(deal.opened_on)
    made = Claim.objects.create(
        deal=deal, kind=kind, happened=happened, answer_due_on=days.nth(deal.opened_on, answer_days + 1),
        decision_due_on=days.nth(deal.opened_on, decision_days + 1), **fields,
    )  # fmt: skip
    _tell(made, NEW_TOLD, f"claim-{made.pk}", but=acting_user.pk, who=acting_user.short_name)
    _keep(made, uploads, submission, acting_user, now)
    return made


@transaction.atomic
def add_files(
    *, claim: Claim, uploads: Sequence[UploadedFile[Any]], submission: UUID, acting_user: Employee, now: datetime
) -> list[ClaimFile]:
    """Keep photos and papers with an open claim, all or none; the same form sent twice keeps them once."""
    hold(claim.deal.client)
    held = Claim.objects.select_for_update(of=("self",), no_key=True).select_related("deal").get(pk=claim.pk)
    known = list(held.files.filter(submission=submission))
    if known:
        return known
    if not held.deal.is_open:
        raise Refused(_("The claim is closed already."))
    there = held.files.present().count()
    if there + len(uploads) > MOST_FILES:
        raise Refused(_("A claim keeps %(most)d files, it has %(there)d.") % {"most": MOST_FILES, "there": there})
    return _keep(held, uploads, submission, acting_user, now)


def remove(*, file: ClaimFile, acting_user: Employee, now: datetime) -> bool:
    """Take a file off the claim, it stays in the store; say whether it was this person who did it."""
    there = ClaimFile.objects.present().filter(pk=file.pk)
    return bool(there.update(removed_at=now, removed_by=acting_user))


@transaction.atomic
def bring_back(*, file: ClaimFile) -> bool:
    """Put a removed file on the claim again; say whether it was away. Refused: the claim is full meanwhile."""
    held = Claim.objects.select_for_update(of=("self",), no_key=True).get(pk=file.claim_id)
    if held.files.present().count() >= MOST_FILES:
        raise Refused(_("A claim keeps %(most)d files, it has %(there)d.") % {"most": MOST_FILES, "there": MOST_FILES})
    away = ClaimFile.objects.filter(pk=file.pk, removed_at__isnull=False)
    return bool(away.update(removed_at=None, removed_by=None))


@transaction.atomic
def answer(*, claim: Claim, seen: int, acting_user: Employee, now: datetime) -> Claim:
    """Note that the client was given the first answer today."""
    held = _held(claim, seen)
    if held.answered_on is not None:
        raise Refused(_("The first answer is noted already."))
    _finish(held, _("Answered"), acting_user, now)
    return _write(held, answered_on=localtime(now).date())


@transaction.atomic
def decide(
    *,
    claim: Claim,
    cause: ClaimCause,
    decision: str,
    cost: Decimal,
    seen: int,
    acting_user: Employee,
    now: datetime,
) -> Claim:
    """Write the cause, the decision and what it costs; until the client confirms it may be decided anew."""
    held = _held(claim, seen)
    if held.confirmed_on is not None:
        raise Refused(_("The client has confirmed the decision: it stays."))
    today = localtime(now).date()
    first = {"decided_on": held.decided_on or today, "answered_on": held.answered_on or today}
    _finish(held, decision, acting_user, now)
    return _write(held, cause=cause, decision=decision, cost=cost, decided_by=acting_user, **first)


@transaction.atomic
def confirm(*, claim: Claim, seen: int, acting_user: Employee, now: datetime) -> Claim:
    """Note that the client agrees with what was decided and done; only then its deal is won."""
    held = _held(claim, seen)
    if held.decided_on is None:
        raise Refused(_("The client confirms what was decided."))
    if held.confirmed_on is not None:
        raise Refused(_("The client has confirmed the decision: it stays."))
    return _write(held, confirmed_on=localtime(now).date())


@transaction.atomic
def run_day(now: datetime) -> dict[str, int]:
    """Set a task on each term that has come; tell the responsible and the heads of those past. Again: no change."""
    today = localtime(now).date()
    found = list(
        Claim.objects.due_before(today + timedelta(days=1)).select_related("deal__client__branch").order_by("pk")
    )
    calendars = calendar.by_branch({one.deal.client.branch_id for one in found})
    with translation.override(settings.LANGUAGE_CODE):
        tasks = [_reminder(one, calendars[one.deal.client.branch_id], today) for one in found]
    before = Task.objects.filter(origin__startswith=f"{LATE}:").count()
    Task.objects.bulk_create(tasks, batch_size=base.BATCH, ignore_conflicts=True)
    base.note_tasks(tasks)
    late = [(one, due) for one in found if (due := one.late_since(today)) is not None]
    heads = {branch: heads_of(branch) for branch in calendars}
    for one, due in late:
        people = list(dict.fromkeys([one.deal.owner_id, *heads[one.deal.client.branch_id]]))
        _tell(one, LATE_TOLD, f"claim-late-{one.pk}-{due}", people=people)
    return {"tasks": Task.objects.filter(origin__startswith=f"{LATE}:").count() - before, "late": len(late)}


def _reminder(claim: Claim, days: Calendar, today: date) -> Task:
    is_answer = claim.answered_on is None and claim.answer_due_on <= today
    words = _("Answer the client on the claim: %s") if is_answer else _("Decide the claim: %s")
    return Task(
        title=words % claim.deal.title[:150],
        kind=TaskKind.OTHER,
        client_id=claim.deal.client_id,
        deal_id=claim.deal_id,
        assignee_id=claim.deal.owner_id,
        due_on=days.on_or_after(today),
        priority=Priority.HIGH,
        origin=f"{LATE}:{claim.pk}",
        origin_as_of=claim.answer_due_on if is_answer else claim.decision_due_on,
    )


def _finish(held: Claim, said: str, acting_user: Employee, now: datetime) -> None:
    """Close the tasks of terms that are met now."""
    tasks = Task.objects.filter(deal=held.deal_id, origin=f"{LATE}:{held.pk}", state="open")
    base.finish(tasks=tasks, result=said[:500], acting_user=acting_user, now=now)


def _tell(claim: Claim, text: str, key: str, *, but: int = 0, people: list[int] | None = None, **said: str) -> None:
    """Tell people, without `people` the heads of the client's branch."""
    deal = claim.deal
    told_ones = [pk for pk in (heads_of(deal.client.branch_id) if people is None else people) if pk != but]
    told = {"client": deal.client.name, "title": deal.title} | said
    notify.tell(told_ones, kind="claim", text=text, key=key, url=reverse("deals:deal", args=[deal.pk]), **told)


def _keep(
    claim: Claim, uploads: Sequence[UploadedFile[Any]], submission: UUID, acting_user: Employee, now: datetime
) -> list[ClaimFile]:
    with files.kept_together() as kept:
        for upload in uploads:
            name = str(upload.name)
            kept.append(files.keep_upload(upload, acting_user, ending=ending_of(name), content_type=content_type(name)))
        return ClaimFile.objects.bulk_create(
            ClaimFile(claim=claim, file=file, submission=submission, place=place, added_at=now, added_by=acting_user)
            for place, file in enumerate(kept, start=1)
        )


def _held(claim: Claim, seen: int) -> Claim:
    """Lock the client, then the claim; raise Refused when it is closed or not as it was `seen`."""
    hold(claim.deal.client)
    held = Claim.objects.select_for_update(of=("self",), no_key=True).select_related("deal__client").get(pk=claim.pk)
    if held.version != seen:
        raise Refused(_("Somebody has changed the claim meanwhile. Nothing was saved."))
    if not held.deal.is_open:
        raise Refused(_("The claim is closed already."))
    return held


def _write(held: Claim, **fields: Any) -> Claim:
    for name, value in fields.items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    return held
