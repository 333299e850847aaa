"""The form of papers: one file or several, what they are, and the title of a single one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.documents.endings import ENDINGS, fault
from clients.forms import plain
from clients.models import DocumentKind

MOST_FILES = 10


class FilesInput(forms.FileInput):
    """The choice of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files that are kept; one at least where the field is required."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Check each file; what is wrong is said of each."""
        if not data and not self.required:
            return []
        single = super().clean
        uploads = [single(one, initial) for one in data or [None]]
        if len(uploads) > MOST_FILES:
            raise ValidationError(_("Choose up to %d files at once.") % MOST_FILES)
        faults = [one for one in map(fault, uploads) if one]
        if faults:
            raise ValidationError(faults)
        return uploads


class DocumentsForm(forms.Form):
    """Files on their way to a client; `submission` is the form's own: a double click keeps them once."""

    uploads = FilesField(
        label=_("Files"), max_length=255, help_text=_("PDF, texts, tables and pictures, up to 20 MB each.")
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=DocumentKind.choices, initial=DocumentKind.CONTRACT)
    title = forms.CharField(
        label=_("Title"), max_length=150, required=False, help_text=_("Empty: the file's own name.")
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4
        self.fields["uploads"].widget.attrs["accept"] = ",".join(f".{ending}" for ending in ENDINGS)

    def clean_title(self) -> str:
        """Put the title on one line; several files cannot have the same one."""
        title = plain(self.cleaned_data["title"])
        if title and len(self.cleaned_data.get("uploads", [])) > 1:
            raise ValidationError(_("A title is for a single file: leave it empty, each keeps its own name."))
        return title

    def clean(self) -> dict[str, Any]:
        """Ask for the files again when anything is wrong: a browser does not keep them."""
        cleaned = super().clean() or {}
        if self.errors and "uploads" not in self.errors:
            self.add_error("uploads", _("Choose the files again."))
        return cleaned
