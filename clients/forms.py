"""Forms of the room: a new client, its fields."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from stdnum.ru import inn as russian_inn

from clients.models import Client, LegalEntity, ParticipantRole, Segment
from clients.typology import questionnaire
from staff.access import Act, Role, Rows, may, rows
from staff.models import Branch, Employee

KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}")


def owners_for(person: Employee) -> QuerySet[Employee]:
    """Keep the people to whom `person` may give clients."""
    found = Employee.people.owners().order_by("last_name", "first_name", "pk")
    return found.filter(branch_id=person.branch_id) if rows(person) == Rows.BRANCH else found


def branches_for(person: Employee) -> QuerySet[Branch]:
    """Keep the offices in which `person` may put a client."""
    found = Branch.objects.order_by("-is_head_office", "name")
    return found.filter(pk=person.branch_id) if rows(person) == Rows.BRANCH else found


def clean_inn(text: str, *, but: LegalEntity | None = None) -> str:
    """Return the figures of an INN (10 or 12, checksum right, not known yet); raise ValidationError otherwise."""
    plain = check_inn(text)
    if not plain:
        return ""
    others = LegalEntity.objects.filter(inn=plain, kpp=but.kpp if but else "")
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise ValidationError(_("A client with this INN exists already."))
    return plain


def check_inn(text: str) -> str:
    """Return the figures of an INN (10 or 12, checksum right); raise ValidationError otherwise."""
    figures = str(russian_inn.compact(text))
    if figures and not russian_inn.is_valid(figures):
        raise ValidationError(_("This is no INN: the check figures do not fit."))
    return figures


class NewClient(forms.Form):
    """Quick add: a client with one legal entity, its first owner, a person and ways to reach.

    One detail is enough (R23): without a name the client is called as the person, or as the phone or address.
    """

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name"),
        help_text=_("May stay empty when there is a contact, a phone or an address."),
        max_length=255,
        required=False,
    )
    inn = forms.CharField(label=_("INN"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    segment = forms.ModelChoiceField(
        label=_("Type"), queryset=Segment.objects.filter(is_active=True).order_by("name"), required=False
    )
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Employee.objects.none())

    def __init__(self, *args: Any, person: Employee, first_value: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.first_value = person, first_value
        branch, owner = self.fields["branch"], self.fields["owner"]
        assert isinstance(branch, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        branch.queryset, branch.initial = branches_for(person), person.branch_id
        owner.queryset, owner.initial = owners_for(person), person.pk
        owner.widget.attrs["data-picker"] = self.fields["segment"].widget.attrs["data-picker"] = ""
        if not may(person, Act.CHANGE_OWNER):
            del self.fields["owner"]

    def clean_name(self) -> str:
        """Put the name on one line; without one the client is called as the first of its details."""
        details = (self.cleaned_data["name"], self.data.get("contact", "")[:200], self.first_value)
        name = next((found for one in details if (found := plain(one))), "")
        if not name:
            raise ValidationError(_("Give a name, or a contact, a phone or an address."))
        return name

    def clean_contact(self) -> str:
        """Put the name of the person on one line."""
        return plain(self.cleaned_data["contact"])

    def clean_inn(self) -> str:
        """Check the INN."""
        return clean_inn(self.cleaned_data["inn"].strip())

    @property
    def first_owner(self) -> Employee:
        """The owner chosen, or the person who adds the client."""
        chosen = self.cleaned_data.get("owner", self.person)
        return chosen if isinstance(chosen, Employee) else self.person


class ParticipantForm(forms.Form):
    """Who takes part in the work with a client, as what, and until when (R10)."""

    employee = forms.ModelChoiceField(label=_("Person"), queryset=Employee.objects.none())
    role = forms.ChoiceField(label=_("As what"), choices=ParticipantRole.choices, initial=ParticipantRole.DEVELOPMENT)
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("Until then the person sees the client; empty: until further notice."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, *args: Any, today: date, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        people = self.fields["employee"]
        assert isinstance(people, forms.ModelChoiceField)  # noqa: S101
        others = Employee.people.working().exclude(role=Role.NONE).exclude(pk=owner)
        people.queryset = others.order_by("last_name", "first_name", "pk")
        people.widget.attrs["data-picker"] = ""

    def clean_last_day(self) -> date | None:
        """Refuse a day that is past."""
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < self.today:
            raise ValidationError(_("The day is past."))
        return day


def plain(text: str) -> str:
    """Return the text on one line, without spaces at its ends."""
    return " ".join(text.split())


class EditClient(forms.ModelForm[Client]):
    """The fields of a client; `seen` is the mark of the values the person saw when the form was opened."""

    inn = forms.CharField(label=_("INN"), max_length=20, required=False)
    type_reason = forms.CharField(
        label=_("Reason of the type"),
        help_text=_("Asked for when the type becomes another one than suggested."),
        max_length=300,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Client
        fields = ("name", "inn", "segment", "branch", "city", "region", "address", "channel", "buyer_kind")

    def __init__(self, *args: Any, person: Employee, entity: LegalEntity | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity = entity
        self.order_fields(["name", "inn", "segment", "type_reason", *self.Meta.fields, "seen"])
        segment = self.fields["segment"]
        assert isinstance(segment, forms.ModelChoiceField)  # noqa: S101
        offered = Q(is_active=True) | Q(pk=self.instance.segment_id)
        segment.queryset = Segment.objects.filter(offered).order_by("name")
        branch = self.fields["branch"]
        assert isinstance(branch, forms.ModelChoiceField)  # noqa: S101
        branch.queryset = branches_for(person) | Branch.objects.filter(pk=self.instance.branch_id)
        self.fields["seen"].initial = mark(self.instance, entity)
        if entity:
            self.fields["inn"].initial = entity.inn
        else:
            del self.fields["inn"]

    def clean_name(self) -> str:
        """Put the name on one line."""
        return plain(self.cleaned_data["name"])

    def clean_inn(self) -> str:
        """Check the INN."""
        return clean_inn(self.cleaned_data["inn"].strip(), but=self.entity)

    def clean_type_reason(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["type_reason"])

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a type that is not the suggested one (R32)."""
        data = super().clean() or {}
        segment: Segment | None = data.get("segment")
        if segment and segment.pk != self.instance.segment_id and not data.get("type_reason"):
            self._ask_reason(segment)
        return data

    def _ask_reason(self, segment: Segment) -> None:
        if questionnaire.of_client(self.instance).asks_reason(segment):
            self.add_error("type_reason", _("Another type than the suggested one asks for a reason."))


