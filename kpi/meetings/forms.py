"""Forms of meetings: the meeting itself, a decision, who was there."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.forms import day_field
from kpi.meetings.models import Meeting, MeetingKind
from kpi.plans.forms import Submitted
from staff.access import Act, Figures, figures, roles_with
from staff.models import Branch, Employee


def people_of(form: forms.Form, name: str, rows: Any) -> None:
    """Offer these people in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows


class MeetingForm(Submitted):
    """When, who with, who leads; a head of a branch calls the own branch."""

    kind = forms.ChoiceField(label=pgettext_lazy("meeting", "Kind"), choices=MeetingKind.choices)
    day = day_field(pgettext_lazy("meeting", "Day"))
    at = forms.TimeField(
        label=pgettext_lazy("meeting", "Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("the whole department")
    )
    chair = forms.ModelChoiceField(
        label=pgettext_lazy("meeting", "Chair"), queryset=Employee.objects.none(), empty_label=None
    )
    people = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("meeting", "People"), queryset=Employee.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, person: Employee, **more: Any) -> None:
        working = Employee.people.filter(is_active=True).exclude(role="none").order_by("last_name", "first_name")
        branches = Branch.objects.order_by("-is_head_office", "name")
        if figures(person) == Figures.BRANCH:
            working, branches = working.filter(branch=person.branch), branches.filter(pk=person.branch_id)
        start = {"chair": person.pk, "at": time(10), "people": [one.pk for one in working]}
        if figures(person) == Figures.BRANCH:
            start["branch"] = person.branch_id
        super().__init__(*args, initial=start | more.pop("initial", {}), **more)
        people_of(self, "people", working)
        people_of(self, "chair", working.filter(role__in=roles_with(Act.HOLD_MEETINGS)))
        people_of(self, "branch", branches)
        if figures(person) == Figures.BRANCH:
            self.fields["branch"].required = True

    @property
    def told(self) -> dict[str, Any]:
        """The fields of the meeting."""
        data = self.cleaned_data
        moment = make_aware(datetime.combine(data["day"], data["at"]))
        return {"kind": data["kind"], "starts_at": moment, "branch": data["branch"], "chair": data["chair"]}


class DecisionForm(Submitted):
    """What was decided, who does it, until when."""

    text = forms.CharField(label=pgettext_lazy("meeting", "Decision"), max_length=200)
    assignee = forms.ModelChoiceField(label=_("Responsible"), queryset=Employee.objects.none(), empty_label=None)
    due_on = day_field(_("Term"))

    def __init__(self, *args: Any, meeting: Meeting, **more: Any) -> None:
        super().__init__(*args, **more)
        called = Employee.people.filter(is_active=True, pk__in=meeting.people())
        people_of(self, "assignee", called.order_by("last_name", "first_name"))


class CloseForm(Submitted):
    """Who was there."""

    present = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("meeting", "Was there"), queryset=Employee.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, meeting: Meeting, **more: Any) -> None:
        called = Employee.people.filter(pk__in=meeting.people()).order_by("last_name", "first_name")
        super().__init__(*args, seen=meeting.version, initial={"present": [one.pk for one in called]}, **more)
        people_of(self, "present", called)
