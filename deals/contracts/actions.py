"""What people do with contracts; the only writer of them (R195-R197).

Locks: the client, then the contract, then tasks. Each act leaves a line in the journal. Whoever saw an older version is
told and changes nothing. Refused has one line for the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clients.documents.endings import content_type, ending_of
from clients.models import Client
from deals import actions as base
from deals.actions import Refused, hold
from deals.contracts import approval
from deals.contracts.models import (
    Contract,
    ContractAct,
    ContractState,
    ContractStep,
    ContractVersion,
)
from deals.models import Task, TaskKind
from salescrm.base import automation, files
from salescrm.base.locks import Key, lock
from staff import calendar
from staff.calendar import Calendar
from staff.models import Employee

__all__ = [
    "Refused", "add_file", "approve", "correct", "create", "give_back", "run_day", "send", "sign", "terminate",
]  # fmt: skip
APPROVAL = "contract_approval"  # origin of the tasks to approve and to go on; contract and step follow
ENDS = "contract_ends"  # origin of the task before the last day; the contract follows
REMIND_DAYS = 30  # before its last day the responsible is asked what comes next, unless a version says otherwise
TERMS = {
    "kind",
    "legal_entity",
    "main",
    "subject",
    "payment_terms",
    "starts_on",
    "ends_on",
}  # what is agreed and signed
APPROVED = (ContractState.COMMERCIAL, ContractState.TO_SIGN)
NEXT = {ContractState.LEGAL: ContractState.COMMERCIAL, ContractState.COMMERCIAL: ContractState.TO_SIGN}


@transaction.atomic
def create(
    *, client: Client, fields: Mapping[str, Any], submission: UUID, acting_user: Employee, now: datetime
) -> Contract:
    """Make a draft; the same form sent twice makes one. Fields: as `correct`.

    Refused: the legal entity, the deal or the main contract is another client's; the number of the year is taken.
    """
    hold(client)
    known = Contract.objects.filter(submission=submission).first()
    if known is not None:
        return known
    made = Contract(client=client, submission=submission, period=localtime(now).year, **fields)
    _save(made)
    _note(made, ContractAct.MADE, acting_user, now)
    return made


@transaction.atomic
def correct(
    *, contract: Contract, fields: Mapping[str, Any], seen: int, acting_user: Employee, now: datetime
) -> Contract:
    """Write other fields; terms that were approved already go to approval anew, those that were signed stay."""
    held = _held(contract, seen)
    changed = [name for name, value in fields.items() if getattr(held, name) != value]
    if held.is_over:
        raise Refused(_("The contract is over: nothing of it is changed."))
    if held.signed_on and TERMS & set(changed):
        raise Refused(_("What was signed stays as it is: make an additional agreement."))
    if not changed:
        return held
    for name in changed:
        setattr(held, name, fields[name])
    is_back = held.state in APPROVED and bool(TERMS & set(changed))
    held.state = ContractState.LEGAL if is_back else held.state
    _save(held)
    step = _note(held, ContractAct.CORRECTED, acting_user, now)
    if is_back:
        _ask(held, step, _("The terms were changed"), acting_user, now)
    return held


@transaction.atomic
def add_file(
    *, contract: Contract, upload: UploadedFile[Any], seen: int, acting_user: Employee, now: datetime
) -> ContractVersion:
    """Add a version of the paper; what was approved already goes to approval anew, to what is in force it is a copy."""
    held = _held(contract, seen)
    if held.is_over:
        raise Refused(_("The contract is over: nothing of it is changed."))
    is_back = held.state in APPROVED
    held.state = ContractState.LEGAL if is_back else held.state
    _save(held)
    step = _note(held, ContractAct.FILE, acting_user, now, str(upload.name))
    if is_back:
        _ask(held, step, _("A new version of the paper was added"), acting_user, now)
    return _keep(held, upload, acting_user, now)


@transaction.atomic
def send(*, contract: Contract, seen: int, acting_user: Employee, now: datetime) -> Contract:
    """Send a draft with its paper to the lawyers, who get a task."""
    held = _held(contract, seen)
    if held.state != ContractState.DRAFT:
        raise Refused(_("Only a draft is sent to approval."))
    if not held.versions.exists():
        raise Refused(_("Add the file of the contract first."))
    held.state = ContractState.LEGAL
    _save(held)
    step = _note(held, ContractAct.SENT, acting_user, now)
    _ask(held, step, _("Sent to approval"), acting_user, now)
    return held


@transaction.atomic
def approve(*, contract: Contract, seen: int, acting_user: Employee, now: datetime, why: str = "") -> Contract:
    """Let it go on: from the lawyers to the commercial approval, from there to be signed."""
    held = _decided(contract, seen, acting_user, now)
    held.state = NEXT[ContractState(held.state)]
    _save(held)
    step = _note(held, ContractAct.APPROVED, acting_user, now, why)
    _ask(held, step, _("Approved"), acting_user, now)
    return held


@transaction.atomic
def give_back(*, contract: Contract, why: str, seen: int, acting_user: Employee, now: datetime) -> Contract:
    """Return it to a draft with the reason; the responsible gets a task to put it right."""
    held = _decided(contract, seen, acting_user, now)
    _refuse_silent(why)
    held.state = ContractState.DRAFT
    _save(held)
    step = _note(held, ContractAct.RETURNED, acting_user, now, why)
    _ask(held, step, why, acting_user, now)
    return held


@transaction.atomic
def sign(
    *,
    contract: Contract,
    day: date,
    seen: int,
    acting_user: Employee,
    now: datetime,
    upload: UploadedFile[Any] | None = None,
) -> Contract:
    """Say on which day an approved contract was signed by both; its paper may come with it. It is in force then."""
    held = _held(contract, seen)
    if held.state != ContractState.TO_SIGN:
        raise Refused(_("Only a contract that is approved is signed."))
    if day > localtime(now).date():
        raise Refused(_("The day of signing is not in the future."))
    held.state, held.signed_on = ContractState.ACTIVE, day
    held.starts_on = held.starts_on or day
    _save(held)
    _note(held, ContractAct.SIGNED, acting_user, now)
    _finish(held, _("Signed"), acting_user, now)
    if upload is not None:
        _keep(held, upload, acting_user, now)
    return held


@transaction.atomic
def terminate(*, contract: Contract, why: str, seen: int, acting_user: Employee, now: datetime) -> Contract:
    """End a contract in force before its day, with the reason."""
    held = _held(contract, seen)
    if held.state != ContractState.ACTIVE:
        raise Refused(_("Only a contract in force is terminated."))
    _refuse_silent(why)
    held.state = ContractState.TERMINATED
    _save(held)
    _note(held, ContractAct.TERMINATED, acting_user, now, why)
    _finish(held, why, acting_user, now)
    return held


@transaction.atomic
def run_day(now: datetime) -> dict[str, int]:
    """End what is past its last day, and set the task of 30 days before it; run again it changes nothing."""
    today = localtime(now).date()
    over = Contract.objects.select_for_update(no_key=True).in_force().filter(ends_on__lt=today)
    ended = list(over.order_by("pk").values_list("pk", flat=True))
    Contract.objects.filter(pk__in=ended).update(state=ContractState.ENDED)
    ContractStep.objects.bulk_create(
        ContractStep(contract_id=pk, act=ContractAct.ENDED, state=ContractState.ENDED, at=now) for pk in ended
    )
    days = automation.number("contract-remind-days", REMIND_DAYS, today)
    soon = list(Contract.objects.ending(today, days).select_related("client").order_by("pk"))
    set_already = set(
        Task.objects.filter(origin__in=[f"{ENDS}:{one.pk}" for one in soon]).values_list("origin", "origin_as_of")
    )
    new = [one for one in soon if (f"{ENDS}:{one.pk}", one.ends_on) not in set_already]
    calendars = calendar.by_branch({one.client.branch_id for one in new})
    with translation.override(settings.LANGUAGE_CODE):
        tasks = [_reminder(one, calendars[one.client.branch_id], today) for one in new]
    Task.objects.bulk_create(tasks, batch_size=base.BATCH, ignore_conflicts=True)
    base.note_tasks(tasks)
    return {"ended": len(ended), "reminded": len(tasks)}


def _reminder(contract: Contract, days: Calendar, today: date) -> Task:
    said = {"contract": str(contract)[:100], "day": f"{contract.ends_on:%d.%m.%Y}"}
    return Task(
        title=_("Contract %(contract)s ends on %(day)s: agree what comes next") % said,
        kind=TaskKind.DOCUMENT,
        client_id=contract.client_id,
        assignee_id=contract.responsible_id,
        due_on=days.on_or_after(today),
        origin=f"{ENDS}:{contract.pk}",
        origin_as_of=contract.ends_on,
    )


def _held(contract: Contract, seen: int) -> Contract:
    """Lock the client, then the contract; raise Refused when it is not as it was `seen`."""
    hold(contract.client)
    rows = Contract.objects.select_for_update(of=("self",), no_key=True)
    related = ("client__branch", "legal_entity", "deal", "main", "responsible")
    held = rows.select_related(*related).get(pk=contract.pk)
    if held.version != seen:
        raise Refused(_("Somebody has changed the contract meanwhile. Nothing was saved."))
    return held


def _decided(contract: Contract, seen: int, acting_user: Employee, now: datetime) -> Contract:
    """Return the locked contract that waits for the decision of this person."""
    held = _held(contract, seen)
    if held.state not in NEXT:
        raise Refused(_("The contract does not wait for approval."))
    if held.state not in approval.decides(acting_user, localtime(now).date()):
        raise Refused(_("This step is decided by somebody else."))
    return held


def _refuse_silent(why: str) -> None:
    if not why.strip():
        raise Refused(_("Say why."))


def _save(contract: Contract) -> None:
    """Write a contract when what it names is of its client; the base holds the rest."""
    if contract.legal_entity.client_id != contract.client_id:
        raise Refused(_("The legal entity is another client's."))
    if contract.deal is not None and contract.deal.client_id != contract.client_id:
        raise Refused(_("The deal is another client's."))
    if contract.main is not None and (contract.main.client_id != contract.client_id or contract.main.main_id):
        raise Refused(_("An additional agreement belongs to a contract of the same client."))
    if contract.number:
        lock(Key.CONTRACT_NUMBERS)
    try:
        contract.validate_constraints()
    except ValidationError as wrong:
        raise Refused(" ".join(wrong.messages)) from wrong
    if contract.pk:
        contract.version += 1
    contract.save()


def _keep(held: Contract, upload: UploadedFile[Any], acting_user: Employee, now: datetime) -> ContractVersion:
    name = str(upload.name)
    last = held.versions.aggregate(last=Max("number"))["last"] or 0
    with files.kept_together() as kept:
        kept.append(files.keep_upload(upload, acting_user, ending=ending_of(name), content_type=content_type(name)))
        return ContractVersion.objects.create(
            contract=held, number=last + 1, file=kept[0], added_on=localtime(now).date(), added_by=acting_user
        )


def _note(held: Contract, act: ContractAct, by: Employee, now: datetime, why: str = "") -> ContractStep:
    """Add a line to the journal."""
    return ContractStep.objects.create(contract=held, act=act, state=held.state, by=by, at=now, why=why[:500])


def _finish(held: Contract, said: str, acting_user: Employee, now: datetime) -> None:
    """Close the task of the step that is over."""
    tasks = Task.objects.filter(client=held.client_id, origin__startswith=f"{APPROVAL}:{held.pk}:")
    base.finish(tasks=tasks, result=said[:500], acting_user=acting_user, now=now)


def _ask(held: Contract, step: ContractStep, said: str, acting_user: Employee, now: datetime) -> None:
    """Close the task of the step before and set the one of the step a contract has come to."""
    today = localtime(now).date()
    _finish(held, said, acting_user, now)
    words = {
        ContractState.DRAFT: _("Put contract %s right and send it again"),
        ContractState.LEGAL: _("Check contract %s (lawyers)"),
        ContractState.COMMERCIAL: _("Approve contract %s (commercial)"),
        ContractState.TO_SIGN: _("Have contract %s signed"),
    }
    is_decision = held.state in NEXT
    who = approval.approver(held, held.state, today) if is_decision else held.responsible
    if who is None:
        raise Refused(_("Nobody who approves contracts is at work."))
    base.create_task(
        title=words[ContractState(held.state)] % f"{str(held)[:90]}, {held.client.name[:60]}",
        kind=TaskKind.DOCUMENT,
        client=held.client,
        assignee=who,
        acting_user=acting_user,
        due_on=Calendar(held.client.branch).on_or_after(today + timedelta(days=1)),
        origin=f"{APPROVAL}:{held.pk}:{step.pk}",
        origin_as_of=today,
    )
