"""Forms of learning."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.handbook.models import Article
from staff.handbook.reading import in_force
from staff.learning import rights
from staff.learning.models import (
    Adaptation,
    AdaptationTask,
    Attendance,
    Competence,
    LearningStep,
    Level,
    Outcome,
    Training,
)
from staff.models import Employee


def day_input() -> forms.DateInput:
    """Return the field of a day as browsers draw it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _by_name(people: Any) -> Any:
    return people.filter(is_active=True).order_by("last_name", "first_name", "pk")


class AdaptationForm(forms.ModelForm[Adaptation]):
    """On what occasion, with whom, from when until when."""

    use_required_attribute = False

    class Meta:
        model = Adaptation
        fields = ["kind", "mentor", "starts_on", "ends_on"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.employee = employee
        mentor = self.fields["mentor"]
        assert isinstance(mentor, forms.ModelChoiceField)  # noqa: S101  # by the model
        mentor.queryset = _by_name(Employee.people.exclude(pk=employee.pk).exclude(role="none"))

    def _get_validation_exclusions(self) -> set[str]:
        """Let the constraints see the employee, who is no field of the form."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"employee"}


class ConclusionForm(forms.Form):
    """How an adaptation ends, or until when it goes on."""

    use_required_attribute = False
    EXTEND = "extend"
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[*Outcome.choices, (EXTEND, gettext_lazy("goes on for longer"))],
        widget=forms.RadioSelect,
        initial=Outcome.PASSED,
    )
    ends_on = forms.DateField(label=gettext_lazy("Goes on until"), widget=day_input(), required=False)
    note = forms.CharField(
        label=gettext_lazy("Conclusion"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the decision needs."""
        data = super().clean() or {}
        if data.get("outcome") == self.EXTEND and not data.get("ends_on"):
            self.add_error("ends_on", _("Say until when."))
        if data.get("outcome") in Outcome.values and not data.get("note"):
            self.add_error("note", _("Say how it went."))
        return data


class StepForm(forms.ModelForm[LearningStep]):
    """What is to be learned, until when, and the competence whose gap it closes."""

    use_required_attribute = False
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = LearningStep
        fields = ["title", "due_on", "competence"]
        widgets = {"due_on": day_input()}

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        competence = self.fields["competence"]
        assert isinstance(competence, forms.ModelChoiceField)  # noqa: S101  # by the model
        competence.queryset = Competence.objects.filter(is_used=True, role__in=("", employee.role))
        competence.empty_label = _("of no competence")


class ResultForm(forms.Form):
    """With what result a step is done."""

    use_required_attribute = False
    result = forms.CharField(
        label=gettext_lazy("Result"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True})
    )


class AssessmentForm(forms.Form):
    """The competence card: of each competence its level and, below what is expected, the reason."""

    use_required_attribute = False
    note = forms.CharField(
        label=gettext_lazy("Word to the card"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, asked: list[Competence], before: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one in asked:
            self.fields[f"level-{one.pk}"] = forms.TypedChoiceField(
                label=one.shown_name,
                choices=Level.choices,
                coerce=int,
                widget=forms.RadioSelect,
                initial=before.get(one.pk),
            )
            self.fields[f"why-{one.pk}"] = forms.CharField(
                label=_("Why it is missed: %(name)s") % {"name": one.shown_name},
                max_length=300,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": _("below the expected level: why")}),
            )

    @property
    def rows(self) -> list[tuple[Competence, Any, Any]]:
        """The competences with their two fields."""
        return [(one, self[f"level-{one.pk}"], self[f"why-{one.pk}"]) for one in self.asked]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a gap."""
        data = super().clean() or {}
        for one in self.asked:
            level = data.get(f"level-{one.pk}")
            if level is not None and level < one.expected and not data.get(f"why-{one.pk}"):
                self.add_error(f"why-{one.pk}", _("Say why the level is missed."))
        return data

    @property
    def marks(self) -> dict[int, tuple[int, str]]:
        """Levels and reasons by the id of a competence."""
        data = self.cleaned_data
        return {one.pk: (data[f"level-{one.pk}"], data[f"why-{one.pk}"]) for one in self.asked}


class TrainingForm(forms.ModelForm[Training]):
    """A training: topic, day, who trains, for whom."""

    use_required_attribute = False
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For whom"),
        queryset=Employee.objects.none(),
        widget=forms.SelectMultiple(attrs={"data-picker": ""}),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Training
        fields = ["topic", "kind", "held_on", "trainer", "outside_trainer", "article"]
        widgets = {"held_on": day_input()}

    field_order = ["topic", "kind", "held_on", "people", "trainer", "outside_trainer", "article", "submission"]

    def __init__(self, *args: Any, acting: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, trainer, article = (self.fields[name] for name in ("people", "trainer", "article"))
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101  # declared above
        assert isinstance(trainer, forms.ModelChoiceField)  # noqa: S101  # by the model
        assert isinstance(article, forms.ModelChoiceField)  # noqa: S101
        people.queryset = _by_name(rights.led_people(acting) | Employee.people.filter(pk=acting.pk))
        trainer.queryset = _by_name(Employee.people.exclude(role="none"))
        article.queryset = Article.objects.filter(withdrawn_at__isnull=True)
        article.choices = [("", _("of no article")), *((one.article_id, one.shown_title) for one in in_force())]

    def clean(self) -> dict[str, Any]:
        """Want one trainer, of the company or from outside."""
        data = super().clean() or {}
        if bool(data.get("trainer")) == bool(data.get("outside_trainer")) and not self.errors:
            raise ValidationError(_("Name who trains: one of the company or somebody from outside."))
        return data

    def _post_clean(self) -> None:
        """Leave the rules of the row to `clean`, which says them in one line."""


class HeldForm(forms.Form):
    """Who came to a training, and with what result."""

    use_required_attribute = False

    def __init__(self, *args: Any, attendances: Iterable[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attendances = list(attendances)
        for one in self.attendances:
            name = one.employee.short_name
            came = one.came is None or one.came
            self.fields[f"came-{one.pk}"] = forms.BooleanField(label=name, required=False, initial=came)
            self.fields[f"result-{one.pk}"] = forms.CharField(
                label=_("Result: %(name)s") % {"name": name},
                max_length=200,
                required=False,
                initial=one.result,
                widget=forms.TextInput(attrs={"placeholder": _("Result")}),
            )

    @property
    def rows(self) -> list[tuple[Attendance, Any, Any]]:
        """The people asked, with their two fields."""
        return [(one, self[f"came-{one.pk}"], self[f"result-{one.pk}"]) for one in self.attendances]

    @property
    def came(self) -> dict[int, tuple[bool, str]]:
        """By the id of an attendance: came, result."""
        data = self.cleaned_data
        return {one.pk: (data[f"came-{one.pk}"], data[f"result-{one.pk}"]) for one in self.attendances}


class WhyForm(forms.Form):
    """Why a training is cancelled."""

    use_required_attribute = False
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class CompetenceForm(forms.ModelForm[Competence]):
    """A competence of a role, or of everybody."""

    class Meta:
        model = Competence
        fields = ["role", "name", "name_en", "expected", "is_used"]


class AdaptationTaskForm(forms.ModelForm[AdaptationTask]):
    """A step of every adaptation to a role, or to any."""

    class Meta:
        model = AdaptationTask
        fields = ["role", "name", "name_en", "by_day", "is_used"]


def first_and_last(today: date, days: int) -> dict[str, date]:
    """Return what the form of an adaptation begins with: from today, `days` long."""
    return {"starts_on": today, "ends_on": date.fromordinal(today.toordinal() + days)}
