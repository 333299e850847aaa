"""Who has read what holds for the own post, and what it said then (R206)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import Employee


class TermsReading(models.Model):
    """A person has read functions, indicators and pay rule as they were; never changed, the next one follows it."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="terms_readings", db_index=False)
    read_at = models.DateTimeField(_("read at"))
    mark = models.CharField(max_length=64, help_text="of what was read: another one, and something has changed")
    kept = models.JSONField(help_text="functions, indicators with weight, target and scale, number of the pay scheme")

    class Meta:
        verbose_name = _("reading of the terms of a post")
        verbose_name_plural = _("readings of the terms of posts")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["employee", "-id"], name="terms_readings_of_a_person")]
        triggers = [pgtrigger.Protect(name="terms_reading_as_it_was", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.read_at:%Y-%m-%d}"
