"""Forms of claims: the registration and the decision."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.documents.endings import ENDINGS
from clients.documents.forms import FilesField
from clients.forms import plain
from clients.models import Client, Product, Shipment, ShipmentLine
from deals.claims.models import Claim, ClaimCause, ClaimKind, Wish
from deals.dealing.forms import money_field
from deals.forms import Picked, chosen_in, day_field

MOST_DAYS = 250  # of a term: a working year
DOCUMENTS = 50  # the latest ones of the client are offered, with their goods


def photos_field(*, required: bool) -> FilesField:
    """Make a field for photos and papers of a claim."""
    help_text = _("PDF, texts, tables and pictures, up to 20 MB each.")
    field = FilesField(label=_("Photos and files"), max_length=255, required=required, help_text=help_text)
    field.widget.attrs["accept"] = ",".join(f".{ending}" for ending in ENDINGS)
    return field


class ChooseClientForm(forms.Form):
    """Whose claim it is."""

    use_required_attribute = False
    client = Picked(label=_("Client"), queryset=Client.objects.none())

    def __init__(self, *args: Any, clients: QuerySet[Client], url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["client"]
        assert isinstance(field, Picked)  # noqa: S101
        field.queryset = clients
        field.show(chosen_in(self, clients), url)


class FilesForm(forms.Form):
    """Photos and papers on their way to a claim."""

    use_required_attribute = False
    uploads = photos_field(required=True)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()


class DocumentField(forms.ModelChoiceField[Shipment]):
    """A document of the client, by number and day."""

    def label_from_instance(self, obj: Shipment) -> str:
        """Name it."""
        return f"{obj.number} · {obj.day:%d.%m.%Y}"


class ClaimForm(forms.Form):
    """What the client says: the kind and what happened are enough."""

    use_required_attribute = False
    kind = forms.ModelChoiceField(
        label=pgettext_lazy("claim", "Kind"), queryset=ClaimKind.objects.filter(is_active=True), empty_label=None
    )
    happened = forms.CharField(
        label=pgettext_lazy("claim", "What happened"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    wish = forms.ChoiceField(label=_("The client wants"), choices=Wish.choices, initial=Wish.ANSWER)
    shipment = DocumentField(label=_("Document"), queryset=Shipment.objects.none(), required=False)
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none(), required=False)
    uploads = photos_field(required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        latest = Shipment.objects.filter(legal_entity__client=client).order_by("-day", "-pk")
        few = list(latest.values_list("pk", flat=True)[:DOCUMENTS])
        goods = ShipmentLine.objects.filter(shipment__in=few).values("product")
        for name, rows in (
            ("shipment", Shipment.objects.filter(pk__in=few).select_related("legal_entity").order_by("-day", "-pk")),
            ("product", Product.objects.filter(pk__in=goods).order_by("name")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = rows

    def clean_happened(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["happened"])


class WordForm(forms.Form):
    """A kind or a cause: what it is called and whether it is offered."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=150)
    name_en = forms.CharField(label=_("Name in English"), max_length=150, required=False)
    order = forms.IntegerField(label=pgettext_lazy("claim", "Place in the order"), min_value=0, max_value=9999)
    is_active = forms.BooleanField(label=_("Is offered for new claims"), required=False, initial=True)

    def clean_name(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["name"])

    def clean_name_en(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["name_en"])


def days_field(label: Any, initial: int) -> forms.IntegerField:
    """Make a field for a term in working days."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_DAYS, initial=initial)


class KindForm(WordForm):
    """A new kind with its first terms."""

    answer_days = days_field(_("Working days to the first answer"), 2)
    decision_days = days_field(_("Working days to the decision"), 10)

    def clean(self) -> dict[str, Any]:
        """Refuse a decision before the answer."""
        said = super().clean() or self.cleaned_data
        if said.get("decision_days", MOST_DAYS) < said.get("answer_days", 0):
            self.add_error("decision_days", _("The decision does not come before the first answer."))
        return said


class TermsForm(forms.Form):
    """Other terms of a kind from a day on."""

    use_required_attribute = False
    answer_days = days_field(_("Working days to the first answer"), 2)
    decision_days = days_field(_("Working days to the decision"), 10)
    effective_from = day_field(_("In force from"))
    comment = forms.CharField(label=_("Why"), max_length=300)

    def clean_comment(self) -> str:
        """Keep the words without what is not text."""
        return plain(self.cleaned_data["comment"])


class DecideForm(forms.Form):
    """Why it came to the claim, what is done and what it costs."""

    use_required_attribute = False
    cause = forms.ModelChoiceField(label=_("Cause"), queryset=ClaimCause.objects.filter(is_active=True))
    decision = forms.CharField(label=_("Decision"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    cost = money_field(_("Cost to us"), required=True)
    seen = forms.IntegerField(widget=forms.HiddenInput)


def start(claim: Claim) -> dict[str, Any]:
    """Return what the form of a decision begins with."""
    return {"cause": claim.cause_id, "decision": claim.decision, "cost": claim.cost, "seen": claim.version}
