"""What the room keeps of priorities; imported by `segmentation.models`, where Django looks for models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Category, Client, Contact
from deals.models import Task
from staff.access import Rows, rows

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from staff.models import Employee

WEIGHTS = ("value", "growth", "regularity", "potential", "kind")


def weight(verbose_name: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field for a weight; 0 leaves the criterion out."""
    return models.PositiveSmallIntegerField(verbose_name, default=default)


def points() -> models.DecimalField[Any, Any]:
    """Build a field for points of a criterion, 0 to 100."""
    return models.DecimalField(max_digits=5, decimal_places=2)


def money() -> models.DecimalField[Any, Any]:
    """Build a field for an amount in base currency."""
    return models.DecimalField(max_digits=20, decimal_places=4)


def person() -> models.ForeignKey[Any, Any]:
    """Build a field for who did it; empty until somebody has."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class PriorityRulesQuerySet(models.QuerySet["PriorityRules"]):
    """Versions of the criteria."""

    def in_force(self, day: date) -> PriorityRules | None:
        """Return the version of a day; None before the first one."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first()


class PriorityRules(models.Model):
    """A version of the criteria and thresholds of priorities: append-only, in force from a day on (R70, R75, R80)."""

    effective_from = models.DateField(
        _("in force from"),
        unique=True,
        error_messages={"unique": _("Another version of the criteria begins on that day.")},
    )
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = person()
    created_at = models.DateTimeField(auto_now_add=True)
    value_weight = weight(_("turnover now, weight"), 30)
    growth_weight = weight(_("growth of turnover, weight"), 20)
    regularity_weight = weight(_("regularity of purchases, weight"), 15)
    potential_weight = weight(_("potential on strategic goods, weight"), 20)
    kind_weight = weight(_("priority of the type, weight"), 15)
    growth_full = models.DecimalField(_("growth that gives all points"), max_digits=5, decimal_places=4, default="0.50")
    categories = models.ManyToManyField(
        Category,
        verbose_name=_("strategic groups of goods"),
        blank=True,
        related_name="+",
        help_text=_("None chosen: all goods."),
    )
    cut_off = models.DecimalField(_("proposed from a score of"), max_digits=5, decimal_places=2, default="55")
    list_size = models.PositiveSmallIntegerField(_("strategic list of a branch at most, clients"), default=30)
    focus_size = models.PositiveSmallIntegerField(_("focus list of a manager at most, clients"), default=20)
    fall_share = models.DecimalField(
        _("turnover falls below, share of the usual"), max_digits=5, decimal_places=4, default="0.70"
    )
    fall_rhythm_days = models.PositiveSmallIntegerField(
        _("turnover is compared of clients that buy at least every, days"), default=30
    )
    late_factor = models.DecimalField(
        _("order is missed after × rhythm"), max_digits=4, decimal_places=2, default="1.5"
    )

    objects = PriorityRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("criteria of priority")
        verbose_name_plural = _("criteria of priority")
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value_weight__gt=0)
                | Q(growth_weight__gt=0)
                | Q(regularity_weight__gt=0)
                | Q(potential_weight__gt=0)
                | Q(kind_weight__gt=0),
                name="priority_has_a_criterion",
                violation_error_message=_("At least one criterion has a weight."),
            ),
            models.CheckConstraint(
                condition=Q(growth_full__gt=0, growth_full__lte=5),
                name="priority_growth_full",
                violation_error_message=_("The growth that gives all points lies between 0 and 500 %%."),
            ),
            models.CheckConstraint(
                condition=Q(cut_off__gte=0, cut_off__lte=100),
                name="priority_cut_off",
                violation_error_message=_("A score lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(list_size__gte=1, focus_size__gte=1, focus_size__lte=200, fall_rhythm_days__gte=1),
                name="priority_sizes",
                violation_error_message=_("Lists have at least one client, a focus list at most 200."),
            ),
            models.CheckConstraint(
                condition=Q(fall_share__gt=0, fall_share__lt=1, late_factor__gte=1),
                name="priority_deviations",
                violation_error_message=_(
                    "Falling is below a share between 0 and 100 %%, an order is missed after a rhythm at the earliest."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class PriorityScore(models.Model):
    """The score of a client by the last night: points of each criterion, what they were reckoned from (R70, R75)."""

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE, related_name="priority_score")
    score = points()
    value, growth, regularity, potential, kind = points(), points(), points(), points(), points()
    turnover = money()
    turnover_before = money()
    xyz = models.CharField(max_length=1, blank=True)
    own = models.DecimalField(max_digits=20, decimal_places=4, help_text="turnover of strategic goods")
    usual = models.DecimalField(max_digits=20, decimal_places=4, null=True, help_text="of a buyer of the type")
    type_priority = models.PositiveSmallIntegerField(null=True)
    rules = models.ForeignKey(PriorityRules, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["-score"], name="priorityscore_score")]  # proposals

    def __str__(self) -> str:
        return f"{self.client_id} {self.score}"


class StrategicQuerySet(models.QuerySet["StrategicClient"]):
    """The strategic lists of the years."""

    def on_list(self, year: int) -> StrategicQuerySet:
        """Keep who is on the list of a year."""
        return self.filter(year=year, left_on__isnull=True)


class StrategicClient(models.Model):
    """A client on the strategic list of a calendar year, by whose word and why it entered and left (R74)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="strategic", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="at entry; empty: had none")
    entered_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text="empty: by the score")
    left_on = models.DateField(null=True, blank=True)
    left_by = person()
    left_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = StrategicQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategic client")
        verbose_name_plural = _("strategic clients")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "year"],
                condition=Q(left_on__isnull=True),
                name="once_on_the_strategic_list",
                violation_error_message=_("The client is on the list of this year already."),
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, left_by__isnull=True, left_reason="")
                | (Q(left_on__isnull=False, left_by__isnull=False) & ~Q(left_reason="")),
                name="left_the_strategic_list_for_a_reason",
                violation_error_message=_("A client leaves the list for a reason."),
            ),
        ]
        indexes = [models.Index(fields=["year", "client"], name="strategic_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.client_id}"


class FocusListQuerySet(models.QuerySet["FocusList"]):
    """Focus lists of managers."""

    def visible_to(self, person: Employee, today: date) -> FocusListQuerySet:
        """Keep the lists of the people whose rows `person` sees: own, of whom one stands in for, of the branch, all."""
        reach = rows(person)
        if reach == Rows.ALL:
            return self
        if reach == Rows.BRANCH:
            return self.filter(owner__branch=person.branch_id)
        if reach == Rows.OWN:
            return self.filter(owner__in=person.acting_for(today))
        return self.none()


class FocusList(models.Model):
    """The clients a manager works on first in two weeks; confirmed it stays as it is (R79)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="focus_lists", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    filled_on = models.DateField(null=True, help_text="the night that filled it; empty: begun by hand")
    rules = models.ForeignKey(PriorityRules, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = person()

    objects = FocusListQuerySet.as_manager()

    class Meta:
        verbose_name = _("focus list")
        verbose_name_plural = _("focus lists")
        constraints = [
            models.UniqueConstraint(fields=["owner", "starts_on"], name="one_focus_list_per_period"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="focus_period_not_empty"),
        ]
        indexes = [models.Index(fields=["starts_on"], name="focuslist_period")]  # the lists of a period

    def __str__(self) -> str:
        return f"{self.owner_id} {self.starts_on}"


class FocusClient(models.Model):
    """A client of a focus list, why it is there with what that was reckoned from, and why it was dropped (R79, R80)."""

    focus_list = models.ForeignKey(FocusList, on_delete=models.PROTECT, related_name="entries", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="focus_entries")
    place = models.PositiveIntegerField(default=0)
    is_pinned = models.BooleanField(default=False, help_text="stays on the lists that follow")
    is_priority = models.BooleanField(default=False)
    is_falling = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    added_by = person()
    recent = models.DecimalField(max_digits=20, decimal_places=4, null=True, help_text="bought in the last 30 days")
    usual = models.DecimalField(max_digits=20, decimal_places=4, null=True, help_text="in 30 days of the 90 before")
    season = models.DecimalField(max_digits=6, decimal_places=4, null=True, help_text="of the whole company")
    silent_days = models.PositiveIntegerField(null=True)
    rhythm_days = models.PositiveIntegerField(null=True)
    dropped_on = models.DateField(null=True, blank=True)
    dropped_by = person()
    drop_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("client of a focus list")
        verbose_name_plural = _("clients of focus lists")
        constraints = [
            models.UniqueConstraint(fields=["focus_list", "client"], name="once_on_a_focus_list"),
            models.CheckConstraint(
                condition=Q(is_pinned=True)
                | Q(is_priority=True)
                | Q(is_falling=True)
                | Q(is_late=True)
                | Q(added_by__isnull=False),
                name="in_focus_for_a_reason",
                violation_error_message=_("A client is in focus for a reason."),
            ),
            models.CheckConstraint(
                condition=Q(dropped_on__isnull=True, dropped_by__isnull=True, drop_reason="")
                | (Q(dropped_on__isnull=False, dropped_by__isnull=False) & ~Q(drop_reason="")),
                name="dropped_for_a_reason",
                violation_error_message=_("A client is dropped for a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.focus_list_id} {self.client_id}"


class Talk(models.Model):
    """A negotiation planned with a client in focus: with whom and what for; the task says when and what came (R81)."""

    entry = models.ForeignKey(FocusClient, on_delete=models.PROTECT, related_name="talks")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("planned talk")
        verbose_name_plural = _("planned talks")

    def __str__(self) -> str:
        return f"{self.entry_id} {self.task_id}"


class Preparation(models.Model):
    """A person has looked through what is to be known before a talk with a client, on a day (R59)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="preparations", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        verbose_name = _("preparation for a talk")
        verbose_name_plural = _("preparations for talks")
        constraints = [
            # serves the last preparation of a client, too
            models.UniqueConstraint(fields=["client", "day", "person"], name="prepared_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"
