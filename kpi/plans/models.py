"""What the room keeps of plans; imported by `kpi.models`, where Django looks for models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Direction, Segment
from kpi.measures.models import ClientGroup
from kpi.plans.querysets import PlanFigureQuerySet, PlanVersionQuerySet
from salescrm.base.periods import add_months
from staff.models import Branch

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


MOST_MONTHS = 60
# Groups a plan is made for (R222, R223): those of the results, but what is of no client.
GROUP_CHOICES = [(value, label) for value, label in ClientGroup.choices if value != ClientGroup.NONE]
GROUPS = [value for value, _label in GROUP_CHOICES]


class PlanMeasure(models.TextChoices):
    """What a plan sets a figure for; turnover is money, the others are numbers of clients (R222, R223)."""

    TURNOVER = "turnover", _("turnover")
    ACTIVE_ACCOUNTS = "active_accounts", _("active accounts")
    ACTIVE_TOP = "active_top", _("active TOP accounts")
    NEW_CLIENTS = "new_clients", pgettext_lazy("group", "new clients")
    REPEAT_OF_NEW = "repeat_of_new", _("new clients that bought again")
    RECOVERED_TURNOVER = "recovered_turnover", _("turnover of returned clients")


class PlanState(models.TextChoices):
    """How far a version has come; of approved ones the newest holds for a month."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", pgettext_lazy("plan", "proposed")
    APPROVED = "approved", pgettext_lazy("plan", "approved")
    REPLACED = "replaced", pgettext_lazy("plan", "replaced")


class PlanMethod(models.TextChoices):
    """Where the figures of a version came from first."""

    TOP_DOWN = "top_down", _("from the goal down")
    FILE = "file", _("from a file")
    CORRECTION = "correction", _("correction of an earlier one")


def money(verbose_name: _StrPromise | None = None, **options: Any) -> models.DecimalField[Any, Any]:
    """Build a field for an amount in base currency, or a number of clients."""
    return models.DecimalField(verbose_name, max_digits=18, decimal_places=2, **options)


