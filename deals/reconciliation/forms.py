"""The form that makes tasks of lines: from which day on, how many a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deals.forms import day_field

PER_DAY, MOST_PER_DAY = 5, 50
LATEST = timedelta(days=366)


class TasksForm(forms.Form):
    """By which day the first ones are to be done, and how many a person gets for one day."""

    use_required_attribute = False
    due_on = day_field(_("First day"))
    per_day = forms.IntegerField(
        label=_("At most a day and person"), min_value=1, max_value=MOST_PER_DAY, initial=PER_DAY
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    def clean_due_on(self) -> date:
        """Refuse a day that is over, or more than a year ahead."""
        day: date = self.cleaned_data["due_on"]
        if not self.today <= day <= self.today + LATEST:
            raise ValidationError(_("The first day is today or within a year."))
        return day
