"""Forms of action programmes: the aim of a year, a step, a review, the word at the end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from clients.models import Category, DevelopmentStep, Direction
from deals.forms import day_field
from deals.models import TaskKind
from salescrm.base import show
from salescrm.base.periods import month_start
from segmentation.forms import PercentField
from segmentation.priorities.programmes.actions import Aim
from segmentation.priorities.programmes.models import Path, Programme, ProgrammeState, Stage, Verdict

MONTHS = 12
OUTCOMES = [one for one in ProgrammeState.choices if one[0] in (ProgrammeState.REACHED, ProgrammeState.ENDED)]


def amount_field(label: Any, help_text: Any = "") -> forms.DecimalField:
    """Make a field for an amount in base currency that may stay empty."""
    return forms.DecimalField(
        label=label, help_text=help_text, required=False, min_value=1, max_digits=18, decimal_places=2
    )


def months_of(years: Iterable[int], today: date) -> list[tuple[str, str]]:
    """Offer the months of years from which turnover may be counted; of a year to come its first one."""
    found = [date(year, month + 1, 1) for year in years for month in range(MONTHS)]
    near = [one for one in found if one.year <= today.year or one.month == 1]
    return [(one.isoformat(), show.month(one)) for one in near]


def groups() -> list[Any]:
    """Offer all goods, the directions and the categories."""
    directions = [(f"d{one.pk}", str(one)) for one in Direction.objects.order_by("name")]
    categories = [(f"c{one.pk}", one.name) for one in Category.objects.order_by("name")]
    found: list[Any] = [("", gettext("all goods"))]
    found += [(gettext("Directions"), directions)] if directions else []
    return found + ([(gettext("Categories"), categories)] if categories else [])


class ProgrammeForm(forms.Form):
    """What is to be reached with a client: in words, of which goods, and one figure."""

    use_required_attribute = False

    aim = forms.CharField(label=_("Aim in words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = forms.TypedChoiceField(label=_("Counted from"), coerce=date.fromisoformat)
    group = forms.ChoiceField(label=_("Group of goods"), required=False)
    turnover = amount_field(_("Turnover aimed at, to the end of the year"))
    share = PercentField(label=_("or our share of the need, %"), required=False)
    need = amount_field(
        _("What the client needs of these goods in that time"),
        _("Of all suppliers, as you reckon it. Asked for when the aim is a share."),
    )

    def __init__(self, *args: Any, years: list[int], today: date, missing: Iterable[str], **kwargs: Any) -> None:
        """Without `years` the month it is counted from stays what `initial` says."""
        super().__init__(*args, **kwargs)
        starts_on, group = self.fields["starts_on"], self.fields["group"]
        assert isinstance(starts_on, forms.TypedChoiceField)  # noqa: S101
        assert isinstance(group, forms.ChoiceField)  # noqa: S101
        starts_on.choices, group.choices = months_of(years, today), groups()
        starts_on.initial = month_start(today) if today.year in years else None
        if not years:
            del self.fields["starts_on"]
        names = ", ".join(missing)
        if names:
            group.help_text = gettext("Usual for the type and not bought: %s") % names

    def clean_aim(self) -> str:
        """Put it on one line; refuse nothing but spaces."""
        return plain(self.cleaned_data["aim"])

    def clean_share(self) -> Any:
        """Refuse more than everything."""
        share = self.cleaned_data["share"]
        if share is not None and not 0 < share <= 1:
            raise ValidationError(_("A share lies between 0 and 100 %."))
        return share

    def clean(self) -> dict[str, Any]:
        """Ask for one figure, and for the need where it is a share."""
        data = super().clean() or {}
        if not {"turnover", "share"} & set(self.errors):
            if (data.get("turnover") is None) == (data.get("share") is None):
                self.add_error("turnover", _("Say a turnover or a share: one of them."))
            elif data.get("share") is not None and data.get("need") is None and "need" not in self.errors:
                self.add_error("need", _("Say of what need this is the share."))
        return data

    def told(self) -> Aim:
        """Return what the action asks for."""
        data = self.cleaned_data
        kind, number = data["group"][:1], data["group"][1:]
        return Aim(
            text=data["aim"],
            starts_on=data.get("starts_on") or self.initial["starts_on"],
            direction=int(number) if kind == "d" else None,
            category=int(number) if kind == "c" else None,
            turnover=data["turnover"],
            share=data["share"],
            need=data["need"],
        )


def aim_of(programme: Programme) -> dict[str, Any]:
    """Return what the form of a programme begins with."""
    direction, category = programme.direction_id, programme.category_id
    return {
        "aim": programme.aim,
        "starts_on": programme.starts_on,
        "group": f"d{direction}" if direction else f"c{category}" if category else "",
        "turnover": _typed(programme.aim_turnover),
        "share": programme.aim_share,
        "need": _typed(programme.need),
    }


def _typed(amount: Decimal | None) -> str:
    """Return an amount as a person would type it."""
    return "" if amount is None else f"{amount:.2f}".removesuffix(".00")


class StepForm(forms.Form):
    """A step: what, by when, and where it leads."""

    use_required_attribute = False

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.CALL, widget=forms.RadioSelect)
    due_on = day_field(_("By"))
    stage = forms.ChoiceField(
        label=_("Step of the cycle"), choices=[("", _("none of them")), *Stage.choices], required=False
    )
    path = forms.ChoiceField(label=_("Way to develop"), choices=[("", _("none of them"))], required=False)
    development = forms.ModelChoiceField(DevelopmentStep.objects.none(), required=False, widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, programme: Programme, today: date, is_top: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = today, max(programme.ends_on - timedelta(days=1), today)
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["due_on"].widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}
        development = self.fields["development"]
        assert isinstance(development, forms.ModelChoiceField)  # noqa: S101
        if programme.client.segment:
            development.queryset = DevelopmentStep.objects.filter(sphere=programme.client.segment.sphere_id)
        path = self.fields["path"]
        assert isinstance(path, forms.ChoiceField)  # noqa: S101
        ways = [one for one in Path.choices if is_top or one[0] != Path.BATCHES]
        path.choices = [("", _("none of them")), *ways]

    def clean_title(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["title"])

    def clean_due_on(self) -> date:
        """Keep to what is left of the programme's year."""
        day: date = self.cleaned_data["due_on"]
        if not self.first <= day <= self.last:
            said = {"first": show.day_long(self.first), "last": show.day_long(self.last)}
            raise ValidationError(_("A day from %(first)s to %(last)s."), params=said)
        return day


class ReviewForm(forms.Form):
    """What the head says of a quarter."""

    use_required_attribute = False

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("What has to change in the next quarter"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(forms.Form):
    """How a programme ends."""

    use_required_attribute = False

    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect)
    closing = forms.CharField(label=_("What came of it"), max_length=300)

    def clean_closing(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["closing"])
