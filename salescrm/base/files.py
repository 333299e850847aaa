"""Files people bring: kept with their digest, all or none; given back to be saved, pictures alone to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404

from salescrm.base.models import StoredFile

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})  # what a page may show


@contextmanager
def kept_together() -> Iterator[list[StoredFile]]:
    """Write rows and their files in one transaction: whatever breaks it takes away the files put into the list too."""
    kept: list[StoredFile] = []
    try:
        with transaction.atomic():
            yield kept
    except BaseException:
        for one in kept:
            one.file.storage.delete(str(one.file.name))
        raise


def keep_upload(upload: UploadedFile[Any], by: Any, *, ending: str, content_type: str) -> StoredFile:
    """Keep an uploaded file for the person; it lies under its digest, never under the name somebody gave it."""
    stored = StoredFile(name=str(upload.name)[:255], size=upload.size or 0, created_by=by)
    stored.content_type = content_type[:100]
    stored.sha256 = digest(upload)
    stored.file.save(f"{stored.sha256[:16]}.{ending}", upload, save=True)
    return stored


def keep_bytes(content: bytes, name: str, by: Any, *, ending: str, content_type: str) -> StoredFile:
    """Keep what the program itself wrote for the person, as an upload is kept."""
    upload: UploadedFile[Any] = SimpleUploadedFile(name, content)
    return keep_upload(upload, by, ending=ending, content_type=content_type)


def digest(file: IO[bytes] | UploadedFile[Any]) -> str:
    """Return the SHA-256 of a file's bytes, leaving it at its beginning."""
    found = sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        found.update(block)
    file.seek(0)
    return found.hexdigest()


def attachment(stored: StoredFile) -> FileResponse:
    """Give a kept file under its own name; a browser saves it and guesses nothing of what is in it."""
    return _given(stored, as_attachment=True)


def picture(stored: StoredFile) -> FileResponse:
    """Give a kept picture to be shown in a page; raise Http404 for any other file."""
    if stored.content_type not in PICTURES:
        raise Http404(stored.name)
    response = _given(stored, as_attachment=False)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _given(stored: StoredFile, *, as_attachment: bool) -> FileResponse:
    try:
        file = stored.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404(stored.name) from gone
    headers = {"X-Content-Type-Options": "nosniff", "Content-Type": stored.content_type or "application/octet-stream"}
    return FileResponse(file, as_attachment=as_attachment, filename=stored.name, headers=headers)
