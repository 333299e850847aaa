"""Named sets of offers and their templates; an offer is seen with its deal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from staff.access import Rows, rows

if TYPE_CHECKING:
    from clients.models import Client
    from deals.offers.models import Offer, OfferTemplate, OfferTemplateVersion
    from staff.models import Employee
else:
    Client = Employee = Offer = OfferTemplate = OfferTemplateVersion = Any

SENT = Q(state="sent")


def in_state(state: str, today: date) -> Q:
    """Keep what stands so on `today`; each offer is in exactly one state, as `Offer.shown_state` says."""
    if state == "expired":
        return SENT & Q(valid_until__lt=today)
    return SENT & Q(valid_until__gte=today) if state == "sent" else Q(state=state)


class OfferQuerySet(models.QuerySet["Offer"]):
    """Sets of offers."""

    def visible_to(self, person: Employee, today: date) -> OfferQuerySet:
        """Keep offers of deals `person` sees."""
        reach = rows(person)
        if reach in (Rows.ALL, Rows.NOTHING):
            return self if reach == Rows.ALL else self.none()
        return self._of(apps.get_model("deals", "Deal")._default_manager.all().visible_to(person, today))

    def changeable_by(self, person: Employee, today: date) -> OfferQuerySet:
        """Keep offers of deals `person` may change."""
        return self._of(apps.get_model("deals", "Deal")._default_manager.all().changeable_by(person, today))

    def _of(self, deals: Any) -> OfferQuerySet:
        return self.filter(Exists(deals.filter(pk=OuterRef("deal"))))

    def waiting(self) -> OfferQuerySet:
        """Keep what was sent and nobody has reacted to yet."""
        return self.filter(SENT)


class OfferTemplateQuerySet(models.QuerySet["OfferTemplate"]):
    """Sets of templates."""

    def offered_to(self, client: Client) -> OfferTemplateQuerySet:
        """Keep templates in use that have an approved version and are for the client's type, or for all types."""
        approved = apps.get_model("deals", "OfferTemplateVersion")._default_manager.filter(
            template=OuterRef("pk"), approved_at__isnull=False
        )
        named = self.model.segments.through.objects.filter(offertemplate=OuterRef("pk"))
        own = Exists(named.filter(segment=client.segment_id)) if client.segment_id else Q(pk__in=[])
        return self.filter(Q(is_active=True) & Exists(approved) & (~Exists(named) | own))


class OfferTemplateVersionQuerySet(models.QuerySet["OfferTemplateVersion"]):
    """Sets of versions of templates."""

    def approved(self) -> OfferTemplateVersionQuerySet:
        """Keep what may be used."""
        return self.filter(approved_at__isnull=False)
