"""What is to be paid: invoices, payments and what they pay, contacts about them, deferrals, and the rules of work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Communication, LegalEntity, Source
from deals.invoices.querysets import (
    DeferralQuerySet,
    InvoiceContactQuerySet,
    InvoiceQuerySet,
    InvoiceRulesQuerySet,
    PaymentQuerySet,
)
from salescrm.base.models import Intake

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_DAYS = 60


class InvoiceState(models.TextChoices):
    """Where an invoice stands on a day: derived of what was paid, its last day and whether it was cancelled."""

    ISSUED = "issued", pgettext_lazy("invoice", "issued")
    PART_PAID = "part_paid", pgettext_lazy("invoice", "paid in part")
    OVERDUE = "overdue", pgettext_lazy("invoice", "overdue")
    PAID = "paid", pgettext_lazy("invoice", "paid")
    CANCELLED = "cancelled", pgettext_lazy("invoice", "cancelled")


class CancelReason(models.TextChoices):
    """Why an invoice is cancelled (R178)."""

    REFUSED = "refused", pgettext_lazy("invoice", "the client refuses")
    NO_ANSWER = "no_answer", pgettext_lazy("invoice", "the client does not answer")
    CORRECTED = "corrected", pgettext_lazy("invoice", "another invoice stands for it")
    DUPLICATE = "duplicate", pgettext_lazy("invoice", "issued twice")
    NO_GOODS = "no_goods", pgettext_lazy("invoice", "goods or terms are not available")
    OTHER = "other", pgettext_lazy("invoice", "other")


class ContactResult(models.TextChoices):
    """What came of a contact about an invoice (R179)."""

    WILL_PAY = "will_pay", pgettext_lazy("invoice", "will pay on a date")
    CHANGES = "changes", pgettext_lazy("invoice", "changes are needed")
    REFUSES = "refuses", pgettext_lazy("invoice", "refuses")
    NO_ANSWER = "no_answer", pgettext_lazy("invoice", "no answer")


class DeferralState(models.TextChoices):
    """Where a request for a deferral stands."""

    ASKED = "asked", pgettext_lazy("deferral", "asked for")
    APPROVED = "approved", pgettext_lazy("deferral", "approved")
    REFUSED = "refused", pgettext_lazy("deferral", "refused")


def money(label: _StrPromise, **options: Any) -> models.DecimalField[Any, Any]:
    """Build a field for an amount in the base currency."""
    return models.DecimalField(label, max_digits=18, decimal_places=2, **options)


@pghistory.track()
class Deferral(models.Model):
    """An exception from payment in advance: asked for, approved by the head of sales with term and limit (R180)."""

    client = models.ForeignKey(Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="deferrals")
    why = models.CharField(_("why the client needs it"), max_length=500)
    days = models.PositiveSmallIntegerField(_("days to pay"), validators=[MinValueValidator(1), MaxValueValidator(365)])
    limit = money(_("limit of the debt"))
    starts_on = models.DateField(_("for invoices from"))
    ends_on = models.DateField(_("up to"))
    state = models.CharField(
        pgettext_lazy("deferral", "state"),
        max_length=10,
        choices=DeferralState.choices,
        default=DeferralState.ASKED,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one request")

    objects = DeferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("deferral of payment")
        verbose_name_plural = _("deferrals of payment")
        indexes = [
            models.Index(fields=["state", "-id"], name="deferral_by_state"),  # the heads' list, newest first
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(days__range=(1, 365)),
                name="deferral_days",
                violation_error_message=_("A deferral is from 1 to 365 days."),
            ),
            models.CheckConstraint(
                condition=Q(limit__gt=0),
                name="deferral_limit",
                violation_error_message=_("The limit of a deferral is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="deferral_not_empty",
                violation_error_message=_("A deferral ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state=DeferralState.ASKED, decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=[DeferralState.APPROVED, DeferralState.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="deferral_decided_by_somebody",
                violation_error_message=_("A decision on a deferral says by whom and when."),
            ),
            ExclusionConstraint(
                name="deferrals_do_not_overlap",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    (Func("starts_on", "ends_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=DeferralState.APPROVED),
                violation_error_message=_("The client has a deferral on some of these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.days}"


@pghistory.track()
class Invoice(models.Model):
    """An invoice to a client; written only by `deals.invoices.actions` and the import, never deleted by people (R178).

    `paid` is the sum of what payments pay of it; `deals.invoices.sums` is its one writer.
    """

    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="empty: issued by hand"
    )
    external_id = models.CharField(max_length=100, blank=True, db_collation="C", help_text="the file's own document id")
    number = models.CharField(_("number"), max_length=60, db_collation="C")
    period = models.PositiveIntegerField(help_text="year of issue: numbers begin anew with it")
    client = models.ForeignKey(Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="invoices")
    legal_entity = models.ForeignKey(
        LegalEntity, verbose_name=_("legal entity"), on_delete=models.PROTECT, related_name="invoices"
    )
    issued_on = models.DateField(_("issued"))
    valid_until = models.DateField(_("to be paid by"), help_text="by the branch's working days, or by the deferral")
    deferral = models.ForeignKey(Deferral, null=True, blank=True, on_delete=models.PROTECT, related_name="invoices")
    amount = money(_("amount"))
    paid = money(_("paid"), default=0, db_default=0)
    currency = models.CharField(max_length=3, blank=True, help_text="currency of the document, empty: the base one")
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1, help_text="base currency per unit")
    subject = models.CharField(_("what for"), max_length=300, blank=True)
    is_of_new = models.BooleanField(
        _("new client"), default=False, db_default=False, help_text="the client had bought nothing by then, or once"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the import",
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("manager"),
        on_delete=models.PROTECT,
        related_name="invoices",
        help_text="owner of the client on the day of issue: whose figures it counts in",
    )
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cancelled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    cancel_reason = models.CharField(_("reason"), max_length=12, choices=CancelReason.choices, blank=True)
    cancel_comment = models.CharField(_("comment"), max_length=500, blank=True)
    submission = models.UUIDField(
        null=True, blank=True, unique=True, help_text="of the form: a double click is one invoice"
    )
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["issued_on", "id"], name="invoice_by_day"),  # the list in its order
            models.Index(fields=["valid_until", "id"], name="invoice_by_term"),  # the list by the last day to pay
            models.Index(fields=["amount", "id"], name="invoice_by_amount"),
            models.Index(fields=["client", "-issued_on", "-id"], name="invoice_of_client"),  # the card's panel
            # my day, the control list, tasks of contact days: what is still to be paid
            models.Index(
                fields=["issued_on", "client"],
                condition=Q(cancelled_at__isnull=True, paid__lt=F("amount")),
                name="invoice_unpaid",
            ),
            GinIndex(fields=["number"], opclasses=["gin_trgm_ops"], name="invoice_number_trgm"),  # search by a part
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(number=""),
                name="invoice_has_a_number",
                violation_error_message=_("An invoice has a number."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="invoice_amount",
                violation_error_message=_("The amount of an invoice is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")),
                name="invoice_paid_within_amount",
                violation_error_message=_("No more is paid of an invoice than its amount."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")),
                name="invoice_term",
                violation_error_message=_("An invoice can be paid on the day it is issued."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="", cancel_comment="")
                | (
                    Q(cancelled_at__isnull=False, cancelled_by__isnull=False, cancel_reason__in=CancelReason.values)
                    & ~Q(cancel_comment="")
                ),
                name="invoice_cancelled_with_a_reason",
                violation_error_message=_("An invoice is cancelled by somebody, with a reason and a comment."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(paid=0),
                name="paid_invoice_is_not_cancelled",
                violation_error_message=_("An invoice on which money came is not cancelled."),
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="one_invoice_per_external_id",
                violation_error_message=_("There is an invoice with this document id already."),
            ),
            models.UniqueConstraint(
                fields=["source", "number", "period"],
                condition=Q(external_id=""),
                nulls_distinct=False,
                name="one_invoice_per_number_and_year",
                violation_error_message=_("There is an invoice with this number in this year already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def unpaid(self) -> Decimal:
        """What is still to be paid; nothing of a cancelled one."""
        return self.amount - self.paid if self.cancelled_at is None else Decimal(0)

    def state(self, today: date) -> InvoiceState:
        """Say where it stands on `today`; `querysets.in_state` keeps the same of a set."""
        if self.cancelled_at is not None:
            return InvoiceState.CANCELLED
        if self.paid >= self.amount:
            return InvoiceState.PAID
        if self.valid_until < today:
            return InvoiceState.OVERDUE
        return InvoiceState.PART_PAID if self.paid else InvoiceState.ISSUED

    @property
    def is_open(self) -> bool:
        """Say whether it is in force and not paid."""
        return self.cancelled_at is None and self.paid < self.amount


class Payment(models.Model):
    """Money that came from a legal entity; what it pays stands in its parts, what is left is not spread yet."""

    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="empty: noted by hand"
    )
    external_id = models.CharField(max_length=100, blank=True, db_collation="C", help_text="the file's own document id")
    number = models.CharField(_("number of the payment"), max_length=60, blank=True, db_collation="C")
    client = models.ForeignKey(Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="payments")
    legal_entity = models.ForeignKey(
        LegalEntity, verbose_name=_("legal entity"), on_delete=models.PROTECT, related_name="payments"
    )
    day = models.DateField(_("date"))
    amount = money(_("amount"))
    invoice_number = models.CharField(
        _("invoice it names"), max_length=60, blank=True, db_collation="C", help_text="empty: the oldest ones are paid"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submission = models.UUIDField(
        null=True, blank=True, unique=True, help_text="of the form: a double click is one payment"
    )
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["client", "-day", "-id"], name="payment_of_client"),  # the card's panel
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_amount",
                violation_error_message=_("The amount of a payment is above zero."),
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="one_payment_per_external_id",
                violation_error_message=_("There is a payment with this document id already."),
            ),
            models.UniqueConstraint(
                fields=["source", "legal_entity", "number", "day"],
                condition=Q(external_id="") & ~Q(number=""),
                nulls_distinct=False,
                name="one_payment_per_number_and_day",
                violation_error_message=_("There is a payment with this number on this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.pk} {self.day}"


class PaymentPart(models.Model):
    """What of a payment pays which invoice; spread anew when an invoice is corrected."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="parts", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="parts")
    amount = money(_("amount"))

    class Meta:
        verbose_name = _("part of a payment")
        verbose_name_plural = _("parts of payments")
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="one_part_per_payment_and_invoice"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_part_amount",
                violation_error_message=_("A part of a payment is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.invoice_id}"


class InvoiceContact(models.Model):
    """One contact about an invoice and what came of it; nobody changes or deletes it (R179)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    day = models.DateField(_("date"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    result = models.CharField(_("result"), max_length=10, choices=ContactResult.choices)
    promised_on = models.DateField(_("will pay on"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    communication = models.ForeignKey(Communication, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = InvoiceContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact about an invoice")
        verbose_name_plural = _("contacts about invoices")
        indexes = [
            models.Index(fields=["invoice", "-day", "-id"], name="invoicecontact_latest"),  # the last one of an invoice
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=ContactResult.values),
                name="invoicecontact_result_known",
                violation_error_message=_("This result is not known."),
            ),
            models.CheckConstraint(
                condition=Q(result=ContactResult.WILL_PAY, promised_on__isnull=False)
                | (~Q(result=ContactResult.WILL_PAY) & Q(promised_on__isnull=True)),
                name="invoicecontact_promise_has_its_day",
                violation_error_message=_("Who will pay says on which day; others promise no day."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="invoice_contact_stays_as_said"),
            pgtrigger.Protect(name="invoice_contact_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.day}"


def day_number(label: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field: the number of a working day, the day of issue being the first."""
    between = [MinValueValidator(2), MaxValueValidator(MOST_DAYS)]
    return models.PositiveSmallIntegerField(label, default=default, validators=between)


def first_days() -> list[int]:
    """Return the days on which a new client is spoken to about its invoice."""
    return [2, 3]


def other_days() -> list[int]:
    """Return the days on which any other client is spoken to about its invoice."""
    return [2, 4]


class InvoiceRules(models.Model):
    """How invoices are worked, by working days, the day of issue being day 1; append-only, the latest holds (R174)."""

    valid_days = models.PositiveSmallIntegerField(
        _("an invoice holds, working days"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    contact_days_new = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(2), MaxValueValidator(MOST_DAYS)]),
        verbose_name=_("contact with a new client on days"),
        default=first_days,
        size=10,
    )
    contact_days_other = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(2), MaxValueValidator(MOST_DAYS)]),
        verbose_name=_("contact with other clients on days"),
        default=other_days,
        size=10,
    )
    escalation_day = day_number(_("to the head of client service on day"), 3)
    hand_over_day = day_number(_("an unconfirmed new client is handed over on day"), 4)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvoiceRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of work on invoices")
        verbose_name_plural = _("rules of work on invoices")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_days__range=(1, MOST_DAYS)),
                name="invoice_rules_valid_days",
                violation_error_message=_("An invoice holds from 1 to 60 working days."),
            ),
            models.CheckConstraint(
                condition=Q(escalation_day__range=(2, MOST_DAYS), hand_over_day__range=(2, MOST_DAYS)),
                name="invoice_rules_days",
                violation_error_message=_("Work on an invoice begins on day 2."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at}"
