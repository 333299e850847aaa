"""Forms of the plan of changes and of the yearly review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.forms import day_field
from kpi.change_plan.models import Block, ChangeStep, ReviewQuestion, StepState, Verdict
from kpi.plans.forms import Submitted
from staff.access import Act, roles_with
from staff.models import Employee

FIELDS = ("block", "name", "starts_on", "due_on", "responsible", "state", "done_on", "result")


class StepForm(Submitted):
    """A step; one that is done says when, one that is dropped says why: the table asks for both."""

    block = forms.ChoiceField(label=pgettext_lazy("change plan", "Block"), choices=Block.choices)
    name = forms.CharField(label=pgettext_lazy("change plan", "Step"), max_length=150)
    starts_on = day_field(pgettext_lazy("change plan", "Begins"), required=False)
    due_on = day_field(pgettext_lazy("change plan", "To be done by"), required=False)
    responsible = forms.ModelChoiceField(label=_("Responsible"), queryset=Employee.objects.none(), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("change plan", "State"), choices=StepState.choices)
    done_on = day_field(pgettext_lazy("change plan", "Done on"), required=False)
    result = forms.CharField(label=pgettext_lazy("change plan", "What came of it"), max_length=500, required=False)

    def __init__(self, *args: Any, step: ChangeStep | None = None, **more: Any) -> None:
        more["initial"] = {name: getattr(step, name) for name in FIELDS} if step else {"state": StepState.PLANNED}
        super().__init__(*args, seen=step.version if step else 0, **more)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        kept = [step.responsible_id] if step and step.responsible_id else []
        readers = Q(is_active=True, role__in=roles_with(Act.SEE_CHANGE_PLAN))
        field.queryset = Employee.people.filter(readers | Q(pk__in=kept)).order_by("last_name", "first_name")

    @property
    def told(self) -> dict[str, Any]:
        """The fields of the step; a day of a state that is not "done" is not meant."""
        found = {name: self.cleaned_data[name] for name in FIELDS}
        return found | ({} if found["state"] == StepState.DONE else {"done_on": None})


class AnswerForm(Submitted):
    """What was found of a question of the review."""

    question = forms.ModelChoiceField(queryset=ReviewQuestion.objects.filter(is_active=True), widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    comment = forms.CharField(max_length=500, required=False)


class ConclusionForm(Submitted):
    """What follows from the review of the year."""

    conclusion = forms.CharField(
        label=pgettext_lazy("review", "Conclusion"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
