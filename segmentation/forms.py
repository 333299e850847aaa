"""Forms of the room: the rule editor in per cent, decisions on hand-overs, a person's word on TOP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.models import LossReason
from salescrm.base import show
from segmentation.contact_norm import WHOLE, ContactNorm
from segmentation.models import RuleSet
from staff.models import Branch

CELLS = [(abc + xyz, abc + xyz) for abc in "ABC" for xyz in "XYZ"]
HUNDRED = Decimal(100)
PERCENTS = (
    "a_share", "b_share", "x_share", "y_share", "x_cv", "y_cv", "key_client_share", "size_night", "size_month_end",
    "size_30_days", "backlog_share", "concentration_warning", "concentration_critical",
)  # fmt: skip
NOT_TYPED = ("id", "author", "created_at")
MONTHS = ("top_months", "new_months", "shop_months", "other_months")


class PercentField(forms.DecimalField):
    """A fraction that people read and type in per cent."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "size": 6}))
        super().__init__(min_value=0, max_value=1000, decimal_places=2, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a fraction as per cent without needless zeros."""
        if isinstance(value, (Decimal, float, int)):
            return (Decimal(str(value)) * HUNDRED).normalize().to_eng_string() if value else "0"
        return value

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs derive it from whole numbers
        """Read per cent as a fraction; a comma and a point both separate."""
        number = super().to_python(str(value).replace(",", ".").replace("%", "").strip() if value else value)
        return None if number is None else number / HUNDRED

    def validate(self, value: Any) -> None:
        """Check presence only; limits were those of per cent."""
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """Check the limits in per cent, as they were typed."""
        super().run_validators(value if value is None else value * HUNDRED)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the fractions."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class RulesForm(forms.ModelForm[RuleSet]):
    """A new rule set, begun from the one in force."""

    top_cells = forms.MultipleChoiceField(
        label=_("TOP classes"), choices=CELLS, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = RuleSet
        fields = [one.name for one in RuleSet._meta.concrete_fields if one.name not in NOT_TYPED]
        widgets = {
            "effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "first_purchase_known_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, earliest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.fields["effective_from"].widget.attrs["min"] = earliest.isoformat()
        self.fields["comment"].required = True
        for name in PERCENTS:
            old = self.fields[name]
            self.fields[name] = PercentField(label=f"{old.label}, %", help_text=old.help_text, required=True)

    def clean_effective_from(self) -> date | None:
        """Refuse a day a night has been run for: what was decided stays decided."""
        return not_used(self.cleaned_data["effective_from"], self.earliest)

    def clean_top_cells(self) -> list[str]:
        """Ask for at least one class."""
        cells = sorted(self.cleaned_data["top_cells"])
        if not cells:
            raise ValidationError(_("Choose at least one class: without one nobody is TOP."))
        return cells

    def draft(self) -> RuleSet | None:
        """Return the unsaved rule set, None while something is wrong; day and comment are not asked for yet."""
        self.fields["effective_from"].required = self.fields["comment"].required = False
        self.is_valid()
        wrong = set(self.errors) - {"effective_from", "comment"}
        return None if wrong else self.instance


class TrialForm(forms.Form):
    """Of which months, by which rules and of which branch's clients classes are reckoned on trial (R61)."""

    use_required_attribute = False
    as_of = forms.DateField(
        label=_("as of"),
        help_text=_("the window ends with the last full month up to this day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    months = forms.IntegerField(
        label=_("window, months"), help_text=_("empty: as the rules say"), min_value=3, max_value=36, required=False
    )
    rules = forms.ModelChoiceField(label=_("rules"), queryset=RuleSet.objects.none(), empty_label=None)
    branch = forms.ModelChoiceField(
        label=_("branch"),
        queryset=Branch.objects.order_by("-is_head_office", "name"),
        empty_label=_("All branches"),
        required=False,
    )

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last
        self.fields["as_of"].widget.attrs["max"] = last.isoformat()
        rules = cast("forms.ModelChoiceField[RuleSet]", self.fields["rules"])
        rules.queryset = RuleSet.objects.order_by("-effective_from")
        rules.label_from_instance = self.named  # type: ignore[method-assign, assignment]

    @staticmethod
    def named(rules: RuleSet) -> str:
        """Name a version by the day it is in force from."""
        comment = f": {rules.comment}" if rules.comment else ""
        return show.day_long(rules.effective_from) + comment

    def clean_as_of(self) -> date | None:
        """Refuse a day no night knows yet."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > self.last:
            said = {"day": show.day_long(self.last)}
            raise ValidationError(_("The newest night is of %(day)s: choose no later day."), params=said)
        return day


class NormForm(forms.ModelForm[ContactNorm]):
    """A new version of the contact norm, begun from the latest one."""

    use_required_attribute = False

    class Meta:
        model = ContactNorm
        fields = [one.name for one in ContactNorm._meta.concrete_fields if one.name not in NOT_TYPED]
        widgets = {"effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, earliest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.fields["effective_from"].widget.attrs["min"] = earliest.isoformat()
        self.fields["comment"].required = True
        for name in MONTHS:
            label = self.fields[name].label
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=[(month, month) for month in WHOLE], coerce=int
            )

    def clean_effective_from(self) -> date | None:
        """Refuse a day a night has been run for: its terms were reckoned by the norm of that day."""
        return not_used(self.cleaned_data["effective_from"], self.earliest)


def not_used(day: date | None, earliest: date) -> date | None:
    """Return the day; raise ValidationError for one a night has already been run for."""
    if day is not None and day < earliest:
        said = {"day": show.day_long(earliest)}
        raise ValidationError(
            _("A night has already used the rules of that day; the earliest is %(day)s."), params=said
        )
    return day


class SearchForm(forms.Form):
    """What the TOP list should reach: a number of clients, or a share of turnover."""

    clients = forms.IntegerField(label=_("TOP clients"), min_value=1, max_value=1_000_000, required=False)
    coverage = PercentField(label=_("share of turnover, %"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data = super().clean() or {}
        if not data.get("clients") and not data.get("coverage"):
            raise ValidationError(_("Name a number of clients or a share of turnover."))
        return data


class UntilForm(forms.Form):
    """A reason and the day until which a decision holds."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
    until = forms.DateField(
        label=_("Until, not counted"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: the number of days in the rules, or the next purchase if that comes earlier."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["until"].widget.attrs["min"] = today.isoformat()

    def clean_until(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["until"]
        if day is not None and day <= self.today:
            raise ValidationError(_("The date lies after today."))
        return day


class AnswerForm(forms.Form):
    """Why a client is silent: a reason of the dictionary and one line; `since` is the silence that was asked about."""

    use_required_attribute = False  # the browser would say it in its own language

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=LossReason.objects.filter(is_active=True),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a reason."),
            "invalid_choice": _("This reason is no longer used: choose another one."),
        },
    )
    note = forms.CharField(label=_("In one line"), max_length=300, required=False)
    since = forms.DateField(widget=forms.HiddenInput)


class ArchiveForm(forms.Form):
    """Why clients are put into the archive: a reason of the dictionary and, if wished, one line."""

    use_required_attribute = False  # the browser would say it in its own language

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=LossReason.objects.filter(is_active=True),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a reason."),
            "invalid_choice": _("This reason is no longer used: choose another one."),
        },
    )
    note = forms.CharField(label=_("In one line"), max_length=200, required=False)


class UndoForm(forms.Form):
    """How long an undone hand-over keeps the client out of the next ones."""

    HOLD = [("purchase", _("until the next purchase")), ("days", _("30 days"))]
    hold = forms.ChoiceField(
        label=_("Not handed over again"),
        choices=HOLD,
        initial="purchase",
        required=False,  # the undo of a toast asks nothing: until the next purchase
        widget=forms.RadioSelect,
    )


class OverrideForm(UntilForm):
    """A person's word on TOP membership."""

    WAYS = [("in", _("in the list")), ("out", _("out of the list"))]
    way = forms.ChoiceField(label=_("The client is"), choices=WAYS, widget=forms.RadioSelect)
    field_order = ["way", "until", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].required = True
        self.fields["until"].help_text = _("The nights obey until that day; then the rules decide again.")
