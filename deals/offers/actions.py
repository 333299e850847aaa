"""What people do with offers and their templates; the only writer of them (R148).

Locks: the client, then the deal, then tasks. A form sent twice does its work once; whoever saw an older version is told
and changes nothing. Refused has one line for the person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clients.models import CommunicationKind, Contact, LossReason, Segment
from deals import actions as base
from deals.actions import Entry, Refused, hold
from deals.dealing.models import Deal
from deals.models import Task, TaskKind
from deals.offers import paper, text
from deals.offers.models import (
    PARTS,
    Letterhead,
    Offer,
    OfferLine,
    OfferState,
    OfferTemplate,
    OfferTemplateVersion,
    SentBy,
)
from salescrm.base import show
from salescrm.base.locks import Key, lock
from staff.calendar import Calendar
from staff.models import Employee

__all__ = [
    "Answer", "Refused", "answer", "approve", "correct", "discard", "draft", "renew", "save_letterhead",
    "save_template", "send",
]  # fmt: skip
REACTION = "offer_reaction"  # origin of the task to ask for the reaction; the offer's number follows


# --- templates --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_template(
    *,
    template: OfferTemplate | None,
    name: str,
    language: str,
    segments: Collection[Segment],
    is_active: bool,
    texts: Mapping[str, str],
    acting_user: Employee,
) -> OfferTemplateVersion:
    """Write a template; texts that differ from the approved ones are a version of their own, to be approved.

    Return the newest version. Refused: a placeholder that is not known, by its name.
    """
    wrong = [name for part in PARTS for name in text.unknown(texts.get(part, ""))]
    if wrong:
        known = ", ".join(f"{{{one}}}" for one in text.PLACEHOLDERS)
        said = _("“{%(name)s}” is not known. There are: %(known)s.")
        raise Refused(said % {"name": wrong[0], "known": known})
    if template is None:
        template = OfferTemplate(name=name)
    else:
        template = OfferTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    template.name, template.language, template.is_active = name, language, is_active
    template.save()
    template.segments.set(segments)
    newest = template.versions.order_by("-number").first()
    if newest is None or newest.approved_at is not None:
        if newest is not None and all(getattr(newest, part) == texts.get(part, "") for part in PARTS):
            return newest
        number = newest.number + 1 if newest else 1
        newest = OfferTemplateVersion(template=template, number=number)
    newest.author = acting_user
    for part in PARTS:
        setattr(newest, part, texts.get(part, ""))
    newest.save()
    return newest


@transaction.atomic
def approve(
    *, version: OfferTemplateVersion, seen: Mapping[str, str], acting_user: Employee, now: datetime
) -> OfferTemplateVersion:
    """Let a version be used; it is not changed after that. Refused when it was changed since it was `seen`."""
    held = OfferTemplateVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if held.approved_at is not None:
        return held
    if any(getattr(held, part) != seen[part] for part in PARTS):
        raise Refused(_("The text was changed meanwhile: read it again."))
    held.approved_by, held.approved_at = acting_user, now
    held.save(update_fields=["approved_by", "approved_at"])
    return held


def save_letterhead(*, name: str, details: str, footer: str) -> Letterhead:
    """Write what stands over and under offers from now on."""
    return Letterhead.objects.create(name=name, details=details, footer=footer)


# --- offers -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    *,
    deal: Deal,
    template: OfferTemplate,
    contact: Contact | None,
    valid_until: date,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> Offer:
    """Make an offer of an open deal by the approved version of a template, with the next number of the year.

    Refused: the stage allows no offer yet (R143), the template is not for this client, the contact is another client's.
    """
    held = _deal(deal)
    known = Offer.objects.filter(submission=submission).first()
    if known is not None:
        return known
    version = _usable(held, template)
    _refuse_unfit(held, contact, valid_until, localtime(now).date())
    lock(Key.OFFER_NUMBERS)
    year = localtime(now).year
    last = Offer.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    return Offer.objects.create(
        deal=held, template_version=version, contact=contact, manager=acting_user, year=year, number=last + 1,
        valid_until=valid_until, created_at=now, submission=submission,
    )  # fmt: skip


@transaction.atomic
def correct(
    *,
    offer: Offer,
    template: OfferTemplate,
    contact: Contact | None,
    valid_until: date,
    seen: int,
    now: datetime,
) -> Offer:
    """Change a draft: by which template, for whom, until when."""
    held = _held(offer, seen)
    _refuse_sent(held)
    _refuse_unfit(held.deal, contact, valid_until, localtime(now).date())
    if held.template_version.template_id != template.pk:
        held.template_version = _usable(held.deal, template)
    held.contact, held.valid_until = contact, valid_until
    held.version += 1
    held.save(update_fields=["template_version", "contact", "valid_until", "version"])
    return held


@transaction.atomic
def discard(*, offer: Offer, seen: int) -> None:
    """Delete a draft; what was sent stays."""
    held = _held(offer, seen)
    _refuse_sent(held)
    held.delete()


@transaction.atomic
def send(
    *,
    offer: Offer,
    way: str,
    email: str,
    remind_in: int,
    seen: int,
    acting_user: Employee,
    now: datetime,
) -> Offer:
    """Freeze a draft and say it was sent; by e-mail a letter goes out too.

    1. Texts, goods and prices stay as they are now, whatever becomes of the template and the deal.
    2. An offer it replaces is no longer waited for; a task asks for the reaction in `remind_in` working days.
    3. The client's timeline has it as a letter. Sent already: nothing is done again.
    """
    held = _held(offer, None)
    if held.sent_at is not None:
        return held
    _refuse_changed(held, seen)
    today = localtime(now).date()
    _refuse_unfit(held.deal, held.contact, held.valid_until, today)
    _refuse_forbidden(held.deal)
    lines = list(held.deal.lines.all())
    held.said, held.total = paper.said(held), paper.total_of(held.deal, lines)
    OfferLine.objects.bulk_create(
        OfferLine(
            offer=held, product_id=one.product_id, name=one.name, quantity=one.quantity, price=one.price,
            discount=one.discount, order=place,
        )
        for place, one in enumerate(lines, 1)
    )  # fmt: skip
    held.state, held.sent_at, held.sent_way = OfferState.SENT, now, way
    held.sent_to = email if way == SentBy.EMAIL else ""
    held.version += 1
    held.save()
    if held.replaces_id:
        _end(Offer.objects.get(pk=held.replaces_id), acting_user, now)
    _remind(held, remind_in, today)
    _log(
        held,
        "sent",
        _("Offer %(code)s was sent, %(total)s, valid until %(day)s") % _told(held),
        acting_user,
        today,
        now,
    )
    if held.sent_to:
        _write_letter(held)
    return held


@dataclass(frozen=True)
class Answer:
    """What the client said to an offer."""

    is_accepted: bool
    day: date
    comment: str = ""
    reason: LossReason | None = None


@transaction.atomic
def answer(*, offer: Offer, said: Answer, seen: int, acting_user: Employee, now: datetime) -> Offer:
    """Note the client's reaction; the task that asks for it is done.

    Refused: not sent or answered already, a day before it was sent or in the future, a refusal without its reason.
    """
    held = _held(offer, seen)
    today = localtime(now).date()
    if held.state != OfferState.SENT:
        raise Refused(_("Only of an offer that was sent and not answered a reaction is noted."))
    if not localtime(held.sent_at).date() <= said.day <= today:
        raise Refused(_("The reaction came between the day the offer was sent and today."))
    if not said.is_accepted and said.reason is None:
        raise Refused(_("A refusal has its reason."))
    held.state = OfferState.ACCEPTED if said.is_accepted else OfferState.REFUSED
    held.reacted_on, held.reaction = said.day, said.comment
    held.loss_reason = None if said.is_accepted else said.reason
    held.version += 1
    held.save(update_fields=["state", "reacted_on", "reaction", "loss_reason", "version"])
    words = _("Offer %s was accepted") if said.is_accepted else _("Offer %s was refused")
    line = ". ".join(part for part in (words % held.code, str(held.loss_reason or ""), said.comment) if part)
    _finish(held, line, acting_user, now)
    _log(held, "answered", line, acting_user, said.day, now)
    return held


@transaction.atomic
def renew(*, offer: Offer, valid_until: date, submission: UUID, acting_user: Employee, now: datetime) -> Offer:
    """Begin a new version of a sent offer, by the newest text of its template; the old one stays as it was sent."""
    held = _held(offer, None)
    known = Offer.objects.filter(replaces=held).first()
    if known is not None:
        return known
    if held.is_draft or held.state == OfferState.ACCEPTED:
        raise Refused(_("A new version is made of an offer that was sent and not accepted."))
    _refuse_unfit(held.deal, held.contact, valid_until, localtime(now).date())
    version = _usable(held.deal, held.template_version.template)
    return Offer.objects.create(
        deal=held.deal, template_version=version, contact=held.contact, manager=acting_user, year=held.year,
        number=held.number, revision=held.revision + 1, replaces=held, valid_until=valid_until, created_at=now,
        submission=submission,
    )  # fmt: skip


def _deal(deal: Deal) -> Deal:
    """Lock the client, then the deal; raise Refused when its client was joined meanwhile."""
    hold(deal.client)
    rows = Deal.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("stage", "client__branch", "contact").get(pk=deal.pk)


def _held(offer: Offer, seen: int | None) -> Offer:
    """Lock the client, the deal, then the offer; raise Refused when it is not as it was `seen` (None: whatever)."""
    deal = _deal(offer.deal)
    rows = Offer.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("template_version__template", "contact", "manager").filter(pk=offer.pk).first()
    if found is None:
        raise Refused(_("The offer was deleted meanwhile."))
    if seen is not None:
        _refuse_changed(found, seen)
    found.deal = deal
    return found


def _refuse_changed(held: Offer, seen: int) -> None:
    if held.version != seen:
        raise Refused(_("Somebody has changed the offer meanwhile. Nothing was saved."))


def _refuse_sent(held: Offer) -> None:
    if not held.is_draft:
        raise Refused(_("The offer was sent: it stays as it is. Make a new version."))


def _refuse_unfit(deal: Deal, contact: Contact | None, valid_until: date, today: date) -> None:
    if contact is not None and contact.client_id != deal.client_id:
        raise Refused(_("The contact is another client's."))
    if valid_until < today:
        raise Refused(_("An offer is valid today or longer."))


def _refuse_forbidden(deal: Deal) -> None:
    if not deal.is_open:
        raise Refused(_("The deal is closed already."))
    if deal.stage.forbids_offer:
        raise Refused(_("In the stage “%(stage)s” no offer is made yet.") % {"stage": deal.stage})


def _usable(deal: Deal, template: OfferTemplate) -> OfferTemplateVersion:
    """Return the newest approved version of a template for this deal; raise Refused where none may be used."""
    _refuse_forbidden(deal)
    if not OfferTemplate.objects.all().offered_to(deal.client).filter(pk=template.pk).exists():
        raise Refused(_("The template “%(name)s” is not for this client.") % {"name": template.name})
    return template.versions.approved().order_by("-number")[0]


def _told(held: Offer) -> dict[str, str]:
    return {"code": held.code, "total": show.money(held.total), "day": show.day(held.valid_until)}


def _end(old: Offer, acting_user: Employee, now: datetime) -> None:
    """Say that another version stands for an offer."""
    if old.state == OfferState.SENT:
        old.state = OfferState.REPLACED
        old.version += 1
        old.save(update_fields=["state", "version"])
    _finish(old, _("A new version was sent"), acting_user, now)


def _remind(held: Offer, days: int, today: date) -> None:
    base.create_task(
        title=_("Ask for the reaction to offer %s") % held.code,
        kind=TaskKind.CALL,
        deal=held.deal,
        assignee=held.manager,
        acting_user=None,
        due_on=_in_working_days(Calendar(held.deal.client.branch), today, days),
        origin=f"{REACTION}:{held.pk}",
        origin_as_of=today,
    )


def _in_working_days(calendar: Calendar, today: date, days: int) -> date:
    day = today
    for _step in range(days):
        day = calendar.on_or_after(day + timedelta(days=1))
    return calendar.on_or_after(day)


def _finish(held: Offer, said: str, acting_user: Employee, now: datetime) -> None:
    tasks = Task.objects.filter(deal=held.deal_id, origin=f"{REACTION}:{held.pk}")
    base.finish(tasks=tasks, result=said[:500], acting_user=acting_user, now=now)


def _log(held: Offer, what: str, words: str, acting_user: Employee, day: date, now: datetime) -> None:
    kind = CommunicationKind.LETTER if what == "sent" else CommunicationKind.NOTE
    base.log_communication(
        client=held.deal.client,
        entry=Entry(kind=kind, day=day, text=words, contact=held.contact),
        submission=uuid5(held.submission, what),
        acting_user=acting_user,
        now=now,
    )


def _write_letter(held: Offer) -> None:
    """Put the letter into the outbox, in the language of the offer."""
    shown = paper.of(held)
    with translation.override(shown.language):
        html = render_to_string("offers/sheet.html", {"paper": shown, "offer": held})
        subject = _("Commercial offer %s") % held.code
        letter = EmailMultiAlternatives(
            subject, "\n".join(filter(str.strip, strip_tags(html).splitlines())), None, [held.sent_to]
        )
        letter.attach_alternative(html, "text/html")
        letter.send()
