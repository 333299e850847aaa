"""Pipelines, their stages, and what a stage asks for; imported by `deals.models`, where Django looks for models."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import LifeCycle, LossReason, Segment
from clients.models.named import Named
from deals.kinds import TaskKind
from deals.pipelines.querysets import PipelineQuerySet, StageQuerySet
from staff.models import Position


class Purpose(models.TextChoices):
    """What a pipeline is for: the rules of deals hang on it, not on its name."""

    SHIPMENT = "shipment", pgettext_lazy("pipeline", "shipment")
    SECOND_SALE = "second_sale", pgettext_lazy("pipeline", "second sale")
    CONTRACT = "contract", pgettext_lazy("pipeline", "contract with a potential client")
    RECOVERY = "recovery", pgettext_lazy("pipeline", "recovery of zero and lost clients")
    DEVELOPMENT = "development", pgettext_lazy("pipeline", "development of a TOP client")
    CLAIM = "claim", pgettext_lazy("pipeline", "claim")
    OTHER = "other", pgettext_lazy("pipeline", "other")


class Grouping(models.TextChoices):
    """Whose open deals are one group: the next deal waits for all of it (R134)."""

    CLIENT = "client", _("of the client")
    ENTITY = "entity", _("of the legal entity")


class StageKind(models.TextChoices):
    """Where a deal in the stage stands."""

    OPEN = "open", pgettext_lazy("deal", "open")
    WON = "won", pgettext_lazy("deal", "won")
    LOST = "lost", pgettext_lazy("deal", "lost")


class Asked(models.TextChoices):
    """Fields of a deal a stage may ask for."""

    AMOUNT = "amount", _("amount")
    EXPECTED_ON = "expected_on", _("expected on")
    CONTACT = "contact", _("contact")
    LEGAL_ENTITY = "legal_entity", _("legal entity")
    LINES = "lines", _("goods")
    ORDER_NUMBER = "order_number", _("number of the order")
    OFFER = "offer", _("sent offer")
    CONTRACT = "contract", _("signed contract")


@pghistory.track(exclude=["version"])
class Pipeline(Named):
    """The way deals of one purpose go; what follows by itself is switched here (R130, R131, R133-R137, R144)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices, default=Purpose.OTHER)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)
    segments = models.ManyToManyField(
        Segment,
        verbose_name=_("types of clients"),
        blank=True,
        related_name="+",
        help_text=_("None chosen: all types."),
    )
    opens_next = models.BooleanField(_("opens the next deal by itself"), default=False)
    next_after = models.ForeignKey(
        "deals.Stage",
        verbose_name=_("the next deal is opened after the stage"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: when deals are won or lost."),
    )
    grouping = models.CharField(
        _("the next deal waits for all open deals"), max_length=10, choices=Grouping.choices, default=Grouping.CLIENT
    )
    sets_tasks = models.BooleanField(_("a stage sets its first task"), default=True)
    asks_task = models.BooleanField(_("an open deal has a task"), default=True)
    escalates_after = models.PositiveSmallIntegerField(
        _("the head is told of a deal over the norm of its stage after, days"),
        null=True,
        blank=True,
        help_text=_("Empty: never."),
    )

    loss_reasons = models.ManyToManyField(
        LossReason,
        verbose_name=_("reasons of loss"),
        blank=True,
        related_name="+",
        help_text=_("None chosen: the whole dictionary."),
    )
    version = models.PositiveIntegerField(default=1, help_text="grows with each change of it or of its stages")

    objects = PipelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values),
                name="pipeline_purpose_known",
                violation_error_message=_("This purpose of a pipeline is not known."),
            ),
            models.CheckConstraint(
                condition=Q(grouping__in=Grouping.values),
                name="pipeline_grouping_known",
                violation_error_message=_("The next deal waits for the deals of the client or of the legal entity."),
            ),
        ]


