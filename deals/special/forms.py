"""Forms of special tasks: what is wanted of whom, and why one is closed or cancelled."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients.filters import CLIENTS, letters
from clients.forms import plain
from clients.models import Client, Segment
from deals.forms import day_field
from deals.special import actions
from deals.special.models import SpecialKind
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from staff.access import Act, Rows, may, rows
from staff.models import Branch, Employee

TICKS = forms.CheckboxSelectMultiple
PEOPLE, CLIENTS_OF = "people", "clients"
WHOM = ((CLIENTS_OF, _("each client: its owner does it")), (PEOPLE, _("each person, of no client")))
ROW = ("name", "kind", "wanted", "result_wanted", "unit", "target", "starts_on", "ends_on")


class SpecialTaskForm(forms.Form):
    """What is wanted, by when, of whom; clients by their type, TOP, class and branch, or by a filter of the list."""

    use_required_attribute = False
    name = forms.CharField(label=pgettext_lazy("special task", "Name"), max_length=150)
    kind = forms.ChoiceField(label=pgettext_lazy("special task", "Kind"))
    wanted = forms.CharField(label=_("What is wanted"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    result_wanted = forms.CharField(
        label=_("Result that is wanted"), max_length=300, help_text=_("in words that can be checked")
    )
    target = forms.IntegerField(label=_("How many"), required=False, min_value=1, max_value=1_000_000)
    unit = forms.CharField(
        label=pgettext_lazy("special task", "Counted in"),
        max_length=30,
        required=False,
        help_text=_("orders, meetings, reviews"),
    )
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    whom = forms.ChoiceField(label=_("One task for"), choices=WHOM, initial=CLIENTS_OF, widget=forms.RadioSelect)
    segments = forms.ModelMultipleChoiceField(
        label=_("Types of clients"), queryset=Segment.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"data-picker": ""}),
    )  # fmt: skip
    top = forms.ChoiceField(
        label=_("TOP"), choices=(("", _("any")), ("yes", _("only TOP")), ("no", _("not TOP"))), required=False
    )
    abc = forms.MultipleChoiceField(label=_("Class ABC"), required=False, widget=TICKS)
    branches = forms.ModelMultipleChoiceField(
        label=_("Branches"), queryset=Branch.objects.none(), required=False, widget=TICKS
    )
    people = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("special task", "People"), queryset=Employee.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"data-picker": ""}),
        help_text=_("with clients: only those of these people; nobody chosen means everybody"),
    )  # fmt: skip
    submission = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Employee, today: date, listed: str | None = None, **more: Any) -> None:
        more["initial"] = {"submission": uuid.uuid4(), "starts_on": today} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.person, self.today, self.listed = person, today, listed
        both = may(person, Act.SET_SPECIAL_TASKS)
        self._choices("kind", SpecialKind.choices if both else SpecialKind.choices[1:])
        self._choices("abc", letters("ABC"))
        working = Employee.people.filter(is_active=True).exclude(role="none").order_by("last_name", "first_name", "pk")
        offices = Branch.objects.order_by("-is_head_office", "name")
        if rows(person) == Rows.BRANCH:
            working, offices = working.filter(branch=person.branch_id), offices.filter(pk=person.branch_id)
        self._rows("people", working)
        self._rows("branches", offices)
        self._rows("segments", Segment.objects.order_by("sphere", "name"))
        if listed is not None:
            for name in ("whom", "segments", "top", "abc", "branches"):
                del self.fields[name]

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    def _rows(self, name: str, found: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        field.queryset = found

    def clean(self) -> dict[str, Any]:
        """Keep words without what is not text; say what does not go together."""
        data = super().clean() or {}
        for name in ("name", "wanted", "result_wanted", "unit"):
            if data.get(name):
                data[name] = plain(data[name])
                if not data[name] and self.fields[name].required:
                    self.add_error(name, gettext("Say it in words."))
        if data.get("starts_on") and data.get("ends_on"):
            if data["ends_on"] < data["starts_on"]:
                self.add_error("ends_on", gettext("The last day is not before the first."))
            elif data["ends_on"] < self.today:
                self.add_error("ends_on", gettext("The last day is over already."))
        if data.get("target") and not data.get("unit"):
            self.add_error("unit", gettext("Say in what the number is counted."))
        if data.get("whom") == PEOPLE and not data.get("people"):
            self.add_error("people", gettext("Choose who is to do it."))
        return data

    @property
    def row(self) -> dict[str, Any]:
        """The fields of the special task."""
        return {name: self.cleaned_data[name] for name in ROW}

    @property
    def words(self) -> str:
        """The filter of the list of clients that is meant; empty: no clients, only people."""
        data = self.cleaned_data
        if self.listed is not None:
            return self.listed or "all=1"
        if data["whom"] == PEOPLE:
            return ""
        asked = [("segment", str(one.pk)) for one in data["segments"]]
        asked += [("branch", str(one.pk)) for one in data["branches"]]
        asked += [("abc", one) for one in data["abc"]]
        asked += [("top", data["top"])] if data["top"] else []
        return urlencode(asked) or "all=1"

    def choice(self) -> actions.Choice:
        """Return whom it is for today."""
        return actions.chosen(clients_of(self.words, self.person, self.today), list(self.cleaned_data["people"]))


class FinishForm(forms.Form):
    """Why it is closed or cancelled."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Reason"), max_length=300)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        """Keep the words without what is not text."""
        words = plain(self.cleaned_data["reason"])
        if not words:
            raise forms.ValidationError(gettext("Say it in words."))
        return words


def clients_of(words: str, person: Employee, today: date) -> Any:
    """Return the clients of a filter of the list whose owners the person may give tasks; None when it says no clients.

    Raise Refused when the filter says something the list does not know: another selection would be made of it.
    """
    if not words:
        return None
    state = ListState.read(CLIENTS, QueryDict(words), Here(person, today))
    if state.faults:
        raise actions.Refused(gettext("The filter of clients is not known any more: choose anew."))
    actions.named(state.values.get("ids", ()))
    return state.narrow(Client.objects.all().handed_by(person, today), whole=True)
