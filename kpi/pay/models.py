"""Pay schemes of positions by date with their components, the rate of the pay fund, the sheets of closed months."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpi.indicators.attainment import Scale
from kpi.indicators.models import Indicator, share
from kpi.measures import declared
from kpi.measures.models import Month, frozen
from kpi.pay.rules import Terms, Way
from staff.models import Branch, Employee, Position


def rouble(label: Any, **more: Any) -> Any:
    """Build a field for an amount in the base currency."""
    return models.DecimalField(label, **({"max_digits": 14, "decimal_places": 2, "default": 0} | more))


def somebody(label: Any = "", *, empty: bool = False) -> Any:
    """Build a field for who did it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, null=empty, on_delete=models.PROTECT, related_name="+"
    )


APPROVED_STAYS = """
    IF EXISTS (
        SELECT 1 FROM kpi_payscheme
        WHERE state = 'approved'
          AND (TG_OP <> 'INSERT' AND id = OLD.scheme_id OR TG_OP <> 'DELETE' AND id = NEW.scheme_id)
    ) THEN
        RAISE EXCEPTION 'the scheme is approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'kpi_approved_scheme_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class SchemeState(models.TextChoices):
    """What has become of a scheme."""

    DRAFT = "draft", pgettext_lazy("scheme", "draft")
    APPROVED = "approved", pgettext_lazy("scheme", "approved")


@pghistory.track()
class PayScheme(models.Model):
    """How a position is paid from a month on, until a later approved scheme (R253); never changed once approved."""

    position = models.ForeignKey(
        Position, verbose_name=_("position"), on_delete=models.PROTECT, related_name="pay_schemes"
    )
    month = models.DateField(_("from month"), help_text="first day")
    state = models.CharField(
        pgettext_lazy("scheme", "state"), max_length=8, choices=SchemeState.choices, default=SchemeState.DRAFT
    )
    fixed_salary = rouble(_("fixed salary"))
    soft_salary = rouble(_("soft salary"))
    soft_least = share(_("soft salary: nothing below"), "0.6")
    market_pay = rouble(_("market pay of the post"), null=True, blank=True, default=None)
    guarantee_months = models.PositiveSmallIntegerField(_("guarantee, months"), default=2)
    guarantee_share = share(_("guaranteed share of the pay before"), "0.9")
    legacy_salary = rouble(_("old salary"), null=True, blank=True, default=None)
    legacy_percent = models.DecimalField(_("old percentage"), max_digits=7, decimal_places=4, default=0)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = somebody(_("made by"))
    created_at = models.DateTimeField()
    approved_by = somebody(_("approved by"), empty=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    submission = models.UUIDField(null=True, unique=True, help_text="of the form: a double click is one scheme")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    class Meta:
        verbose_name = _("pay scheme")
        verbose_name_plural = _("pay schemes")
        ordering = ["position", "-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "month"],
                condition=Q(state="approved"),
                name="one_pay_scheme_per_month",
                violation_error_message=_("The position has an approved scheme from this month on already."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="pay_scheme_from_a_month"),
            models.CheckConstraint(
                condition=Q(fixed_salary__gte=0, soft_salary__gte=0, legacy_percent__gte=0)
                & (Q(legacy_salary=None) | Q(legacy_salary__gte=0))
                & (Q(market_pay=None) | Q(market_pay__gte=0)),
                name="pay_scheme_not_negative",
                violation_error_message=_("Amounts of a scheme are not below zero."),
            ),
            models.CheckConstraint(
                condition=Q(guarantee_months__lte=2, guarantee_share__gte=0, guarantee_share__lte=1)
                & Q(soft_least__gte=0, soft_least__lte=1),
                name="pay_scheme_guarantee",
                violation_error_message=_("A guarantee holds for 0 to 2 months; shares lie between 0 and 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", approved_by=None, approved_at=None)
                | Q(state="approved", approved_by__isnull=False, approved_at__isnull=False),
                name="pay_scheme_approved_by_somebody",
                violation_error_message=_("An approved scheme says who approved it and when."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_scheme_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.month:%Y-%m}"

    @property
    def is_draft(self) -> bool:
        """Say whether it can still be changed."""
        return self.state == SchemeState.DRAFT

    def guarantees(self, month: date) -> bool:
        """Say whether the transition guarantee holds in a month."""
        passed = (month.year - self.month.year) * 12 + month.month - self.month.month
        return 0 <= passed < self.guarantee_months


class Part(models.TextChoices):
    """Which part of the pay a component is of."""

    SOFT = "soft", pgettext_lazy("pay", "soft salary")
    VARIABLE = "variable", pgettext_lazy("pay", "variable part")


class Counted(models.Model):
    """What a component is paid by: an indicator and the terms; own or of a group as the indicator says (R260)."""

    indicator = models.ForeignKey(Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("part of the pay"), max_length=8, choices=Part.choices, default=Part.VARIABLE)
    way = models.CharField(_("pays"), max_length=7, choices=Way.choices, default=Way.TARGET)
    rate = models.DecimalField(_("rate"), max_digits=14, decimal_places=4, default=0)
    weight = models.PositiveSmallIntegerField(_("weight, %"), default=0)
    is_permanent = models.BooleanField(_("permanent"), default=False)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=4, null=True, blank=True)
    scale = models.CharField(
        pgettext_lazy("indicator", "scale"), max_length=6, choices=Scale.choices, default=Scale.LINEAR
    )
    floor = share(_("nothing below"), "0")
    cap = share(_("no more than"), "1.2")
    steps = models.JSONField(_("steps"), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def measure(self) -> declared.Measure:
        """The measure of the indicator."""
        return declared.BY_CODE[self.indicator.measure]

    @property
    def terms(self) -> Terms:
        """What the arithmetic needs."""
        return Terms(self.way, self.rate, self.scale, self.floor, self.cap, self.steps, self.measure.falls)


@pghistory.track()
class PayComponent(Counted):
    """A component of a scheme; without a target that of the position's set of indicators, else the plan's holds."""

    scheme = models.ForeignKey(PayScheme, on_delete=models.CASCADE, related_name="components")

    class Meta:
        verbose_name = _("component of a pay scheme")
        verbose_name_plural = _("components of pay schemes")
        ordering = ["-part", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "part", "indicator"],
                name="indicator_once_in_a_part",
                violation_error_message=_("The indicator is in this part of the scheme already."),
            ),
            models.CheckConstraint(
                condition=Q(part="variable", rate__gt=0, weight=0)
                | Q(part="soft", weight__range=(1, 100), way="target"),
                name="pay_component_rate_or_weight",
                violation_error_message=_(
                    "A variable component has a rate above zero, a soft one a weight of 1 to 100."
                ),
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=0, cap__gt=F("floor")),
                name="pay_floor_below_cap",
                violation_error_message=_("The floor is below the cap."),
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__gt=0),
                name="pay_target_positive",
                violation_error_message=_("A target is above zero."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="approved_scheme_stays",
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=APPROVED_STAYS,
            )
        ]

    def __str__(self) -> str:
        return str(self.indicator)


class PaySheet(models.Model):
    """The pay of a person for a month; stored when the month is closed, the database keeps it then as it is (R265)."""

    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="pay_sheets")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(PayScheme, on_delete=models.PROTECT, related_name="sheets")
    days_employed = models.PositiveSmallIntegerField(
        null=True, help_text="working days of the month the person was employed; empty on sheets of before"
    )
    days_of_month = models.PositiveSmallIntegerField(null=True, help_text="working days of the branch in the month")
    fixed = rouble(_("fixed salary"))
    soft_base = rouble(_("soft salary in full"))
    soft_score: Any = share(_("score"), None, null=True)
    soft = rouble(_("soft salary"))
    variable = rouble(_("variable part"))
    guaranteed_from = rouble(_("mean of the months before"), null=True, default=None)
    guarantee = rouble(_("transition guarantee"))
    total = rouble(_("pay"))
    legacy = rouble(_("by the old formula"), null=True, default=None)

    class Meta:
        verbose_name = _("pay sheet")
        verbose_name_plural = _("pay sheets")
        ordering = ["month", "employee"]
        constraints = [
            models.UniqueConstraint(fields=["month", "employee"], name="one_pay_sheet_per_month"),
            models.CheckConstraint(
                condition=Q(total=F("fixed") + F("soft") + F("variable") + F("guarantee")),
                name="pay_sheet_adds_up",
                violation_error_message=_("The parts of a sheet add up to its total."),
            ),
        ]
        triggers = frozen()

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month_id:%Y-%m}: {self.total}"

    @property
    def is_of_a_part(self) -> bool:
        """Say whether the person was employed for a part of the month only."""
        return self.days_employed is not None and self.days_employed != self.days_of_month


class PaySheetLine(Counted):
    """A component as it came out: the terms it was reckoned by, target, fact, attainment and amount."""

    sheet = models.ForeignKey(PaySheet, on_delete=models.CASCADE, related_name="kept_lines")
    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="+")
    fact = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    share = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    attained = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    amount = rouble(_("amount"))

    class Meta:
        verbose_name = _("line of a pay sheet")
        verbose_name_plural = _("lines of pay sheets")
        ordering = ["pk"]
        triggers = frozen()

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.amount}"


@pghistory.track()
class PayFundRate(models.Model):
    """What part of the turnover is the pay fund from a month on, in per cent (R259)."""

    month = models.DateField(_("from month"), unique=True, help_text="first day")
    percent = models.DecimalField(_("per cent of turnover"), max_digits=6, decimal_places=3)
    author = somebody(_("made by"))

    class Meta:
        verbose_name = _("rate of the pay fund")
        verbose_name_plural = _("rates of the pay fund")
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="pay_fund_from_a_month"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="pay_fund_percent",
                violation_error_message=_("The rate lies between 0 and 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.percent} %"
