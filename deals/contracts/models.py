"""What is agreed with a client on paper: the contract, its versions and the steps of its approval (R195, R196)."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, LegalEntity
from deals.contracts.querysets import ContractQuerySet
from deals.dealing.models import Deal
from salescrm.base.models import StoredFile


class ContractKind(models.TextChoices):
    """What is agreed."""

    SUPPLY = "supply", pgettext_lazy("contract", "supply")
    PARTNERSHIP = "partnership", pgettext_lazy("contract", "partnership")
    ADDITION = "addition", pgettext_lazy("contract", "additional agreement")


class ContractState(models.TextChoices):
    """Where a contract stands on its way; that it expires soon is derived of its last day."""

    DRAFT = "draft", pgettext_lazy("contract", "draft")
    LEGAL = "legal", pgettext_lazy("contract", "with the lawyers")
    COMMERCIAL = "commercial", pgettext_lazy("contract", "commercial approval")
    TO_SIGN = "to_sign", pgettext_lazy("contract", "to be signed")
    ACTIVE = "active", pgettext_lazy("contract", "in force")
    ENDED = "ended", pgettext_lazy("contract", "ended")
    TERMINATED = "terminated", pgettext_lazy("contract", "terminated")


SIGNED = (ContractState.ACTIVE, ContractState.ENDED, ContractState.TERMINATED)


@pghistory.track()
class Contract(models.Model):
    """A contract with a client; an additional agreement names the contract it belongs to."""

    number = models.CharField(_("number"), max_length=60, blank=True, db_collation="C")
    period = models.PositiveIntegerField(help_text="year of the number: numbers begin anew with it")
    kind = models.CharField(pgettext_lazy("contract", "kind"), max_length=20, choices=ContractKind.choices)
    state = models.CharField(
        pgettext_lazy("contract", "state"),
        max_length=20,
        choices=ContractState.choices,
        default=ContractState.DRAFT,
    )
    client = models.ForeignKey(Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="contracts")
    legal_entity = models.ForeignKey(
        LegalEntity, verbose_name=_("legal entity"), on_delete=models.PROTECT, related_name="contracts"
    )
    deal = models.ForeignKey(
        Deal, verbose_name=_("deal"), null=True, blank=True, on_delete=models.PROTECT, related_name="contracts"
    )
    main = models.ForeignKey(
        "self", verbose_name=_("contract"), null=True, blank=True, on_delete=models.PROTECT, related_name="additions"
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("responsible"), on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(pgettext_lazy("contract", "subject"), max_length=300)
    payment_terms = models.CharField(_("payment terms"), max_length=300, blank=True)
    starts_on = models.DateField(pgettext_lazy("contract", "in force from"), null=True, blank=True)
    ends_on = models.DateField(pgettext_lazy("contract", "in force up to"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one contract")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.UniqueConstraint(
                fields=["number", "period"],
                condition=~Q(number=""),
                name="contract_number_of_year",
                violation_error_message=_("There is a contract of that year with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="contract_not_empty",
                violation_error_message=_("A contract ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(kind=ContractKind.ADDITION, main__isnull=False)
                | (~Q(kind=ContractKind.ADDITION) & Q(main__isnull=True)),
                name="contract_addition_of",
                violation_error_message=_("An additional agreement, and nothing else, names its contract."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=SIGNED, signed_on__isnull=False)
                | (~Q(state__in=SIGNED) & Q(signed_on__isnull=True)),
                name="contract_signed_on_a_day",
                violation_error_message=_("A contract in force says when it was signed."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.subject

    @property
    def is_over(self) -> bool:
        """Whether nothing can be done with it any more."""
        return self.state in (ContractState.ENDED, ContractState.TERMINATED)


class ContractVersion(models.Model):
    """One file of a contract, numbered from 1 on; the highest is what is approved and signed."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="contract_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.number}"


class ContractAct(models.TextChoices):
    """What was done with a contract."""

    MADE = "made", pgettext_lazy("contract", "made")
    CORRECTED = "corrected", pgettext_lazy("contract", "corrected")
    FILE = "file", pgettext_lazy("contract", "file added")
    SENT = "sent", pgettext_lazy("contract", "sent to approval")
    APPROVED = "approved", pgettext_lazy("contract", "approved")
    RETURNED = "returned", pgettext_lazy("contract", "returned")
    SIGNED = "signed", pgettext_lazy("contract", "signed")
    TERMINATED = "terminated", pgettext_lazy("contract", "terminated")
    ENDED = "ended", pgettext_lazy("contract", "ended")


class ContractStep(models.Model):
    """One line of the journal: who did what with a contract, when and why; lines are only added."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=20, choices=ContractAct.choices)
    state = models.CharField(max_length=20, choices=ContractState.choices, help_text="after the step")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: by rule",
    )
    at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=("returned", "terminated")) | ~Q(why=""),
                name="contract_step_says_why",
                violation_error_message=_("Say why."),
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.act}"
