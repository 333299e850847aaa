"""What clients are worth: rule sets, monthly turnover, classes, the TOP list, life cycle, zero cases, exclusions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Category, Client, LegalEntity, LifeCycle, LossReason
from segmentation.contact_norm import ContactNorm  # noqa: F401 # a model of the room, in a module of its own
from segmentation.priorities.models import PriorityRules  # noqa: F401 # a model of the room, in a package of its own
from segmentation.priorities.programmes.models import Programme  # noqa: F401 # likewise
from segmentation.querysets import (
    OPEN,
    ClassificationQuerySet,
    ExclusionQuerySet,
    LossAnswerQuerySet,
    RuleSetQuerySet,
    TopMembershipQuerySet,
    ZeroCaseQuerySet,
)
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def share(verbose_name: _StrPromise, default: str) -> models.DecimalField[str, Decimal]:
    """Build a field for a share between 0 and 1, four places."""
    return models.DecimalField(verbose_name, max_digits=5, decimal_places=4, default=default)


def months(verbose_name: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field for a number of months."""
    return models.PositiveSmallIntegerField(verbose_name, default=default)


class Measure(models.TextChoices):
    """How regularity is measured (R62)."""

    SHARE = "share", _("share of months with a purchase")
    CV = "cv", _("coefficient of variation")


class Unit(models.TextChoices):
    """The unit of time of XYZ, measure share; quarters are for slow trades."""

    MONTH = "month", _("months")
    QUARTER = "quarter", _("quarters")


class HandOverMode(models.TextChoices):
    """What the night does with due hand-overs (R376: every automation has a switch)."""

    OFF = "off", _("switched off")
    APPROVE = "approve", _("every hand-over waits for approval")
    DAILY = "daily", _("every night")
    MONTH_END = "month_end", _("in the night of the month's last day")


