"""Clients put into the archive by hand, and taken back: who, when, why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.losses import LossReason


class Archiving(models.Model):
    """One time a person put a client into the archive (R129); taking it back or a purchase ends it.

    What nights obey is `Client.archived_on`; this row says who did it and why. A purchase leaves no word here: the
    status alone says that the client is worked again.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="archivings", db_index=False)
    archived_on = models.DateField()
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(LossReason, verbose_name=_("reason"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)
    taken_back_on = models.DateField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("archiving")
        verbose_name_plural = _("archivings")
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_on__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_on__gte=F("archived_on"), taken_back_by__isnull=False),
                name="archiving_taken_back_by_somebody",
                violation_error_message=_("A client is taken back from the archive by somebody, not before that day."),
            ),
        ]
        indexes = [models.Index(fields=["client", "-id"], name="archiving_client")]  # card, timeline

    def __str__(self) -> str:
        return f"{self.client_id} {self.archived_on}"

    @property
    def why(self) -> str:
        """Say the reason with its note."""
        return f"{self.reason}: {self.note}" if self.note else str(self.reason)
