"""Forms of contracts: the contract itself, its file, a decision, the signing."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.documents.endings import ENDINGS, fault
from clients.forms import plain
from clients.models import Client, LegalEntity, Ownership
from deals.contracts.models import Contract, ContractKind
from deals.dealing.models import Deal
from deals.forms import day_field
from staff.models import Employee

FIELDS = (
    "kind", "main", "legal_entity", "deal", "number", "subject", "payment_terms", "starts_on", "ends_on", "notice_days",
)  # fmt: skip


def _choices(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows


class PaperField(forms.FileField):
    """A file of a kind that is kept."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is not kept."""
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if upload and (wrong := fault(upload)):
            raise ValidationError(wrong)
        return upload

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Offer files of these kinds."""
        return super().widget_attrs(widget) | {"accept": ",".join(f".{ending}" for ending in ENDINGS)}


class ContractForm(forms.Form):
    """What is agreed with a client; `seen` is the version the person saw of one that is corrected."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=pgettext_lazy("contract", "Kind"), choices=ContractKind.choices)
    main = forms.ModelChoiceField(label=_("Addition to the contract"), queryset=Contract.objects.none(), required=False)
    subject = forms.CharField(label=pgettext_lazy("contract", "Subject"), max_length=300)
    legal_entity = forms.ModelChoiceField(
        label=_("Legal entity"), queryset=LegalEntity.objects.none(), empty_label=None
    )
    deal = forms.ModelChoiceField(label=_("Deal"), queryset=Deal.objects.none(), required=False)
    number = forms.CharField(label=pgettext_lazy("contract", "Number"), max_length=60, required=False)
    payment_terms = forms.CharField(label=_("Payment terms"), max_length=300, required=False)
    starts_on = day_field(pgettext_lazy("contract", "In force from"), required=False)
    ends_on = day_field(pgettext_lazy("contract", "In force up to"), required=False)
    notice_days = forms.IntegerField(
        label=_("Days of notice to terminate"), min_value=0, max_value=1000, required=False
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, client: Client, contract: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        mains = Contract.objects.filter(client=client, main__isnull=True)
        _choices(self, "main", (mains.exclude(pk=contract.pk) if contract else mains).order_by("-pk"))
        _choices(self, "legal_entity", client.legal_entities.order_by("pk"))
        own = Q(pk=contract.deal_id) if contract and contract.deal_id else Q(pk__in=[])
        _choices(self, "deal", Deal.objects.filter(Q(state="open") | own, client=client).order_by("-pk"))

    def clean(self) -> dict[str, Any]:
        """An additional agreement names its contract, and a term its first day."""
        found = super().clean() or {}
        is_addition = found.get("kind") == ContractKind.ADDITION
        if is_addition and not found.get("main") and "main" not in self.errors:
            self.add_error("main", _("Say to which contract it belongs."))
        if not is_addition:
            found["main"] = None
        first, last = found.get("starts_on"), found.get("ends_on")
        if last and (first is None or last < first) and "starts_on" not in self.errors:
            self.add_error("ends_on", _("A contract ends after it starts."))
        return found

    def told(self) -> dict[str, Any]:
        """Return the fields the action asks for."""
        found = {name: self.cleaned_data[name] for name in FIELDS}
        return found | {name: plain(found[name]) for name in ("subject", "number", "payment_terms")}


class FileForm(forms.Form):
    """A new version of the paper."""

    use_required_attribute = False
    upload = PaperField(
        label=_("File"), max_length=255, help_text=_("PDF, texts, tables and pictures, up to 20 MB each.")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """A reason."""

    use_required_attribute = False
    why = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class SignForm(forms.Form):
    """When both signed it; the paper may come later."""

    use_required_attribute = False
    day = day_field(_("Signed on"))
    upload = PaperField(label=_("Signed paper"), max_length=255, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


def start(contract: Contract) -> dict[str, Any]:
    """Return what the form of a contract begins with."""
    return {name: getattr(contract, name) for name in FIELDS} | {"seen": contract.version}


def responsible_of(client: Client, person: Employee) -> Employee:
    """Return who answers for a new contract: the client's owner, else who makes it."""
    held = Ownership.objects.filter(client=client, ends_on=None).select_related("owner").first()
    return held.owner if held else person