@pghistory.track()
class RuleSet(models.Model):
    """A version of the night's rules: append-only, in force from a day on; every result names it (R62, R113, R376)."""

    effective_from = models.DateField(_("in force from"), unique=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # classes
    window_months = months(_("window, months"), 12)
    a_share = share(_("A up to, share of turnover"), "0.80")
    b_share = share(_("B up to, share of turnover"), "0.95")
    measure = models.CharField(
        _("regularity measured by"), max_length=5, choices=Measure.choices, default=Measure.SHARE
    )
    unit = models.CharField(_("unit"), max_length=7, choices=Unit.choices, default=Unit.MONTH)
    x_share = share(_("X from, share of months"), "0.50")
    y_share = share(_("Y from, share of months"), "0.25")
    x_cv = models.DecimalField(_("X up to, coefficient of variation"), max_digits=6, decimal_places=4, default="0.5")
    y_cv = models.DecimalField(_("Y up to, coefficient of variation"), max_digits=6, decimal_places=4, default="1.0")
    min_months = models.PositiveSmallIntegerField(_("units needed for a letter"), default=3)
    key_client_share = share(_("key clients, share of turnover"), "0.80")
    first_purchase_known_from = models.DateField(_("first purchases are known from"), null=True, blank=True)
    # TOP
    top_cells = ArrayField(models.CharField(max_length=2), verbose_name=_("TOP cells"), default=list)
    top_cap = models.PositiveIntegerField(_("TOP at most, clients"), null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(_("review of TOP every, months"), default=3)
    # life cycle, months after the last purchase
    zero_top = months(_("zero, TOP"), 1)
    zero_new = months(_("zero, new"), 1)
    zero_other = months(_("zero, others"), 3)
    hand_over_top = months(_("hand-over, TOP"), 2)
    hand_over_new = months(_("hand-over, new"), 3)
    hand_over_other = months(_("hand-over, others"), 6)
    lost_top = months(_("lost, TOP"), 9)
    lost_new = months(_("lost, new"), 9)
    lost_other = months(_("lost, others"), 9)
    archive_months = months(_("archived after, months"), 15)
    archive_cycles = models.PositiveSmallIntegerField(_("archived after closed recovery cycles"), default=3)
    own_rhythm = models.BooleanField(_("own rhythm as a lower bound"), default=True)
    zero_rhythm_factor = models.DecimalField(
        _("zero not before × rhythm"), max_digits=4, decimal_places=2, default="1.5"
    )
    hand_over_rhythm_factor = models.DecimalField(
        _("hand-over not before × rhythm"), max_digits=4, decimal_places=2, default="2.0"
    )
    rhythm_min_purchases = models.PositiveSmallIntegerField(_("purchases needed for a rhythm"), default=3)
    seasonal_guard = models.BooleanField(_("seasonal guard"), default=False)
    # hand-over and return
    hand_over_mode = models.CharField(
        _("hand-over"), max_length=10, choices=HandOverMode.choices, default=HandOverMode.DAILY
    )
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=1)
    order_in_work_days = models.PositiveSmallIntegerField(_("an order in work holds at most, days"), default=30)
    absence_days = models.PositiveSmallIntegerField(_("receivers away longer than, working days"), default=3)
    swing_returns = models.PositiveSmallIntegerField(_("swinging after returns within 12 months"), default=2)
    recovered_months = months(_("recovered turnover counts for, months"), 3)
    exclusion_days = models.PositiveSmallIntegerField(_("an exclusion without a date holds, days"), default=30)
    separation_days = models.PositiveSmallIntegerField(_("left alone after a separation, days"), default=7)
    # guards
    feed_guard = models.BooleanField(_("feed guard"), default=True)
    feed_working_days = models.PositiveSmallIntegerField(_("newest document not older than, working days"), default=3)
    feed_source_days = models.PositiveSmallIntegerField(_("a source counts if it delivered within, days"), default=30)
    size_guard = models.BooleanField(_("size guard"), default=True)
    size_night = share(_("of the base in one night at most"), "0.05")
    size_month_end = share(_("of the base in a month-end night at most"), "0.25")
    size_30_days = share(_("of the base within 30 days at most"), "0.15")
    size_min_clients = models.PositiveIntegerField(_("and more than, clients"), default=10)
    backlog_guard = models.BooleanField(_("backlog guard"), default=True)
    backlog_share = share(_("late imports move the last purchase of more than"), "0.05")
    concentration_warning = share(_("one client's share: warning"), "0.05")
    concentration_critical = share(_("one client's share: critical"), "0.10")

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(a_share__gt=0, b_share__gt=F("a_share"), b_share__lt=1),
                name="rules_abc_limits",
                violation_error_message=_("The limits of A and B grow and lie between 0 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=Q(y_share__gt=0, x_share__gt=F("y_share"), x_share__lte=1),
                name="rules_xyz_limits",
                violation_error_message=_("The limit of X is above the limit of Y, both between 0 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=Q(x_cv__gt=0, y_cv__gt=F("x_cv")),
                name="rules_cv_limits",
                violation_error_message=_("The coefficient of X is below the coefficient of Y."),
            ),
            models.CheckConstraint(
                condition=Q(window_months__gte=3, window_months__lte=36),
                name="rules_window",
                violation_error_message=_("The window has 3 to 36 months."),
            ),
            models.CheckConstraint(
                condition=Q(review_months__in=[1, 3, 6, 12]),
                name="rules_review",
                violation_error_message=_("TOP is reviewed every 1, 3, 6 or 12 months."),
            ),
            models.CheckConstraint(
                condition=Q(
                    zero_top__gte=1,
                    zero_new__gte=1,
                    zero_other__gte=1,
                    hand_over_top__gt=F("zero_top"),
                    hand_over_new__gt=F("zero_new"),
                    hand_over_other__gt=F("zero_other"),
                    lost_top__gt=F("hand_over_top"),
                    lost_new__gt=F("hand_over_new"),
                    lost_other__gt=F("hand_over_other"),
                    archive_months__gt=F("lost_top"),
                )
                & Q(archive_months__gt=F("lost_new"))
                & Q(archive_months__gt=F("lost_other")),
                name="rules_terms_grow",
                violation_error_message=_("Each term is longer than the one before: zero, hand-over, lost, archived."),
            ),
            models.CheckConstraint(
                condition=Q(zero_rhythm_factor__gte=1, hand_over_rhythm_factor__gte=F("zero_rhythm_factor")),
                name="rules_rhythm_factors",
                violation_error_message=_("The factor of the hand-over is not below the factor of zero."),
            ),
            models.CheckConstraint(
                condition=Q(
                    concentration_warning__gt=0,
                    concentration_critical__gt=F("concentration_warning"),
                    concentration_critical__lte=1,
                ),
                name="rules_concentration",
                violation_error_message=_("The critical share of one client is above the warning, both up to 100 %%."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class MonthlyTurnover(models.Model):
    """Net turnover of a legal entity in a month, base currency, documents up to the last night; no zero rows."""

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(help_text="first day")
    amount = models.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["legal_entity", "month"], name="turnover_once_per_month")]
        indexes = [
            models.Index(fields=["month"], include=["legal_entity", "amount"], name="turnover_month")
        ]  # the window

    def __str__(self) -> str:
        return f"{self.legal_entity_id} {self.month}: {self.amount}"


class PurchaseDay(models.Model):
    """A day on which a legal entity has a purchase document (net total > 0), up to the last night."""

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    documents = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=4, help_text="of the purchase documents only")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["legal_entity", "day"], name="purchase_once_per_day")]
        indexes = [models.Index(fields=["day", "legal_entity"], name="purchaseday_day")]  # months bought in the window

    def __str__(self) -> str:
        return f"{self.legal_entity_id} {self.day}"