def person(verbose_name: _StrPromise | None = None, *, empty: bool = False) -> models.ForeignKey[Any, Any]:
    """Build a field for who did it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=verbose_name, null=empty, on_delete=models.PROTECT, related_name="+"
    )


@pghistory.track()
class YearGoal(models.Model):
    """The goal of the owner for a calendar year (R220); written by `kpi.plans.actions` alone."""

    year = models.PositiveSmallIntegerField(
        _("year"),
        unique=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
        error_messages={"unique": _("This year has its goal already.")},
    )
    amount = money(_("goal, turnover of the year"))
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = person(_("set by"))
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    class Meta:
        verbose_name = _("goal of a year")
        verbose_name_plural = _("goals of years")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="year_goal_positive",
                violation_error_message=_("The goal of a year is more than nothing."),
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class Seasonality(models.Model):
    """A version of the coefficients of seasonality: append-only, the newest holds (R225)."""

    reckoned_from = models.DateField(help_text="first month of the history behind it")
    reckoned_until = models.DateField(help_text="the month after the last")
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = person(empty=True)
    created_at = models.DateTimeField()
    submission = models.UUIDField(null=True, unique=True, help_text="of the form: a double click is one version")

    class Meta:
        verbose_name = _("seasonality")
        verbose_name_plural = _("seasonality")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reckoned_until__gt=F("reckoned_from")), name="seasonality_period_not_empty"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class SeasonalityShare(models.Model):
    """The coefficient of a calendar month of one direction (none: all goods); the mean of the twelve is 1."""

    seasonality = models.ForeignKey(Seasonality, on_delete=models.CASCADE, related_name="shares", db_index=False)
    direction = models.ForeignKey(Direction, null=True, on_delete=models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField()
    coefficient = models.DecimalField(_("coefficient"), max_digits=6, decimal_places=4)
    reckoned = models.DecimalField(max_digits=6, decimal_places=4, help_text="what history says, before any edit")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seasonality", "direction", "month"], nulls_distinct=False, name="one_coefficient_per_month"
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, coefficient__gte=0, coefficient__lte=12),
                name="coefficient_of_a_month",
                violation_error_message=_("A coefficient lies between 0 and 12."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction_id} {self.month}: {self.coefficient}"


@pghistory.track()
class PlanVersion(models.Model):
    """The plan of `months` months from `first_month` on (R220, R231); written by `kpi.plans.actions` alone.

    For a month the newest approved version that covers it holds (`PlanVersion.objects.in_force(month)`); one whose
    months are all held by newer ones is replaced. Approved figures are never changed: a correction is a version.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    first_month = models.DateField(_("first month"))
    months = models.PositiveSmallIntegerField(_("months"), default=12)
    state = models.CharField(
        pgettext_lazy("plan", "state"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT
    )
    method = models.CharField(_("made"), max_length=12, choices=PlanMethod.choices, default=PlanMethod.TOP_DOWN)
    corrects = models.ForeignKey(
        "self", verbose_name=_("corrects"), null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    basis = models.JSONField(default=dict, help_text="what it was reckoned from: goals, seasonality, history, growth")
    author = person(_("made by"))
    created_at = models.DateTimeField()
    approved_by = person(_("approved by"), empty=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    submission = models.UUIDField(null=True, unique=True, help_text="of the form: a double click is one version")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the plan")
        verbose_name_plural = _("versions of the plan")
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["-approved_at", "-id"], condition=~Q(approved_at=None), name="plan_newest_approved")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__day=1, months__gte=1, months__lte=MOST_MONTHS),
                name="plan_of_whole_months",
                violation_error_message=_("A plan has 1 to 60 whole months."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PlanState.DRAFT, PlanState.PROPOSED], approved_at=None, approved_by=None)
                | Q(
                    state__in=[PlanState.APPROVED, PlanState.REPLACED],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                ),
                name="plan_approved_by_somebody",
                violation_error_message=_("An approved plan says who approved it and when."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""),
                name="plan_corrected_for_a_reason",
                violation_error_message=_("A correction says why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def ends_on(self) -> date:
        """The month after the last one, its first day."""
        return add_months(self.first_month, self.months)

    @property
    def last_month(self) -> date:
        """The last month, its first day."""
        return add_months(self.first_month, self.months - 1)

    @property
    def every_month(self) -> list[date]:
        """The months it covers, their first days."""
        return [add_months(self.first_month, n) for n in range(self.months)]

    @property
    def is_open(self) -> bool:
        """Say whether its figures may still be changed."""
        return self.state in (PlanState.DRAFT, PlanState.PROPOSED)


@pghistory.track()
class PlanFigure(models.Model):
    """A leaf of a plan: what is to be reached in a month; every total is a sum of leaves (R221, R222, R223).

    An empty dimension means “not divided by it”: rows of one month and measure never overlap, so they may be summed.
    A row `of_group` is the aim of a head for the people under the head: it stands beside theirs and is in no sum.
    `amount` is the statistical part (history and seasonality) and the goal part (what the owner adds) (R224).
    """

    plan = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="figures", db_index=False)
    month = models.DateField(_("month"))
    measure = models.CharField(_("measure"), max_length=30, default=PlanMeasure.TURNOVER)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="plan_figures", db_index=False
    )
    of_group = models.BooleanField(default=False)
    client_group = models.CharField(max_length=20, choices=GROUP_CHOICES, blank=True)
    direction = models.ForeignKey(Direction, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="plan_figures")
    statistical = money(_("statistical part"), default=0)
    goal = money(_("goal part"), default=0)
    amount = money(_("plan"))

    objects = PlanFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of the plan")
        verbose_name_plural = _("figures of the plan")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "plan",
                    "month",
                    "measure",
                    "employee",
                    "of_group",
                    "client_group",
                    "client",
                    "direction",
                    "segment",
                    "branch",
                ],
                nulls_distinct=False,
                name="one_figure_per_place",
                violation_error_message=_("This figure is in the plan already."),
            ),
            models.CheckConstraint(
                condition=Q(amount=F("statistical") + F("goal"), amount__gte=0),
                name="figure_is_both_parts",
                violation_error_message=_(
                    "A figure of the plan is its statistical and its goal part and not negative."
                ),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, measure__regex=r"^[a-z][a-z0-9_]*$"),
                name="figure_of_a_month",
                violation_error_message=_("A figure of the plan is of a month and of a measure."),
            ),
            models.CheckConstraint(
                condition=Q(client_group__in=["", *GROUPS]),
                name="figure_group_known",
                violation_error_message=_("This group of clients is not known."),
            ),
            models.CheckConstraint(
                condition=Q(employee=None, of_group=False) | Q(employee__isnull=False, branch__isnull=False),
                name="figure_of_a_person_in_a_branch",
                violation_error_message=_("A figure of a person is of the person's branch."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.month} {self.measure}: {self.amount}"


class EstimatePart(models.TextChoices):
    """What an estimate from below is of: the working base and the potential one are shown apart (R228)."""

    BASE = "base", _("working base")
    NEW = "new", _("potential base: new clients")
    RETURNED = "returned", _("potential base: returned clients")


class PlanEstimate(models.Model):
    """What a person's clients will buy in a month by their own rhythm and mean purchase: the plan from below (R227)."""

    plan = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="estimates", db_index=False)
    month = models.DateField()
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_group = models.CharField(max_length=20, choices=GROUP_CHOICES)
    part = models.CharField(max_length=10, choices=EstimatePart.choices)
    amount = money()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "employee", "month", "client_group", "part"], name="one_estimate_per_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.month} {self.employee_id}: {self.amount}"


@pghistory.track()
class PlanProposal(models.Model):
    """A person's own figure for a row of a proposed plan, and what the head made of it (R227)."""

    plan = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    month = models.DateField()
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_group = models.CharField(max_length=20, choices=GROUP_CHOICES)
    amount = money(_("own figure"))
    planned = money(help_text="what the plan said when it was proposed: the difference is kept")
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = person()
    made_at = models.DateTimeField()
    agreed = money(_("agreed"), null=True, help_text="what came of it; empty: not decided yet")
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    decided_by = person(empty=True)
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    class Meta:
        verbose_name = _("own figure")
        verbose_name_plural = _("own figures")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "employee", "month", "client_group"],
                name="one_proposal_per_row",
                violation_error_message=_("An own figure is given for this row already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="proposal_not_negative",
                violation_error_message=_("An own figure is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(agreed=None, decided_by=None, decided_at=None)
                | Q(agreed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.month} {self.employee_id}: {self.amount}"


class PlanReading(models.Model):
    """That a person whom an approved plan concerns was told of it, and has read it (R232)."""

    plan = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="readings", db_index=False)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plan_readings")
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "employee"], name="one_reading_per_person")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.employee_id} {self.read_at or '—'}"


class Forecast(models.Model):
    """Where a person's month will land, as it looked at the end of `day` (R226); kept, so its error can be shown."""

    day = models.DateField()
    month = models.DateField()
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    shipped = money(help_text="net turnover of the month up to the day")
    deals = money(help_text="open deals expected in the month × probability of their stage")
    cyclic = money(help_text="orders clients without an open deal are expected to place by their rhythm")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "day", "employee"], name="one_forecast_per_day"),
            models.CheckConstraint(
                condition=Q(day__gte=F("month"), month__day=1), name="forecast_of_a_day_of_the_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.employee_id}"
