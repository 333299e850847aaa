"""Forms of plans."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kpi.plans.models import MOST_MONTHS
from kpi.plans.seasons import MONTHS, Curve
from salescrm.base import show
from salescrm.base.periods import add_months, month_start

SHARE = 2  # megabytes of a file at most


COMMENT = _("Comment")


def comment_field(label: Any = COMMENT, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """Make a field of one line."""
    return forms.CharField(label=label, max_length=300, required=required, help_text=help_text)


def money_field(label: Any, *, least: str = "0", **more: Any) -> forms.DecimalField:
    """Make a field for an amount."""
    field = forms.DecimalField(label=label, min_value=Decimal(least), max_digits=17, decimal_places=2, **more)
    field.widget.attrs |= {"step": "any", "inputmode": "decimal"}
    return field


class Submitted(forms.Form):
    """A form with the number that makes a double click one act, and the version it was drawn with."""

    use_required_attribute = False

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seen: int = 0, **more: Any) -> None:
        more["initial"] = {"submission": uuid.uuid4(), "seen": seen} | (more.get("initial") or {})
        super().__init__(*args, **more)

    @property
    def told_seen(self) -> int:
        """The version number the person had before the eyes; 0: none."""
        return int(self.cleaned_data.get("seen") or 0)

    @property
    def told_submission(self) -> uuid.UUID:
        """The number of the form; one of its own for a form without."""
        return self.cleaned_data.get("submission") or uuid.uuid4()


class PlanForm(Submitted):
    """A new version from a goal."""

    first_month = forms.TypedChoiceField(label=pgettext_lazy("period", "From"), coerce=date.fromisoformat)
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=MOST_MONTHS)
    goal = money_field(
        _("Goal: turnover of the whole period"),
        least="1",
        help_text=_(
            "It is divided by seasonality and working days among months, branches, people, groups and clients."
        ),
    )
    comment = comment_field()

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        start = add_months(month_start(today), -today.month + 1)
        field = self.fields["first_month"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(m.isoformat(), show.month(m)) for n in range(25) if (m := add_months(start, n))]


class GoalForm(Submitted):
    """The goal of a year."""

    amount = money_field(_("Goal, turnover of the year"), least="1")
    comment = comment_field()


class FigureForm(Submitted):
    """A figure of a row in a month."""

    amount = money_field(pgettext_lazy("sales", "Plan"))
    keep_total = forms.BooleanField(
        label=_("Keep the total of the month: the others give or take the difference"), required=False
    )


class OwnForm(Submitted):
    """A person's own figure for a row."""

    amount = money_field(_("What I think I will reach"))
    comment = comment_field(_("Why"))


class AnswerForm(Submitted):
    """What was agreed on."""

    agreed = money_field(_("Agreed figure"))
    words = comment_field(pgettext_lazy("own figure", "Answer"))


class ReasonForm(Submitted):
    """Why a plan is corrected."""

    reason = comment_field(_("Reason of the correction"), required=True)


class FileForm(Submitted):
    """A workbook of figures."""

    file = forms.FileField(label=_("Workbook (xlsx)"))

    def clean_file(self) -> Any:
        """Refuse what is too large to be a plan."""
        return _small(self.cleaned_data["file"])


class UploadForm(Submitted):
    """A new version from a file: a workbook of the export's layout, or a list of monthly targets."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook as the export writes it, or a list EmployeeID|TargetAmount|TargetMonth (csv)."),
    )
    people = forms.FileField(
        label=_("List of people"),
        required=False,
        help_text=_("For a list of targets: EmployeeID|Title|Salesperson (csv). Without it EmployeeID is a log-in."),
    )
    comment = comment_field()

    def clean_file(self) -> Any:
        """Refuse what is too large to be a plan."""
        return _small(self.cleaned_data["file"])

    def clean_people(self) -> Any:
        """Refuse what is too large to be a list of people."""
        return _small(self.cleaned_data["people"])


def _small(file: Any) -> Any:
    if file and file.size > SHARE << 20:
        raise ValidationError(gettext("The file is larger than %s MB.") % SHARE)
    return file


class CurveForm(Submitted):
    """Twelve coefficients of one direction and why they are changed."""

    comment = comment_field(_("Why they are changed"), required=True)

    def __init__(self, *args: Any, curve: Curve, months: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        for number, (value, name) in enumerate(zip(curve, months, strict=True), 1):
            self.fields[f"m{number}"] = forms.DecimalField(
                label=name, min_value=0, max_value=MONTHS, max_digits=6, decimal_places=4, initial=value
            )
            self.fields[f"m{number}"].widget.attrs |= {"step": "any", "inputmode": "decimal"}

    @property
    def curve(self) -> Curve:
        """The coefficients as they were typed."""
        return [self.cleaned_data[f"m{number}"] for number in range(1, MONTHS + 1)]
