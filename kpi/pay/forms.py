"""Forms of pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kpi.indicators.attainment import Scale
from kpi.indicators.models import Indicator
from kpi.pay.models import Part, PayScheme
from kpi.pay.rules import Way
from kpi.plans.forms import Submitted, comment_field, money_field
from salescrm.base import show
from salescrm.base.periods import add_months, month_start
from staff.access import Role
from staff.models import Position

HUNDRED = Decimal(100)


def percent_field(label: Any, *, most: int = 100, help_text: Any = "") -> forms.DecimalField:
    """Make a field for a share shown in per cent."""
    field = forms.DecimalField(label=label, min_value=0, max_value=most, decimal_places=2, help_text=help_text)
    field.widget.attrs |= {"step": "any", "inputmode": "decimal"}
    return field


class _FromMonth(Submitted):
    month = forms.TypedChoiceField(label=_("From month"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        start = add_months(month_start(today), -1)
        field = self.fields["month"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(m.isoformat(), show.month(m)) for n in range(14) if (m := add_months(start, n))]


class SchemeForm(_FromMonth):
    """A new scheme of a position."""

    position = forms.ModelChoiceField(
        label=_("Position"), queryset=Position.objects.exclude(role=Role.NONE).order_by("pk"), empty_label=None
    )

    field_order = ("position", "month")


class RateForm(_FromMonth):
    """The rate of the pay fund."""

    percent = percent_field(_("Pay fund, % of turnover"))


class TermsForm(Submitted):
    """The terms of a draft; shares are typed in per cent."""

    fixed_salary = money_field(_("Fixed salary"))
    soft_salary = money_field(_("Soft salary"), help_text=_("Paid by the score of its criteria."))
    soft_least = percent_field(_("Soft salary: nothing below a score of, %"))
    guarantee_months = forms.IntegerField(label=_("Transition guarantee, months"), min_value=0, max_value=2)
    guarantee_share = percent_field(_("Guaranteed part of the mean pay of three months before, %"))
    market_pay = money_field(_("Market pay of the post"), required=False)
    legacy_salary = money_field(
        _("Old formula: salary"), required=False, help_text=_("Empty: nothing is compared with the old formula.")
    )
    legacy_percent = percent_field(_("Old formula: per cent"))
    comment = comment_field()

    SHARES = ("soft_least", "guarantee_share")

    @classmethod
    def start(cls, scheme: PayScheme) -> dict[str, Any]:
        """Return what the form begins with."""
        found = {name: getattr(scheme, name) for name in cls.base_fields if hasattr(scheme, name)}
        found.pop("submission", None)
        return found | {name: found[name] * HUNDRED for name in cls.SHARES}

    @property
    def terms(self) -> dict[str, Any]:
        """Return the terms as they are stored."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("submission", "seen")}
        return data | {name: data[name] / HUNDRED for name in self.SHARES}


class ComponentForm(Submitted):
    """A component; shares are typed in per cent."""

    part = forms.ChoiceField(label=_("Part of the pay"), choices=Part.choices)
    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=Indicator.objects.none(), empty_label=None)
    way = forms.ChoiceField(label=_("Pays"), choices=Way.choices)
    rate = money_field(
        _("Rate"), required=False, help_text=_("Roubles at 100 %, per cent of the fact, or roubles for one.")
    )
    weight = forms.IntegerField(label=_("Weight in the soft salary, %"), min_value=0, max_value=100, required=False)
    is_permanent = forms.BooleanField(label=_("Permanent"), required=False)
    target = forms.DecimalField(
        label=_("Target"),
        required=False,
        min_value=0,
        help_text=_("Empty: that of the indicators, else of the plan. Shares: 0.9"),
    )
    scale = forms.ChoiceField(label=pgettext_lazy("indicator", "Scale"), choices=[])
    floor = percent_field(_("Nothing below, %"), most=1000)
    cap = percent_field(_("No more than, %"), most=9900)

    SHARES = ("floor", "cap")

    def __init__(self, *args: Any, role: str, **more: Any) -> None:
        super().__init__(*args, **more)
        indicator, scale = self.fields["indicator"], self.fields["scale"]
        assert isinstance(indicator, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(scale, forms.ChoiceField)  # noqa: S101
        indicator.queryset = Indicator.objects.filter(roles__contains=[role])
        scale.choices = [one for one in Scale.choices if one[0] != Scale.STEPS]

    def clean(self) -> dict[str, Any]:
        """Take what does not belong to the part out; ask for a rate or a weight."""
        data = super().clean() or self.cleaned_data
        is_soft = data.get("part") == Part.SOFT
        data["rate"] = Decimal(0) if is_soft else data.get("rate") or Decimal(0)
        data["weight"] = data.get("weight") or 0 if is_soft else 0
        if is_soft:
            data["way"], data["is_permanent"] = Way.TARGET, False
        data["target"] = data.get("target") or None
        if not is_soft and not data["rate"]:
            raise ValidationError({"rate": gettext("Say what the component pays.")})
        return data

    @property
    def terms(self) -> dict[str, Any]:
        """Return the terms as they are stored."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("submission", "seen")}
        return data | {name: data[name] / HUNDRED for name in self.SHARES}
