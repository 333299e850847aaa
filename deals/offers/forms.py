"""Forms of offers and of their templates."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.forms import plain
from clients.models import Contact, LossReason, PointKind, Segment
from deals.dealing.forms import contacts_of
from deals.dealing.models import Deal
from deals.forms import day_field
from deals.offers import text
from deals.offers.actions import Answer
from deals.offers.models import PARTS, Letterhead, Offer, OfferTemplate, OfferTemplateVersion, SentBy

MOST_DAYS = 30


def _choices(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows


class OfferForm(forms.Form):
    """By which template an offer is made, for whom, until when; `seen` is the version of a draft the person saw."""

    use_required_attribute = False
    template = forms.ModelChoiceField(label=_("Template"), queryset=OfferTemplate.objects.none(), empty_label=None)
    contact = forms.ModelChoiceField(label=_("For whom"), queryset=Contact.objects.none(), required=False)
    valid_until = day_field(_("Valid until"))
    submission = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        _choices(self, "template", OfferTemplate.objects.all().offered_to(deal.client))
        _choices(self, "contact", contacts_of(deal.client))


class SendForm(forms.Form):
    """How an offer is sent, and when its reaction is asked for."""

    use_required_attribute = False
    way = forms.ChoiceField(label=_("How"), choices=SentBy.choices, widget=forms.RadioSelect, initial=SentBy.OTHER)
    email = forms.EmailField(label=_("E-mail"), required=False)
    remind_in = forms.IntegerField(
        label=_("Ask for the reaction in, working days"), min_value=1, max_value=MOST_DAYS, initial=3
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = offer.version
        points = offer.contact.points.filter(kind=PointKind.EMAIL).order_by("pk") if offer.contact else None
        known = points.first() if points is not None else None
        self.fields["email"].initial = known.value if known else ""

    def clean(self) -> dict[str, Any]:
        """Ask for the address where the program is to send the letter."""
        found = super().clean() or {}
        if found.get("way") == SentBy.EMAIL and not found.get("email") and "email" not in self.errors:
            self.add_error("email", _("Say to which address."))
        return found


class AnswerForm(forms.Form):
    """What the client said."""

    use_required_attribute = False
    answer = forms.ChoiceField(
        label=_("The client"),
        choices=[("yes", pgettext_lazy("offer", "accepts")), ("no", pgettext_lazy("offer", "refuses"))],
        widget=forms.RadioSelect,
    )
    day = day_field(_("On"))
    reason = forms.ModelChoiceField(
        label=_("Reason of refusal"), queryset=LossReason.objects.filter(is_active=True), required=False
    )
    comment = forms.CharField(
        label=_("What was said"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def told(self) -> Answer:
        """Return what the action asks for."""
        found = self.cleaned_data
        return Answer(found["answer"] == "yes", found["day"], plain(found["comment"]), found["reason"])


class TemplateForm(forms.Form):
    """A template: its name, for which types, its texts."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", _("Russian")), ("en", _("English"))])
    segments = forms.ModelMultipleChoiceField(
        label=_("Types of clients"),
        queryset=Segment.objects.filter(is_active=True),
        required=False,
        help_text=_("None chosen: all types."),
        widget=forms.SelectMultiple(attrs={"data-picker": ""}),
    )
    greeting = forms.CharField(label=_("Greeting"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    argument = forms.CharField(
        label=_("Why it pays the client"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    terms = forms.CharField(
        label=_("Terms"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stands under the table of goods."),
    )
    closing = forms.CharField(
        label=_("Closing"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_active = forms.BooleanField(label=_("Is offered"), required=False, initial=True)

    def __init__(self, *args: Any, template: OfferTemplate | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        self.fields["greeting"].help_text = ", ".join(f"{{{one}}}" for one in text.PLACEHOLDERS)

    def clean_name(self) -> str:
        """Refuse the name of another template."""
        name = plain(self.cleaned_data["name"])
        same = OfferTemplate.objects.filter(name=name)
        if self.template is not None:
            same = same.exclude(pk=self.template.pk)
        if same.exists():
            raise forms.ValidationError(_("There is a template of this name already."))
        return name

    def told(self) -> dict[str, Any]:
        """Return what the action asks for."""
        found = {name: self.cleaned_data[name] for name in ("name", "language", "segments", "is_active")}
        texts = {part: self.cleaned_data[part].replace("\r\n", "\n") for part in PARTS}
        return found | {"template": self.template, "texts": texts}


def start(template: OfferTemplate, version: OfferTemplateVersion) -> dict[str, Any]:
    """Return what the form of a template begins with."""
    own = {part: getattr(version, part) for part in PARTS}
    kept = {"name": template.name, "language": template.language, "is_active": template.is_active}
    return own | kept | {"segments": list(template.segments.all())}


class LetterheadForm(forms.ModelForm[Letterhead]):
    """What stands over and under offers."""

    use_required_attribute = False

    class Meta:
        model = Letterhead
        fields = ("name", "details", "footer")
        widgets = {"details": forms.Textarea(attrs={"rows": 3}), "footer": forms.Textarea(attrs={"rows": 2})}
