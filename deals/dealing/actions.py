"""What people do with deals; besides `deals.dealing.following` the only writer of them (R130-R147, R152).

Locks: clients, then deals, then tasks, then Standing. A form sent twice does its work once; whoever saw an older
version of a deal is told and changes nothing. Refused has one line for the person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Client, Contact, LegalEntity, LossReason, Product
from deals.actions import hold
from deals.claims.models import Claim
from deals.dealing import following, stages, tasks
from deals.dealing.models import Deal, DealLine, DealTick, DiscountChange, StageEntry
from deals.pipelines.models import Pipeline, Purpose, Stage, StageItem, StageKind, StageResult
from salescrm.base import notify
from salescrm.base.jobs import Refused
from staff.models import Employee

__all__ = [
    "Line", "Refused", "change_lines", "correct", "lose", "lose_all", "move", "open_deal", "reopen", "tick",
    "undo_move", "win",
]  # fmt: skip
GIVEN_TOLD = gettext_noop("{who} gave you a deal: {title}")
POOR_TOLD = gettext_noop("{client}, {title}: {result} ({who})")
FIELDS = {
    "title", "amount", "expected_on", "contact", "legal_entity", "order_number", "source", "owner",
}  # fmt: skip


@transaction.atomic
def open_deal(
    *,
    client: Client,
    pipeline: Pipeline,
    title: str,
    owner: Employee,
    acting_user: Employee,
    today: date,
    now: datetime,
    submission: UUID | None = None,
    **fields: Any,
) -> Deal:
    """Open a deal in the first stage of its pipeline, with the task of that stage; the same form sent twice opens one.

    Raise Refused when the client was joined meanwhile, a person or legal entity is another client's, or the pipeline
    has no stage to begin with.
    """
    hold(client)
    known = Deal.objects.filter(submission=submission).first() if submission else None
    if known is not None:
        return known
    _refuse_foreign(client.pk, fields)
    first = stages.first([pipeline.pk]).get(pipeline.pk)
    if first is None or not pipeline.is_active:
        raise Refused(_("Deals are not opened in the pipeline “%(pipeline)s”.") % {"pipeline": pipeline})
    made = Deal.objects.create(
        client=client, pipeline=pipeline, stage=first, title=title, owner=owner, opened_by=acting_user, opened_on=today,
        entered_stage_on=today, submission=submission, **fields,
    )  # fmt: skip
    StageEntry.objects.create(deal=made, stage=first, entered_at=now, by=acting_user)
    tasks.begin([made.pk], today=today)
    _tell_owner(made, acting_user)
    made.refresh_from_db(fields=["next_task_on"])
    return made


@transaction.atomic
def move(
    *,
    deal: Deal,
    to: Stage,
    acting_user: Employee,
    today: date,
    now: datetime,
    seen: int,
    result: StageResult | None = None,
    comment: str = "",
    given: Mapping[str, Any] | None = None,
) -> Deal:
    """Move an open deal to a later stage; what the stage it leaves asks for and the deal lacks is `given` (R139, R141).

    1. A deal that stands there already is left alone: a double click.
    2. Refused: it was changed since it was `seen`, the way is not allowed, something the stage asks for is missing.
    """
    held = _held(deal)
    if held.stage_id == to.pk:
        return held
    _refuse_changed(held, seen)
    _refuse_closed(held)
    ways = stages.allowed(held)
    if to.pk not in {stage.pk for stage in ways}:
        raise Refused(stages.refusal(held, to, ways))
    _pass(held, result, comment, given or {})
    stages.enter(
        [held],
        {held.pk: to},
        by=acting_user.pk,
        now=now,
        today=today,
        result=result,
        comments={held.pk: comment.strip()},
    )
    following.open_next([held.pk], today=today, now=now)
    _tell_poor(held, result, acting_user)
    return _fresh(held)


@transaction.atomic
def win(
    *,
    deal: Deal,
    amount: Decimal,
    closed_on: date,
    acting_user: Employee,
    today: date,
    now: datetime,
    seen: int,
    result: StageResult | None = None,
    comment: str = "",
    given: Mapping[str, Any] | None = None,
) -> Deal:
    """Close a deal as won, of an amount and on a day; where its group is finished the next one is opened (R133)."""
    held = _held(deal)
    if held.state == StageKind.WON:
        return held
    _refuse_changed(held, seen)
    _refuse_closed(held)
    if not stages.may_close(held, StageKind.WON):
        raise Refused(stages.no_win(held))
    if held.pipeline.purpose == Purpose.CLAIM and not Claim.objects.filter(deal=held, confirmed_on__isnull=False):
        raise Refused(_("A claim is settled when the client has confirmed what was decided."))
    if closed_on > today or closed_on < held.opened_on:
        raise Refused(_("A deal is won between the day it was opened and today."))
    _pass(held, result, comment, {"amount": amount, **(given or {})})
    held.closed_on = closed_on
    _close(held, StageKind.WON, acting_user, now, today, result, comment)
    return _fresh(held)


@transaction.atomic
def lose(
    *,
    deal: Deal,
    reason: LossReason,
    acting_user: Employee,
    today: date,
    now: datetime,
    seen: int,
    comment: str = "",
) -> Deal:
    """Close a deal as lost, for a reason of the dictionary (R152); where its group is finished the next is opened."""
    held = _held(deal)
    if held.state == StageKind.LOST:
        return held
    _refuse_changed(held, seen)
    _refuse_closed(held)
    held.closed_on, held.loss_reason = today, reason
    _close(held, StageKind.LOST, acting_user, now, today, None, comment)
    return _fresh(held)


@transaction.atomic
def lose_all(
    *, clients: Collection[int], reason: LossReason, acting_user: Employee, today: date, now: datetime, comment: str
) -> int:
    """Close every open deal of clients that are held, as lost; return how many. No next one follows."""
    rows = Deal.objects.open().filter(client__in=clients).order_by("pk")
    held = list(rows.select_for_update(of=("self",), no_key=True))
    to = stages.closing(StageKind.LOST, [deal.pipeline_id for deal in held])
    for deal in held:
        deal.closed_on, deal.loss_reason = today, reason
    places = {deal.pk: to[deal.pipeline_id] for deal in held}
    stages.enter(held, places, by=acting_user.pk, now=now, today=today, comments=dict.fromkeys(places, comment))
    return len(held)


@transaction.atomic
def reopen(*, deal: Deal, acting_user: Employee, today: date, now: datetime, seen: int) -> Deal:
    """Take the closing of a deal back: it stands in the stage it was closed from.

    What was opened after it stays; it is one of the group now, and the next follows when all of them are finished.
    """
    held = _held(deal)
    if held.is_open:
        return held
    _refuse_changed(held, seen)
    before = _stage_before(held)
    held.closed_on = held.loss_reason = held.shipment = None
    stages.enter([held], {held.pk: before}, by=acting_user.pk, now=now, today=today, is_undo=True)
    return _fresh(held)


@transaction.atomic
def undo_move(*, deal: Deal, acting_user: Employee, today: date, now: datetime, seen: int) -> Deal:
    """Take the last move of an open deal back; the row of the way stays, and one more that takes it back."""
    held = _held(deal)
    _refuse_changed(held, seen)
    _refuse_closed(held)
    before = _stage_before(held)
    stages.enter([held], {held.pk: before}, by=acting_user.pk, now=now, today=today, is_undo=True)
    following.open_next([held.pk], today=today, now=now)
    return _fresh(held)


@transaction.atomic
def correct(*, deal: Deal, fields: Mapping[str, Any], acting_user: Employee, seen: int) -> Deal:
    """Write other fields into a deal; a new owner is told and takes over the open tasks of the old one."""
    held = _held(deal)
    changes = {name: value for name, value in fields.items() if name in FIELDS and getattr(held, name) != value}
    if not changes:
        return held
    _refuse_changed(held, seen)
    _refuse_foreign(held.client_id, changes)
    owner = held.owner_id
    _write(held, changes)
    if "owner" in changes:
        held.tasks.open().filter(assignee=owner).update(assignee=held.owner)
        _tell_owner(held, acting_user)
    return held


@dataclass(frozen=True)
class Line:
    """Goods of a deal, as the form has them."""

    name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    product: Product | None = None


@transaction.atomic
def change_lines(*, deal: Deal, lines: Sequence[Line], acting_user: Employee, seen: int, today: date) -> Deal:
    """Write the goods of a deal anew; its amount is their sum, where there are any.

    A change of the discount as a whole is kept for the log of changes (R381).
    """
    held = _held(deal)
    _refuse_changed(held, seen)
    _total, before = _priced(held)
    held.lines.all().delete()
    DealLine.objects.bulk_create(
        [
            DealLine(
                deal=held, product=one.product, name=one.name, quantity=one.quantity, price=one.price,
                discount=one.discount, order=place,
            )
            for place, one in enumerate(lines, 1)
        ]
    )  # fmt: skip
    total, after = _priced(held)
    _write(held, {"amount": total} if total is not None else {})
    if before != after:
        DiscountChange.objects.create(deal=held, day=today, before=before, after=after, author=acting_user)
    return held


def _priced(deal: Deal) -> tuple[Decimal | None, Decimal]:
    """Return the sum of a deal's goods, None without any, and what is taken off their price, in per cent."""
    price = Sum(F("quantity") * F("price"))
    sums: dict[str, Decimal | None] = deal.lines.aggregate(price=price, total=Sum("total"))
    whole, total = sums["price"], sums["total"]
    if not whole or total is None:
        return total, Decimal(0)
    return total, round(100 * (whole - total) / whole, 2)


