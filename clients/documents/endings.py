"""Which files are kept with a client: of a known kind, and with inside what the name says; never pages or programs."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MOST_BYTES = 20 * 1024 * 1024
HEAD = 1024  # bytes that are looked at

Marks = tuple[tuple[int, bytes], ...]  # where a file of the kind has which bytes: one of them will do
PDF: Marks = ((0, b"%PDF-"),)
OFFICE: Marks = ((0, b"PK\x03\x04"), (0, b"\xd0\xcf\x11\xe0"), (0, b"{\\rtf"))  # one with a password is of the old kind
JPEG: Marks = ((0, b"\xff\xd8\xff"),)
TIFF: Marks = ((0, b"II*\x00"), (0, b"MM\x00*"))
TEXT: Marks = ()
ENDINGS: dict[str, tuple[str, Marks]] = {
    "pdf": ("application/pdf", PDF),
    "doc": ("application/msword", OFFICE),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", OFFICE),
    "odt": ("application/vnd.oasis.opendocument.text", OFFICE),
    "rtf": ("application/rtf", OFFICE),
    "xls": ("application/vnd.ms-excel", OFFICE),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", OFFICE),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", OFFICE),
    "txt": ("text/plain", TEXT),
    "csv": ("text/csv", TEXT),
    "jpg": ("image/jpeg", JPEG),
    "jpeg": ("image/jpeg", JPEG),
    "png": ("image/png", ((0, b"\x89PNG\r\n"),)),
    "gif": ("image/gif", ((0, b"GIF8"),)),
    "webp": ("image/webp", ((8, b"WEBP"),)),
    "heic": ("image/heic", ((4, b"ftyp"),)),
    "tif": ("image/tiff", TIFF),
    "tiff": ("image/tiff", TIFF),
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml")


def ending_of(name: str) -> str:
    """Return the last ending of a name, in small letters and without its point."""
    return PurePath(name).suffix.lower().removeprefix(".")


def content_type(name: str) -> str:
    """Return the type of a file that is kept, by its name; what the browser said of it is not asked."""
    return ENDINGS[ending_of(name)][0]


def fault(upload: UploadedFile[Any]) -> str:
    """Say why a file is not kept; nothing: it is."""
    said = {"name": upload.name}
    if (upload.size or 0) > MOST_BYTES:
        return _("“%(name)s” is larger than 20 MB.") % said
    ending = ending_of(str(upload.name))
    if ending not in ENDINGS:
        return _("“%(name)s” is not kept here: choose a PDF, a text, a table or a picture.") % said
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not begins_as(head, ENDINGS[ending][1]):
        return _("What is inside “%(name)s” is not what its name says.") % said
    return ""


def begins_as(head: bytes, marks: Marks) -> bool:
    """Say whether a file begins as its kind does; a text is what is no program and no page, in UTF-16 neither."""
    if marks:
        return any(head.startswith(mark, at) for at, mark in marks)
    plain = head.replace(b"\x00", b"").lower()
    return not head.startswith(PROGRAMS) and not any(mark in plain for mark in MARKUP)
