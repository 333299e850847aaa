"""Which clients an import touched: made, changed, brought documents or people of (R21: said to who works them)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from clients.models import Client, Contact, IntakeRow, LegalEntity, Shipment


def by(value: str) -> QuerySet[Any, Any]:
    """Return the ids of the clients an import touched, as the list's filter asks for them; ValueError: no number."""
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ValueError(value)
    return Client.objects.filter(condition(int(value))).values("pk")


def condition(intake: int, among: QuerySet[Client] | None = None) -> Q:
    """Keep the clients of an import: those it made, its changed rows, the clients of its documents and people.

    Who asks of few clients says them (`among`): a first import has all documents of the base.
    """
    documents = Shipment.objects.filter(intake=intake)
    if among is not None:
        documents = documents.filter(legal_entity__client__in=among.values("pk"))
    rows = IntakeRow.objects.filter(intake=intake)
    of_rows = {kind: rows.filter(kind=kind).values("row_id") for kind in ("client", "entity", "contact")}
    return (
        Q(intake=intake)
        | Q(pk__in=of_rows["client"])
        | Q(pk__in=LegalEntity.objects.filter(pk__in=of_rows["entity"]).values("client"))
        | Q(pk__in=Contact.objects.filter(pk__in=of_rows["contact"]).values("client"))
        | Q(pk__in=documents.values("legal_entity__client"))
    )
