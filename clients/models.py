"""Whom: clients and their legal entities, typology, products, shipments, ownership, and Standing."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.querysets import ClientQuerySet, ShipmentQuerySet
from clients.tally import Tallied, Tally, TallyNow, Untallied
from salescrm.base.models import Intake
from staff.models import Branch, Employee

__all__ = ["Tallied", "Tally", "TallyNow", "Untallied"]  # the room's models that live in a module of their own


class Sphere(models.Model):
    """A sphere of activity: the first level of the typology (R24)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    content = models.JSONField(default=dict, help_text="parameters, needs and steps of the sphere as loaded")

    class Meta:
        verbose_name = _("sphere")
        verbose_name_plural = _("spheres")

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


class Segment(models.Model):
    """A segment of a sphere: the client's type (R24)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="segments")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    content = models.JSONField(default=dict, help_text="description, signs and questions of the segment as loaded")

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


class Channel(models.TextChoices):
    """Sales channel of a client (R16)."""

    WHOLESALE = "wholesale", _("wholesale")
    INTERNET_SHOP = "internet_shop", _("internet shop")


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
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.WHOLESALE)
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

    def __str__(self) -> str:
        return f"{self.source}: {self.code}"


class Direction(models.Model):
    """A product line: home textile, promo textile (R15)."""

    code = models.SlugField(_("code"), max_length=40, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("direction")
        verbose_name_plural = _("directions")

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


class Category(models.Model):
    """A group of products."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    direction = models.ForeignKey(
        Direction,
        verbose_name=_("direction"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="categories",
    )
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class LossReason(models.Model):
    """Why a client does not buy again: a dictionary (R125); one no longer used is switched off, never deleted."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("reason of loss")
        verbose_name_plural = _("reasons of loss")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


class Product(models.Model):
    """A product of a source."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    code = models.CharField(_("code"), max_length=100, db_collation="C")
    name = models.CharField(_("name"), max_length=300)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="one_product_per_code")]

    def __str__(self) -> str:
        return self.name


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


class OwnershipReason(models.TextChoices):
    """Why a client has this owner."""

    FIRST = "first", _("first distribution")
    MANUAL = "manual", _("changed by hand")
    ZERO = "zero", _("zero hand-over")
    RETURN = "return", _("returned")
    CORRECTION = "correction", _("given back: had bought")
    UNDO = "undo", _("hand-over undone")
    SUBSTITUTION = "substitution", _("substitution")
    DISMISSAL = "dismissal", _("dismissal")
    LEVELLING = "levelling", _("levelling")


@pghistory.track()
class Ownership(models.Model):
    """Days [starts_on, ends_on) on which `owner` answers for `client`: a chain without gap or overlap (R9, R11).

    The database refuses anything else (migration `ownership_chain`): each end is, by a deferred foreign key, the start
    of the client's next interval; starts, ends and the one open end are unique per client; the client row points to
    its first interval.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="ownerships", db_index=False)
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="ownerships", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=20, choices=OwnershipReason.choices)
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    night = models.DateField(
        null=True, help_text="as_of of the night that moved the client; empty: a person or an import"
    )
    left_alone_until = models.DateField(
        null=True, help_text="a person's change: nights leave a silent client alone till then"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "starts_on"], name="ownership_start_once"),
            models.UniqueConstraint(fields=["client", "ends_on"], name="ownership_end_once"),
            models.UniqueConstraint(fields=["client"], condition=Q(ends_on__isnull=True), name="ownership_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="ownership_not_empty"
            ),
        ]
        indexes = [
            # "my clients": the open interval of each client by owner
            models.Index(fields=["owner", "client"], condition=Q(ends_on__isnull=True), name="ownership_current"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.owner_id} {self.starts_on}–{self.ends_on or '…'}"


class Participant(models.Model):
    """A secondary participant of a client for some days; sees the client, does not own it (R10)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="participants")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="participations")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "employee", "starts_on"], name="one_participation_per_start")
        ]

    def __str__(self) -> str:
        return f"{self.employee} @ {self.client}"


class LifeCycle(models.TextChoices):
    """Computed by the night, never typed (R8)."""

    POTENTIAL = "potential", _("potential")
    NEW = "new", _("new")
    ACTIVE = "active", _("active")
    ZERO = "zero", _("zero")
    LOST = "lost", _("lost")
    ARCHIVED = "archived", _("archived")


class Standing(models.Model):
    """What is computed to the right and needed to the left: one narrow row per client, one writer per column.

    A client has its row from its creation. No history trigger stands on it.
    """

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    # writer: segmentation, step classes
    abc = models.CharField(max_length=1, blank=True)
    xyz = models.CharField(max_length=1, blank=True)
    previous_class = models.CharField(
        max_length=2, blank=True, help_text="class before the last change: the card's arrow"
    )
    key_client = models.BooleanField(default=False)
    # writer: segmentation, step turnover
    turnover = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="net, window of the last night"
    )
    turnover_before = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="net, the 12 months before"
    )
    months = ArrayField(
        models.DecimalField(max_digits=18, decimal_places=2),
        default=list,
        help_text="24 months net, oldest first: sparkline",
    )
    # writer: segmentation, step TOP
    top = models.BooleanField(default=False)
    # writer: segmentation, step life cycle
    life_cycle = models.CharField(max_length=10, choices=LifeCycle.choices, default=LifeCycle.POTENTIAL)
    life_cycle_since = models.DateField(null=True)
    first_purchase_on = models.DateField(null=True)
    last_purchase_on = models.DateField(null=True)
    purchases = models.PositiveIntegerField(default=0, help_text="days with a purchase document")
    rhythm_days = models.PositiveIntegerField(null=True, help_text="median of days between purchases, rounded up")
    expected_on = models.DateField(null=True, help_text="next order by the client's own rhythm")
    hand_over_on = models.DateField(null=True, help_text="day the term of the hand-over is reached; empty: none runs")

    class Meta:
        indexes = [
            # orders of the list: key and client in one direction, so that a page is a range of the index either way
            models.Index(fields=["turnover", "client"], include=["turnover_before"], name="standing_turnover"),
            models.Index(fields=["last_purchase_on", "client"], name="standing_last_purchase"),
            models.Index(fields=["expected_on", "client"], name="standing_expected"),
            models.Index(fields=["hand_over_on", "client"], name="standing_hand_over"),
            # filters that go with turnover: a class or a state is one end of the order, not spread over it; with what
            # is summed beside it, totals are read from the index alone
            models.Index(
                fields=["abc", "turnover", "client"], include=["xyz", "turnover_before"], name="standing_class"
            ),
            models.Index(
                fields=["life_cycle", "turnover", "client"], include=["turnover_before"], name="standing_life_cycle"
            ),
            models.Index(fields=["life_cycle", "hand_over_on", "client"], name="standing_due"),  # zero board
            models.Index(fields=["turnover", "client"], condition=Q(top=True), name="standing_top"),  # the TOP list
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.abc}{self.xyz}"