class CategoryTurnover(models.Model):
    """Net turnover of a legal entity in a month by category, from lines; category empty = unidentified (R15)."""

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "month", "category"], nulls_distinct=False, name="category_turnover_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity_id} {self.month} {self.category_id}"


class TouchedPair(models.Model):
    """Work list of the turnover step: (legal entity, month) to be summed again; empty outside its transaction."""

    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    month = models.DateField()

    def __str__(self) -> str:
        return f"{self.legal_entity_id} {self.month}"


class PendingClient(models.Model):
    """A client whose purchases changed: the turnover step writes it, the life-cycle step takes it away."""

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.client_id}"


class Classification(models.Model):
    """The class of a client for the nights [since, until): only a change of what is stored here makes a new row (R69).

    Clients with a purchase in the window have a row; `abc` is empty where net turnover is not positive.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="classifications", db_index=False)
    since = models.DateField(help_text="first night with this row")
    until = models.DateField(null=True, help_text="first night without it")
    abc = models.CharField(max_length=1, blank=True)
    xyz = models.CharField(max_length=1, blank=True)
    turnover = models.DecimalField(max_digits=20, decimal_places=4, help_text="net, of the window")
    share_before = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, help_text="cumulative, before the client"
    )
    months_bought = models.PositiveSmallIntegerField(default=0, help_text="months (or quarters) with a purchase")
    months_counted = models.PositiveSmallIntegerField(default=0)
    cv = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    key_client = models.BooleanField(default=False)
    window_start = models.DateField()
    window_end = models.DateField()
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(until__isnull=True), name="one_class_now"),
            models.UniqueConstraint(fields=["client", "since"], name="one_class_per_start"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="class_not_empty"),
        ]
        indexes = [models.Index(fields=["since", "until"], name="classification_at")]  # the matrix of a past day

    def __str__(self) -> str:
        return f"{self.client_id} {self.abc}{self.xyz} {self.since}"


class TopReason(models.TextChoices):
    """Why a client entered or left the TOP list."""

    CELL = "cell", _("class became a TOP class")
    CLASS_LOST = "class_lost", _("class is no TOP class any more")
    NO_CLASS = "no_class", _("no class any more")
    LOST = "lost", _("lost or archived")
    CAP = "cap", _("beyond the limit of the list")
    HAND = "hand", _("decided by hand")
    RULES = "rules", _("rules changed")
    MERGED = "merged", _("joined with another client")


class TopMembership(models.Model):
    """A client on the TOP list for the nights [entered_on, left_on) (R63-R66)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="top_memberships", db_index=False)
    entered_on = models.DateField()
    left_on = models.DateField(null=True)
    entered_reason = models.CharField(max_length=12, choices=TopReason.choices)
    left_reason = models.CharField(max_length=12, choices=TopReason.choices, blank=True)
    entered_cell = models.CharField(max_length=2, blank=True)
    left_cell = models.CharField(max_length=2, blank=True)
    rank = models.PositiveIntegerField(null=True, help_text="at entry, among the clients in the TOP cells")
    turnover = models.DecimalField(max_digits=20, decimal_places=4, default=0, help_text="of the window at entry")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")

    objects = TopMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(left_on__isnull=True), name="one_membership_now"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("entered_on")), name="membership_not_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["client"], name="topmembership_client"),
            models.Index(fields=["entered_on", "left_on"], name="topmembership_at"),  # the list of a past day
            # the log of changes
            models.Index(fields=["left_on", "id"], condition=Q(left_on__isnull=False), name="topmembership_left"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.entered_on}–{self.left_on or '…'}"


