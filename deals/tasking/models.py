"""The secret address at which a person's own calendar reads the person's tasks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """A person's feed: of its secret address only the hash is kept, so that nobody can read it out of the base.

    A revoked feed has no row.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("whose tasks"), on_delete=models.CASCADE, related_name="calendar_feed"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token, in hex")
    made_at = models.DateTimeField(_("made"))
    read_on = models.DateField(_("last read"), null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 # the shape of a hash
                name="calendar_feed_keeps_a_hash",
                violation_error_message=_("Of a secret address only its hash is kept."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
