"""Forms of indicators: the set of a position, a line of it, an indicator; shares are typed in per cent."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from kpi.indicators.attainment import Scale
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.indicators.models import Scope as Whose
from kpi.measures import declared
from kpi.measures.models import ClientGroup
from kpi.plans.forms import Submitted
from salescrm.base import show
from salescrm.base.periods import add_months, month_start
from staff.access import Role

HUNDRED = Decimal(100)
STEP = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:=|→|:)\s*(\d{1,4}(?:[.,]\d{1,2})?)")
AHEAD = 14  # months offered to begin a set with
MOST_STEPS = 10


def _percent(label: Any, most: int) -> forms.DecimalField:
    field = forms.DecimalField(label=label, min_value=0, max_value=most, decimal_places=2)
    field.widget.attrs |= {"step": "any", "inputmode": "decimal"}
    return field


class BeginForm(Submitted):
    """From which month on."""

    month = forms.TypedChoiceField(label=_("From month"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        start = add_months(month_start(today), -1)
        field = self.fields["month"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(m.isoformat(), show.month(m)) for n in range(AHEAD) if (m := add_months(start, n))]


class LineForm(Submitted):
    """An indicator in a set; only what the position influences is offered (R235)."""

    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=Indicator.objects.none(), empty_label=None)
    weight = forms.IntegerField(label=_("Weight, %"), min_value=1, max_value=100)
    target = forms.DecimalField(
        label=_("Target"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=_("Empty: the plan of the month. Shares: 0.9"),
    )
    scale = forms.ChoiceField(label=pgettext_lazy("indicator", "Scale"), choices=Scale.choices)
    floor = _percent(_("Nothing below, %"), 1000)
    cap = _percent(_("No more than, %"), 9900)
    steps = forms.CharField(
        label=pgettext_lazy("indicator", "Steps"),
        required=False,
        max_length=200,
        help_text=_("From which per cent of the target it counts as how much: 80 = 50, 100 = 100, 120 = 130"),
    )

    def __init__(self, *args: Any, found: IndicatorSet, line: SetLine | None, **more: Any) -> None:
        more["initial"] = self._start(found, line) | (more.get("initial") or {})
        super().__init__(*args, seen=found.version, **more)
        field = self.fields["indicator"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        taken = [one.indicator_id for one in found.lines.all() if line is None or one.pk != line.pk]
        field.queryset = Indicator.objects.filter(roles__contains=[found.position.role]).exclude(pk__in=taken)

    @staticmethod
    def _start(found: IndicatorSet, line: SetLine | None) -> dict[str, Any]:
        if line is None:
            left = 100 - sum(one.weight for one in found.lines.all())
            return {"weight": max(left, 0) or None, "floor": 0, "cap": 120, "scale": Scale.LINEAR}
        words = ", ".join(f"{_typed(at)} = {_typed(counts)}" for at, counts in line.steps)
        return {
            "indicator": line.indicator_id, "weight": line.weight, "target": line.target, "scale": line.scale,
            "floor": line.floor * HUNDRED, "cap": line.cap * HUNDRED, "steps": words,
        }  # fmt: skip

    def clean_steps(self) -> list[list[str]]:
        """Read the steps: pairs of shares, each higher than the one before."""
        text = self.cleaned_data["steps"]
        pairs = [(_share(at), _share(counts)) for at, counts in STEP.findall(text)]
        rest = re.sub(r"[\s,;%]+", "", STEP.sub("", text))
        if rest or len(pairs) > MOST_STEPS or any(a >= b for a, b in pairwise(pairs)):
            raise ValidationError(gettext("Steps are pairs, each higher than the one before: 80 = 50, 100 = 100."))
        return [[str(at), str(counts)] for at, counts in pairs]

    def clean(self) -> dict[str, Any]:
        """Ask for steps where they are counted by; the floor lies below the cap."""
        data = super().clean() or self.cleaned_data
        if data.get("scale") == Scale.STEPS and "steps" in data and not data["steps"]:
            self.add_error("steps", gettext("Say the steps."))
        if data.get("floor") is not None and data.get("cap") is not None and data["floor"] >= data["cap"]:
            self.add_error("floor", gettext("The floor is below the cap."))
        data["target"] = data.get("target") or None
        return data

    @property
    def terms(self) -> dict[str, Any]:
        """Return the terms as they are stored."""
        names = ("indicator", "weight", "target", "scale", "steps")
        data = {name: self.cleaned_data[name] for name in names}
        return data | {name: self.cleaned_data[name] / HUNDRED for name in ("floor", "cap")}


class NameForm(forms.Form):
    """What an indicator is called and which posts it can be given to; what it measures stays."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=150)
    name_en = forms.CharField(label=_("Name in English"), max_length=150, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Posts"),
        choices=[choice for choice in Role.choices if choice[0] != Role.NONE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only posts with a function that influences the measure can be held to it."),
    )

    def clean_name(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["name"])

    def clean_name_en(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["name_en"])


class IndicatorForm(NameForm):
    """A new indicator of a declared measure."""

    measure = forms.ChoiceField(label=_("Measure"), choices=[])
    client_group = forms.ChoiceField(label=_("Group of clients"), choices=[], required=False)
    scope = forms.ChoiceField(label=_("Whose"), choices=Whose.choices)
    field_order = ("name", "name_en", "measure", "client_group", "scope", "roles")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        measure, group = self.fields["measure"], self.fields["client_group"]
        assert isinstance(measure, forms.ChoiceField)  # noqa: S101
        assert isinstance(group, forms.ChoiceField)  # noqa: S101
        measure.choices = [(one.code, one.name) for one in declared.MEASURES]
        group.choices = [("", _("all clients")), *ClientGroup.choices]


def _share(text: str) -> Decimal:
    return Decimal(text.replace(",", ".")) / HUNDRED


def _typed(share: str | float) -> str:
    return f"{(Decimal(str(share)) * HUNDRED).normalize():f}"
