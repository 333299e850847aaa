"""Named sets of invoices, payments, deferrals; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clients.models import Client
from staff.access import Rows, rows

if TYPE_CHECKING:
    from deals.invoices.models import Deferral, Invoice, InvoiceContact, InvoiceRules, Payment
    from staff.models import Employee
else:
    Deferral = Employee = Invoice = InvoiceContact = InvoiceRules = Payment = Any

UNPAID = Q(cancelled_at__isnull=True, paid__lt=F("amount"))


def in_state(state: str, today: date) -> Q:
    """Keep what stands so on `today`; each invoice is in exactly one state, as `Invoice.state` says."""
    return {
        "cancelled": Q(cancelled_at__isnull=False),
        "paid": Q(cancelled_at__isnull=True, paid__gte=F("amount")),
        "overdue": UNPAID & Q(valid_until__lt=today),
        "part_paid": UNPAID & Q(valid_until__gte=today, paid__gt=0),
        "issued": UNPAID & Q(valid_until__gte=today, paid=0),
    }[state]


def of_seen(found: Any, person: Employee, today: date) -> Any:
    """Keep rows of clients `person` sees; who sees everybody is asked nothing."""
    reach = rows(person)
    if reach in (Rows.ALL, Rows.NOTHING):
        return found if reach == Rows.ALL else found.none()
    clients = Client.objects.visible_to(person, today)
    return found.filter(Exists(clients.filter(pk=OuterRef("client"))))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Sets of invoices."""

    def visible_to(self, person: Employee, today: date) -> InvoiceQuerySet:
        """Keep invoices of clients `person` sees."""
        found: InvoiceQuerySet = of_seen(self, person, today)
        return found

    def changeable_by(self, person: Employee, today: date) -> InvoiceQuerySet:
        """Keep invoices of clients `person` may change."""
        clients = Client.objects.changeable_by(person, today)
        return self.filter(Exists(clients.filter(pk=OuterRef("client"))))

    def unpaid(self) -> InvoiceQuerySet:
        """Keep what is in force and not paid."""
        return self.filter(UNPAID)

    def worked_by(self, person: Employee, today: date) -> InvoiceQuerySet:
        """Keep invoices of clients that are the person's, or of whom the person stands in for."""
        ownership = apps.get_model("clients", "Ownership")
        held = ownership.objects.filter(owner__in=person.acting_for(today), ends_on__isnull=True)
        return self.filter(client__in=held.values("client"))


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Sets of payments."""

    def visible_to(self, person: Employee, today: date) -> PaymentQuerySet:
        """Keep payments of clients `person` sees."""
        found: PaymentQuerySet = of_seen(self, person, today)
        return found


class InvoiceContactQuerySet(models.QuerySet["InvoiceContact"]):
    """Sets of contacts about invoices."""

    def latest_of(self, invoices: list[int]) -> dict[int, InvoiceContact]:
        """Return the last contact about each of these invoices that has one."""
        found = self.filter(invoice__in=invoices).select_related("author")
        return {one.invoice_id: one for one in found.order_by("invoice", "-day", "-pk").distinct("invoice")}


class DeferralQuerySet(models.QuerySet["Deferral"]):
    """Sets of deferrals."""

    def visible_to(self, person: Employee, today: date) -> DeferralQuerySet:
        """Keep deferrals of clients `person` sees."""
        found: DeferralQuerySet = of_seen(self, person, today)
        return found

    def in_force(self, client: Client, day: date) -> Deferral | None:
        """Return the client's approved deferral for invoices of `day`."""
        return self.filter(client=client, state="approved", starts_on__lte=day, ends_on__gte=day).first()


class InvoiceRulesQuerySet(models.QuerySet["InvoiceRules"]):
    """Versions of the rules of work on invoices."""

    def in_force(self) -> InvoiceRules:
        """Return the rules that hold: the latest ones; before anybody changed them what they begin with."""
        return self.order_by("-pk").first() or self.model()
