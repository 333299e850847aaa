"""Forms of claims: the registration and the decision."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.forms import plain
from clients.models import Client, Product, Shipment, ShipmentLine
from deals.claims.models import Claim, ClaimCause, ClaimKind, Wish
from deals.dealing.forms import money_field

DOCUMENTS = 50  # the latest ones of the client are offered, with their goods


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
