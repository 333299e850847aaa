"""What is kept with some of the best clients of the sample company: their company details, as a text."""

from __future__ import annotations

from datetime import date
from random import Random
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from clients.documents import actions
from clients.models import DocumentKind, LegalEntity, Ownership

KEPT = 12


def write(until: date) -> None:
    """Keep the details of the first TOP clients with them, added by whoever answers for them."""
    chance = Random("papers")  # noqa: S311  # a sample, no secret
    top = Ownership.objects.filter(ends_on__isnull=True, client__standing__top=True, client__merged_into=None)
    lines = list(top.select_related("client", "owner").order_by("client")[:KEPT])
    entities = LegalEntity.objects.filter(client__in=[line.client_id for line in lines]).order_by("-pk")
    first = {entity.client_id: entity for entity in entities}
    for line in lines:
        actions.add(
            client=line.client,
            uploads=[SimpleUploadedFile("Реквизиты.txt", details(first[line.client_id], line.client.city).encode())],
            title="",
            kind=DocumentKind.DETAILS,
            submission=UUID(int=chance.getrandbits(128), version=4),
            acting_user=line.owner,
            today=until,
        )


def details(entity: LegalEntity, city: str) -> str:
    """Write what a company says of itself."""
    known = [("ИНН", entity.inn), ("КПП", entity.kpp), ("Город", city)]
    return "\r\n".join(["Реквизиты", entity.name, *(f"{name}: {value}" for name, value in known if value), ""])
