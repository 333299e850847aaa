"""What people do with invoices, payments and deferrals (R174-R180); the one writer of these tables but for the import.

Every action locks the clients first, in the order of their numbers, then the invoices: two people who pay, cancel or
correct at the same moment come one after the other, and the second is told. Days and moments are passed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Client, CommunicationResult, LegalEntity, LifeCycle, Ownership, Standing
from deals import actions
from deals.actions import Entry, NextTask, Refused
from deals.invoices import sums
from deals.invoices.models import (
    CancelReason,
    ContactResult,
    Deferral,
    DeferralState,
    Invoice,
    InvoiceContact,
    InvoiceRules,
    Payment,
    PaymentPart,
)
from deals.models import Task, TaskKind
from salescrm.base import constraints, notify, show
from staff import calendar
from staff.access import Role
from staff.calendar import Calendar
from staff.models import Employee

CONTACT, ESCALATION = "invoice:", "invoice-head:"  # origins of tasks, followed by the number of the invoice
MOST_AT_ONCE = 50  # clients of one contact: each is an entry of its own
NEW = (LifeCycle.POTENTIAL, LifeCycle.NEW)
RESULTS = {  # what a contact about an invoice is in the communications of the client
    ContactResult.WILL_PAY: "agreed",
    ContactResult.CHANGES: "thinking",
    ContactResult.REFUSES: "refused",
    ContactResult.NO_ANSWER: "not_reached",
}
ASKED_TOLD = gettext_noop("{who} asks for a deferral for {client}: {days} days, up to {limit}")
APPROVED_TOLD = gettext_noop("{who} approved the deferral for {client}: {days} days, up to {limit}")
REFUSED_TOLD = gettext_noop("{who} refused the deferral for {client}: {comment}")


# --- invoices ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def issue(
    *,
    client: Client,
    legal_entity: LegalEntity,
    number: str,
    issued_on: date,
    amount: Decimal,
    subject: str,
    submission: UUID,
    acting_user: Employee,
    corrects: Invoice | None = None,
) -> Invoice:
    """Issue an invoice; the same form sent twice gives the one there is. Advances of the client pay it at once.

    Its last day is reckoned by the working days of the client's branch, or by the client's deferral as long as its
    limit is not passed. Raise Refused when the client was joined meanwhile or the number is taken in this year.
    """
    actions.hold(client)
    known = Invoice.objects.filter(submission=submission).first()
    if known is not None:
        return known
    if Invoice.objects.filter(source=None, number=number, period=issued_on.year).exists():
        raise Refused(_("There is an invoice with this number in this year already."))
    deferral = _deferral_for(client, issued_on, amount)
    made = Invoice.objects.create(
        number=number,
        period=issued_on.year,
        client=client,
        legal_entity=legal_entity,
        issued_on=issued_on,
        valid_until=last_day(client, issued_on, deferral),
        deferral=deferral,
        amount=amount,
        subject=subject,
        is_of_new=Standing.objects.filter(client=client, life_cycle__in=NEW).exists(),
        author=acting_user,
        responsible_id=_owner_on(client, issued_on),
        corrects=corrects,
        submission=submission,
    )
    if corrects is None:
        sums.spread([client.pk])
    made.refresh_from_db()
    return made


def last_day(client: Client, issued_on: date, deferral: Deferral | None) -> date:
    """Return the last day to pay: so many days of the deferral, else working day 5 of the rules (R174)."""
    days = Calendar(client.branch)
    if deferral is not None:
        return days.on_or_after(issued_on + timedelta(days=deferral.days))
    return days.nth(issued_on, InvoiceRules.objects.in_force().valid_days)


def _deferral_for(client: Client, day: date, amount: Decimal) -> Deferral | None:
    """Return the deferral that holds for an invoice of this amount: one in force whose limit it does not pass."""
    deferral = Deferral.objects.in_force(client, day)
    if deferral is None:
        return None
    return deferral if used(deferral) + amount <= deferral.limit else None


def used(deferral: Deferral) -> Decimal:
    """Return what is unpaid of the invoices under a deferral."""
    found = deferral.invoices.unpaid().aggregate(amount=Sum("amount"), paid=Sum("paid"))
    return (found["amount"] or Decimal(0)) - (found["paid"] or Decimal(0))


def _owner_on(client: Client, day: date) -> int:
    """Return who owned the client on a day; before its first one, its first owner."""
    line = Ownership.objects.filter(client=client)
    on_day = line.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
    return (on_day.first() or line.order_by("starts_on").first() or line.get()).owner_id


@dataclass(frozen=True)
class Cancelled:
    """What a cancelling did: invoices cancelled, left because money came, left because they were cancelled before."""

    done: list[Invoice] = field(default_factory=list)
    paid: list[Invoice] = field(default_factory=list)
    before: list[Invoice] = field(default_factory=list)


@transaction.atomic
def cancel(
    *, invoices: QuerySet[Invoice], reason: str, comment: str, acting_user: Employee, now: datetime
) -> Cancelled:
    """Cancel invoices with a reason and a comment; they stay, are counted by manager, and are never deleted (R178).

    Those on which money came are left: they are corrected. Their open tasks end, the debts follow.
    """
    found = _locked(invoices)
    told = Cancelled()
    for one in found:
        (told.before if one.cancelled_at else told.paid if one.paid else told.done).append(one)
    if told.done:
        _mark(told.done, reason, comment, acting_user, now)
        sums.write({one.client_id for one in told.done})
    return told


def _mark(done: list[Invoice], reason: str, comment: str, acting_user: Employee, now: datetime) -> None:
    ids = [one.pk for one in done]
    Invoice.objects.filter(pk__in=ids).update(
        cancelled_at=now, cancelled_by=acting_user, cancel_reason=reason, cancel_comment=comment
    )
    said = _("The invoice is cancelled: %s") % CancelReason(reason).label
    _end_tasks(ids, said, acting_user, now)


def _locked(invoices: QuerySet[Invoice]) -> list[Invoice]:
    """Lock the clients of invoices, then the invoices, in the order of their numbers."""
    ids = list(invoices.order_by().values_list("pk", flat=True))
    clients = Client.objects.filter(pk__in=Invoice.objects.filter(pk__in=ids).values("client"))
    list(clients.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    return list(rows.select_related("client__branch", "legal_entity").order_by("pk"))


def _end_tasks(invoices: list[int], said: str, acting_user: Employee, now: datetime) -> None:
    """Close what the program has set about invoices that need no work any more."""
    tasks = Task.objects.filter(invoice__in=invoices).exclude(origin="")
    actions.cancel(tasks=tasks, reason=said[:500], acting_user=acting_user, now=now)


@transaction.atomic
def correct(
    *,
    invoice: Invoice,
    number: str,
    issued_on: date,
    amount: Decimal,
    subject: str,
    comment: str,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> Invoice:
    """Issue a corrected invoice in the place of one, which is cancelled with that reason; its payments go along (R179).

    Raise Refused when it was cancelled meanwhile, or is paid in full.
    """
    known = Invoice.objects.filter(submission=submission).first()
    if known is not None:
        return known
    (old,) = _locked(Invoice.objects.filter(pk=invoice.pk))
    if not old.is_open:
        raise Refused(_("The invoice is paid.") if old.cancelled_at is None else told_cancelled(old))
    parts = list(old.parts.order_by("payment__day", "payment_id"))
    PaymentPart.objects.filter(pk__in=[one.pk for one in parts]).delete()
    sums.write([old.client_id])
    _mark([old], CancelReason.CORRECTED, comment, acting_user, now)
    made = issue(
        client=old.client,
        legal_entity=old.legal_entity,
        number=number,
        issued_on=issued_on,
        amount=amount,
        subject=subject,
        submission=submission,
        acting_user=acting_user,
        corrects=old,
    )
    PaymentPart.objects.bulk_create(_moved(parts, made))
    sums.write([old.client_id])
    sums.spread([old.client_id])
    made.refresh_from_db()
    return made


def _moved(parts: list[PaymentPart], made: Invoice) -> list[PaymentPart]:
    """Lay parts of payments upon the corrected invoice, as far as its amount goes."""
    moved, room = [], made.amount
    for part in parts:
        amount = min(part.amount, room)
        if amount > 0:
            moved.append(PaymentPart(payment_id=part.payment_id, invoice=made, amount=amount))
        room -= amount
    return moved


def told_cancelled(invoice: Invoice) -> str:
    """Say who cancelled an invoice first, and when."""
    who = invoice.cancelled_by.short_name if invoice.cancelled_by else ""
    said = {"who": who, "at": show.moment(invoice.cancelled_at)}
    return _("%(who)s cancelled it already, %(at)s.") % said


# --- payments ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def register_payment(
    *,
    client: Client,
    legal_entity: LegalEntity,
    day: date,
    amount: Decimal,
    number: str,
    invoice_number: str,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> Payment:
    """Note money that came, and spread it: over the invoice it names, else the oldest ones; the rest waits.

    Raise Refused when the client was joined meanwhile or this payment is noted already.
    """
    actions.hold(client)
    known = Payment.objects.filter(submission=submission).first()
    if known is not None:
        return known
    same = Payment.objects.filter(source=None, legal_entity=legal_entity, number=number, day=day)
    if number and same.exists():
        raise Refused(_("There is a payment with this number on this day already."))
    made = Payment.objects.create(
        client=client,
        legal_entity=legal_entity,
        day=day,
        amount=amount,
        number=number,
        invoice_number=invoice_number,
        author=acting_user,
        submission=submission,
    )
    sums.spread([client.pk])
    paid = [one.pk for one in Invoice.objects.filter(parts__payment=made) if not one.is_open]
    _end_tasks(paid, _("The invoice is paid."), acting_user, now)
    return made


# --- contacts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What came of a contact about invoices."""

    result: str
    comment: str
    kind: str
    promised_on: date | None = None
    next_on: date | None = None


