"""Forms of the typology: an answer, a type, a decision, a version, and the rows the marketer edits."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from clients.models import (
    Answer,
    AnswerType,
    DecisionRole,
    DevelopmentNeed,
    DevelopmentStep,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    TypicalObjection,
    TypicalProblem,
    TypologyVersion,
)
from clients.models.typology import OF_A_LIST
from clients.typology.catalogue import Catalogue, gap_words
from clients.typology.questionnaire import Item
from staff.models import Employee

LARGEST = 1_000_000
LONGEST = 1_000
YES_NO = (("yes", _("yes")), ("no", _("no")))
NONCORE = (*YES_NO, ("noncore", _("not its main business")))


class AnswerForm(forms.Form):
    """One answer of the questionnaire: its field is of the type the item asks for; empty takes the answer back."""

    def __init__(self, item: Item, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{item.key}-%s", initial={"value": item.value})
        self.item = item
        self.fields["value"] = answer_field(item)

    @property
    def stored(self) -> Any:
        """The value as an answer keeps it; None when it is empty."""
        value, kind = self.cleaned_data["value"], self.item.answer_type
        if value in (None, "", []):
            return None
        if self.item.kind == "sign":
            return True if value else None
        if kind == AnswerType.MULTI:
            return sorted(int(one) for one in value)
        return int(value) if kind == AnswerType.SINGLE else value


def answer_field(item: Item) -> forms.Field:
    """Build the field of an item; choices no longer offered stay where they are the answer."""
    label = str(item.subject)
    said = item.value if isinstance(item.value, list) else [item.value]
    choices = [(str(one.pk), str(one)) for one in item.choices if one.is_active or one.pk in said]
    if item.kind == "sign":
        return forms.BooleanField(label=label, required=False)
    if item.answer_type == AnswerType.MULTI:
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if item.answer_type == AnswerType.INTEGER:
        return forms.IntegerField(label=label, required=False, min_value=0, max_value=LARGEST)
    if item.answer_type == AnswerType.TEXT:
        return forms.CharField(
            label=label, required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
        )
    fixed = {AnswerType.YES_NO: YES_NO, AnswerType.YES_NO_NONCORE: NONCORE}
    offered = fixed[AnswerType(item.answer_type)] if item.answer_type in fixed else choices
    unknown = ("", _("not known"))
    return forms.ChoiceField(label=label, required=False, choices=[*offered, unknown], widget=forms.RadioSelect)


def by_sphere(segments: list[Segment], *, empty: Any = "") -> list[Any]:
    """List segments under their spheres, for a picker."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in segments:
        found.setdefault(str(one.sphere), []).append((str(one.pk), str(one)))
    return [("", empty), *found.items()]