@transaction.atomic
def tick(*, deal: Deal, item: StageItem, is_done: bool, acting_user: Employee, now: datetime) -> None:
    """Note a line of the checklist as done, or not done any more."""
    held = _held(deal)
    if is_done:
        DealTick.objects.get_or_create(deal=held, item=item, defaults={"by": acting_user, "ticked_at": now})
    else:
        DealTick.objects.filter(deal=held, item=item).delete()


def _held(deal: Deal) -> Deal:
    """Lock the client, then the deal, and read it; raise Refused when its client was joined meanwhile."""
    hold(deal.client)
    held = Deal.objects.select_for_update(of=("self",), no_key=True).select_related("stage", "pipeline", "client")
    return held.get(pk=deal.pk)


def _refuse_changed(held: Deal, seen: int) -> None:
    if held.version != seen:
        said = _("Somebody has changed the deal meanwhile; it stands in “%(stage)s” now. Nothing was saved.")
        raise Refused(said % {"stage": held.stage})


def _refuse_closed(held: Deal) -> None:
    if not held.is_open:
        raise Refused(_("The deal is closed already."))


def _refuse_foreign(client: int, fields: Mapping[str, Any]) -> None:
    contact, entity = fields.get("contact"), fields.get("legal_entity")
    if isinstance(contact, Contact) and contact.client_id != client:
        raise Refused(_("The contact is another client's."))
    if isinstance(entity, LegalEntity) and entity.client_id != client:
        raise Refused(_("The legal entity is another client's."))