@transaction.atomic
def log_contact(
    *,
    invoices: QuerySet[Invoice],
    said: Said,
    today: date,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> list[Invoice]:
    """Note what came of a contact about invoices; return those it was noted of (R179).

    1. Of each client one communication is written, so that it counts as contact where the client was reached.
    2. The tasks of the contact days are done by it; the next one is set by the result, unless the client refuses.
    3. Invoices that are paid or cancelled meanwhile are left; the same form sent twice writes once.
    Raise Refused for more clients than one contact is of.
    """
    found = [one for one in _locked(invoices) if one.is_open]
    of_clients: dict[int, list[Invoice]] = {}
    for one in found:
        of_clients.setdefault(one.client_id, []).append(one)
    if len(of_clients) > MOST_AT_ONCE:
        raise Refused(_("A contact is noted of up to %d clients at once.") % MOST_AT_ONCE)
    result = CommunicationResult.objects.filter(code=RESULTS[ContactResult(said.result)]).first()
    rows: list[InvoiceContact] = []
    for client, group in of_clients.items():  # each is an entry of its own: up to MOST_AT_ONCE
        rows += _contact(group, said, result, today, uuid5(submission, str(client)), acting_user, now)
    known = InvoiceContact.objects.filter(communication__in=[row.communication_id for row in rows])
    written = set(known.values_list("invoice_id", "communication_id"))
    InvoiceContact.objects.bulk_create(row for row in rows if (row.invoice_id, row.communication_id) not in written)
    _done_by(found, said, acting_user, now)
    return found


def _contact(
    group: list[Invoice],
    said: Said,
    result: CommunicationResult | None,
    today: date,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> list[InvoiceContact]:
    """Write the communication about the invoices of one client, with the next task; return the rows to write."""
    numbers = ", ".join(one.number for one in group)
    word = ContactResult(said.result).label
    text = _("Invoice %(numbers)s: %(result)s") % {"numbers": numbers, "result": word}
    if said.promised_on:
        text += f" ({show.day(said.promised_on)})"
    written = actions.log_communication(
        client=group[0].client,
        entry=Entry(kind=said.kind, day=today, text=f"{text}. {said.comment}".strip(), result=result),
        submission=submission,
        acting_user=acting_user,
        now=now,
        next_task=_next(group[0], said, numbers, today, acting_user),
    )
    return [
        InvoiceContact(
            invoice=one,
            day=today,
            author=acting_user,
            result=said.result,
            promised_on=said.promised_on,
            comment=said.comment,
            communication=written,
        )
        for one in group
    ]


def _next(invoice: Invoice, said: Said, numbers: str, today: date, acting_user: Employee) -> NextTask | None:
    """Say what follows by the result: the payment is looked for on its day, else one speaks the next working day."""
    if said.result == ContactResult.REFUSES and said.next_on is None:
        return None
    day = said.next_on or Calendar(invoice.client.branch).on_or_after(said.promised_on or today + timedelta(days=1))
    title = {
        ContactResult.WILL_PAY: _("Has invoice %s been paid?"),
        ContactResult.CHANGES: _("Correct invoice %s"),
    }.get(ContactResult(said.result), _("Speak about invoice %s"))
    return NextTask(
        kind=TaskKind.DOCUMENT if said.result == ContactResult.CHANGES else TaskKind.CALL,
        due_on=day,
        title=(title % numbers)[:200],
        assignee=acting_user,
        invoice=invoice,
    )


def _done_by(invoices: Iterable[Invoice], said: Said, acting_user: Employee, now: datetime) -> None:
    """Close the tasks of contact days; where something is agreed, the head has nothing to look at any more."""
    about = Task.objects.filter(invoice__in=[one.pk for one in invoices])
    over = Q(origin__startswith=CONTACT)
    if said.result in (ContactResult.WILL_PAY, ContactResult.CHANGES):
        over |= Q(origin__startswith=ESCALATION)
    result = str(ContactResult(said.result).label)
    if said.comment:
        result += f": {said.comment}"
    actions.finish(tasks=about.filter(over), result=result[:500], acting_user=acting_user, now=now)


# --- deferrals --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_deferral(
    *,
    client: Client,
    why: str,
    days: int,
    limit: Decimal,
    starts_on: date,
    ends_on: date,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> Deferral:
    """Ask for a deferral of payment; the heads of sales are told (R180)."""
    actions.hold(client)
    known = Deferral.objects.filter(submission=submission).first()
    if known is not None:
        return known
    made = Deferral.objects.create(
        client=client,
        why=why,
        days=days,
        limit=limit,
        starts_on=starts_on,
        ends_on=ends_on,
        asked_by=acting_user,
        asked_at=now,
        submission=submission,
    )
    heads = Employee.people.working().filter(role=Role.HOS).exclude(pk=acting_user.pk)
    _tell(made, list(heads.values_list("pk", flat=True)), ASKED_TOLD, "asked", acting_user)
    return made


@transaction.atomic
def approve_deferral(
    *, deferral: Deferral, days: int, limit: Decimal, ends_on: date, comment: str, acting_user: Employee, now: datetime
) -> Deferral:
    """Approve a request with a term and a limit; unpaid invoices of its days get the term, oldest first, in the limit.

    Raise Refused when somebody decided meanwhile or another deferral holds on some of these days.
    """
    client = Client.objects.select_related("branch").get(pk=deferral.client_id)
    actions.hold(client)
    fields = {"days": days, "limit": limit, "ends_on": ends_on}
    try:
        with transaction.atomic():
            held = _decide(deferral, DeferralState.APPROVED, comment, acting_user, now, **fields)
    except IntegrityError as fault:
        reason = constraints.told(fault)
        if not reason:
            raise
        raise Refused(reason) from fault
    apply_deferrals([client.pk])
    _tell(held, [held.asked_by_id], APPROVED_TOLD, "approved", acting_user)
    return held


def apply_deferrals(clients: Iterable[int]) -> int:
    """Give unpaid invoices of these clients the terms of the deferrals of their days; return how many got one.

    Oldest first, as far as the limit goes beside what is unpaid under the deferral already.
    """
    approved = Deferral.objects.filter(client__in=list(clients), state=DeferralState.APPROVED)
    deferrals = {one.pk: one for one in approved.select_related("client")}
    if not deferrals:
        return 0
    of = {one.client_id for one in deferrals.values()}
    room = {pk: one.limit for pk, one in deferrals.items()}
    calendars = calendar.by_branch({one.client.branch_id for one in deferrals.values()})
    taken = []
    unpaid = list(Invoice.objects.unpaid().filter(client__in=of).order_by("issued_on", "pk"))
    for one in unpaid:
        if one.deferral_id in room:
            room[one.deferral_id] -= one.unpaid
    for one in (one for one in unpaid if one.deferral_id is None):
        held = next((each for each in deferrals.values() if _covers(each, one)), None)
        if held is not None and one.unpaid <= room[held.pk]:
            room[held.pk] -= one.unpaid
            last = one.issued_on + timedelta(days=held.days)
            one.deferral, one.valid_until = held, calendars[held.client.branch_id].on_or_after(last)
            taken.append(one)
    Invoice.objects.bulk_update(taken, ["deferral", "valid_until"])
    return len(taken)


def _covers(deferral: Deferral, invoice: Invoice) -> bool:
    return deferral.client_id == invoice.client_id and deferral.starts_on <= invoice.issued_on <= deferral.ends_on


@transaction.atomic
def refuse_deferral(*, deferral: Deferral, comment: str, acting_user: Employee, now: datetime) -> Deferral:
    """Refuse a request, saying why. Raise Refused when somebody decided meanwhile."""
    held = _decide(deferral, DeferralState.REFUSED, comment, acting_user, now)
    _tell(held, [held.asked_by_id], REFUSED_TOLD, "refused", acting_user)
    return held


def _decide(
    deferral: Deferral, state: DeferralState, comment: str, acting_user: Employee, now: datetime, **fields: Any
) -> Deferral:
    """Take the request by a conditional UPDATE, so that it is decided once."""
    decided = {"state": state, "decided_by": acting_user, "decided_at": now, "comment": comment}
    waiting = Deferral.objects.filter(pk=deferral.pk, state=DeferralState.ASKED)
    if not waiting.update(**decided, **fields):
        held = Deferral.objects.select_related("decided_by").get(pk=deferral.pk)
        who = held.decided_by.short_name if held.decided_by else ""
        raise Refused(_("%(who)s decided already: %(state)s.") % {"who": who, "state": held.get_state_display()})
    return Deferral.objects.select_related("client", "asked_by").get(pk=deferral.pk)


def _tell(deferral: Deferral, people: list[int], text: str, word: str, acting_user: Employee) -> None:
    said = {"who": acting_user.short_name, "client": deferral.client.name, "days": deferral.days}
    said |= {"limit": show.money(deferral.limit), "comment": deferral.comment}
    others = [one for one in people if one != acting_user.pk]
    url = f"{reverse('deals:deferral-list')}?state=all&ids={deferral.pk}"
    notify.tell(others, kind="deferral", text=text, key=f"deferral-{word}-{deferral.pk}", url=url, **said)


# --- rules ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rules(*, rules: InvoiceRules, acting_user: Employee) -> InvoiceRules:
    """Save a new version of the rules; it holds for invoices issued and days that come from now on."""
    rules.pk, rules.author = None, acting_user
    rules._state.adding = True
    rules.save()
    return rules
