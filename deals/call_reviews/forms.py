"""Forms of call reviews: the review itself, the answer of the employee, a criterion, the filter of the list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from deals.call_reviews.actions import Said
from deals.call_reviews.models import CallCriterion, CallReviewMark, Points
from deals.call_reviews.recordings import ENDINGS, fault
from deals.forms import day_field
from staff.models import Employee

MARK = "mark_"


class ReviewForm(forms.Form):
    """Points by criterion, feedback, the recording; `criteria` are those offered, or the marks of a review."""

    use_required_attribute = False
    feedback = forms.CharField(
        label=_("Feedback to the employee"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("what went well, what to do otherwise next time"),
    )
    recording_url = forms.URLField(
        label=_("Link to the recording"), max_length=500, required=False, assume_scheme="https"
    )
    upload = forms.FileField(
        label=_("File of the recording"),
        max_length=255,
        required=False,
        help_text=_("mp3, wav, ogg, opus, m4a, amr or flac, up to 20 MB"),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, criteria: Iterable[CallCriterion | CallReviewMark], **more: Any) -> None:
        more["initial"] = {"submission": uuid.uuid4()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.names: dict[str, int] = {}
        for one in criteria:
            number = one.criterion_id if isinstance(one, CallReviewMark) else one.pk
            self.names[f"{MARK}{number}"] = number
            self.fields[f"{MARK}{number}"] = forms.TypedChoiceField(
                label=str(one), choices=Points.choices, coerce=int, widget=forms.RadioSelect
            )
        self.fields["upload"].widget.attrs["accept"] = ",".join(f".{ending}" for ending in ENDINGS)

    def clean_feedback(self) -> str:
        """Keep the words without what is not text."""
        return _said(self.cleaned_data["feedback"])

    def clean_recording_url(self) -> str:
        """Keep an address of the web only."""
        address = str(self.cleaned_data["recording_url"])
        if address and not address.startswith(("http://", "https://")):
            raise forms.ValidationError(gettext("Give an address that begins with https:// or http://."))
        return address

    def clean_upload(self) -> UploadedFile[Any] | None:
        """Keep sound only."""
        upload: UploadedFile[Any] | None = self.cleaned_data.get("upload")
        if upload and (wrong := fault(upload)):
            raise forms.ValidationError(wrong)
        return upload

    def clean(self) -> dict[str, Any]:
        """Ask for the file again when anything is wrong: a browser does not keep it."""
        cleaned = super().clean() or {}
        if self.errors and cleaned.get("upload"):
            self.add_error("upload", gettext("Choose the file again."))
        return cleaned

    @property
    def marks(self) -> list[forms.BoundField]:
        """The fields of the criteria."""
        return [self[name] for name in self.names]

    @property
    def said(self) -> Said:
        """What the reviewer said."""
        data = self.cleaned_data
        points = {number: data[name] for name, number in self.names.items()}
        return Said(points, data["feedback"], data["recording_url"], data["upload"])


class ConfirmForm(forms.Form):
    """The employee has read the review."""

    use_required_attribute = False
    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("if there is something to say"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_answer(self) -> str:
        """Keep the words without what is not text."""
        return _lines(self.cleaned_data["answer"])


class CriterionForm(forms.ModelForm[CallCriterion]):
    """A criterion."""

    use_required_attribute = False

    class Meta:
        model = CallCriterion
        fields = ("name", "name_en", "weight", "order", "is_active")
        labels = {
            "name": _("Name"), "name_en": _("Name in English"), "weight": pgettext_lazy("call review", "Weight"),
            "order": pgettext_lazy("call review", "Place in the order"), "is_active": _("Is scored in new reviews"),
        }  # fmt: skip

    def clean_name(self) -> str:
        """Keep the words without what is not text."""
        return _said(self.cleaned_data["name"])


class ListForm(forms.Form):
    """Whose reviews, of which days."""

    use_required_attribute = False
    who = forms.ModelChoiceField(
        label=_("Employee"), queryset=Employee.objects.none(), required=False, empty_label=_("everybody")
    )
    since = day_field(_("Reviewed from"), required=False)
    until = day_field(_("up to and with"), required=False)

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        who = self.fields["who"]
        assert isinstance(who, forms.ModelChoiceField)  # noqa: S101
        who.queryset = people

    def asked(self) -> dict[str, Any]:
        """Return what makes sense of what was asked: filters of the reviews."""
        self.is_valid()
        data = self.cleaned_data
        who: Employee | None = data.get("who")
        days: dict[str, date | None] = {"gte": data.get("since"), "lte": data.get("until")}
        found: dict[str, Any] = {f"reviewed_on__{name}": day for name, day in days.items() if day}
        return found | ({"employee": who} if who else {})


def _said(words: str) -> str:
    """Keep the words, line by line, without what is not text."""
    kept = _lines(words)
    if not kept:
        raise forms.ValidationError(gettext("Say it in words."))
    return kept


def _lines(words: str) -> str:
    return "\n".join(plain(line) for line in words.splitlines()).strip()