@pghistory.track()
class Stage(Named):
    """A stage of a pipeline: its norm, what passing it asks for, what is said in it, what is done first (R138-R143)."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="stages", db_index=False
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=StageKind.choices, default=StageKind.OPEN)
    is_active = models.BooleanField(_("is offered"), default=True)
    norm_days = models.PositiveSmallIntegerField(
        _("norm, days"), null=True, blank=True, help_text=_("Empty: no norm holds.")
    )
    goal = models.CharField(_("goal"), max_length=300, blank=True)
    probability = models.PositiveSmallIntegerField(_("probability, %"), default=50)
    asks = ArrayField(
        models.CharField(max_length=20, choices=Asked.choices),
        verbose_name=_("fields to pass it"),
        default=list,
        blank=True,
    )
    needs_result = models.BooleanField(_("passing it asks for a result"), default=False)
    needs_comment = models.BooleanField(_("passing it asks for a comment"), default=False)
    script = models.TextField(_("script"), max_length=4000, blank=True)
    next_stages = models.ManyToManyField(
        "self",
        verbose_name=_("next stages allowed"),
        symmetrical=False,
        blank=True,
        related_name="+",
        help_text=_("None chosen: any later one, and closing."),
    )
    is_past_offer = models.BooleanField(
        _("past the offer"), default=False, help_text=_("A client with such a deal has an order in work.")
    )
    forbids_offer = models.BooleanField(
        _("no offer is made in it"), default=False, help_text=_("First the needs are found out, then an offer is made.")
    )
    task_kind = models.CharField(_("kind of the first task"), max_length=10, choices=TaskKind.choices, blank=True)
    task_title = models.CharField(_("first task"), max_length=200, blank=True)
    task_days = models.PositiveSmallIntegerField(_("first task in, working days"), default=1)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("deal", "stage")
        verbose_name_plural = pgettext_lazy("deal", "stages")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "id", "kind"], name="stage_of_its_pipeline"),
            models.UniqueConstraint(
                fields=["pipeline", "kind"],
                condition=~Q(kind=StageKind.OPEN),
                name="one_closing_stage_of_a_kind",
                violation_error_message=_("A pipeline ends in one won and one lost stage."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StageKind.values),
                name="stage_kind_known",
                violation_error_message=_("A stage is open, won or lost."),
            ),
            models.CheckConstraint(
                condition=Q(probability__lte=100),
                name="stage_probability_a_share",
                violation_error_message=_("A probability lies between 0 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=Q(task_title="", task_kind="") | (~Q(task_title="") & Q(task_kind__in=TaskKind.values)),
                name="stage_task_has_kind_and_words",
                violation_error_message=_("The first task of a stage has a kind and says what to do."),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Say whether a deal in it is still being worked."""
        return self.kind == StageKind.OPEN


class StageResult(Named):
    """What may have come of a stage, chosen when it is passed (R139)."""

    code = models.SlugField(_("code"), max_length=100, unique=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="results")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_poor = models.BooleanField(_("poor: the head is told"), default=False)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("result of a stage")
        verbose_name_plural = _("results of stages")
        ordering = ["order", "pk"]


class StageItem(Named):
    """What is done in a stage: a line of its checklist; one of a post is a task of its own for it (R142)."""

    code = models.SlugField(_("code"), max_length=100, unique=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)
    is_required = models.BooleanField(_("must be done to pass"), default=False)
    position = models.ForeignKey(
        Position,
        verbose_name=_("is a task of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("A task of its own for this post, set when a deal enters the stage."),
    )

    class Meta:
        verbose_name = _("line of a checklist")
        verbose_name_plural = _("lines of checklists")
        ordering = ["order", "pk"]


class StageScript(models.Model):
    """What is said in a stage to some clients: by type, life cycle, TOP; others hear the stage's own (R138).

    Of several that fit, the one that names more holds, then the one that stands first.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="scripts")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    segment = models.ForeignKey(
        Segment, verbose_name=_("type of clients"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    life_cycle = models.CharField(_("state of clients"), max_length=10, choices=LifeCycle.choices, blank=True)
    is_top = models.BooleanField(_("TOP clients"), default=False)
    text = models.TextField(_("script"), max_length=4000)

    class Meta:
        verbose_name = _("script for some clients")
        verbose_name_plural = _("scripts for some clients")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(segment__isnull=False) | ~Q(life_cycle="") | Q(is_top=True),
                name="stagescript_for_some",
                violation_error_message=_("A script for some clients says for which: a type, a state or TOP."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="stagescript_says_what",
                violation_error_message=_("A script says something."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class PipelineChange(models.Model):
    """A saved change of a pipeline or a stage of it: who, when, what it was and became; append-only."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="changes", db_index=False)
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.JSONField(help_text="[[name of the field, what it was, what it became]], in words")

    class Meta:
        verbose_name = _("change of a pipeline")
        verbose_name_plural = _("changes of pipelines")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["pipeline", "-id"], name="pipelinechange_of")]
        triggers = [
            pgtrigger.ReadOnly(name="change_is_kept"),
            pgtrigger.Protect(name="change_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.at}"