class TopOverride(models.Model):
    """A person's word on TOP membership: in or out, obeyed by the nights before `until` (R68)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="top_overrides")
    is_in = models.BooleanField(_("in the list"))
    starts_on = models.DateField(help_text="day of the decision")
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("starts_on")),
                name="override_ends_later",
                violation_error_message=_("The date lies after today."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {'in' if self.is_in else 'out'} {self.until}"


class TermClass(models.TextChoices):
    """Which row of the table of terms holds for a client."""

    TOP = "top", _("TOP")
    NEW = "new", _("new")
    OTHER = "other", _("other")


class ClientState(models.Model):
    """The life-cycle step's own row per client with a document: purchases, terms, status (R8, R102-R108)."""

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE, related_name="state")
    status = models.CharField(max_length=10, choices=LifeCycle.choices)
    since = models.DateField(help_text="as_of of the night that set the status")
    purchases = models.PositiveIntegerField(default=0)
    first_purchase_on = models.DateField(null=True)
    last_purchase_on = models.DateField(null=True)
    rhythm_days = models.PositiveIntegerField(null=True)
    returns_only = models.BooleanField(default=False)
    returned_in_full = models.BooleanField(default=False)
    seasonal_months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    term_class = models.CharField(max_length=5, choices=TermClass.choices, blank=True)
    term_class_fixed = models.BooleanField(default=False, help_text="fixed from the night the client became zero")
    zero_on = models.DateField(null=True, help_text="day the term of zero is reached")
    hand_over_on = models.DateField(null=True, help_text="day the term of the hand-over is reached, grace included")
    lost_on = models.DateField(null=True)
    archive_on = models.DateField(null=True)
    zero_since = models.DateField(null=True, help_text="as_of of the night it became zero in the present silence")
    silence = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="how far the terms have carried it by themselves",
    )
    archived_by_hand = models.BooleanField(default=False)
    archive_ended = models.DateField(null=True, help_text="the archiving by hand (its day) that a purchase has ended")
    next_on = models.DateField(null=True, help_text="next day on which the status changes by the calendar alone")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["status", "hand_over_on"], name="clientstate_due"),  # the hand-over step
            models.Index(fields=["next_on"], condition=Q(next_on__isnull=False), name="clientstate_next"),  # life cycle
            models.Index(fields=["zero_on", "client"], name="clientstate_zero"),  # who turns zero soon
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.status}"


