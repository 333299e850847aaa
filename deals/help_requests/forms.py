"""Forms of requests for help: asking, a note, the end."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.forms import plain


class Words(forms.CharField):
    """A text of some lines that says something."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **more)

    def clean(self, value: Any) -> str:
        """Keep the words without what is not text."""
        words = super().clean(value)
        kept = "\n".join(plain(line) for line in words.splitlines()).strip()
        if not kept:
            raise forms.ValidationError(gettext("Say it in words."))
        return kept


class AskForm(forms.Form):
    """What is difficult and what was tried."""

    use_required_attribute = False
    difficulty = Words(label=_("What is the difficulty"))
    tried = Words(label=_("What was tried"))
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["submission"].initial = uuid.uuid4


class NoteForm(forms.Form):
    """What was done together."""

    use_required_attribute = False
    text = Words(label=_("What was done together"))
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["submission"].initial = uuid.uuid4


class EndForm(forms.Form):
    """The result, or why it is withdrawn."""

    use_required_attribute = False
    result = Words(label=_("Result"))
    seen = forms.IntegerField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["submission"].initial = uuid.uuid4
