"""The form of the rules of completeness."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import CompletenessPart, CompletenessRules

LIMITS = ("top_pass", "other_pass", "top_months", "other_months")
WEIGHTS = tuple(f"weight_{part}" for part in CompletenessPart.values)


class RulesForm(forms.ModelForm[CompletenessRules]):
    """A new version of the rules; `seen` names the version the person began with."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = CompletenessRules
        fields = (*LIMITS, *WEIGHTS, "comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun = self.instance.pk or 0
        self.fields["seen"].initial = self.begun
        self.fields["comment"].help_text = _("Why the rules change.")
        for name in (*LIMITS, *WEIGHTS):
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    @property
    def limits(self) -> list[forms.BoundField]:
        """What is enough, and for how long a verification holds."""
        return [self[name] for name in LIMITS]

    @property
    def weights(self) -> list[forms.BoundField]:
        """How much each part counts."""
        return [self[name] for name in WEIGHTS]

    def clean(self) -> dict[str, Any]:
        """Refuse to change rules that somebody changed since the form was opened."""
        data = super().clean() or {}
        if data.get("seen") not in (None, self.begun):
            self.add_error(None, _("Somebody else changed the rules meanwhile. Look, then save again."))
            self.data = {**self.data, "seen": self.begun}
        return data

    @property
    def changes_something(self) -> bool:
        """Say whether a limit or a weight differs from the rules the person began with."""
        return bool(set(self.changed_data) & {*LIMITS, *WEIGHTS})
