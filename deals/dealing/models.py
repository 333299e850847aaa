"""Deals, their lines and their way through the stages; imported by `deals.models`, where Django looks for models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Round, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Contact, LegalEntity, LossReason, Product, Shipment
from deals.dealing.querysets import DealQuerySet
from deals.pipelines.models import Pipeline, Stage, StageItem, StageKind, StageResult


class DealSource(models.TextChoices):
    """How an order or an enquiry came in (R147)."""

    OWN = "own", pgettext_lazy("deal", "own work")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    SITE = "site", _("site")
    MESSENGER = "messenger", _("messenger")
    ACCOUNTING = "accounting", _("accounting system")
    LEAD = "lead", _("lead")
    RULE = "rule", _("a rule of the program")


@pghistory.track(exclude=["next_task_on"])
class Deal(models.Model):
    """What is being sold to a client; written only by `deals.dealing.actions`, its changes are kept as history.

    Its state is the kind of its stage, and its stage is one of its pipeline: the database keeps both by one foreign
    key (`deal_stands_in_its_stage`).
    """

    title = models.CharField(_("what it is about"), max_length=200)
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="deals", db_index=False
    )
    stage = models.ForeignKey(
        Stage,
        verbose_name=pgettext_lazy("deal", "stage"),
        on_delete=models.PROTECT,
        related_name="deals",
        db_index=False,
    )
    state = models.CharField(
        pgettext_lazy("deal", "state"), max_length=10, choices=StageKind.choices, default=StageKind.OPEN
    )
    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="deals", db_index=False
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        verbose_name=_("legal entity"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deals",
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, blank=True, on_delete=models.PROTECT, related_name="deals"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.PROTECT,
        related_name="deals",
        db_index=False,
    )
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("participants"), blank=True, related_name="deals_shared"
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text=_("The sum of the goods, where goods are named."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    order_number = models.CharField(
        _("number of the order"), max_length=60, blank=True, help_text=_("As the accounting system numbers it.")
    )
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    source = models.CharField(_("came by"), max_length=12, choices=DealSource.choices, default=DealSource.OWN)
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: a rule of the program",
    )
    entered_stage_on = models.DateField(_("in the stage since"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    loss_reason = models.ForeignKey(
        LossReason, verbose_name=_("reason of loss"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # writer: deals.dealing.tasks, by whoever sets or closes a task of the deal
    next_task_on = models.DateField(_("next task"), null=True, blank=True)
    follows = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
        help_text="the deal whose end opened this one: one follows one",
    )
    shipment = models.OneToOneField(
        Shipment,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,  # an import that is undone takes its documents away; the deal stays won
        related_name="+",
        help_text="the document that completed it: each completes one",
    )
    origin = models.CharField(max_length=60, blank=True, help_text="rule that opened it; empty: a person")
    origin_as_of = models.DateField(null=True, blank=True)
    submission = models.UUIDField(
        null=True, blank=True, unique=True, help_text="of the form: a double click is one deal"
    )
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        indexes = [
            # a column of the board in its order, of everybody and of one person
            models.Index(
                F("stage"),
                F("next_task_on").asc(nulls_first=True),
                F("id"),
                condition=Q(state="open"),
                name="deal_column",
            ),
            models.Index(
                F("owner"),
                F("stage"),
                F("next_task_on").asc(nulls_first=True),
                F("id"),
                condition=Q(state="open"),
                name="deal_own_column",
            ),
            # counts and sums of the columns, read from the index alone
            models.Index(
                fields=["pipeline", "stage", "owner"], include=["amount"], condition=Q(state="open"), name="deal_sums"
            ),
            models.Index(fields=["client", "state", "pipeline"], name="deal_of_client"),  # card, group, invariants
            models.Index(fields=["opened_on", "id"], name="deal_by_opening"),  # the list in its order
            models.Index(fields=["amount", "id"], name="deal_by_amount"),
            models.Index(fields=["expected_on", "id"], name="deal_by_expected"),
            models.Index(fields=["pipeline", "opened_on", "id"], name="deal_by_pipeline"),  # the list of one pipeline
            models.Index(fields=["owner", "opened_on", "id"], name="deal_by_owner"),  # and of one person
            models.Index(fields=["closed_on", "id"], condition=~Q(state="open"), name="deal_by_closing"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="deal_title_trgm"),  # search by words, typos
            models.Index(Upper("order_number"), condition=~Q(order_number=""), name="deal_order_number"),  # search
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "origin_as_of", "client", "pipeline", "follows"],
                condition=~Q(origin=""),
                nulls_distinct=False,
                name="one_deal_per_origin",
                violation_error_message=_("The rule has opened this deal already."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="deal_says_what",
                violation_error_message=_("A deal says what it is about."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=StageKind.values),
                name="deal_state_known",
                violation_error_message=_("A deal is open, won or lost."),
            ),
            models.CheckConstraint(
                condition=Q(state=StageKind.OPEN, closed_on__isnull=True)
                | (~Q(state=StageKind.OPEN) & Q(closed_on__isnull=False)),
                name="deal_closed_on_a_day",
                violation_error_message=_("A closed deal says on which day; an open one has none."),
            ),
            models.CheckConstraint(
                condition=Q(state=StageKind.LOST, loss_reason__isnull=False)
                | (~Q(state=StageKind.LOST) & Q(loss_reason__isnull=True)),
                name="deal_lost_for_a_reason",
                violation_error_message=_("A lost deal has its reason; no other has one."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="deal_closed_after_opening",
                violation_error_message=_("A deal is not closed before it was opened."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="deal_amount_not_negative",
                violation_error_message=_("The amount of a deal is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(source__in=DealSource.values),
                name="deal_source_known",
                violation_error_message=_("This way a deal came by is not known."),
            ),
            models.CheckConstraint(
                condition=Q(origin="", origin_as_of__isnull=True) | (~Q(origin="") & Q(origin_as_of__isnull=False)),
                name="deal_origin_has_its_day",
                violation_error_message=_("A deal of a rule says of which day."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Say whether it is still being worked."""
        return self.state == StageKind.OPEN

    def days_in_stage(self, today: date) -> int:
        """Days since it entered its stage; of a closed deal until it was closed."""
        return max((today - self.entered_stage_on).days, 0)


