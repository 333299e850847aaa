"""Forms of invoices, payments, contacts, deferrals and the rules."""

from __future__ import annotations

import re
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from clients.models import SPOKEN, Client, CommunicationKind, LegalEntity
from deals.forms import Picked, chosen_in, day_field
from deals.invoices.models import CancelReason, ContactResult, Deferral, Invoice, InvoiceRules

KINDS = [one for one in CommunicationKind.choices if one[0] in (*SPOKEN, CommunicationKind.LETTER)]
RULES = ("valid_days", "contact_days_new", "contact_days_other", "escalation_day", "hand_over_day")


class MoneyField(forms.DecimalField):
    """An amount above zero; spaces between thousands and a comma are taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_digits=18, decimal_places=2, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        """Read the text as people type it."""
        return super().to_python(re.sub(r"[\s\u00a0\u202f]", "", str(value or "")).replace(",", "."))


class OfClientForm(forms.Form):
    """A form about a client that is known, or chosen in it; `submission` makes a double click one record."""

    use_required_attribute = False

    client = Picked(label=_("Client"), queryset=Client.objects.none())
    legal_entity = forms.ModelChoiceField(
        label=_("Legal entity"), queryset=LegalEntity.objects.none(), empty_label=None
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, client: Client | None, clients: QuerySet[Client], url: str, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_client, self.today = client, today
        self.fields["submission"].initial = uuid.uuid4()
        of, entity = self.fields["client"], self.fields["legal_entity"]
        assert isinstance(of, Picked)  # noqa: S101
        assert isinstance(entity, forms.ModelChoiceField)  # noqa: S101
        if client is None:
            of.queryset = clients
            of.show(chosen_in(self, clients), url)
            del self.fields["legal_entity"]
            return
        del self.fields["client"]
        entity.queryset = LegalEntity.objects.filter(client=client).order_by("name", "pk")
        entity.initial = entity.queryset.first()

    def clean(self) -> dict[str, Any]:
        """Take the oldest legal entity of a client chosen in the form itself."""
        data = super().clean() or {}
        client: Client | None = self.of_client or data.get("client")
        if client is not None and "legal_entity" not in self.fields:
            data["legal_entity"] = LegalEntity.objects.filter(client=client).order_by("pk").first()
            if data["legal_entity"] is None:
                self.add_error("client", _("This client has no legal entity yet."))
        return data | {"client": client}

    def past(self, name: str) -> date:
        """Refuse what has not happened yet."""
        day: date = self.cleaned_data[name]
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day


class InvoiceForm(OfClientForm):
    """A new invoice."""

    number = forms.CharField(label=_("Number"), max_length=60)
    issued_on = day_field(_("Date"))
    amount = MoneyField(label=_("Amount"))
    subject = forms.CharField(label=_("What for"), max_length=300, required=False)
    field_order = ("client", "legal_entity", "number", "issued_on", "amount", "subject", "submission")

    def clean_number(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["number"])

    def clean_subject(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["subject"])

    def clean_issued_on(self) -> date:
        """Refuse a day to come."""
        return self.past("issued_on")


class CorrectForm(forms.Form):
    """What the corrected invoice says, and why."""

    use_required_attribute = False

    number = forms.CharField(label=_("Number"), max_length=60)
    amount = MoneyField(label=_("Amount"))
    subject = forms.CharField(label=_("What for"), max_length=300, required=False)
    comment = forms.CharField(label=_("What was wrong"), max_length=500)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()

    def clean_number(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["number"])


class PaymentForm(OfClientForm):
    """Money that came."""

    day = day_field(_("Date"))
    amount = MoneyField(label=_("Amount"))
    invoice_number = forms.CharField(
        label=_("Invoice it names"), max_length=60, required=False, help_text=_("Empty: the oldest invoices are paid.")
    )
    number = forms.CharField(label=_("Number of the payment"), max_length=60, required=False)
    field_order = ("client", "legal_entity", "day", "amount", "invoice_number", "number", "submission")

    def clean_day(self) -> date:
        """Refuse a day to come."""
        return self.past("day")

    def clean_number(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["number"])

    def clean_invoice_number(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["invoice_number"])


class ContactForm(forms.Form):
    """What came of a contact about invoices (R179)."""

    use_required_attribute = False

    result = forms.ChoiceField(label=_("Result"), choices=ContactResult.choices, widget=forms.RadioSelect)
    promised_on = day_field(_("Will pay on"), required=False)
    comment = forms.CharField(
        label=_("In a sentence"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial=CommunicationKind.CALL, widget=forms.RadioSelect)
    next_on = day_field(_("Next task by"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["next_on"].help_text = _("Empty: the promised day, else the next working day.")
        for name in ("promised_on", "next_on"):
            self.fields[name].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        """Ask for the day of a promise; other results promise none."""
        data = super().clean() or {}
        promises = data.get("result") == ContactResult.WILL_PAY
        if promises and not data.get("promised_on") and "promised_on" not in self.errors:
            self.add_error("promised_on", _("Say on which day the client pays."))
        if data.get("result") and not promises:
            data["promised_on"] = None
        for name in ("promised_on", "next_on"):
            if data.get(name) and data[name] < self.today:
                self.add_error(name, _("The date is past."))
        return data


class CancelForm(forms.Form):
    """Why an invoice is cancelled (R178)."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[one for one in CancelReason.choices if one[0] != CancelReason.CORRECTED],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_comment(self) -> str:
        """Refuse one of spaces only."""
        return plain(self.cleaned_data["comment"])


