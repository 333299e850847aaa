"""The forms of the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms import day_field, task_mark, time_field
from deals.models import Task


class MoveForm(forms.Form):
    """To which day and hour; `seen` is the mark of the values the person saw."""

    use_required_attribute = False
    due_on = day_field(_("Day"))
    due_time = time_field(_("At"))
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial, self.fields["due_time"].initial = task.due_on, task.due_time
        self.fields["seen"].initial = task_mark(task)
