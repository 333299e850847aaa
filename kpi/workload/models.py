"""The norms loads are compared with, each from a month on (R208, R209)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.access import Role
from staff.models import Branch

OF_ALWAYS = date(2000, 1, 1)  # the month from which a norm is kept that was there before any month was named


def _author() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class PortfolioNorm(models.Model):
    """How many clients a person of a post in a branch carries at most, from a month on; empty: no norm (R208)."""

    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("post"), max_length=20, choices=Role.choices)
    month = models.DateField(_("from month"), help_text="first day")
    tops = models.PositiveSmallIntegerField(_("TOP clients"), null=True, blank=True)
    others = models.PositiveSmallIntegerField(_("other clients"), null=True, blank=True)
    author = _author()

    class Meta:
        verbose_name = _("norm of clients")
        verbose_name_plural = _("norms of clients")
        ordering = ["branch", "role", "-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "role", "month"],
                name="one_portfolio_norm_a_month",
                violation_error_message=_("There is a norm from this month on."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="portfolio_norm_from_a_month"),
            models.CheckConstraint(condition=~Q(role=Role.NONE), name="portfolio_norm_of_a_post"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.get_role_display()} {self.month:%Y-%m}"


def _minutes(label: Any) -> Any:
    return models.DecimalField(label, max_digits=5, decimal_places=1, validators=[MinValueValidator(Decimal(0))])


class OutputNorm(models.Model):
    """How many minutes an order, a call and a letter take, and the hours of a working day, from a month on (R209)."""

    month = models.DateField(_("from month"), unique=True, help_text="first day")
    order_minutes = _minutes(_("minutes for an order"))
    call_minutes = _minutes(_("minutes for a call"))
    letter_minutes = _minutes(_("minutes for a letter"))
    day_hours = models.DecimalField(
        _("hours of a working day"),
        max_digits=4,
        decimal_places=2,
        default=8,
        validators=[MinValueValidator(Decimal("0.25")), MaxValueValidator(Decimal(24))],
    )
    author = _author()

    class Meta:
        verbose_name = _("norm of output")
        verbose_name_plural = _("norms of output")
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="output_norm_from_a_month"),
            models.CheckConstraint(
                condition=Q(order_minutes__gte=0, call_minutes__gte=0, letter_minutes__gte=0),
                name="output_norm_minutes",
                violation_error_message=_("Minutes are not below zero."),
            ),
            models.CheckConstraint(
                condition=Q(day_hours__gt=0, day_hours__lte=24),
                name="output_norm_hours",
                violation_error_message=_("A working day has more than 0 and at most 24 hours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
