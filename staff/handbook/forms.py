"""Forms of the sales book."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import Role
from staff.handbook import quizzes
from staff.handbook.models import RESERVED, Article, ArticleVersion, Quiz, Section, Setup
from staff.models import Employee

LOG_INS = [choice for choice in Role.choices if choice[0] != Role.NONE]
KEY = re.compile(r"[a-z0-9_-]{1,60}")


class VersionForm(forms.ModelForm[ArticleVersion]):
    """The words of a draft; `seen` names the version it was made from."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=30)

    class Meta:
        model = ArticleVersion
        fields = ["title", "text", "title_en", "text_en", "changed", "asks_again"]
        widgets = {"text": forms.Textarea(attrs={"rows": 18}), "text_en": forms.Textarea(attrs={"rows": 18})}


class NewForm(forms.ModelForm[ArticleVersion]):
    """The first draft of an article, with its code and section."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Latin letters, figures, - and _.")
    )
    section = forms.ChoiceField(label=gettext_lazy("Section"), choices=Section.choices)

    field_order = ["section", "code"]

    class Meta:
        model = ArticleVersion
        fields = ["title", "text", "title_en", "text_en"]
        widgets = {"text": forms.Textarea(attrs={"rows": 18}), "text_en": forms.Textarea(attrs={"rows": 18})}

    def __init__(self, *args: Any, sections: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [one for one in Section.choices if one[0] in sections]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """Refuse a code that is taken or is a word of an address."""
        code = str(self.cleaned_data["code"]).lower()
        if code in RESERVED or Article.objects.filter(code=code).exists():
            raise ValidationError(_("There is an article with this code already."))
        return code


class ArrangeForm(forms.ModelForm[Article]):
    """Whom an article concerns, until when it is read, what leads to it."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=LOG_INS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("No role and no position chosen: everybody with a log-in."),
    )
    rests_on = forms.MultipleChoiceField(
        label=gettext_lazy("Settings that carry it out"),
        choices=Setup.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("When they change, the text is marked to be looked through."),
    )
    explains = forms.CharField(
        label=gettext_lazy("Places that lead here"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Keys with commas: stage-shipment-offer, pipeline-claim, task-call, measure-turnover."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = [
            "section", "place", "owner", "must_read", "term_days", "roles", "positions", "branches", "explains",
            "rests_on",
        ]  # fmt: skip
        widgets = {"positions": forms.CheckboxSelectMultiple, "branches": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        owner.queryset = Employee.people.working().exclude(role=Role.NONE).order_by("last_name", "first_name")
        if not self.is_bound:
            self.initial["explains"] = ", ".join(self.instance.explains)

    def clean_explains(self) -> list[str]:
        """Return the keys as a list."""
        keys = [one.strip().lower() for one in self.cleaned_data["explains"].split(",") if one.strip()]
        wrong = [one for one in keys if not KEY.fullmatch(one)]
        if wrong:
            raise ValidationError(_("“%(key)s” is no key: Latin letters, figures, - and _.") % {"key": wrong[0]})
        return list(dict.fromkeys(keys))


class WhyForm(forms.Form):
    """A reason; `seen` is the state the person saw."""

    why = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=30)


class QuizForm(forms.ModelForm[Quiz]):
    """The questions of a test; `seen` is the number of the one it was made from."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Quiz
        fields = ["text", "text_en", "pass_mark", "tries"]
        widgets = {"text": forms.Textarea(attrs={"rows": 16}), "text_en": forms.Textarea(attrs={"rows": 16})}

    def clean(self) -> dict[str, Any]:
        """Refuse questions that cannot be read, or that differ in the two languages."""
        said = super().clean() or self.cleaned_data
        for name in ("text", "text_en"):
            if said.get(name):
                try:
                    quizzes.read(said[name])
                except quizzes.BadQuiz as fault:
                    self.add_error(name, str(fault))
        if said.get("text") and said.get("text_en") and not self.errors:
            try:
                quizzes.agree(said["text"], said["text_en"])
            except quizzes.BadQuiz as fault:
                self.add_error("text_en", str(fault))
        return said


class TryForm(forms.Form):
    """A person's answers: a group of boxes per question, of one right answer a group of which one is chosen."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: list[quizzes.Question], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("submission", uuid.uuid4())
        super().__init__(*args, **kwargs)
        self.count = len(questions)
        for place, one in enumerate(questions):
            many = len(one.right) > 1
            kind = forms.MultipleChoiceField if many else forms.ChoiceField
            self.fields[f"q{place}"] = kind(
                label=f"{place + 1}. {one.words}",
                choices=[(str(at), words) for at, (words, _right) in enumerate(one.answers)],
                widget=forms.CheckboxSelectMultiple if many else forms.RadioSelect,
                help_text=_("More than one answer is right.") if many else "",
            )

    def given(self) -> list[set[int]]:
        """Return the chosen answers by question."""
        chosen = [self.cleaned_data[f"q{place}"] for place in range(self.count)]
        return [{int(one) for one in (many if isinstance(many, list) else [many])} for many in chosen]
