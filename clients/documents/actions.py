"""Writes about papers of clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from clients.documents.endings import content_type, ending_of
from clients.models import Client, ClientDocument
from salescrm.base import files
from staff.models import Employee


def add(
    *,
    client: Client,
    uploads: Sequence[UploadedFile[Any]],
    title: str,
    kind: str,
    submission: UUID,
    acting_user: Employee,
    today: date,
) -> list[ClientDocument]:
    """Keep files with a client, all or none; the same form sent twice keeps them once. The caller locks the client."""
    known = list(ClientDocument.objects.filter(submission=submission))
    if known:
        return known
    with files.kept_together() as kept:
        for upload in uploads:
            name = str(upload.name)
            kept.append(files.keep_upload(upload, acting_user, ending=ending_of(name), content_type=content_type(name)))
        return ClientDocument.objects.bulk_create(
            ClientDocument(
                client=client, file=file, title=title or titled(file.name), kind=kind,
                submission=submission, place=place, added_on=today, added_by=acting_user,
            )
            for place, file in enumerate(kept, start=1)
        )  # fmt: skip


def titled(name: str) -> str:
    """Return what a file without a title is called: its name without the ending."""
    return " ".join(PurePath(name).stem.split())[:150] or name[:150]


def remove(*, document: ClientDocument, acting_user: Employee, today: date) -> bool:
    """Take a paper off the card, the file stays; say whether it was this person who did it."""
    there = ClientDocument.objects.present().filter(pk=document.pk)
    return bool(there.update(removed_on=today, removed_by=acting_user))


def bring_back(*, document: ClientDocument) -> bool:
    """Put a removed paper on the card again; say whether it was away."""
    return bool(
        ClientDocument.objects.filter(pk=document.pk, removed_on__isnull=False).update(removed_on=None, removed_by=None)
    )