def _pass(held: Deal, result: StageResult | None, comment: str, given: Mapping[str, Any]) -> None:
    """Check what passing its stage asks for, and write into the deal what is given with it."""
    _refuse_foreign(held.client_id, given)
    said = stages.lacking(held, result=result, comment=comment, given=given)
    if said:
        raise Refused(said)
    has_lines = "amount" in given and held.lines.exists()
    changes = {
        name: value
        for name, value in given.items()
        if name in FIELDS and value not in (None, "") and not (name == "amount" and has_lines)
    }
    for name, value in changes.items():
        setattr(held, name, value)
    if changes:
        held.save(update_fields=list(changes))


def _close(
    held: Deal, kind: StageKind, by: Employee, now: datetime, today: date, result: StageResult | None, comment: str
) -> None:
    to = stages.closing(kind, [held.pipeline_id])[held.pipeline_id]
    said = {held.pk: comment.strip()}
    stages.enter([held], {held.pk: to}, by=by.pk, now=now, today=today, result=result, comments=said)
    following.open_next([held.pk], today=today, now=now)
    if kind == StageKind.WON:
        following.open_first(held, today=today, now=now)


def _stage_before(held: Deal) -> Stage:
    """Return the stage it came from by its last move that was not taken back; raise Refused when there is none."""
    way: list[Stage] = []
    for entry in held.entries.select_related("stage").order_by("pk"):
        if entry.is_undo and len(way) > 1:
            way.pop()
        else:
            way.append(entry.stage)
    if len(way) < 2:
        raise Refused(_("The deal has not been moved yet."))
    return way[-2]


def _write(held: Deal, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*changes, "version"])


def _fresh(held: Deal) -> Deal:
    held.refresh_from_db(fields=["next_task_on"])
    return held


def _tell_poor(held: Deal, result: StageResult | None, by: Employee) -> None:
    """Tell the heads of a poor result (R144)."""
    if result is None or not result.is_poor:
        return
    people = [head for head in following.heads_of(held.client.branch_id) if head != by.pk]
    said = {"who": by.short_name, "title": held.title, "client": held.client.name, "result": result.name}
    url, key = reverse("deals:deal", args=[held.pk]), f"deal-poor-{held.pk}-{held.version}"
    notify.tell(people, kind="deal", text=POOR_TOLD, key=key, url=url, **said)


def _tell_owner(deal: Deal, acting_user: Employee) -> None:
    if deal.owner_id == acting_user.pk:
        return
    said = {"who": acting_user.short_name, "title": deal.title}
    url = reverse("deals:deal", args=[deal.pk])
    notify.tell([deal.owner_id], kind="deal", text=GIVEN_TOLD, key=f"deal-{deal.pk}-{deal.version}", url=url, **said)
