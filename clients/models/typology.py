"""The typology: spheres of activity, their segments, and what is known and asked of each (R24-R28, R34-R44)."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.named import Named

GIVEN_CODE = "key of the row in reference.yaml; empty for rows people added"


class TargetGroup(models.TextChoices):
    """The six groups reports are made by (R25)."""

    ADVERTISING = "1.1", _("1.1 Advertising")
    WORKWEAR = "1.2", _("1.2 Workwear")
    TRADE = "1.3", _("1.3 Trade, home textile included")
    INTERNET = "1.4", _("1.4 Trade on the internet and in social networks")
    END_BUYERS = "1.5", _("1.5 End users who buy wholesale")
    OTHER = "1.6", _("1.6 Other buyers")


class Priority(models.IntegerChoices):
    """How much a type is looked for among new clients (R44)."""

    FIRST = 1, pgettext_lazy("priority", "first")
    SECOND = 2, pgettext_lazy("priority", "second")


@pghistory.track()
class Sphere(Named):
    """A sphere of activity: the first level of the typology (R24)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("sphere")
        verbose_name_plural = _("spheres")


@pghistory.track()
class Segment(Named):
    """A segment of a sphere: the client's type (R24), with the five parts a profile must have (R26)."""

    sphere = models.ForeignKey(Sphere, verbose_name=_("sphere"), on_delete=models.PROTECT, related_name="segments")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    target_group = models.CharField(
        _("target group"), max_length=3, choices=TargetGroup.choices, default=TargetGroup.OTHER
    )
    priority = models.PositiveSmallIntegerField(
        _("priority of acquisition"), choices=Priority.choices, null=True, blank=True
    )
    is_active = models.BooleanField(_("is offered"), default=True)
    description = models.TextField(_("description"), blank=True)
    criteria = models.TextField(_("criteria of the type"), blank=True)
    business = models.TextField(_("way of doing business"), blank=True)
    decisions = models.TextField(_("levels of decision making"), blank=True)
    consumption = models.TextField(_("way of consuming our products"), blank=True)
    development = models.TextField(_("ways of developing sales"), blank=True)
    words = models.TextField(
        _("words that speak for the type"),
        blank=True,
        help_text=_("Beginnings of words, separated by commas; found in an answer, they count for this type."),
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="segment_has_a_name", violation_error_message=_("A type has a name.")
            )
        ]


class Listed(models.Model):
    """A line of a list people keep: its place, and whether it is still offered; nothing is ever deleted."""

    code = models.SlugField(_("code"), max_length=60, blank=True, editable=False, help_text=GIVEN_CODE)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="one_%(class)s_per_code",
            )
        ]  # fmt: skip


@pghistory.track()
class Sign(Listed):
    """A visible sign by which a segment is recognised (R28)."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="signs", editable=False)
    text = models.CharField(_("sign"), max_length=300)

    class Meta(Listed.Meta):
        verbose_name = _("sign")
        verbose_name_plural = _("signs")

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Question(Listed):
    """A question that identifies a segment; the one of no segment is asked of everybody first (R29)."""

    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="questions", editable=False)
    text = models.CharField(_("question"), max_length=300)

    class Meta(Listed.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(segment__isnull=True),
                name="one_common_question",
                violation_error_message=_("There is a question common to all already."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AnswerType(models.TextChoices):
    """What a parameter is answered with (R34)."""

    YES_NO = "yes_no", _("yes or no")
    YES_NO_NONCORE = "yes_no_noncore", _("yes, no or not its main business")
    SINGLE = "single", _("one of a list")
    MULTI = "multi", _("several of a list")
    INTEGER = "int", _("a whole number")
    TEXT = "text", _("a text")


OF_A_LIST = (AnswerType.SINGLE, AnswerType.MULTI)


class ChoiceList(Named):
    """A dictionary of choices; several parameters may share one, as the nine product categories are (R35)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("list of choices")
        verbose_name_plural = _("lists of choices")


