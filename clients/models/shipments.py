"""What was shipped: documents, their lines, and what an import did to them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import LegalEntity, Source
from clients.models.products import Product
from clients.querysets import ShipmentQuerySet
from salescrm.base.models import Intake
from staff.models import Employee


class Shipment(models.Model):
    """The order event: a document with lines; negative = return or cancellation. Amounts in base currency."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    external_id = models.CharField(max_length=100, blank=True, db_collation="C", help_text="the file's own document id")
    number = models.CharField(_("number"), max_length=60, blank=True, db_collation="C")
    period = models.PositiveIntegerField(default=0, help_text="numbering period of `day`: 2026, 202611, or 0 for none")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="shipments")
    day = models.DateField(_("date"))
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=4, help_text="sum of lines, base currency")
    currency = models.CharField(max_length=3, blank=True, help_text="currency of the document, empty: the base one")
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1, help_text="base currency per unit")
    salesperson = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    content = models.UUIDField(help_text="md5 of head and lines: an equal one is an unchanged document")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="one_shipment_per_external_id"
            ),
            models.UniqueConstraint(
                fields=["source", "number", "period"],
                condition=Q(external_id="") & ~Q(number=""),
                name="one_shipment_per_number_and_period",
            ),
            models.UniqueConstraint(
                fields=["source", "legal_entity", "day"],
                condition=Q(external_id="", number=""),
                name="one_unnumbered_shipment_per_day",
            ),
        ]
        indexes = [
            # turnover by touched pairs, purchases of a client, the card's panel
            models.Index(fields=["legal_entity", "day"], include=["total"], name="shipment_entity_day"),
            models.Index(fields=["source", "day"], name="shipment_source_day"),  # the feed guard's newest document
            models.Index(fields=["intake"], name="shipment_intake"),  # undo of an import
            models.Index(fields=["number"], condition=~Q(number=""), name="shipment_number"),  # search by number
            # search by a part of it
            GinIndex(
                fields=["number"], condition=~Q(number=""), opclasses=["gin_trgm_ops"], name="shipment_number_trgm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.external_id} {self.day}"


class ShipmentLine(models.Model):
    """A line of a document; its identity is its position, so a line equal to another is kept."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    price = models.DecimalField(max_digits=18, decimal_places=4, null=True, help_text="in the document's currency")
    amount = models.DecimalField(max_digits=18, decimal_places=4, help_text="base currency")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "position"], name="one_line_per_position")]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.position}"


class ShipmentBefore(models.Model):
    """What a document was before an import changed it; the undo of that import puts it back."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    head = models.JSONField()
    lines = models.JSONField()

    class Meta:
        verbose_name = _("later import of the same document")
        verbose_name_plural = _("later imports of the same documents")
        constraints = [models.UniqueConstraint(fields=["intake", "shipment"], name="one_before_per_intake")]

    def __str__(self) -> str:
        return f"{self.shipment_id} < {self.intake_id}"


class TouchedMonth(models.Model):
    """A (legal entity, month) whose documents changed: imports write it, the night's turnover step takes it away."""

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    month = models.DateField()

    def __str__(self) -> str:
        return f"{self.legal_entity_id} {self.month}"