class TypeForm(forms.Form):
    """A type for one client and the reason, if it is not the suggested one; `seen` marks what the person saw."""

    segment = forms.ChoiceField(label=_("Type"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed when it is not the suggested type."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = by_sphere(catalogue.offered)
        self.catalogue = catalogue

    def clean_reason(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["reason"])

    @property
    def chosen(self) -> Segment:
        """The chosen segment."""
        return self.catalogue.segments[int(self.cleaned_data["segment"])]


class TypeManyForm(forms.Form):
    """A type for many clients, or the one that the old type of each leads to."""

    segment = forms.ChoiceField(label=_("Type"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = by_sphere(catalogue.offered, empty=_("the one the old type of each leads to"))
        self.catalogue = catalogue

    def clean_reason(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["reason"])

    @property
    def chosen(self) -> Segment | None:
        """The chosen segment; None: by the old types."""
        value = self.cleaned_data["segment"]
        return self.catalogue.segments[int(value)] if value else None


class ReturnForm(forms.Form):
    """Why a type is returned to its author."""

    note = forms.CharField(label=_("Reason"), max_length=300)

    def clean_note(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["note"])


class VersionForm(forms.ModelForm[TypologyVersion]):
    """From when the typology as it stands is in force, and why; with gaps in it that has to be said."""

    anyway = forms.BooleanField(label=_("Publish although these types have gaps"), required=False)

    class Meta:
        model = TypologyVersion
        fields = ("effective_from", "comment")
        widgets = {"effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, has_gaps: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["effective_from"].initial = today
        if not has_gaps:
            del self.fields["anyway"]

    def clean_effective_from(self) -> date:
        """Refuse a day that is past: what was in force then is history."""
        day: date = self.cleaned_data["effective_from"]
        if day < self.today:
            raise ValidationError(_("A version is in force from today or later."))
        return day

    def clean_comment(self) -> str:
        """Put the comment on one line."""
        return plain(self.cleaned_data["comment"])

    def clean_anyway(self) -> bool:
        """Ask to say that the gaps are known (R27)."""
        if not self.cleaned_data["anyway"]:
            raise ValidationError(_("Some types have gaps. Fill them, or say that you publish anyway."))
        return True


class RowForm(forms.ModelForm[Any]):
    """A row of the typology; `seen` is the mark of the values the person saw when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.fields["seen"].initial = mark(self.instance)
        for name in ("segment", "yes_segment", "no_segment"):
            if isinstance(field := self.fields.get(name), forms.ModelChoiceField):
                field.queryset = Segment.objects.select_related("sphere").order_by("sphere", "pk")
        if isinstance(owner := self.fields.get("owner"), forms.ModelChoiceField):
            owner.queryset = _people()

    def clean(self) -> dict[str, Any]:
        """Put one-line texts on one line."""
        cleaned = super().clean() or {}
        for name in ("text", "name", "name_en"):
            if isinstance(cleaned.get(name), str):
                cleaned[name] = plain(cleaned[name])
        return cleaned


def _people() -> QuerySet[Employee]:
    return Employee.objects.filter(is_active=True).order_by("last_name", "first_name", "pk")


def mark(row: Model) -> str:
    """Return a mark of a row's values: another mark means somebody changed one of them."""
    values = [getattr(row, one.attname) for one in row._meta.concrete_fields]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


class SegmentForm(RowForm):
    """A segment; one with gaps is offered only when that is said (R27)."""

    anyway = forms.BooleanField(label=_("Offer it although it has gaps"), required=False)

    class Meta:
        model = Segment
        fields = (
            "name", "name_en", "target_group", "priority", "description", "criteria", "business", "decisions",
            "consumption", "development", "words", "is_active",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("description", "criteria", "business", "decisions", "consumption", "development")
        } | {"words": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_active = self.instance.pk is not None and self.instance.is_active

    def clean(self) -> dict[str, Any]:
        """Refuse to switch a type with gaps on without a word."""
        cleaned = super().clean()
        if cleaned.get("is_active") and not self.was_active and not cleaned.get("anyway"):
            for name, value in cleaned.items():
                setattr(self.instance, name, value)
            gaps = gap_words(self.catalogue.gaps(self.instance))
            if gaps:
                raise ValidationError(
                    _("The type cannot be offered yet: %(gaps)s. Fill the gaps, or say that you offer it anyway.")
                    % {"gaps": ", ".join(gaps)}
                )
        return cleaned


class ParameterForm(RowForm):
    """A parameter; how it is answered stays once somebody has answered."""

    class Meta:
        model = Parameter
        fields = (
            "name", "name_en", "answer_type", "choice_list", "yes_segment", "no_segment", "order", "is_active",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse another kind of answers where answers are stored, and a list where none is chosen from."""
        cleaned = super().clean()
        is_other_kind = self.instance.pk and {"answer_type", "choice_list"} & set(self.changed_data)
        if is_other_kind and Answer.objects.filter(parameter=self.instance.pk).exists():
            raise ValidationError(_("Clients have answers of this kind already: make another parameter."))
        if bool(cleaned.get("choice_list")) != (cleaned.get("answer_type") in OF_A_LIST):
            raise ValidationError(_("A list of choices belongs to answers chosen from a list, and to no others."))
        return cleaned


class ObjectionForm(RowForm):
    """An objection with its answer, each on one line; `order` says which stands first while one talks."""

    class Meta:
        model = TypicalObjection
        fields = ("text", "answer", "role", "order", "is_active")
        widgets = {"answer": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101
        role.choices = [("", _("anybody")), *DecisionRole.choices]

    def clean_answer(self) -> str:
        """Put the answer on one line."""
        return plain(self.cleaned_data["answer"])


def row_form(model_of: type[Model], *names: str) -> type[RowForm]:
    """Build the form of a plain row."""
    return cast("type[RowForm]", forms.modelform_factory(model_of, RowForm, fields=[*names, "order", "is_active"]))


SignForm = row_form(Sign, "text")
QuestionForm = row_form(Question, "text")
ChoiceForm = row_form(ParameterChoice, "name", "name_en", "segment", "category")
StepForm = row_form(DevelopmentStep, "text", "kind")
NeedForm = row_form(DevelopmentNeed, "text", "state", "owner")
ProblemForm = row_form(TypicalProblem, "text")
