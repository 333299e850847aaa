"""Offers, their templates and the letterhead; imported by `deals.models`, where Django looks for models."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Contact, LossReason, Product, Segment
from deals.dealing.models import Deal, line_total
from deals.offers.querysets import OfferQuerySet, OfferTemplateQuerySet, OfferTemplateVersionQuerySet

PARTS = ("greeting", "argument", "terms", "closing")  # of a text; the table of goods stands after the argument


FROZEN = (
    "said", "total", "valid_until", "sent_at", "sent_way", "sent_to", "template_version_id", "year", "number",
    "revision",
)  # fmt: skip


def any_changed(names: tuple[str, ...]) -> pgtrigger.Q:
    """Build the condition that a row changes in one of these columns."""
    found = pgtrigger.Q()
    for name in names:
        found |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return found


class OfferState(models.TextChoices):
    """Where an offer stands; a sent one whose term is over is shown as expired."""

    DRAFT = "draft", pgettext_lazy("offer", "draft")
    SENT = "sent", pgettext_lazy("offer", "sent")
    ACCEPTED = "accepted", pgettext_lazy("offer", "accepted")
    REFUSED = "refused", pgettext_lazy("offer", "refused")
    REPLACED = "replaced", pgettext_lazy("offer", "replaced")
    EXPIRED = "expired", pgettext_lazy("offer", "expired")


class SentBy(models.TextChoices):
    """How an offer was sent."""

    EMAIL = "email", pgettext_lazy("offer", "e-mail from the program")
    OTHER = "other", pgettext_lazy("offer", "sent otherwise")


def person(label: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """Build a field for an employee."""
    kept: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"} | options
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, **kept)


class Letterhead(models.Model):
    """What stands over and under an offer: the newest row holds; a sent offer keeps its own."""

    name = models.CharField(_("name of the company"), max_length=200)
    details = models.TextField(_("address, phone, site"), max_length=1000, blank=True)
    footer = models.TextField(_("bottom line"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class OfferTemplate(models.Model):
    """What offers to clients of some types say; its texts stand in its versions (R148)."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("ru", _("Russian")), ("en", _("English"))], default="ru"
    )
    segments = models.ManyToManyField(
        Segment,
        verbose_name=_("types of clients"),
        blank=True,
        related_name="+",
        help_text=_("None chosen: all types."),
    )
    is_active = models.BooleanField(_("is offered"), default=True)

    objects = OfferTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of offers")
        verbose_name_plural = _("templates of offers")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class OfferTemplateVersion(models.Model):
    """A text of a template: used only when a head approved it, and never changed after that."""

    template = models.ForeignKey(OfferTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    greeting = models.TextField(_("greeting"), max_length=2000)
    argument = models.TextField(_("why it pays the client"), max_length=6000, blank=True)
    terms = models.TextField(_("terms"), max_length=6000, blank=True)
    closing = models.TextField(_("closing"), max_length=2000, blank=True)
    author = person(_("author"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    approved_by = person(_("approved by"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    objects = OfferTemplateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a template of offers")
        verbose_name_plural = _("versions of templates of offers")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_offer_template_version_per_number"),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(approved_at__isnull=True),
                name="one_offer_template_version_in_work",
                violation_error_message=_("This template has a version in work already."),
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="offer_template_approved_by_somebody",
                violation_error_message=_("An approval says by whom and when."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_version_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}/{self.number}"


@pghistory.track(exclude=["said"])
class Offer(models.Model):
    """An offer of a deal; written only by `deals.offers.actions`. Its client is that of its deal.

    A draft shows the deal as it is; what is sent is `said` (texts and the values put into them) with its own lines,
    and the database changes neither any more.
    """

    deal = models.ForeignKey(Deal, verbose_name=_("deal"), on_delete=models.PROTECT, related_name="offers")
    template_version = models.ForeignKey(
        OfferTemplateVersion, verbose_name=_("template"), on_delete=models.PROTECT, related_name="offers"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("for whom"), null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    manager = person(_("manager"), related_name="offers")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("number"))
    revision = models.PositiveSmallIntegerField(_("version"), default=1)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    valid_until = models.DateField(_("valid until"))
    state = models.CharField(
        pgettext_lazy("offer", "state"), max_length=10, choices=OfferState.choices, default=OfferState.DRAFT
    )
    created_at = models.DateTimeField(_("created"))
    said = models.JSONField(default=dict, blank=True, help_text="texts and values as they were sent")
    total = models.DecimalField(_("sum"), max_digits=18, decimal_places=2, default=0, help_text="as it was sent")
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_way = models.CharField(_("how it was sent"), max_length=10, choices=SentBy.choices, blank=True)
    sent_to = models.EmailField(_("e-mail"), blank=True)
    reacted_on = models.DateField(_("day of the reaction"), null=True, blank=True)
    reaction = models.CharField(_("what was answered"), max_length=500, blank=True)
    loss_reason = models.ForeignKey(
        LossReason,
        verbose_name=_("reason of refusal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one offer")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [
            models.Index(fields=["created_at", "id"], name="offer_by_day"),  # the list in its order
            models.Index(fields=["valid_until"], condition=Q(state="sent"), name="offer_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "number", "revision"], name="one_offer_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "sent", "accepted", "refused", "replaced"]),
                name="offer_state_known",
                violation_error_message=_("This state of an offer is not known."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at__isnull=True, sent_way="")
                | (~Q(state="draft") & Q(sent_at__isnull=False, sent_way__in=SentBy.values)),
                name="offer_sent_some_way",
                violation_error_message=_("A sent offer says when and how; a draft does not."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "refused"], reacted_on__isnull=False)
                | (~Q(state__in=["accepted", "refused"]) & Q(reacted_on__isnull=True)),
                name="offer_reaction_has_its_day",
                violation_error_message=_("A reaction has its day."),
            ),
            models.CheckConstraint(
                condition=Q(state="refused", loss_reason__isnull=False)
                | (~Q(state="refused") & Q(loss_reason__isnull=True)),
                name="offer_refused_for_a_reason",
                violation_error_message=_("A refusal has its reason; nothing else has one."),
            ),
            models.CheckConstraint(
                condition=~Q(pk=F("replaces")),
                name="offer_replaces_another",
                violation_error_message=_("An offer does not replace itself."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_offer_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False) & any_changed(FROZEN),
            ),
            pgtrigger.Protect(
                name="sent_offer_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as people say it: 2026-17, of a later version 2026-17/2."""
        base = f"{self.year}-{self.number}"
        return f"{base}/{self.revision}" if self.revision > 1 else base

    @property
    def is_draft(self) -> bool:
        """Say whether it may still be changed."""
        return self.state == OfferState.DRAFT

    def shown_state(self, today: date) -> OfferState:
        """Say where it stands on `today`; `querysets.in_state` keeps the same of a set."""
        if self.state == OfferState.SENT and self.valid_until < today:
            return OfferState.EXPIRED
        return OfferState(self.state)


class OfferLine(models.Model):
    """Goods of a sent offer, as they were; append-only."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    price = models.DecimalField(max_digits=16, decimal_places=2)
    discount = models.DecimalField(max_digits=5, decimal_places=2)
    total = models.GeneratedField(
        expression=line_total(), output_field=models.DecimalField(max_digits=20, decimal_places=2), db_persist=True
    )
    order = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("line of an offer")
        verbose_name_plural = _("lines of offers")
        ordering = ["order", "pk"]
        triggers = [
            pgtrigger.Protect(name="offer_lines_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name
