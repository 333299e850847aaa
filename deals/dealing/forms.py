"""Forms of deals: a new one, a move that asks only for what is lacking, winning, losing, fields, goods."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from clients.forms import plain
from clients.models import Client, Contact, LegalEntity, LossReason, Product
from deals.dealing import goods, stages
from deals.dealing.actions import Line
from deals.dealing.models import Deal, DealSource
from deals.forms import Picked, chosen_in, day_field, doers_for
from deals.pipelines.models import Asked, Pipeline, Stage, StageResult
from staff.access import Act, may
from staff.models import Employee

CENT = Decimal("0.01")


def money_field(label: Any, *, required: bool = False) -> forms.DecimalField:
    """Make a field for an amount."""
    return forms.DecimalField(label=label, required=required, min_value=0, max_digits=18, decimal_places=2)


def contacts_of(client: Client) -> QuerySet[Contact]:
    """The people of a client who still work there."""
    return Contact.objects.filter(client=client, left_on__isnull=True).order_by("name_key", "pk")


class NewDeal(forms.Form):
    """A deal: of a known client (`client`) or of one to be chosen."""

    use_required_attribute = False

    client = Picked(label=_("Client"), queryset=Client.objects.none())
    pipeline = forms.ModelChoiceField(
        label=_("Pipeline"), queryset=Pipeline.objects.none(), empty_label=None, to_field_name="code"
    )
    title = forms.CharField(label=_("What it is about"), max_length=200)
    amount = money_field(_("Amount"))
    expected_on = day_field(_("Expected on"), required=False)
    contact = forms.ModelChoiceField(label=_("Contact"), queryset=Contact.objects.none(), required=False)
    legal_entity = forms.ModelChoiceField(label=_("Legal entity"), queryset=LegalEntity.objects.none(), required=False)
    source = forms.ChoiceField(label=_("Came by"), choices=(), required=False)
    owner = forms.ModelChoiceField(label=_("Responsible"), queryset=Employee.objects.none())
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, person: Employee, clients: QuerySet[Client], client: Client | None, url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.of_client = person, client
        self.fields["submission"].initial = uuid.uuid4()
        _choices(self, "pipeline", Pipeline.objects.offered())
        sources = [(value, label) for value, label in DealSource.choices if value != DealSource.RULE]
        self.fields["source"] = forms.ChoiceField(label=_("Came by"), choices=sources, required=False)
        _choices(self, "owner", doers_for(person))
        self.fields["owner"].initial = person.pk
        self.fields["owner"].widget.attrs["data-picker"] = ""
        of = self.fields["client"]
        if client:
            del self.fields["client"]
            _choices(self, "contact", contacts_of(client))
            _choices(self, "legal_entity", client.legal_entities.order_by("pk"))
        else:
            assert isinstance(of, Picked)  # noqa: S101
            of.queryset = clients
            of.show(chosen_in(self, clients), url)
            del self.fields["contact"], self.fields["legal_entity"]
        if not may(person, Act.CHANGE_OWNER):
            del self.fields["owner"]

    def clean_title(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["title"])

    def values(self) -> dict[str, Any]:
        """Return what `open_deal` asks for."""
        found = dict(self.cleaned_data)
        found["client"] = self.of_client or found.get("client")
        found["amount"] = found.get("amount") or Decimal(0)
        found["source"] = found.get("source") or DealSource.OWN
        return found | {"owner": found.get("owner") or self.person}


def _choices(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows


class Passing(forms.Form):
    """What passing the stage of a deal asks for and the deal lacks; `seen` is the version the person saw (R139)."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, skip: tuple[Asked, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        self.fields["seen"].initial = deal.version
        for asked in stages.missing(deal):
            if asked in skip or asked in (Asked.LINES, Asked.OFFER, Asked.CONTRACT):
                continue
            self.fields[asked.value] = self._field(asked)
        results = deal.stage.results.filter(is_active=True)
        if deal.stage.needs_result and results:
            self.fields["result"] = forms.ModelChoiceField(
                label=_("Result of the stage"), queryset=results, widget=forms.RadioSelect, empty_label=None
            )
        if deal.stage.needs_comment:
            self.fields["comment"] = comment_field(required=True)

    def _field(self, asked: Asked) -> forms.Field:
        if asked == Asked.AMOUNT:
            return money_field(asked.label, required=True)
        if asked == Asked.EXPECTED_ON:
            return day_field(asked.label)
        if asked == Asked.CONTACT:
            return forms.ModelChoiceField(label=asked.label, queryset=contacts_of(self.deal.client))
        if asked == Asked.LEGAL_ENTITY:
            return forms.ModelChoiceField(label=asked.label, queryset=self.deal.client.legal_entities.order_by("pk"))
        return forms.CharField(label=asked.label, max_length=60)

    def told(self) -> dict[str, Any]:
        """Return what the action asks for."""
        found = dict(self.cleaned_data)
        given = {name: found[name] for name in Asked.values if name in found}
        result: StageResult | None = found.get("result")
        return {"seen": found["seen"], "result": result, "comment": found.get("comment", ""), "given": given}


