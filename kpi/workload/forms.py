"""Forms of norms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpi.workload.models import OutputNorm
from salescrm.base import show
from salescrm.base.periods import add_months, month_start
from staff.access import Role
from staff.models import Branch

POSTS = (Role.CSM, Role.CSH, Role.OPERATOR, Role.BDM_KEY, Role.BDM_RECOVERY)
BACK = 12  # months a norm may begin before this one


class _FromMonth(forms.Form):
    use_required_attribute = False
    month = forms.TypedChoiceField(label=_("From month"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        this = month_start(today)
        more["initial"] = {"month": this.isoformat()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        field = self.fields["month"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(m.isoformat(), show.month(m)) for n in range(BACK + 1) if (m := add_months(this, -n))]


class PortfolioNormForm(_FromMonth):
    """How many clients a post in a branch carries."""

    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.order_by("-is_head_office", "name"), empty_label=None
    )
    role = forms.ChoiceField(label=_("Post"), choices=[(one.value, one.label) for one in POSTS])
    tops = forms.IntegerField(label=_("TOP clients"), min_value=0, max_value=9999, required=False)
    others = forms.IntegerField(
        label=_("Other clients"), min_value=0, max_value=9999, required=False, help_text=_("Empty: no norm.")
    )
    field_order = ("branch", "role", "month", "tops", "others")


class OutputNormForm(_FromMonth):
    """How long an order, a call and a letter take."""

    order_minutes = forms.DecimalField(label=_("Minutes for an order"), min_value=0, max_value=999, decimal_places=1)
    call_minutes = forms.DecimalField(label=_("Minutes for a call"), min_value=0, max_value=999, decimal_places=1)
    letter_minutes = forms.DecimalField(label=_("Minutes for a letter"), min_value=0, max_value=999, decimal_places=1)
    day_hours = forms.DecimalField(
        label=_("Hours of a working day"), min_value=0.25, max_value=24, decimal_places=2, initial=8
    )

    @staticmethod
    def of(norm: OutputNorm | None) -> dict[str, Any]:
        """Return what the form begins with."""
        names = ("order_minutes", "call_minutes", "letter_minutes", "day_hours")
        return {name: getattr(norm, name) for name in names} if norm else {}
