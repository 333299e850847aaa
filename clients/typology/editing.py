"""What the marketer edits in place: the kinds of rows, the row a new one belongs to, and where one stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from clients.models import (
    ChoiceList,
    DevelopmentNeed,
    DevelopmentStep,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    Sphere,
    TypicalObjection,
    TypicalProblem,
)
from clients.typology import forms
from salescrm.base import names

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kind:
    """A kind of rows: its table, its form, the field and table of what it belongs to; None: to everything."""

    model: type[Model]
    form: type[forms.RowForm]
    belongs: str
    to: type[Model] | None
    title: _StrPromise


KINDS = {
    "segment": Kind(Segment, forms.SegmentForm, "sphere", Sphere, _("Type")),
    "sign": Kind(Sign, forms.SignForm, "segment", Segment, _("Sign")),
    "question": Kind(Question, forms.QuestionForm, "segment", Segment, _("Question")),
    "parameter": Kind(Parameter, forms.ParameterForm, "sphere", Sphere, _("Parameter")),
    "choice": Kind(ParameterChoice, forms.ChoiceForm, "choice_list", ChoiceList, _("Choice")),
    "step": Kind(DevelopmentStep, forms.StepForm, "sphere", Sphere, _("Step of development")),
    "need": Kind(DevelopmentNeed, forms.NeedForm, "sphere", Sphere, _("What is needed")),
    "problem": Kind(TypicalProblem, forms.ProblemForm, "sphere", Sphere, _("Typical problem")),
    "objection": Kind(TypicalObjection, forms.ObjectionForm, "sphere", Sphere, _("Objection and answer")),
    "objection-of-type": Kind(TypicalObjection, forms.ObjectionForm, "segment", Segment, _("Objection and answer")),
    "objection-of-all": Kind(TypicalObjection, forms.ObjectionForm, "", None, _("Objection and answer")),
}


def new(kind: Kind, parent: Model | None) -> Any:
    """Return a row not stored yet that belongs to `parent` and stands last; a new type is not offered at first."""
    belongs = {kind.belongs: parent} if parent else {}
    row: Any = kind.model(**belongs)
    if isinstance(row, Segment):
        row.is_active = False
    elif isinstance(row, ParameterChoice):
        row.added_by_us = True
    if hasattr(row, "order"):
        last = kind.model._default_manager.filter(**belongs).order_by("-order").first()
        row.order = (getattr(last, "order", 0) or 0) + 10 if last else 10
    return row


def free_code(name: str) -> str:
    """Return a code nobody has for a new type."""
    stem = slugify(names.key(name))[:30] or "type"
    taken = set(Segment.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(len(taken) + 1) if (code := f"{stem}-{n}" if n else stem) not in taken)
