"""Forms of pipelines and stages; each carries the version of the pipeline its person saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.forms import plain
from clients.models import LossReason, Segment
from deals.pipelines.models import Asked, Pipeline, Purpose, Stage, StageItem, StageResult, StageScript

TICKS = forms.CheckboxSelectMultiple


class Seen(forms.Form):
    """The version of the pipeline the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class PipelineForm(forms.ModelForm[Pipeline]):
    """What holds for a whole pipeline: for whom it is, what follows by itself, of what it may be lost."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Pipeline
        fields = (
            "name", "name_en", "purpose", "about", "segments", "opens_next", "next_after", "grouping", "sets_tasks",
            "asks_task", "escalates_after", "loss_reasons",
        )  # fmt: skip
        widgets = {"segments": TICKS, "loss_reasons": TICKS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version
        chosen = Q(pk__in=self.instance.segments.all())
        choose(self, "segments", Segment.objects.filter(Q(is_active=True) | chosen).order_by("sphere", "pk"))
        choose(self, "next_after", Stage.objects.open().filter(pipeline=self.instance, is_active=True))
        chosen = Q(pk__in=self.instance.loss_reasons.all())
        choose(self, "loss_reasons", LossReason.objects.filter(Q(is_active=True) | chosen))

    def clean_name(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["name"])


class NewPipeline(forms.Form):
    """A pipeline made after another one: its stages with all they ask for are taken over."""

    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=150, required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Purpose.choices)


class NewStage(forms.Form):
    """A stage, last of those a deal is worked in."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=150, required=False)
    norm_days = forms.IntegerField(
        label=gettext_lazy("Norm, days"), min_value=0, max_value=1000, required=False,
        help_text=gettext_lazy("Empty: no norm holds."),
    )  # fmt: skip


class OffForm(forms.Form):
    """Where the deals go that stand in what is switched off."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ModelChoiceField(
        label=gettext_lazy("Its deals go to"), queryset=Stage.objects.none(), required=False, empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, targets: Any, deals: int, names_pipeline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "to", targets)
        field = self.fields["to"]
        if names_pipeline and isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = lambda obj: f"{obj.pipeline} · {obj}"  # type: ignore[method-assign]
        field.required = deals > 0
        if not deals:
            del self.fields["to"]


class StageForm(forms.ModelForm[Stage]):
    """A stage: its norm, what passing it asks for, what is said, where one goes from it, its first task."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("Fields to pass it"), choices=Asked.choices, required=False, widget=TICKS
    )

    class Meta:
        model = Stage
        fields = (
            "name", "name_en", "norm_days", "goal", "probability", "is_past_offer", "forbids_offer", "asks",
            "needs_result", "needs_comment", "next_stages", "task_kind", "task_title", "task_days", "script",
        )  # fmt: skip
        widgets = {"next_stages": TICKS, "script": forms.Textarea(attrs={"rows": 8})}

    groups = {
        "about": ("name", "name_en", "norm_days", "probability", "goal", "is_past_offer", "forbids_offer"),
        "passing": ("asks", "needs_result", "needs_comment", "next_stages"),
        "task": ("task_kind", "task_title", "task_days"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage = self.instance
        self.fields["seen"].initial = stage.pipeline.version
        others = Stage.objects.filter(pipeline=stage.pipeline_id).exclude(pk=stage.pk).exclude(kind="lost")
        choose(self, "next_stages", others.filter(Q(is_active=True) | Q(pk__in=stage.next_stages.all())))
        if not stage.is_open:
            for name in [name for name in self.fields if name not in ("seen", "name", "name_en", "goal")]:
                del self.fields[name]

    def clean_name(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a first task with its kind."""
        found = super().clean() or self.cleaned_data
        if bool(found.get("task_kind")) != bool(found.get("task_title")):
            name = "task_title" if found.get("task_kind") else "task_kind"
            self.add_error(name, _("The first task of a stage has a kind and says what to do."))
        return found

    def group(self, name: str) -> list[Any]:
        """Return the fields of a part of the page."""
        return [self[field] for field in self.groups[name] if field in self.fields]

    about = property(lambda self: self.group("about"))
    passing = property(lambda self: self.group("passing"))
    task = property(lambda self: self.group("task"))


class ScriptForm(forms.ModelForm[StageScript]):
    """A script for some clients."""

    use_required_attribute = False

    class Meta:
        model = StageScript
        fields = ("segment", "life_cycle", "is_top", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        """Ask for whom it is."""
        found = super().clean() or self.cleaned_data
        if not (found.get("segment") or found.get("life_cycle") or found.get("is_top")):
            raise forms.ValidationError(_("A script for some clients says for which: a type, a state or TOP."))
        return found


class LineForm(forms.ModelForm[Any]):
    """A line of a checklist or a result: a new one is offered."""

    use_required_attribute = False


Results = inlineformset_factory(
    Stage, StageResult, form=LineForm, fields=("name", "name_en", "is_poor", "is_active"), extra=2, can_delete=False
)
Items = inlineformset_factory(
    Stage, StageItem, form=LineForm, fields=("name", "name_en", "position", "is_required", "is_active"), extra=2,
    can_delete=False, help_texts={"position": ""},
)  # fmt: skip
Scripts = inlineformset_factory(
    Stage, StageScript, form=ScriptForm, extra=1, can_delete=True, can_delete_extra=False
)  # fmt: skip
Lines = BaseInlineFormSet[Any, Stage, Any]


def choose(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Offer these rows in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows
