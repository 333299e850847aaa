"""Whom we sell to: the client, its legal entities, their codes in other systems."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.typology import LegacyType, Segment
from clients.querysets import ClientQuerySet
from salescrm.base.models import Intake
from staff.models import Branch


class Channel(models.TextChoices):
    """Sales channel of a client (R16)."""

    WHOLESALE = "wholesale", _("wholesale")
    INTERNET_SHOP = "internet_shop", _("internet shop")


class BuyerKind(models.TextChoices):
    """How the client buys: it drives the terms of price and is no type (R43)."""

    WHOLESALE = "wholesale", pgettext_lazy("buyer", "wholesale")
    RETAIL = "retail", pgettext_lazy("buyer", "retail")


class LegacyPotential(models.TextChoices):
    """The potential of a client in the old books, by which discounts were given: information only (R71).

    It is no ABC class. Nothing is reckoned from it and no night changes it.
    """

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"


@pghistory.track()
class Client(models.Model):
    """The commercial partner and counting unit: what the business calls a holding (R1, R2)."""

    name = models.CharField(_("name"), max_length=255)
    name_key = models.CharField(max_length=255, blank=True, help_text="normalised name: search, duplicates, intake")
    name_sort = models.CharField(max_length=300, db_collation="C", help_text="people's order of names")
    segment = models.ForeignKey(Segment, verbose_name=_("type"), null=True, blank=True, on_delete=models.PROTECT)
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="clients")
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True, default="", db_default="")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.WHOLESALE)
    decision_pattern = models.TextField(
        _("how they decide on purchases"), max_length=2000, blank=True, default="", db_default=""
    )
    buyer_kind = models.CharField(
        _("wholesale or retail"), max_length=10, choices=BuyerKind.choices, blank=True, default="", db_default=""
    )
    legacy_type = models.ForeignKey(
        LegacyType, verbose_name=_("old type"), null=True, blank=True, editable=False, on_delete=models.PROTECT
    )
    legacy_potential = models.CharField(
        _("old potential"),
        max_length=1,
        choices=LegacyPotential.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    owned_from = models.DateField(help_text="start of the first ownership interval")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    separated_on = models.DateField(
        null=True, blank=True, help_text="day of the last joining undone: nights wait 7 days"
    )
    archived_on = models.DateField(null=True, blank=True, help_text="archived by hand, with a reason")
    archive_reason = models.CharField(_("reason of archiving"), max_length=300, blank=True)
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_on = models.DateField(help_text="day of creation: the first document's day for a client made by an import")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [
            models.Index(fields=["name_sort", "id"], name="client_by_name"),  # the list sorted by name
            models.Index(fields=["created_on", "id"], name="client_created"),  # the list sorted by creation
            models.Index(fields=["branch", "id"], name="client_branch"),  # rows of one branch
            models.Index(fields=["city", "id"], name="client_city"),  # rows of one city
            models.Index(fields=["region", "id"], name="client_region"),
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="client_name_trgm"),  # search with typos
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="client_has_a_name", violation_error_message=_("A client has a name.")
            ),
            models.CheckConstraint(
                condition=Q(archived_on__isnull=True) | ~Q(archive_reason=""),
                name="archived_with_a_reason",
                violation_error_message=_("Archiving by hand asks for a reason."),
            ),
            models.CheckConstraint(
                condition=Q(legacy_potential__in=["", *LegacyPotential.values]),
                name="legacy_potential_is_a_letter",
                violation_error_message=_("An old potential is a letter from A to E."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class LegalEntity(models.Model):
    """A firm of a client: documents and monthly turnover hang on it, so joining clients moves one column."""

    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="legal_entities"
    )
    name = models.CharField(_("name"), max_length=255)
    name_key = models.CharField(max_length=255, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True, default="", db_default="")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            models.UniqueConstraint(
                fields=["inn", "kpp"],
                condition=~Q(inn=""),
                name="one_legal_entity_per_inn_and_kpp",
                violation_error_message=_("A legal entity with this INN and KPP exists already."),
            )
        ]
        indexes = [
            models.Index(fields=["name_key"], name="legalentity_name_key"),  # intake by normalised name
            GinIndex(
                fields=["name_key"], opclasses=["gin_trgm_ops"], name="legalentity_name_trgm"
            ),  # search with typos
            GinIndex(fields=["inn"], opclasses=["gin_trgm_ops"], name="legalentity_inn_trgm"),  # search by a part of it
            # search by its beginning
            models.Index(
                fields=["kpp"], condition=~Q(kpp=""), opclasses=["varchar_pattern_ops"], name="legalentity_kpp"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Where documents come from: numbers and codes are unique within it; its VAT habit is the whole base's."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    vat_included = models.BooleanField(_("amounts include VAT"), default=True)
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class ExternalCode(models.Model):
    """The code of a legal entity in a source; merging keeps it, so the next import finds the survivor."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    code = models.CharField(max_length=100, db_collation="C")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="codes")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="one_legal_entity_per_code")]
        indexes = [
            GinIndex(fields=["code"], opclasses=["gin_trgm_ops"], name="externalcode_code_trgm"),  # search by a part
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.code}"


class IntakeRow(models.Model):
    """What an import of clients did to a row: made it (`before` is empty), or changed these fields of it.

    The undo of that import reads it. A row is named by its number alone: it may be gone when it is read.
    """

    class Kind(models.TextChoices):
        """Which table the row is of."""

        CLIENT = "client", _("client")
        ENTITY = "entity", _("legal entity")
        CONTACT = "contact", _("contact")
        POINT = "point", _("way to reach")
        NOTE = "note", pgettext_lazy("communication", "note")

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint(fields=["intake", "kind", "row_id"], name="one_row_per_intake")]

    def __str__(self) -> str:
        return f"{self.intake_id}: {self.kind} {self.row_id}"
