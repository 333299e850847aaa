"""Invoices and payments of the sample company's last weeks: paid, waiting, overdue, cancelled, and some deferrals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from clients.models import Client, LegalEntity, Ownership
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
)
from staff import calendar
from staff.access import Role
from staff.models import Employee

INVOICED = 240  # clients with an invoice in the last weeks
DAYS_BACK = 28
OFTEN = (("paid", 62), ("open", 20), ("part", 8), ("cancelled", 10))
WORDS = ("Футболки с печатью", "Постельное бельё", "Спецодежда", "Баннеры и стенды", "Полотенца", "Толстовки")
WHY = (
    (CancelReason.REFUSED, "Отложили закупку до следующего месяца"),
    (CancelReason.DUPLICATE, "Выставлен дважды по одной заявке"),
    (CancelReason.NO_GOODS, "Нет нужного цвета на складе"),
)
SAID = (
    (ContactResult.WILL_PAY, "Оплата в ближайший платёжный день"),
    (ContactResult.CHANGES, "Просят убрать одну позицию"),
    (ContactResult.NO_ANSWER, ""),
)
DEFERRED = ("Платят раз в месяц по бюджету", "Работают по тендеру с оплатой после приёмки", "Сезонная закупка")


@transaction.atomic
def write(until: date) -> None:
    """Write invoices, payments, contacts, deferrals: a bulk insert of each, sums by the room's own statements."""
    chance = Random("billing")  # noqa: S311  # a sample, no secret
    owner = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk")).values("owner")[:1]
    entity = LegalEntity.objects.filter(client=OuterRef("pk")).order_by("pk").values("pk")[:1]
    rows = Client.objects.present().filter(standing__life_cycle__in=("new", "active"), owned_from__lte=until)
    found = rows.annotate(held=Subquery(owner), entity=Subquery(entity)).filter(entity__isnull=False)
    columns = ("pk", "branch", "held", "entity", "standing__turnover", "standing__life_cycle")
    clients = list(found.order_by("-standing__top", "pk").values_list(*columns)[:INVOICED])
    calendars = calendar.by_branch({row[1] for row in clients})
    valid = InvoiceRules.objects.in_force().valid_days
    invoices, fates = [], []
    for number, (pk, branch, held, of, turnover, life) in enumerate(clients, start=1):
        issued = calendars[branch].on_or_before(until - timedelta(days=chance.randint(0, DAYS_BACK)))
        base = max(Decimal(turnover or 0) / 12, Decimal(4000))
        amount = (base * Decimal(chance.randint(40, 160)) / 100).quantize(Decimal("0.01"))
        fate = chance.choices([one for one, _n in OFTEN], [often for _one, often in OFTEN])[0]
        fates.append(fate)
        made = Invoice(
            number=f"{number:05d}",
            period=issued.year,
            client_id=pk,
            legal_entity_id=of,
            issued_on=issued,
            valid_until=calendars[branch].nth(issued, valid),
            amount=amount,
            subject=chance.choice(WORDS),
            is_of_new=life == "new",
            author_id=held,
            responsible_id=held,
        )
        if fate == "cancelled":
            reason, comment = chance.choice(WHY)
            made.cancelled_at = _at(min(issued + timedelta(days=4), until))
            made.cancelled_by_id, made.cancel_reason, made.cancel_comment = held, reason, comment
        invoices.append(made)
    with pghistory.context(job="demo"):
        Invoice.objects.bulk_create(invoices, batch_size=1_000)
        Payment.objects.bulk_create(_payments(invoices, fates, chance, until))
        InvoiceContact.objects.bulk_create(_contacts(invoices, fates, chance, until))
        Deferral.objects.bulk_create(_deferrals(invoices, chance, until))
        sums.spread([row[0] for row in clients])


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(11, 20)))


def _payments(invoices: list[Invoice], fates: list[str], chance: Random, until: date) -> list[Payment]:
    """Money for what is paid, and half of it for what is paid in part."""
    made = []
    for one, fate in zip(invoices, fates, strict=True):
        day = min(one.issued_on + timedelta(days=chance.randint(1, 6)), until)
        if fate in ("paid", "part"):
            amount = one.amount if fate == "paid" else (one.amount / 2).quantize(Decimal("0.01"))
            number = str(chance.randint(100, 9999))
            who = {"client_id": one.client_id, "legal_entity_id": one.legal_entity_id, "author_id": one.author_id}
            made.append(Payment(day=day, amount=amount, number=number, invoice_number=one.number, **who))
    return made


def _contacts(invoices: list[Invoice], fates: list[str], chance: Random, until: date) -> list[InvoiceContact]:
    """What was said about every other invoice that waits since two days at least."""
    made = []
    for one, fate in zip(invoices, fates, strict=True):
        day = one.issued_on + timedelta(days=1)
        if fate not in ("open", "part") or day > until or chance.random() < 0.5:
            continue
        result, comment = chance.choice(SAID)
        promised = until + timedelta(days=chance.randint(1, 6)) if result == ContactResult.WILL_PAY else None
        said = {"author_id": one.author_id, "result": result, "promised_on": promised, "comment": comment}
        made.append(InvoiceContact(invoice=one, day=day, **said))
    return made


def _deferrals(invoices: list[Invoice], chance: Random, until: date) -> list[Deferral]:
    """Three requests: one approved, one that waits, one refused."""
    head = Employee.objects.filter(role=Role.HOS).order_by("pk").first()
    states = (DeferralState.APPROVED, DeferralState.ASKED, DeferralState.REFUSED)
    made = []
    for one, state, why in zip(invoices, states, DEFERRED, strict=False):
        decided: dict[str, Any] = {} if state == DeferralState.ASKED else {"decided_by": head, "decided_at": _at(until)}
        made.append(
            Deferral(
                client_id=one.client_id,
                why=why,
                days=14,
                limit=(one.amount * 3).quantize(Decimal(1)),
                starts_on=until,
                ends_on=until + timedelta(days=180),
                state=state,
                asked_by_id=one.responsible_id,
                asked_at=_at(until - timedelta(days=1)),
                comment="" if state != DeferralState.REFUSED else "Есть просрочка, вернёмся через квартал",
                submission=UUID(int=chance.getrandbits(128), version=4),
                **decided,
            )
        )
    return made
