"""The report of bad cells as a file a person opens: file, row, column, value, reason."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from salescrm.base.lists.export import keep, plain
from salescrm.base.models import StoredFile

BadCell = tuple[int, str, str, str]  # row, field, value, reason in source language


def write(path: Path, file_name: str, bad: Iterable[BadCell], caption: Callable[[str], str]) -> None:
    """Write the report as csv that a spreadsheet program opens; a value that looks like a formula stays text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([_("File"), _("Row"), _("Column"), _("Value"), _("What is wrong")])
        for row, name, value, reason in bad:
            writer.writerow([plain(cell) for cell in (file_name, row, caption(name), value, _(reason))])


def draft(file_name: str, bad: Iterable[BadCell], caption: Callable[[str], str]) -> Path:
    """Write the report under the program's own files and return its path."""
    folder = Path(settings.MEDIA_ROOT) / "reports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{Path(file_name).stem[:60]}-{uuid4().hex[:8]}.csv"
    write(path, file_name, bad, caption)
    return path


def store(path: Path, by: AbstractBaseUser | None) -> StoredFile:
    """Keep a written report with its import."""
    return keep(path, path.name, "csv", by)
