"""What was said with a client: calls, meetings, letters, messages and notes; written once, never changed."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.models.contacts import Contact
from clients.models.named import Named
from clients.querysets import CommunicationQuerySet


class CommunicationKind(models.TextChoices):
    """How one spoke with the client; a note is spoken with nobody."""

    CALL = "call", pgettext_lazy("communication", "call")
    MEETING = "meeting", pgettext_lazy("communication", "meeting")
    VIDEO = "video", pgettext_lazy("communication", "video call")
    LETTER = "letter", pgettext_lazy("communication", "letter")
    MESSAGE = "message", pgettext_lazy("communication", "message")
    NOTE = "note", pgettext_lazy("communication", "note")


SPOKEN = (CommunicationKind.CALL, CommunicationKind.MEETING, CommunicationKind.VIDEO)


class Way(models.TextChoices):
    """Who began it."""

    OUT = "out", _("we to the client")
    IN = "in", _("the client to us")


class CommunicationResult(Named):
    """What came of a communication: a dictionary; one no longer used is switched off, never deleted.

    `counts`: spoken both ways, the contact norm is met (R94); `asks_next`: it ends only with a task for the next time.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_reached = models.BooleanField(_("the client was reached"), default=True)
    counts = models.BooleanField(_("counts for the contact norm"), default=True)
    asks_next = models.BooleanField(_("asks for a next task"), default=False)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("result of a communication")
        verbose_name_plural = _("results of communications")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counts=False) | Q(is_reached=True),
                name="counts_only_when_reached",
                violation_error_message=_("A result counts only when the client was reached."),
            )
        ]


class Communication(models.Model):
    """An entry about a client: who, when, how, with what result and agreements (R22, R94-R96).

    The database refuses to change or delete what was said; a correction is a new entry that points to the old one. Only
    whose entry it is may move: clients are joined and parted.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="communications", db_index=False)
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="communications",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CommunicationKind.choices)
    way = models.CharField(_("who began"), max_length=3, choices=Way.choices, default=Way.OUT)
    is_connected = models.BooleanField(_("reached"), default=False)
    is_two_way = models.BooleanField(_("spoken both ways"), default=False)
    day = models.DateField(_("date"))
    time = models.TimeField(_("time"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="communications"
    )
    result = models.ForeignKey(
        CommunicationResult, verbose_name=_("result"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("in a sentence"), blank=True)
    agreements = models.TextField(_("agreements"), blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one entry")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        indexes = [
            # the timeline of a client, newest first; the last one that counted
            models.Index(fields=["client", "-day", "-id"], name="communication_client"),
            models.Index(fields=["author", "-day"], name="communication_author"),  # a person's activity by days
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CommunicationKind.values),
                name="communication_kind_known",
                violation_error_message=_("This kind of communication is not known."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(result__isnull=False),
                name="communication_says_something",
                violation_error_message=_("An entry says something: a sentence or a result."),
            ),
            models.CheckConstraint(
                condition=Q(is_two_way=False) | Q(is_connected=True, kind__in=SPOKEN),
                name="spoken_both_ways_by_voice",
                violation_error_message=_(
                    "Spoken both ways is only a call, a meeting or a video call that took place."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind=CommunicationKind.NOTE) | Q(result__isnull=True),
                name="note_without_result",
                violation_error_message=_("A note has no result."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="said_is_said", exclude=["client"]),
            pgtrigger.Protect(name="said_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"
