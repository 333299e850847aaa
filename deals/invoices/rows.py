"""Invoices as lists, the card and the day show them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clients.models import Ownership
from deals.invoices.days import MOST, Days
from deals.invoices.models import Invoice, InvoiceContact, InvoiceState
from staff import calendar
from staff.models import Employee

TONES = {InvoiceState.OVERDUE: "bad", InvoiceState.PAID: "good", InvoiceState.PART_PAID: "info"}
ICONS = {
    InvoiceState.ISSUED: "file-invoice",
    InvoiceState.PART_PAID: "coins",
    InvoiceState.OVERDUE: "clock-exclamation",
    InvoiceState.PAID: "check",
    InvoiceState.CANCELLED: "x",
}


@dataclass(frozen=True)
class InvoiceRow:
    """One invoice on `today`: its working day, the last contact, the client's owner, whether the person may act."""

    invoice: Invoice
    today: date
    number: int | None = None
    contact: InvoiceContact | None = None
    owner: Employee | None = None
    may_act: bool = False

    @property
    def state(self) -> InvoiceState:
        """Where it stands."""
        return self.invoice.state(self.today)

    @property
    def state_label(self) -> str:
        """Its state in words."""
        return str(self.state.label)

    @property
    def icon(self) -> str:
        """The drawing of its state."""
        return ICONS[self.state]

    @property
    def tone(self) -> str:
        """The judgement of its state."""
        return TONES.get(self.state, "")

    @property
    def day(self) -> int | None:
        """Which working day of the work it is; of one that needs no work none."""
        return self.number if self.invoice.is_open and self.number is not None and self.number <= MOST else None

    @property
    def left(self) -> int | None:
        """Days left to pay one that is open."""
        return (self.invoice.valid_until - self.today).days if self.invoice.is_open else None


def hydrate(ids: Sequence[int], person: Employee, today: date) -> list[InvoiceRow]:
    """Read the invoices of these ids, in this order: the same queries whatever their number."""
    people = ("author", "responsible", "cancelled_by")
    found = Invoice.objects.select_related("client", "legal_entity", "deferral", *people).in_bulk(list(ids))
    clients = {one.client_id for one in found.values()}
    held = Ownership.objects.filter(client__in=clients, ends_on__isnull=True).select_related("owner")
    owners = {one.client_id: one.owner for one in held}
    contacts = InvoiceContact.objects.all().latest_of(list(found))
    changeable = Invoice.objects.changeable_by(person, today).unpaid().filter(pk__in=list(found))
    acts = set(changeable.values_list("pk", flat=True))
    days = Days(calendar.by_branch({one.client.branch_id for one in found.values()}), today)
    return [
        InvoiceRow(
            one,
            today,
            days.number(one.client.branch_id, one.issued_on) if one.is_open else None,
            contacts.get(one.pk),
            owners.get(one.client_id),
            one.pk in acts,
        )
        for one in (found[pk] for pk in ids if pk in found)
    ]