@pghistory.track()
class ParameterChoice(Listed, Named):
    """A choice of a dictionary; `added_by_us`: the source of the typology does not have it (R36)."""

    choice_list = models.ForeignKey(ChoiceList, on_delete=models.PROTECT, related_name="choices", editable=False)
    added_by_us = models.BooleanField(_("added by us"), default=False, editable=False)
    segment = models.ForeignKey(
        Segment, verbose_name=_("speaks for the type"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    category = models.ForeignKey(
        "clients.Category", verbose_name=_("category of goods"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip

    class Meta(Listed.Meta):
        verbose_name = _("choice")
        verbose_name_plural = _("choices")


@pghistory.track()
class Parameter(Listed, Named):
    """A key parameter of a sphere: a typed field on the cards of its clients (R34)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="parameters", editable=False)
    answer_type = models.CharField(_("answer"), max_length=20, choices=AnswerType.choices)
    choice_list = models.ForeignKey(
        ChoiceList, verbose_name=_("list of choices"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="parameters",
    )  # fmt: skip
    yes_segment = models.ForeignKey(
        Segment, verbose_name=_("“yes” speaks for the type"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    no_segment = models.ForeignKey(
        Segment, verbose_name=_("“no” speaks for the type"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta(Listed.Meta):
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(answer_type__in=OF_A_LIST, choice_list__isnull=False)
                | (~Q(answer_type__in=OF_A_LIST) & Q(choice_list__isnull=True)),
                name="parameter_of_a_list_has_one",
                violation_error_message=_("A list of choices belongs to answers chosen from a list, and to no others."),
            ),
        ]


class StepKind(models.TextChoices):
    """Who makes a step of development, and what comes of it (R38, R39)."""

    ACTION = "action", _("the manager does it")
    COMPANY = "company", _("the company or marketing does it")
    KNOWLEDGE = "knowledge", _("the manager has to know it")
    SEQUENCE = "sequence", _("a step of the sequence, one after another")


@pghistory.track()
class DevelopmentStep(Listed):
    """A step that develops the sales of a sphere (R38); those of a sequence go one after another (R39)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="steps", editable=False)
    kind = models.CharField(_("who"), max_length=10, choices=StepKind.choices, default=StepKind.ACTION)
    text = models.CharField(_("step"), max_length=300)

    class Meta(Listed.Meta):
        verbose_name = _("step of development")
        verbose_name_plural = _("steps of development")

    def __str__(self) -> str:
        return self.text


class Readiness(models.TextChoices):
    """How far a condition of development is met (R40)."""

    HAVE = "have", _("we have it")
    PARTLY = "partly", _("partly")
    MISSING = "missing", _("missing")


@pghistory.track()
class DevelopmentNeed(Listed):
    """What the company needs to develop the sales of a sphere, who answers for it, and whether it is there (R40)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="needs", editable=False)
    text = models.CharField(_("what is needed"), max_length=300)
    state = models.CharField(
        pgettext_lazy("need", "state"), max_length=10, choices=Readiness.choices, default=Readiness.MISSING
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who answers for it"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip

    class Meta(Listed.Meta):
        verbose_name = _("need of development")
        verbose_name_plural = _("needs of development")

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class TypicalProblem(Listed):
    """A problem clients of a sphere typically have (R41)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="problems", editable=False)
    text = models.CharField(_("problem"), max_length=300)

    class Meta(Listed.Meta):
        verbose_name = _("typical problem")
        verbose_name_plural = _("typical problems")

    def __str__(self) -> str:
        return self.text


class Basis(models.TextChoices):
    """Why an old type is thought to be a segment (R42)."""

    STATED = "stated", _("the typology says so")
    PROPOSED = "proposed", _("proposed")
    MANUAL = "manual", _("by hand: ask the questionnaire")


class LegacyType(Named):
    """One of the twenty old types, kept as it was written; `segment` is what it probably is now (R42)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    segment = models.ForeignKey(
        Segment, verbose_name=_("type"), null=True, blank=True, on_delete=models.PROTECT, related_name="legacy_types"
    )
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("old type")
        verbose_name_plural = _("old types")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(basis=Basis.MANUAL) | Q(segment__isnull=False), name="legacy_type_leads_to_a_segment"
            )
        ]


class TypologyVersion(models.Model):
    """The whole typology as it is in force from a day; append-only (R47)."""

    effective_from = models.DateField(
        _("in force from"),
        unique=True,
        error_messages={"unique": _("A version in force from this day is published already.")},
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    comment = models.CharField(_("comment"), max_length=300)
    content = models.JSONField(help_text="the typology of the moment: spheres with their segments and lists")
    gaps = models.PositiveIntegerField(default=0, help_text="segments with a gap that the author knew of")

    class Meta:
        verbose_name = _("version of the typology")
        verbose_name_plural = _("versions of the typology")

    def __str__(self) -> str:
        return f"{self.effective_from}"