class EntityForm(forms.ModelForm[LegalEntity]):
    """A legal entity of a client; `seen` is the mark of the values the person saw when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = LegalEntity
        fields = ("name", "inn", "kpp", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = mark_entity(self.instance)

    def clean_name(self) -> str:
        """Put the name on one line."""
        return plain(self.cleaned_data["name"])

    def clean_inn(self) -> str:
        """Check the figures of the INN."""
        return check_inn(self.cleaned_data["inn"])

    def clean_kpp(self) -> str:
        """Check the form of the KPP."""
        kpp = "".join(self.cleaned_data["kpp"].split()).upper()
        if kpp and not KPP.fullmatch(kpp):
            raise ValidationError(_("A KPP has nine characters."))
        return kpp

    def clean(self) -> dict[str, Any]:
        """Refuse a KPP without an INN, and the same legal entity of the client twice."""
        data = super().clean() or {}
        if data.get("kpp") and not data.get("inn") and "inn" not in self.errors:
            self.add_error("kpp", _("A KPP goes with an INN."))
        others = LegalEntity.objects.filter(client=self.instance.client).exclude(pk=self.instance.pk)
        if others.filter(name=data.get("name", ""), inn=data.get("inn", ""), kpp=data.get("kpp", "")).exists():
            self.add_error("name", _("The client has this legal entity already."))
        return data


def mark_entity(entity: LegalEntity) -> str:
    """Return a mark of what a person can edit of a legal entity."""
    said = json.dumps([getattr(entity, name) for name in EntityForm.Meta.fields], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def mark(client: Client, entity: LegalEntity | None) -> str:
    """Return a mark of the values a person can edit: another mark means somebody changed one of them."""
    names = [name for name in EditClient.Meta.fields if name != "inn"]
    values = [client.serializable_value(name) for name in names]
    said = json.dumps([*values, entity.inn if entity else ""], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
