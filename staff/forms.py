"""Forms of the room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff.models import Absence, Employee


class AbsenceForm(forms.ModelForm[Absence]):
    """Days away, first and last, and who does the work meanwhile; the database's words come back as errors (R214)."""

    last_day = forms.DateField(label=_("last day"), widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = Absence
        fields = ["starts_on", "last_day", "substitute", "reason"]
        labels = {"starts_on": _("first day")}
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.employee = employee
        people = Employee.people.working().exclude(pk=employee.pk).exclude(role="none")
        substitute = self.fields["substitute"]
        assert isinstance(substitute, forms.ModelChoiceField)  # noqa: S101  # by the model
        substitute.queryset = people.order_by("last_name", "first_name")
        self.order_fields(["starts_on", "last_day", "substitute", "reason"])

    def clean(self) -> dict[str, Any]:
        """Turn the last day into the first day back; refuse a substitute who is away on some of these days."""
        data = super().clean() or {}
        if first := data.get("starts_on"):
            last = data.get("last_day") or first
            self.instance.ends_on = last + timedelta(days=1)
            self._refuse_absent(data.get("substitute"), first)
        return data

    def _refuse_absent(self, substitute: Employee | None, first: Any) -> None:
        away = Absence.objects.filter(employee=substitute, starts_on__lt=self.instance.ends_on, ends_on__gt=first)
        if substitute is not None and away.exists():
            raise ValidationError({"substitute": _("This person is away on some of these days too.")})

    def _get_validation_exclusions(self) -> set[str]:
        """Let the constraints see the employee and the end, which are no fields of the form."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"employee", "ends_on"}


class RecordForm(forms.ModelForm[Employee]):
    """Post, place and heads of a person; the role is offered to the administrator only (R201, R213)."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Reason"), max_length=200)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Employee
        fields = [
            "role",
            "position",
            "branch",
            "department",
            "administrative_head",
            "functional_head",
            "norm_share",
            "owns_clients",
            "recovery_limit",
            "hired_on",
        ]
        widgets = {"hired_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, with_role: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_role:
            del self.fields["role"]
        people = Employee.people.working().exclude(pk=self.instance.pk).exclude(role="none")
        for name in ("administrative_head", "functional_head"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # by the model
            field.queryset = people.order_by("last_name", "first_name")

    @property
    def told(self) -> dict[str, Any]:
        """The fields of the record."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("reason", "seen")}


class CalendarDayForm(forms.Form):
    """A day on which a branch works or rests, whatever the country does."""

    use_required_attribute = False

    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_working = forms.ChoiceField(
        label=_("On this day the branch"),
        choices=[("no", _("rests")), ("yes", _("works"))],
        initial="no",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
