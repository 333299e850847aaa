"""Requests for help with a client or a deal, and the notes of the joint work (R217)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Communication
from deals.dealing.models import Deal
from deals.help_requests.querysets import HelpRequestQuerySet


class HelpState(models.TextChoices):
    """Where it stands."""

    OPEN = "open", pgettext_lazy("help request", "waits for a head")
    ACCEPTED = "accepted", pgettext_lazy("help request", "in work")
    CLOSED = "closed", pgettext_lazy("help request", "closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("help request", "withdrawn")


class HelpRequest(models.Model):
    """Somebody asks the heads for help with a client; one head takes it. Written only by `help_requests.actions`."""

    client = models.ForeignKey(Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="help_requests")
    deal = models.ForeignKey(
        Deal, verbose_name=_("deal"), null=True, blank=True, on_delete=models.PROTECT, related_name="help_requests"
    )
    difficulty = models.TextField(_("what is the difficulty"))
    tried = models.TextField(_("what was tried"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who asked"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    state = models.CharField(
        pgettext_lazy("help request", "state"), max_length=10, choices=HelpState.choices, default=HelpState.OPEN
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who helps"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one request")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        indexes = [models.Index(fields=["state", "-id"], name="help_request_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(difficulty="") & ~Q(tried=""),
                name="help_request_says_what",
                violation_error_message=_("A request for help says what the difficulty is and what was tried."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True, state__in=["open", "withdrawn"])
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, state__in=["accepted", "closed"]),
                name="help_request_taken_by_a_head",
                violation_error_message=_("What is in work says which head has taken it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted"], closed_by__isnull=True, closed_at__isnull=True, result="")
                | (
                    Q(state__in=["closed", "withdrawn"], closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(result="")
                ),
                name="help_request_closed_whole",
                violation_error_message=_("What is closed says when, by whom and with what result."),
            ),
        ]

    def __str__(self) -> str:
        return self.difficulty[:100]

    @property
    def is_over(self) -> bool:
        """Say whether nothing is to be done any more."""
        return self.state in (HelpState.CLOSED, HelpState.WITHDRAWN)


class HelpNote(models.Model):
    """A note of the joint work: an entry of the client's timeline that belongs to a request."""

    help_request = models.ForeignKey(HelpRequest, on_delete=models.PROTECT, related_name="notes")
    communication = models.OneToOneField(Communication, on_delete=models.PROTECT, related_name="help_note")

    class Meta:
        verbose_name = _("note of a request for help")
        verbose_name_plural = _("notes of requests for help")

    def __str__(self) -> str:
        return f"{self.help_request_id}: {self.communication_id}"