class DeferralForm(forms.Form):
    """A request for a deferral (R180)."""

    use_required_attribute = False

    why = forms.CharField(label=_("Why the client needs it"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    days = forms.IntegerField(label=_("Days to pay"), min_value=1, max_value=365)
    limit = MoneyField(label=_("Limit of the debt"))
    starts_on = day_field(_("For invoices from"))
    ends_on = day_field(_("Up to"))
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["starts_on"].initial = today

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("A deferral ends after it starts."))
        return data


class ApproveForm(forms.Form):
    """What is approved: as asked for, or less."""

    use_required_attribute = False

    days = forms.IntegerField(label=_("Days to pay"), min_value=1, max_value=365)
    limit = MoneyField(label=_("Limit of the debt"))
    ends_on = day_field(_("Up to"))
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)

    def __init__(self, *args: Any, deferral: Deferral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deferral = deferral
        for name in ("days", "limit", "ends_on"):
            self.fields[name].initial = getattr(deferral, name)

    def clean_ends_on(self) -> date:
        """Refuse an end before the beginning."""
        day: date = self.cleaned_data["ends_on"]
        if day < self.deferral.starts_on:
            raise ValidationError(_("A deferral ends after it starts."))
        return day


class RefuseForm(forms.Form):
    """Why a request is refused."""

    use_required_attribute = False
    comment = forms.CharField(label=_("Why it is refused"), max_length=500)

    def clean_comment(self) -> str:
        """Refuse one of spaces only."""
        return plain(self.cleaned_data["comment"])


class RulesForm(forms.ModelForm[InvoiceRules]):
    """A new version of the rules; `seen` names the version the person began with."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = InvoiceRules
        fields = (*RULES, "comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun = self.instance.pk or 0
        self.fields["seen"].initial = self.begun
        for name in ("contact_days_new", "contact_days_other"):
            self.fields[name].help_text = _("Numbers with commas; the day of issue is day 1.")

    def _days(self, name: str) -> list[int]:
        return sorted(set(self.cleaned_data[name]))

    def clean_contact_days_new(self) -> list[int]:
        """Put the days in order, each once."""
        return self._days("contact_days_new")

    def clean_contact_days_other(self) -> list[int]:
        """Put the days in order, each once."""
        return self._days("contact_days_other")

    def clean(self) -> dict[str, Any]:
        """Refuse to change rules that somebody changed since the form was opened."""
        data = super().clean() or {}
        if data.get("seen") not in (None, self.begun):
            self.add_error(None, _("Somebody else changed the rules meanwhile. Look, then save again."))
            self.data = {**self.data, "seen": self.begun}
        return data

    @property
    def changes_something(self) -> bool:
        """Say whether a rule differs from those the person began with."""
        return bool(set(self.changed_data) & set(RULES))


def next_number(year: int) -> str:
    """Propose the number after the last one issued by hand in a year; empty when that one is no number."""
    last = Invoice.objects.filter(source=None, period=year).order_by("-pk").values_list("number", flat=True).first()
    if last is None:
        return "1"
    ending = re.search(r"(\d{1,15})$", last)
    return f"{last[: ending.start()]}{int(ending[1]) + 1:0{len(ending[1])}d}" if ending else ""
