"""When a person's reports come by letter (R267, R271)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReportLetter(models.Model):
    """Which reports a person gets by letter and at which hour; `done_on`: the last day it was looked at."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField(_("hour of the letter"), default=8)
    day = models.BooleanField(_("the day before, each working day"), default=True)
    week = models.BooleanField(_("the week before, on its first working day"), default=False)
    month = models.BooleanField(_("the month before, on its first working day"), default=False)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__lte=23),
                name="report_hour_of_a_day",
                violation_error_message=_("The hour lies between 0 and 23."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.hour}"
