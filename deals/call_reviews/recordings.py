"""Which files are kept as the recording of a call: sound with inside what the name says."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from clients.documents.endings import HEAD, MOST_BYTES, Marks, begins_as, ending_of

__all__ = ["ENDINGS", "content_type", "ending_of", "fault"]
OGG: Marks = ((0, b"OggS"),)
MP3: Marks = ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"), (0, b"\xff\xfa"))
ENDINGS: dict[str, tuple[str, Marks]] = {
    "mp3": ("audio/mpeg", MP3),
    "wav": ("audio/wav", ((8, b"WAVE"),)),
    "ogg": ("audio/ogg", OGG),
    "opus": ("audio/ogg", OGG),
    "m4a": ("audio/mp4", ((4, b"ftyp"),)),
    "amr": ("audio/amr", ((0, b"#!AMR"),)),
    "flac": ("audio/flac", ((0, b"fLaC"),)),
}


def content_type(name: str) -> str:
    """Return the type of a recording by its name."""
    return ENDINGS[ending_of(name)][0]


def fault(upload: UploadedFile[Any]) -> str:
    """Say why a recording is not kept; nothing: it is."""
    said = {"name": upload.name}
    if (upload.size or 0) > MOST_BYTES:
        return _("“%(name)s” is larger than 20 MB.") % said
    ending = ending_of(str(upload.name))
    if ending not in ENDINGS:
        return _("“%(name)s” is no recording: choose mp3, wav, ogg, opus, m4a, amr or flac.") % said
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not begins_as(head, ENDINGS[ending][1]):
        return _("What is inside “%(name)s” is not what its name says.") % said
    return ""
