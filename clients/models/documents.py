"""Papers kept with a client: contracts, company details, price agreements, photos."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.querysets import ClientDocumentQuerySet
from salescrm.base.models import StoredFile


class DocumentKind(models.TextChoices):
    """What a paper is."""

    CONTRACT = "contract", pgettext_lazy("paper", "contract")
    DETAILS = "details", pgettext_lazy("paper", "company details")
    PRICES = "prices", pgettext_lazy("paper", "price agreement")
    OTHER = "other", pgettext_lazy("paper", "other")


@pghistory.track()
class ClientDocument(models.Model):
    """A file kept with a client. What was put in is not changed; one that is removed stays and can be brought back.

    The database refuses any other change than whose it is (clients are joined and parted) and that it is removed.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="documents", db_index=False)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=150)
    kind = models.CharField(_("kind"), max_length=10, choices=DocumentKind.choices)
    submission = models.UUIDField(help_text="of the form: a double click keeps its files once")
    place = models.PositiveSmallIntegerField(help_text="of the file in the form, from 1")
    added_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClientDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the client")
        verbose_name_plural = _("documents of the client")
        indexes = [models.Index(fields=["client", "-id"], name="clientdocument_client")]  # the panel, newest first
        constraints = [
            models.UniqueConstraint(fields=["submission", "place"], name="document_once_per_submission"),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="document_has_a_title",
                violation_error_message=_("A document has a title."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values),
                name="document_kind_known",
                violation_error_message=_("This kind of document is not known."),
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True, removed_by__isnull=True)
                | Q(removed_on__gte=F("added_on"), removed_by__isnull=False),
                name="document_removed_by_somebody",
                violation_error_message=_("A removed document says by whom and when, not before it was added."),
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="document_is_kept", exclude=["client", "removed_on", "removed_by"])]

    def __str__(self) -> str:
        return self.title

    @property
    def ending(self) -> str:
        """The ending of the file's name, as people say it: PDF."""
        return self.file.name.rpartition(".")[2].upper()
