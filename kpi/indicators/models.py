"""Indicators: a measure for a group of clients that a position is held to; target, weight, scale (R233-R235)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.named import Named
from kpi.indicators.attainment import Scale
from kpi.measures import declared
from kpi.measures.models import ClientGroup
from staff.access import Role
from staff.models import Position

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Scope(models.TextChoices):
    """Whose results are counted: indicators are of one person or of a group (R233)."""

    PERSON = "person", _("own")
    BRANCH = "branch", _("of the branch")
    COMPANY = "company", _("of the company")


class Indicator(Named):
    """A ready indicator: a measure, a group of clients (empty: all), and the posts it can be given to."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    measure = models.CharField(_("measure"), max_length=40)
    client_group = models.CharField(_("group of clients"), max_length=6, choices=ClientGroup.choices, blank=True)
    scope = models.CharField(_("whose"), max_length=8, choices=Scope.choices, default=Scope.PERSON)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name=_("posts"), default=list)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(client_group__in=["", *ClientGroup.values]), name="indicator_group_known"
            ),
        ]

    def clean(self) -> None:
        """Refuse an unknown measure, a group it makes no sense for, and posts without a function for it (R235)."""
        measure = declared.BY_CODE.get(self.measure)
        if measure is None:
            raise ValidationError({"measure": _("This measure is not known.")})
        if self.client_group and self.client_group not in measure.groups:
            raise ValidationError({"client_group": _("The measure makes no sense for this group of clients.")})
        if self.scope == Scope.PERSON and not set(self.roles) <= set(measure.roles):
            raise ValidationError({"roles": _("A post has no function that influences this measure.")})


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class IndicatorSet(models.Model):
    """The indicators of a position from a month on, until a later set of it (R233)."""

    position = models.ForeignKey(
        Position, verbose_name=_("position"), on_delete=models.PROTECT, related_name="indicator_sets"
    )
    month = models.DateField(_("from month"), help_text="first day")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="changed it last"
    )
    version = models.PositiveIntegerField(
        default=1, db_default=1, help_text="grows with each change: the second person is told"
    )

    class Meta:
        verbose_name = _("set of indicators")
        verbose_name_plural = _("sets of indicators")
        ordering = ["-month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "month"],
                name="one_indicator_set_per_month",
                violation_error_message=_("The position has a set from this month on already."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="indicator_set_from_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.month:%Y-%m}"


def share(label: _StrPromise, default: str | None = None, **more: object) -> models.DecimalField[Decimal, Decimal]:
    """Build a field for a share of the target, 1 = 100 %."""
    return models.DecimalField(label, max_digits=6, decimal_places=4, default=default, **more)  # type: ignore[arg-type]


@pghistory.track()
class SetLine(models.Model):
    """An indicator in a set: its target, weight and scale."""

    set = models.ForeignKey(IndicatorSet, on_delete=models.CASCADE, related_name="lines")
    indicator = models.ForeignKey(Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    target = models.DecimalField(
        _("target"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Empty: the plan of the month."),
    )
    weight = models.PositiveSmallIntegerField(_("weight, %"), default=25)
    scale = models.CharField(
        pgettext_lazy("indicator", "scale"), max_length=6, choices=Scale.choices, default=Scale.LINEAR
    )
    floor = share(_("nothing below"), "0")
    cap = share(_("no more than"), "1.2")
    steps = models.JSONField(_("steps"), default=list, blank=True, help_text="[[from share, counts as share], …]")

    class Meta:
        verbose_name = _("line of a set of indicators")
        verbose_name_plural = _("lines of sets of indicators")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["set", "indicator"],
                name="indicator_once_in_a_set",
                violation_error_message=_("The indicator is in the set already."),
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100)),
                name="indicator_weight",
                violation_error_message=_("A weight lies between 1 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=0, cap__gt=F("floor")),
                name="indicator_floor_below_cap",
                violation_error_message=_("The floor is below the cap."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gt=0),
                name="indicator_target_positive",
                violation_error_message=_("A target is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.set_id} {self.indicator_id}"
