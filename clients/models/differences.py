"""What another program says of a client and the base has otherwise: imports write it, reconciliations read it (R6)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client, LegalEntity, Source
from salescrm.base.models import Intake


class DifferingField(models.TextChoices):
    """What is compared: fields of the client, then those of a legal entity."""

    NAME = "name", _("name")
    SEGMENT = "segment", pgettext_lazy("client", "type")
    BRANCH = "branch", _("branch")
    REGION = "region", _("region")
    CITY = "city", _("city")
    ADDRESS = "address", _("address")
    LEGAL_NAME = "legal_name", _("name of the legal entity")
    INN = "inn", _("INN")
    KPP = "kpp", _("KPP")


class SourceDifference(models.Model):
    """A field that an import found different from the base and left as it is; the next import of the source mends it.

    A row is written once and stays while both values stay; an undone import takes those it wrote with it. Whether the
    base still has another value is asked when it is read.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="differences", db_index=False)
    legal_entity = models.ForeignKey(
        LegalEntity, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="whose field it is"
    )
    field = models.CharField(_("field"), max_length=20, choices=DifferingField.choices)
    here = models.CharField(_("in the base"), max_length=300)
    there = models.CharField(_("in the source"), max_length=300)
    source = models.ForeignKey(Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="+")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField(_("seen on"))

    class Meta:
        verbose_name = _("difference from a source")
        verbose_name_plural = _("differences from sources")
        constraints = [
            # serves the differences of a client, too
            models.UniqueConstraint(
                fields=["client", "legal_entity", "field", "source"],
                nulls_distinct=False,
                name="difference_once_per_source",
                violation_error_message=_("This difference from the source is known already."),
            ),
            models.CheckConstraint(
                condition=Q(field__in=DifferingField.values),
                name="difference_field_known",
                violation_error_message=_("This field is not compared with sources."),
            ),
            models.CheckConstraint(
                condition=~Q(here="") & ~Q(there="") & ~Q(here=F("there")),
                name="difference_of_two_values",
                violation_error_message=_("A difference is between two values."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.field}: {self.here} / {self.there}"
