"""Forms of priorities: the criteria in per cent, a reason, a planned talk."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from deals.forms import day_field, time_field
from deals.models import TaskKind
from salescrm.base import show
from segmentation.forms import PercentField, not_used
from segmentation.priorities.models import FocusClient, PriorityRules

PERCENTS = ("growth_full", "fall_share")
NOT_TYPED = ("id", "author", "created_at")
TALKS = [one for one in TaskKind.choices if one[0] in (TaskKind.CALL, TaskKind.MEETING)]


class CriteriaForm(forms.ModelForm[PriorityRules]):
    """A new version of the criteria, begun from the one in force."""

    class Meta:
        model = PriorityRules
        fields = [
            *(one.name for one in PriorityRules._meta.concrete_fields if one.name not in NOT_TYPED), "categories",
        ]  # fmt: skip
        widgets = {
            "effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "categories": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, earliest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.fields["effective_from"].widget.attrs["min"] = earliest.isoformat()
        self.fields["comment"].required = True
        for name in PERCENTS:
            self.fields[name] = PercentField(label=f"{self.fields[name].label}, %", required=True)

    def clean_effective_from(self) -> date | None:
        """Refuse a day a night has been run for: what was decided stays decided."""
        return not_used(self.cleaned_data["effective_from"], self.earliest)

    def draft(self) -> PriorityRules | None:
        """Return the unsaved criteria, None while something is wrong; day and comment are not asked for yet."""
        self.fields["effective_from"].required = self.fields["comment"].required = False
        self.is_valid()
        wrong = set(self.errors) - {"effective_from", "comment"}
        return None if wrong else self.instance


class ReasonForm(forms.Form):
    """Why, in one line."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Reason"), max_length=300)


class TalkForm(forms.Form):
    """A negotiation: when, how, with whom, what for."""

    use_required_attribute = False

    goal = forms.CharField(label=_("What for"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=TALKS, initial=TaskKind.CALL, widget=forms.RadioSelect)
    due_on = day_field(_("Day"))
    due_time = time_field(_("At"))
    contact = forms.ModelChoiceField(
        label=_("With whom"), queryset=Contact.objects.none(), required=False, empty_label=_("not said")
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, entry: FocusClient, today: date, sees_contacts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = today, entry.focus_list.ends_on - timedelta(days=1)
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["due_on"].widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}
        contacts = self.fields["contact"]
        assert isinstance(contacts, forms.ModelChoiceField)  # noqa: S101
        contacts.queryset = Contact.objects.filter(client=entry.client_id, left_on=None).order_by("name_key")
        if not sees_contacts:
            del self.fields["contact"]

    def clean_due_on(self) -> date:
        """Keep to what is left of the two weeks."""
        day: date = self.cleaned_data["due_on"]
        if not self.first <= day <= self.last:
            said = {"first": show.day_long(self.first), "last": show.day_long(self.last)}
            raise ValidationError(_("A day from %(first)s to %(last)s."), params=said)
        return day


class ChooseForm(forms.Form):
    """A client of one's own for the focus list."""

    use_required_attribute = False
    client = forms.ModelChoiceField(
        label=_("Client"),
        queryset=Client.objects.none(),
        error_messages={"required": _("Choose a client from the list.")},
    )

    def __init__(self, *args: Any, clients: Any, url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["client"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = clients
        field.widget.choices = [("", "")]
        field.widget.attrs |= {"data-picker": "", "data-url": url}
