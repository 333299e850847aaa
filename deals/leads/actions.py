"""What people and rules do with leads; the only writer of them (R154-R165).

Every action locks the lead it changes, looks at it again and refuses, in words for the person, what no longer fits, so
that a double click or a second person changes nothing. Days and moments are passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Client, Segment
from deals import actions as tasks
from deals.leads import knowing, score, sharing, terms
from deals.leads.models import (
    CloseReason,
    Enquiry,
    Lead,
    LeadAnswer,
    LeadRules,
    LeadState,
    LeadTouch,
    Receiver,
    TouchKind,
)
from deals.leads.said import Received, Said
from deals.models import Task, TaskKind
from salescrm.base import automation, constraints, notify
from salescrm.base.jobs import Refused
from staff.calendar import Calendar
from staff.models import Employee

FIRST_CONTACT, OFFER, DECISION, NEXT_STEP = "lead_first_contact", "lead_offer", "lead_decision", "lead_next_step"
KNOWN_CLIENT = "enquiry_of_client"
DECISION_DAYS = 3  # working days after the offer until it is asked what they decided
FREE_REASONS = {CloseReason.DUPLICATE, CloseReason.SPAM}  # nothing more is asked of these
NEW_TOLD = gettext_noop("A new lead waits for a responsible person: {name}")
NOBODY_TOLD = gettext_noop("Nobody is present to take the lead {name}: give it to somebody")
GIVEN_TOLD = gettext_noop("You are responsible for the lead {name}")
GIVEN_MANY_TOLD = gettext_noop("{who} gave you leads: {rows}")
LATE_TOLD = gettext_noop("No first contact in time with the lead {name}: {who}")
AGAIN_TOLD = gettext_noop("The lead {name} has written again")


# --- coming in --------------------------------------------------------------------------------------------------------


def receive(
    *, said: Said, acting_user: Employee | None, now: datetime, responsible: Employee | None = None
) -> Received:
    """Take an enquiry in from any channel (R154): nobody is kept twice.

    1. A form sent twice is one enquiry.
    2. Of a known client (phone, e-mail, INN) it goes to the client, whose owner gets a task.
    3. Of an open lead it goes to that lead. Two at the same moment: the database keeps one open lead per phone and
       e-mail, the second finds the first.
    4. Else it makes a lead with its term; the rules, or who entered it, say who is responsible.
    """
    if earlier := _received(said):
        return earlier
    try:
        with transaction.atomic():
            return _take_in(said, acting_user, now, responsible)
    except IntegrityError:
        if earlier := _received(said):  # the second click came while the first one was being written
            return earlier
        raise


def _received(said: Said) -> Received | None:
    enquiry = Enquiry.objects.select_related("lead", "client").filter(submission=said.submission).first()
    return Received(enquiry, enquiry.lead, is_new=False) if enquiry else None


def _take_in(said: Said, acting_user: Employee | None, now: datetime, responsible: Employee | None) -> Received:
    known = knowing.client_of(phone=said.phone_key, email=said.email_key, inn=said.inn)
    if known is not None:
        return Received(_of_client(known.client, said, acting_user, now), None, is_new=False)
    lead, is_new = _open_or_made(said, acting_user, now)
    enquiry = _keep(said, acting_user, now, lead=lead)
    if not is_new:
        _written_again(lead, enquiry, now)
        return Received(enquiry, lead, is_new=False)
    _first_receiver(lead, responsible, acting_user, now)
    return Received(enquiry, lead, is_new=True)


def _open_or_made(said: Said, acting_user: Employee | None, now: datetime) -> tuple[Lead, bool]:
    """Return the open lead of the enquirer, or a new one."""
    found = knowing.open_lead(phone=said.phone_key, email=said.email_key)
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return _make(said, acting_user, now), True
    except IntegrityError:
        found = knowing.open_lead(phone=said.phone_key, email=said.email_key)
        if found is None:
            raise
        return found, False


def _make(said: Said, acting_user: Employee | None, now: datetime) -> Lead:
    rules = LeadRules.objects.in_force()
    due = terms.after_hours(
        now,
        rules.first_contact_hours,
        calendar=Calendar(said.branch),
        opens=rules.opens_at,
        closes=rules.closes_at,
    )
    names = ("person", "company", "phone", "phone_key", "email", "email_key", "messenger", "site", "city", "inn",
             "source", "channel", "exhibition", "branch")  # fmt: skip
    lead = Lead(
        **{name: getattr(said, name) for name in names},
        **knowing.keys_of(said.person, said.company),
        created_at=now,
        created_by=acting_user,
        active_on=_day(now),
        first_contact_due_at=due,
    )
    lead.score, lead.score_parts = score.reckon(lead, rules)
    lead.save(force_insert=True)
    return lead


def _keep(
    said: Said, acting_user: Employee | None, now: datetime, *, lead: Lead | None = None, client: Client | None = None
) -> Enquiry:
    return Enquiry.objects.create(
        lead=lead,
        client=client,
        channel=said.channel,
        source=said.source,
        branch=said.branch,
        form=said.form,
        person=said.person,
        reach=", ".join(part for part in (said.phone, said.email) if part),
        text=said.text,
        received_at=now,
        received_by=acting_user,
        consent=said.consent,
        consent_at=now if said.consent else None,
        submission=said.submission,
    )


def _of_client(client: Client, said: Said, acting_user: Employee | None, now: datetime) -> Enquiry:
    """Keep the enquiry of a known client and give its owner a task."""
    enquiry = _keep(said, acting_user, now, client=client)
    owner = owner_of(client)
    tasks.create_task(
        title=(_("Enquiry of a client: %s") % (said.text or said.person or client.name))[:200],
        kind=TaskKind.CALL,
        assignee=owner,
        due_on=Calendar(said.branch).on_or_after(_day(now)),
        acting_user=None,
        client=client,
        submission=said.submission,
    )
    return enquiry


def owner_of(client: Client) -> Employee:
    """Return who answers for a client now."""
    return Employee.objects.get(ownerships__client=client, ownerships__ends_on__isnull=True)


def _written_again(lead: Lead, enquiry: Enquiry, now: datetime) -> None:
    Lead.objects.filter(pk=lead.pk).update(active_on=_day(now))
    told = [lead.responsible_id] if lead.responsible_id else sharing.heads(lead.branch_id)
    notify.tell(told, kind="lead", text=AGAIN_TOLD, key=f"enquiry-{enquiry.pk}", url=_address(lead), name=lead.name)


def _first_receiver(lead: Lead, responsible: Employee | None, acting_user: Employee | None, now: datetime) -> None:
    """Give a new lead to who took it, else by the rules; the heads hear of one that nobody has (R157)."""
    rules = LeadRules.objects.in_force()
    chosen = responsible
    if chosen is None and rules.receiver != Receiver.CSH:
        chosen = sharing.plan([lead], rules, _day(now)).get(lead.pk)
    if chosen is not None:
        _give(lead, chosen, acting_user)
        return
    text = NEW_TOLD if rules.receiver == Receiver.CSH else NOBODY_TOLD
    people = sharing.heads(lead.branch_id)
    notify.tell(people, kind="lead", text=text, key=f"lead-{lead.pk}", url=_address(lead), name=lead.name)


# --- who works it -----------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, owners: Mapping[int, Employee], acting_user: Employee) -> int:
    """Give leads (id → person) to people with their open tasks; return how many have another responsible (R157, R158).

    Closed and converted ones, and those the person has already, stay; each person is told once.
    """
    locked = Lead.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(owners)).open()
    moved = [lead for lead in locked.order_by("pk") if lead.responsible_id != owners[lead.pk].pk]
    for lead in moved:
        _give(lead, owners[lead.pk], acting_user, tell=len(moved) == 1)
    if len(moved) > 1:
        _tell_many(moved, owners, acting_user)
    return len(moved)


@transaction.atomic
def take(*, lead: Lead, acting_user: Employee) -> Lead:
    """Become responsible for a lead nobody has; raise Refused when somebody was quicker."""
    held = locked(lead)
    if held.responsible_id is not None and held.responsible_id != acting_user.pk:
        who = Employee.objects.get(pk=held.responsible_id)
        raise Refused(_("%s took this lead already.") % who.short_name)
    _refuse_unless_open(held)
    if held.responsible_id is None:
        _give(held, acting_user, acting_user)
    return held


def _give(lead: Lead, person: Employee, acting_user: Employee | None, *, tell: bool = True) -> None:
    """Make a person responsible: the tasks of the lead go along, a new one gets the task of the first contact."""
    lead.responsible = person
    lead.save(update_fields=["responsible"])
    tasks.reassign(tasks=Task.objects.filter(lead=lead), assignee=person, acting_user=person)
    if lead.first_contacted_at is None:
        _plan(
            lead,
            _("First contact: %s") % lead.name,
            TaskKind.CALL,
            timezone.localtime(lead.first_contact_due_at).date(),
            origin=FIRST_CONTACT,
            as_of=_day(lead.created_at),
            moment=lead.first_contact_due_at,
        )
    if tell and person != acting_user:
        key = f"lead-given-{lead.pk}-{person.pk}"
        notify.tell([person.pk], kind="lead", text=GIVEN_TOLD, key=key, url=_address(lead), name=lead.name)


def _tell_many(moved: list[Lead], owners: Mapping[int, Employee], acting_user: Employee) -> None:
    counts: dict[int, list[int]] = {}
    for lead in moved:
        counts.setdefault(owners[lead.pk].pk, []).append(lead.pk)
    for person, got in counts.items():
        if person != acting_user.pk:
            key, url = f"leads-given-{min(got)}-{len(got)}-{person}", f"{reverse('leads:lead-list')}?responsible=me"
            said = {"who": acting_user.short_name, "rows": len(got)}
            notify.tell([person], kind="lead", text=GIVEN_MANY_TOLD, key=key, url=url, **said)


# --- working it -------------------------------------------------------------------------------------------------------


@transaction.atomic
def log(
    *,
    lead: Lead,
    kind: TouchKind,
    text: str,
    is_reached: bool,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
    next_on: date | None = None,
) -> LeadTouch:
    """Write what was said with a lead: the first one meets the term of the first contact (R160).

    A note is no contact. Who logs a contact with a lead nobody has becomes responsible for it.
    """
    earlier = LeadTouch.objects.filter(submission=submission).first()
    if earlier is not None:
        return earlier
    held = locked(lead)
    _refuse_unless_open(held)
    touch = LeadTouch.objects.create(
        lead=held, kind=kind, text=text, is_reached=is_reached, at=now, author=acting_user, submission=submission
    )
    if held.responsible_id is None:
        _give(held, acting_user, acting_user)
    if kind != TouchKind.NOTE:
        _contacted(held, touch, now)
    if next_on is not None:
        title = _("Next step: %s") % held.name
        _plan(held, title, TaskKind.CALL, next_on, author=acting_user, submission=submission)
    return touch


def _contacted(lead: Lead, touch: LeadTouch, now: datetime) -> None:
    """Note the first contact and the sign of life; the tasks due by today are done by it."""
    fields = []
    if lead.first_contacted_at is None:
        lead.first_contacted_at = now
        fields.append("first_contacted_at")
    if lead.state == LeadState.NEW:
        lead.state = LeadState.IN_WORK
        fields.append("state")
    if touch.is_reached:
        lead.active_on = _day(now)
        fields.append("active_on")
    if fields:
        lead.save(update_fields=fields)
    due = Task.objects.filter(Q(origin=FIRST_CONTACT) | Q(origin__in=[DECISION, NEXT_STEP, ""], due_on__lte=_day(now)))
    tasks.finish(tasks=due.filter(lead=lead), result=touch.text[:500], acting_user=touch.author, now=now)


@dataclass(frozen=True)
class Facts:
    """What qualification asks for: the type or why it is not known, the need, the criteria of the score."""

    segment: Segment | None
    type_unknown: str
    need: str
    has_stock: bool | None = None
    monthly_need: Any = None
    region_capacity: int | None = None
    stores: int | None = None
    decider_reached: bool | None = None


@transaction.atomic
def save_facts(*, lead: Lead, facts: Facts, answers: Mapping[int, str], acting_user: Employee) -> Lead:
    """Keep what is known of a lead without qualifying it; the score follows."""
    held = locked(lead)
    _refuse_unless_open(held)
    _write_facts(held, facts, answers)
    return held


@transaction.atomic
def qualify(*, lead: Lead, facts: Facts, answers: Mapping[int, str], acting_user: Employee, now: datetime) -> Lead:
    """End the qualification (R161): it needs the type, or why it is not known; the offer gets its term and task (R162).

    A lead that is qualified already keeps its term: only the facts are written.
    """
    held = locked(lead)
    _refuse_unless_open(held)
    if facts.segment is None and not facts.type_unknown:
        raise Refused(_("Say the type, or why it is not known."))
    if held.responsible_id is None:
        _give(held, acting_user, acting_user)
    _write_facts(held, facts, answers)
    if held.state not in (LeadState.NEW, LeadState.IN_WORK):
        return held
    rules = LeadRules.objects.in_force()
    held.state, held.qualified_at, held.active_on = LeadState.QUALIFIED, now, _day(now)
    held.first_contacted_at = held.first_contacted_at or now
    held.offer_due_on = terms.after_days(_day(now), rules.offer_days, calendar=Calendar(held.branch))
    held.save(update_fields=["state", "qualified_at", "active_on", "first_contacted_at", "offer_due_on"])
    done = Task.objects.filter(lead=held, origin=FIRST_CONTACT)
    tasks.finish(tasks=done, result=_("Qualified"), acting_user=acting_user, now=now)
    _plan(held, _("Send an offer: %s") % held.name, TaskKind.QUOTE, held.offer_due_on, origin=OFFER, as_of=_day(now))
    return held


def _write_facts(lead: Lead, facts: Facts, answers: Mapping[int, str]) -> None:
    names = ("segment", "type_unknown", "need", "has_stock", "monthly_need", "region_capacity", "stores",
             "decider_reached")  # fmt: skip
    for name in names:
        setattr(lead, name, getattr(facts, name))
    lead.score, lead.score_parts = score.reckon(lead, LeadRules.objects.in_force())
    lead.save(update_fields=[*names, "score", "score_parts"])
    LeadAnswer.objects.filter(lead=lead, question__in=[pk for pk, text in answers.items() if not text]).delete()
    given = [LeadAnswer(lead=lead, question_id=pk, text=text) for pk, text in answers.items() if text]
    LeadAnswer.objects.bulk_create(
        given, update_conflicts=True, unique_fields=["lead", "question"], update_fields=["text"]
    )


@transaction.atomic
def send_offer(*, lead: Lead, acting_user: Employee, now: datetime) -> Lead:
    """Say that the offer was sent (R162): its task is done, the next one asks what they decided."""
    held = locked(lead)
    if held.state == LeadState.OFFERED:
        return held
    if held.state != LeadState.QUALIFIED:
        raise Refused(_("An offer follows the qualification: say the type first."))
    held.state, held.offered_at, held.active_on = LeadState.OFFERED, now, _day(now)
    held.save(update_fields=["state", "offered_at", "active_on"])
    done = Task.objects.filter(lead=held, origin=OFFER)
    tasks.finish(tasks=done, result=_("The offer was sent"), acting_user=acting_user, now=now)
    days = automation.number("lead-decision-days", DECISION_DAYS, _day(now))
    due = terms.after_days(_day(now), days, calendar=Calendar(held.branch))
    _plan(held, _("What did they decide: %s") % held.name, TaskKind.CALL, due, origin=DECISION, as_of=_day(now))
    return held


# --- its end ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(
    *,
    lead: Lead,
    reason: CloseReason,
    comment: str,
    need: str,
    acting_user: Employee,
    now: datetime,
    segment: Segment | None = None,
    type_unknown: str = "",
) -> Lead:
    """Close a lead without result: reason, comment, need and type are asked for (R163); what was planned ends."""
    held = locked(lead)
    if held.state == LeadState.CLOSED:
        return held
    _refuse_unless_open(held)
    if reason not in FREE_REASONS:
        if not comment or not (need or held.need):
            raise Refused(_("Say the need and what came of it: nobody remembers it in a year."))
        held.segment, held.type_unknown = segment or held.segment, type_unknown or held.type_unknown
        if held.segment is None and not held.type_unknown:
            raise Refused(_("Say the type, or why it is not known."))
    _close(held, reason, comment, acting_user, now, need=need)
    return held


def _close(
    lead: Lead, reason: CloseReason, comment: str, by: Employee | None, now: datetime, *, need: str = ""
) -> None:
    lead.state, lead.closed_at, lead.closed_by = LeadState.CLOSED, now, by
    lead.close_reason, lead.close_comment, lead.need = reason, comment, need or lead.need
    told = ["close_reason", "close_comment", "need", "segment", "type_unknown"]
    lead.save(update_fields=["state", "closed_at", "closed_by", *told])
    person = by or lead.responsible
    if person is not None:
        said = _("The lead was closed: %s") % reason.label
        tasks.cancel(tasks=Task.objects.filter(lead=lead), reason=said[:500], acting_user=person, now=now)


@transaction.atomic
def reopen(*, lead: Lead, acting_user: Employee, now: datetime) -> Lead:
    """Work a closed lead again, from where it was; its term of silence begins anew."""
    held = locked(lead)
    if held.state != LeadState.CLOSED:
        return held
    is_worked = held.responsible_id is not None and held.first_contacted_at is not None
    held.state = _state_before(held) if is_worked else LeadState.NEW
    held.closed_at, held.closed_by, held.close_reason, held.active_on = None, None, "", _day(now)
    try:
        with transaction.atomic():
            held.save(update_fields=["state", "closed_at", "closed_by", "close_reason", "active_on"])
    except IntegrityError as fault:
        raise Refused(constraints.told(fault)) from fault
    if held.responsible_id is not None:
        due = Calendar(held.branch).on_or_after(_day(now))
        _plan(held, _("Next step: %s") % held.name, TaskKind.CALL, due, origin=NEXT_STEP, as_of=_day(now))
    return held


def _state_before(lead: Lead) -> LeadState:
    if lead.offered_at is not None:
        return LeadState.OFFERED
    return LeadState.QUALIFIED if lead.qualified_at is not None else LeadState.IN_WORK


# --- terms ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def tell_late(*, now: datetime) -> int:
    """Tell the heads once of each lead whose first contact is overdue (R160); return how many."""
    late = Lead.objects.open().filter(first_contacted_at__isnull=True, first_contact_due_at__lt=now)
    waiting = late.filter(overdue_told_at__isnull=True).select_related("responsible")
    found = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk"))
    branches = {lead.branch_id for lead in found}
    heads = {branch: sharing.heads(branch) for branch in branches}
    for lead in found:
        who = lead.responsible.short_name if lead.responsible else "–"
        people, key = heads[lead.branch_id], f"lead-late-{lead.pk}"
        notify.tell(people, kind="lead", text=LATE_TOLD, key=key, url=_address(lead), name=lead.name, who=who)
    Lead.objects.filter(pk__in=[lead.pk for lead in found]).update(overdue_told_at=now)
    return len(found)


def keep_going(*, now: datetime) -> dict[str, int]:
    """Close leads that were silent for the whole period; keep a next step planned for the others (R163, R165).

    A lead nobody has ever contacted is not silent but forgotten: it stays open and on the heads' list.
    """
    rules, today = LeadRules.objects.in_force(), _day(now)
    silent = Lead.objects.open().filter(first_contacted_at__isnull=False, active_on__lte=_back(today, rules.close_days))
    closed = sum(_close_silent(pk, rules, now) for pk in silent.order_by("pk").values_list("pk", flat=True))
    worked = Lead.objects.open().filter(responsible__isnull=False).exclude(tasks__state="open")
    planned = 0
    for lead in worked.select_related("branch").order_by("pk"):
        due = Calendar(lead.branch).on_or_after(today)
        _plan(lead, _("Next step: %s") % lead.name, TaskKind.CALL, due, origin=NEXT_STEP, as_of=today)
        planned += 1
    return {"closed": closed, "planned": planned}


def _back(today: date, days: int) -> date:
    return date.fromordinal(today.toordinal() - days)


@transaction.atomic
def _close_silent(pk: int, rules: LeadRules, now: datetime) -> int:
    lead = locked(Lead(pk=pk))
    if not lead.is_open or lead.active_on > _back(_day(now), rules.close_days):
        return 0
    said = _("No answer for %s days.") % rules.close_days
    _close(lead, CloseReason.SILENT, said, None, now)
    return 1


# --- what they have in common -----------------------------------------------------------------------------------------


def locked(lead: Lead) -> Lead:
    """Lock a lead and return it as it is now."""
    rows = Lead.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("branch", "segment", "responsible", "source").get(pk=lead.pk)


def _refuse_unless_open(lead: Lead) -> None:
    if not lead.is_open:
        state = lead.get_state_display()
        raise Refused(_("This lead is not open any more (%s). Load the page again.") % state)


def _plan(
    lead: Lead,
    title: str,
    kind: TaskKind,
    due_on: date,
    *,
    origin: str = "",
    as_of: date | None = None,
    author: Employee | None = None,
    submission: UUID | None = None,
    moment: datetime | None = None,
) -> None:
    """Set a task of the lead for who is responsible (R155)."""
    assert lead.responsible is not None  # noqa: S101
    tasks.create_task(
        title=title[:200],
        kind=kind,
        assignee=lead.responsible,
        due_on=due_on,
        due_time=timezone.localtime(moment).time().replace(second=0, microsecond=0) if moment else None,
        acting_user=author,
        lead=lead,
        origin=origin,
        origin_as_of=as_of,
        submission=submission,
    )


def _address(lead: Lead) -> str:
    return reverse("leads:lead-card", args=[lead.pk])


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
