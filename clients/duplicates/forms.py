"""Forms of joining: which fields are taken from whom, and to whom a legal entity goes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.duplicates.comparing import FieldPair
from clients.models import Client

KEPT, JOINED = "kept", "joined"


class JoinForm(forms.Form):
    """One choice per field that differs; `seen` is the mark of what the person saw, `submission` of the form itself."""

    seen = forms.CharField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, pairs: list[FieldPair], mark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial, self.fields["submission"].initial = mark, uuid4
        self.differing = [pair for pair in pairs if pair.differs]
        for pair in self.differing:
            choices = [(KEPT, pair.kept), (JOINED, pair.joined)]
            first = JOINED if pair.takes else KEPT
            self.fields[pair.name] = forms.ChoiceField(label=pair.label, choices=choices, initial=first)

    @property
    def taken(self) -> dict[str, bool]:
        """Say of each field whether the joined client's value is taken."""
        return {pair.name: self.cleaned_data[pair.name] == JOINED for pair in self.differing}

    def chosen(self, name: str) -> str:
        """Return whose value is marked on the page: the one posted, else the one proposed."""
        return str(self[name].value() or KEPT)


class EntityForm(forms.Form):
    """To which client a legal entity goes."""

    client = forms.IntegerField(label=_("Client"), min_value=1, max_value=2**63 - 1)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4
        self.fields["client"].error_messages["required"] = str(_("Choose a client from the list."))


class PartnerForm(forms.Form):
    """With which client one is to be joined; `but` is that one."""

    client = forms.ModelChoiceField(label=_("Client"), queryset=Client.objects.none())

    def __init__(self, *args: Any, clients: Any, but: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.but = but
        field = self.fields["client"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = clients
        field.error_messages |= {
            "required": _("Choose a client from the list."),
            "invalid_choice": _("Choose a client from the list."),
        }

    def clean_client(self) -> Client:
        """Refuse the client itself."""
        chosen: Client = self.cleaned_data["client"]
        if chosen == self.but:
            raise ValidationError(_("A client is not joined with itself."))
        return chosen
