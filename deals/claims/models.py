"""What a client complains of: the record beside a deal of the claims pipeline, and its dictionaries (R192-R194).

A claim is a deal: its stages, tasks, responsible, history, closing, place on the client's card, in search and on the
timeline are those of the deal, so there is one way to do each of them. What only claims have stands here: what happened
to which goods, what is wanted, terms, cause, decision, cost and the client's confirmation.
"""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Product, Shipment
from clients.models.named import Named
from deals.claims.querysets import ClaimFileQuerySet, ClaimQuerySet
from deals.dealing.models import Deal
from salescrm.base import files
from salescrm.base.models import StoredFile


class ClaimKind(Named):
    """What claims are about: a dictionary with the terms in working days (R192)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    answer_days = models.PositiveSmallIntegerField(_("working days to the first answer"), default=2)
    decision_days = models.PositiveSmallIntegerField(_("working days to the decision"), default=10)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("kind of claims")
        verbose_name_plural = _("kinds of claims")
        ordering = ["order", "pk"]

    def terms_on(self, day: date) -> tuple[int, int]:
        """Return the working days to the first answer and to the decision in force on a day (R376)."""
        versions = self.terms.filter(effective_from__lte=day).order_by("-effective_from", "-pk")
        return versions.values_list("answer_days", "decision_days").first() or (self.answer_days, self.decision_days)


class ClaimTerms(models.Model):
    """The terms of a kind from a day on, by whom and why; append-only, the newest of a day holds (R192, R376)."""

    kind = models.ForeignKey(ClaimKind, on_delete=models.PROTECT, related_name="terms")
    answer_days = models.PositiveSmallIntegerField(_("working days to the first answer"))
    decision_days = models.PositiveSmallIntegerField(_("working days to the decision"))
    effective_from = models.DateField(_("in force from"))
    comment = models.CharField(_("why"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("terms of a kind of claims")
        verbose_name_plural = _("terms of kinds of claims")
        triggers = [pgtrigger.Protect(name="claim_terms_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision_days__gte=F("answer_days")),
                name="claim_answered_before_decided",
                violation_error_message=_("The decision does not come before the first answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.answer_days}/{self.decision_days}"


class ClaimCause(Named):
    """Why it came to a claim: a dictionary; one no longer used is switched off, never deleted."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("cause of claims")
        verbose_name_plural = _("causes of claims")
        ordering = ["order", "pk"]


class Wish(models.TextChoices):
    """What the client wants."""

    ANSWER = "answer", pgettext_lazy("claim", "an answer")
    REPLACEMENT = "replacement", pgettext_lazy("claim", "replacement")
    REFUND = "refund", pgettext_lazy("claim", "money back")
    DISCOUNT = "discount", pgettext_lazy("claim", "a discount")
    REWORK = "rework", pgettext_lazy("claim", "rework")


@pghistory.track()
class Claim(models.Model):
    """A claim; written only by `deals.claims.actions`."""

    deal = models.OneToOneField(Deal, verbose_name=_("deal"), on_delete=models.PROTECT, related_name="claim")
    kind = models.ForeignKey(
        ClaimKind, verbose_name=pgettext_lazy("claim", "kind"), on_delete=models.PROTECT, related_name="+"
    )
    happened = models.CharField(_("what happened"), max_length=1000)
    wish = models.CharField(_("the client wants"), max_length=20, choices=Wish.choices, default=Wish.ANSWER)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shipment = models.ForeignKey(
        Shipment, verbose_name=_("document"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer_due_on = models.DateField(_("answer up to"))
    decision_due_on = models.DateField(_("decision up to"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    cause = models.ForeignKey(
        ClaimCause, verbose_name=_("cause"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=1000, blank=True)
    cost = models.DecimalField(_("cost to us"), max_digits=18, decimal_places=2, default=0)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_on = models.DateField(_("confirmed by the client on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(
                condition=~Q(happened=""),
                name="claim_says_what",
                violation_error_message=_("A claim says what happened."),
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, cause__isnull=True, decision="")
                | (Q(decided_on__isnull=False, decided_by__isnull=False, cause__isnull=False) & ~Q(decision="")),
                name="claim_decided_whole",
                violation_error_message=_("A decision names its cause, its day and who made it."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(decided_on__isnull=False),
                name="claim_confirmed_decided",
                violation_error_message=_("The client confirms what was decided."),
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="claim_cost_not_negative",
                violation_error_message=_("The cost is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.deal.title

    def late_since(self, today: date) -> date | None:
        """Return the term that was missed and is not met yet; None when there is none or the claim is closed."""
        return min((due for _which, due in self.waiting() if due < today), default=None)

    def waiting(self) -> list[tuple[str, date]]:
        """Return the terms not met yet, "answer" before "decision", each with its last day; none of a closed claim."""
        terms = (("answer", self.answer_due_on, self.answered_on), ("decision", self.decision_due_on, self.decided_on))
        return [(which, due) for which, due, met in terms if met is None] if self.deal.is_open else []


class ClaimFile(models.Model):
    """A photo or paper of a claim. What was put in is not changed; one that is removed can be brought back."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(help_text="of the form: a double click keeps its files once")
    place = models.PositiveSmallIntegerField(help_text="of the file in the form, from 1")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClaimFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a claim")
        verbose_name_plural = _("files of claims")
        constraints = [
            models.UniqueConstraint(fields=["submission", "place"], name="claim_file_once_per_submission"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__gte=F("added_at"), removed_by__isnull=False),
                name="claim_file_removed_by_somebody",
                violation_error_message=_("A removed file says by whom and when, not before it was added."),
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="claim_file_is_kept", exclude=["removed_at", "removed_by"])]

    def __str__(self) -> str:
        return self.file.name

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it."""
        return self.file.content_type in files.PICTURES