class StatusChange(models.Model):
    """A transition of the life cycle, append-only: reports derive from it."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="status_changes")
    as_of = models.DateField()
    before = models.CharField(max_length=10, choices=LifeCycle.choices, blank=True)
    after = models.CharField(max_length=10, choices=LifeCycle.choices)
    term_class = models.CharField(max_length=5, choices=TermClass.choices, blank=True)
    last_purchase_on = models.DateField(null=True)
    rhythm_days = models.PositiveIntegerField(null=True)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "as_of"], name="one_transition_per_night")]
        indexes = [models.Index(fields=["as_of", "after"], name="statuschange_night")]  # the journal's figures

    def __str__(self) -> str:
        return f"{self.client_id} {self.before}→{self.after} {self.as_of}"


class CaseState(models.TextChoices):
    """Where a zero case stands."""

    WAITING = "waiting", _("due, waiting for a place")
    ORDER_IN_WORK = "order_in_work", _("due, order in work")
    HEAD_LIST = "head_list", _("due, on the head's list")
    PROPOSED = "proposed", _("waiting for approval")
    HANDED_OVER = "handed_over", _("handed over")
    RETURNED = "returned", _("returned")
    HAD_BOUGHT = "had_bought", _("given back: had bought")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    UNDONE = "undone", _("undone")
    JOINED = "joined", _("joined")
    CLOSED = "closed", _("closed")


class HeadListReason(models.TextChoices):
    """Why a client is on the head's list: nobody takes it by the rules; kept in the case's `why`."""

    DEVELOPMENT = "development", _("with a development manager already, not by a hand-over")
    NO_RECEIVER = "no_receiver", _("no development manager for its branch")
    NO_OWNER = "no_owner", _("its owner owns no clients any more, nobody has the portfolio")


class CaseRule(models.TextChoices):
    """The rule by which a client is handed over, in the work order of R120; what was lost comes after all of them."""

    TOP = "top", _("zero TOP")
    UNCONFIRMED_INVOICE = "unconfirmed_invoice", _("new, invoice not confirmed")
    NEW = "new", _("new without a repeat order")
    OTHER = "other", _("zero")


class ZeroCase(models.Model):
    """One silence of one client on its way: due, proposed, handed over, returned (R109-R122). Dates, not keys."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="zero_cases")
    rule = models.CharField(max_length=20, choices=CaseRule.choices)
    state = models.CharField(max_length=15, choices=CaseState.choices)
    silent_since = models.DateField(help_text="last purchase the hand-over is reckoned from")
    due_on = models.DateField(help_text="day the term was reached, grace included")
    was_lost = models.BooleanField(default=False, help_text="lost at hand-over: last in the work order")
    turnover = models.DecimalField(max_digits=20, decimal_places=4, default=0, help_text="12 months, at the last night")
    from_owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    to_owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="recovery_cases")
    opened_on = models.DateField(help_text="as_of of the night that made the case")
    night = models.DateField(help_text="as_of of the last night that changed it")
    why = models.JSONField(default=dict, help_text="inputs of the decision: term, rhythm, guard, swinging …")
    handed_on = models.DateField(null=True, help_text="first day of the new owner")
    approved = models.BooleanField(default=False, help_text="a person accepted it: not counted by the size guard")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, help_text="as_of of the night, or the day a person closed it")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    bought_on = models.DateField(null=True, help_text="returning purchase, or the one that had been missing")
    returned_to = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    returned_on = models.DateField(null=True, help_text="first day of the owner it went back to")
    recovered_until = models.DateField(null=True, help_text="recovered turnover counts from bought_on until this day")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")

    objects = ZeroCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(state__in=OPEN),
                name="one_open_case_per_client",
            ),
            models.CheckConstraint(
                condition=~Q(state="handed_over") | Q(to_owner__isnull=False, handed_on__isnull=False),
                name="handed_over_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "rule", "-turnover"], name="zerocase_board"),  # lanes of the board
            models.Index(fields=["night"], name="zerocase_night"),  # the journal's links
            models.Index(
                fields=["to_owner"], condition=Q(state="handed_over"), name="zerocase_load"
            ),  # open recovery cases
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.rule} {self.state}"


class Exclusion(models.Model):
    """A client kept out of hand-overs: until a date or its next purchase, whichever is first."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="exclusions")
    starts_on = models.DateField()
    until = models.DateField(null=True, help_text="first day it holds no more; empty: until the next purchase")
    last_purchase_on = models.DateField(
        null=True, help_text="a purchase after this day ends it"
    )  # empty: after its start
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "-starts_on"], name="exclusion_client")]  # the hand-over step

    def __str__(self) -> str:
        return f"{self.client_id} {self.until or 'until it buys'}"


class LossAnswer(models.Model):
    """Why a client is silent, as a person answered on a day; append-only (R125).

    The latest answer to the present silence holds. A purchase ends it by itself: `silent_since` is no longer the last
    purchase then.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="loss_answers", db_index=False)
    silent_since = models.DateField(help_text="last purchase the silence is reckoned from")
    reason = models.ForeignKey(LossReason, verbose_name=_("reason"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="day of the answer")

    objects = LossAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason of silence")
        verbose_name_plural = _("reasons of silence")
        indexes = [models.Index(fields=["client", "silent_since", "-id"], name="lossanswer_latest")]  # board, filter

    def __str__(self) -> str:
        return f"{self.client_id} {self.silent_since} {self.reason_id}"
