"""Forms of the structure."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.models import Branch, Position


class PostForm(forms.Form):
    """How many people a position of a branch has in the staffing plan."""

    use_required_attribute = False
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.order_by("-is_head_office", "name"), empty_label=None
    )
    position = forms.ModelChoiceField(label=_("Position"), queryset=Position.objects.order_by("name"), empty_label=None)
    units = forms.IntegerField(label=_("Units of staff"), min_value=0, max_value=999)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ApproveForm(forms.Form):
    """A word to the version; `seen` is the number of the last one when the page was looked at."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)