def comment_field(*, required: bool) -> forms.CharField:
    """Make the field for what was agreed in a stage."""
    return forms.CharField(
        label=_("What was agreed"), max_length=2000, required=required, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveForm(Passing):
    """To which stage, and what the one it leaves asks for."""

    to = forms.ModelChoiceField(
        label=_("To the stage"), queryset=Stage.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    field_order = ("to",)

    def __init__(self, *args: Any, ways: list[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(
            label=_("To the stage"),
            queryset=Stage.objects.filter(pk__in=[one.pk for one in ways]),
            widget=forms.RadioSelect,
            empty_label=None,
        )
        if ways:
            self.fields["to"].initial = ways[0].pk
        self.order_fields(["to"])


class WinForm(Passing):
    """Of what amount and when it was won, and what the stage it leaves asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, skip=(Asked.AMOUNT,), **kwargs)
        self.fields["amount"] = money_field(_("Amount"), required=True)
        self.fields["amount"].initial = self.deal.amount or None
        self.fields["closed_on"] = day_field(_("Won on"))
        self.order_fields(["amount", "closed_on"])

    def told(self) -> dict[str, Any]:
        """Return what the action asks for."""
        found = super().told()
        found["given"].pop("amount", None)
        return found | {"amount": self.cleaned_data["amount"], "closed_on": self.cleaned_data["closed_on"]}


def reasons_of(pipeline: Pipeline) -> QuerySet[LossReason]:
    """The reasons deals of a pipeline are lost for: those it names, else the dictionary."""
    offered = LossReason.objects.filter(is_active=True)
    named = offered.filter(pk__in=pipeline.loss_reasons.values("pk"))
    return named if named.exists() else offered


class LoseForm(forms.Form):
    """Why it was lost."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ModelChoiceField(
        label=_("Reason of loss"), queryset=LossReason.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    comment = comment_field(required=False)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = deal.version
        _choices(self, "reason", reasons_of(deal.pipeline))

    def told(self) -> dict[str, Any]:
        """Return what the action asks for."""
        return dict(self.cleaned_data)


class EditDeal(forms.ModelForm[Deal]):
    """The fields of a deal; `seen` is the version the person saw."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Deal
        fields = ("title", "amount", "expected_on", "contact", "legal_entity", "order_number", "owner")
        widgets = {"expected_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deal = self.instance
        self.fields["seen"].initial = deal.version
        _choices_of(self, "contact", contacts_of(deal.client) | Contact.objects.filter(deals=deal.pk))
        _choices_of(self, "legal_entity", deal.client.legal_entities.order_by("pk"))
        _choices_of(self, "owner", doers_for(person) | Employee.people.filter(pk=deal.owner_id))
        self.fields["owner"].widget.attrs["data-picker"] = ""
        if deal.lines.exists():
            del self.fields["amount"]
        if not may(person, Act.CHANGE_OWNER):
            del self.fields["owner"]

    def clean_title(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["title"])

    def values(self) -> dict[str, Any]:
        """Return the fields to write."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def _choices_of(form: forms.ModelForm[Deal], name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = rows


class PickedProduct(forms.ModelChoiceField[Product]):
    """A product found by typing: the page carries the chosen one only."""

    def show(self, chosen: Product | None, url: str) -> None:
        """Say which product is chosen, and where the others are looked for."""
        self.widget.choices = [("", ""), *([(chosen.pk, chosen.name)] if chosen else [])]
        self.widget.attrs |= {"data-picker": "", "data-url": url, "data-product": ""}


class LineForm(forms.Form):
    """Goods of a deal: a product of the catalogue or words; a line with neither is none."""

    use_required_attribute = False
    product = PickedProduct(label=_("Product"), queryset=Product.objects.all(), required=False)
    name = forms.CharField(label=_("What"), max_length=300, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=14, decimal_places=3, required=False)
    price = money_field(_("Price"))
    discount = forms.DecimalField(
        label=_("Discount, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, url: str, known: dict[int, Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["product"]
        assert isinstance(field, PickedProduct)  # noqa: S101
        chosen = self["product"].value()
        number = int(chosen) if str(chosen or "").isdecimal() and len(str(chosen)) < 19 else 0
        field.show(known.get(number), url)

    def clean_quantity(self) -> Decimal:
        """Take one where none is said; refuse what is not above zero."""
        given = self.cleaned_data["quantity"]
        if given is not None and given <= 0:
            raise forms.ValidationError(_("A quantity is above zero."))
        return Decimal(1) if given is None else given


LINES = 5  # empty lines offered beside those there are
Lines = formset_factory(LineForm, extra=LINES, max_num=200, absolute_max=200)


def products_named(formset_data: Mapping[str, Any], prefix: str) -> set[int]:
    """Return the products (ids) a form sent back names."""
    sent = [str(value) for name, value in formset_data.items() if name.startswith(prefix) and name.endswith("-product")]
    return {int(one) for one in sent if one.isdecimal() and len(one) < 19}


def lines_of(formset: BaseFormSet[LineForm], client: Client) -> list[Line]:
    """Return the goods of a valid form; a product without a price has that of the client's last shipment of it."""
    found = [
        form.cleaned_data for form in formset.forms if form.cleaned_data.get("name") or form.cleaned_data.get("product")
    ]
    open_ones = {one["product"].pk for one in found if one["product"] and one["price"] is None}
    prices = goods.last_prices(client, open_ones) if open_ones else {}
    lines = []
    for one in found:
        product = one["product"]
        last = prices.get(product.pk) if product and one["price"] is None else None
        price = last.price if last else one["price"] or Decimal(0)
        words = plain(one["name"]) or product.name
        lines.append(Line(words, one["quantity"], price, one["discount"] or Decimal(0), product))
    return lines