def line_total() -> Round:
    """What a line costs, rounded to a hundredth: quantity × price less the discount."""
    return Round(F("quantity") * F("price") * (Value(Decimal(100)) - F("discount")) / Value(Decimal(100)), 2)


class DealLine(models.Model):
    """Goods of a deal: a product of the catalogue or words; the sum of lines is the deal's amount."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("what"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=2, default=0)
    discount = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    total = models.GeneratedField(
        verbose_name=_("sum"),
        expression=line_total(),
        output_field=models.DecimalField(max_digits=20, decimal_places=2),
        db_persist=True,
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("line of a deal")
        verbose_name_plural = _("lines of deals")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="dealline_says_what",
                violation_error_message=_("A line says what is sold."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price__gte=0),
                name="dealline_quantity_and_price",
                violation_error_message=_("A quantity is above zero, a price not below."),
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=100),
                name="dealline_discount_a_share",
                violation_error_message=_("A discount lies between 0 and 100 %%."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DiscountChange(models.Model):
    """The discount of a deal's goods as a whole was changed, in per cent of their price: never written over (R381)."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="discount_changes")
    day = models.DateField()
    before = models.DecimalField(max_digits=5, decimal_places=2)
    after = models.DecimalField(max_digits=5, decimal_places=2)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("change of a discount")
        verbose_name_plural = _("changes of discounts")
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["day", "id"], name="discountchange_by_day")]
        constraints = [models.CheckConstraint(condition=~Q(before=F("after")), name="discountchange_changes")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after} %"


class StageEntry(models.Model):
    """A deal came to a stage: when, by whom, what came of the one it left; append-only (R131, R146).

    The row of the stage the deal stands in, also a closing one, is not left yet.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="entries", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="entries", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: a rule of the program",
    )
    result = models.ForeignKey(StageResult, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(_("comment"), blank=True)
    is_undo = models.BooleanField(default=False, help_text="takes the last move back: no transition is counted")

    class Meta:
        verbose_name = _("way of a deal")
        verbose_name_plural = _("ways of deals")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal"],
                condition=Q(left_at__isnull=True),
                name="deal_stands_in_one_stage",
                violation_error_message=_("A deal stands in one stage."),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="stage_left_after_entering",
                violation_error_message=_("A stage is not left before it was entered."),
            ),
        ]
        indexes = [
            models.Index(fields=["deal", "id"], name="stageentry_deal"),
            models.Index(fields=["stage", "entered_at"], name="stageentry_stage"),  # transitions of a period
        ]
        triggers = [
            pgtrigger.ReadOnly(name="way_is_kept", exclude=["left_at"]),
            pgtrigger.Protect(
                name="stage_is_left_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__left_at__isnull=False)
            ),
            pgtrigger.Protect(name="way_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.stage_id} {self.entered_at}"


class DealTick(models.Model):
    """A line of a stage's checklist somebody has done in a deal."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="ticks", db_index=False)
    item = models.ForeignKey(StageItem, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("done line of a checklist")
        verbose_name_plural = _("done lines of checklists")
        constraints = [models.UniqueConstraint(fields=["deal", "item"], name="ticked_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.item_id}"
