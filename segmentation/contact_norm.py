"""The rules of contacts: how often a client is to be spoken with, by its class (R89-R93, R97, R98, R100)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WHOLE = [1, 2, 3, 4, 6, 12]  # months that divide a year: a period by the calendar begins in January
FORTNIGHT = 14


class TermMode(models.TextChoices):
    """From when a term is counted (R97)."""

    ROLLING = "rolling", _("from the last contact on")
    CALENDAR = "calendar", _("once in every calendar period")


class ContactNormQuerySet(models.QuerySet["ContactNorm"]):
    """Versions of the norm."""

    def in_force(self, day: date) -> ContactNorm | None:
        """Return the norm of a day; None before the first one."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first()


def every(verbose_name: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field: a contact at least once in so many months."""
    return models.PositiveSmallIntegerField(verbose_name, default=default)


class ContactNorm(models.Model):
    """A version of the contact norm: append-only, in force from a day on; whoever changes it says why."""

    effective_from = models.DateField(_("in force from"), unique=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    top_months = every(_("TOP, once in months"), 1)
    new_months = every(_("new clients, once in months"), 1)
    shop_months = every(_("internet shops of the head of client service, once in months"), 1)
    other_months = every(_("others, once in months"), 3)
    zero_attempts = models.PositiveSmallIntegerField(
        _("zero clients, attempts in two weeks"), default=1, help_text=_("0: none is asked for")
    )
    mode = models.CharField(_("a term is counted"), max_length=8, choices=TermMode.choices, default=TermMode.ROLLING)
    sets_tasks = models.BooleanField(_("the night sets the contact tasks"), default=True)
    ahead_monthly = models.PositiveSmallIntegerField(_("task ahead of a monthly term, days"), default=7)
    ahead_longer = models.PositiveSmallIntegerField(_("task ahead of a longer term, days"), default=21)
    contact_minutes = models.PositiveSmallIntegerField(_("one contact takes, minutes"), default=30)
    most_a_month = models.PositiveSmallIntegerField(_("one person can keep, contacts a month"), default=100)

    objects = ContactNormQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact norm")
        verbose_name_plural = _("contact norms")
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(top_months__in=WHOLE, new_months__in=WHOLE, shop_months__in=WHOLE, other_months__in=WHOLE),
                name="contact_months_divide_a_year",
                violation_error_message=_("A contact is asked for every 1, 2, 3, 4, 6 or 12 months."),
            ),
            models.CheckConstraint(
                condition=Q(zero_attempts__lte=FORTNIGHT),
                name="contact_attempts_within_days",
                violation_error_message=_("In two weeks there are at most 14 attempts."),
            ),
            models.CheckConstraint(
                condition=Q(ahead_monthly__gte=1, ahead_monthly__lte=28, ahead_longer__gte=1, ahead_longer__lte=60),
                name="contact_tasks_ahead",
                violation_error_message=_("A task is set 1 to 28 days ahead of a monthly term, to 60 of a longer one."),
            ),
            models.CheckConstraint(
                condition=Q(mode__in=TermMode.values),
                name="contact_mode_known",
                violation_error_message=_("This way of counting a term is not known."),
            ),
            models.CheckConstraint(
                condition=Q(contact_minutes__gte=1, most_a_month__gte=1),
                name="contact_load_positive",
                violation_error_message=_("Minutes and contacts a month are positive numbers."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"

    @property
    def by_calendar(self) -> bool:
        """Say whether terms are calendar periods."""
        return self.mode == TermMode.CALENDAR

    @property
    def zero_days(self) -> int | None:
        """Days within which a zero client is to be tried; None when no attempt is asked for."""
        return FORTNIGHT // self.zero_attempts if self.zero_attempts else None
