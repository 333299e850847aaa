"""Forms of people of clients: the person, any number of ways to reach, a dead one, what is noted, how they decide."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.contacts import points
from clients.forms import plain
from clients.models import (
    Category,
    Client,
    ClientCriterion,
    Contact,
    ContactPoint,
    DecisionLevel,
    DecisionRole,
    PointKind,
    SupplierCriterion,
)
from salescrm.base import names

SPARE_ROWS = (PointKind.PHONE, PointKind.EMAIL, PointKind.TELEGRAM)  # empty rows of a form, for want of a script
MOST_ROWS = 30
MOST_CRITERIA = 5
ROW = re.compile(r"p(\d{1,3})-value")
FIELDS = (
    "name", "position", "role", "level", "preferred", "birthday", "data_consent_on", "mailing_consent_on", "note",
)  # fmt: skip
COLUMNS = tuple("level_id" if name == "level" else name for name in FIELDS)


def day_input() -> forms.DateInput:
    """Draw a day as the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ContactForm(forms.ModelForm[Contact]):
    """A person of a client; `seen` is the mark of the values when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Contact
        fields = FIELDS
        widgets = {
            "birthday": day_input(),
            "data_consent_on": day_input(),
            "mailing_consent_on": day_input(),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, client: Client, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client, self.today = client, today
        level = self.fields["level"]
        assert isinstance(level, forms.ModelChoiceField)  # noqa: S101
        sphere = client.segment.sphere_id if client.segment else None
        offered = Q(is_active=True) & (Q(sphere__isnull=True) | Q(sphere=sphere))
        level.queryset = DecisionLevel.objects.filter(offered | Q(pk=self.instance.level_id))
        level.empty_label = _("not known")
        role, preferred = self.fields["role"], self.fields["preferred"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101
        assert isinstance(preferred, forms.ChoiceField)  # noqa: S101
        role.choices = [("", _("not known")), *DecisionRole.choices]
        preferred.choices = [("", _("any")), *PointKind.choices]
        self.fields["seen"].initial = mark(self.instance)

    def clean_name(self) -> str:
        """Put the name on one line."""
        return plain(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Refuse the same person twice: of one name and one position with the client."""
        data = super().clean() or {}
        same = Contact.objects.filter(client=self.client, name_key=names.key(data.get("name", "")), left_on=None)
        if same.filter(position__iexact=data.get("position", "")).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("The client has a contact of this name and position already."))
        return data

    def clean_birthday(self) -> date | None:
        """Refuse a birthday to come."""
        return self._past("birthday")

    def clean_data_consent_on(self) -> date | None:
        """Refuse a consent to come."""
        return self._past("data_consent_on")

    def clean_mailing_consent_on(self) -> date | None:
        """Refuse a consent to come."""
        return self._past("mailing_consent_on")

    def _past(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day > self.today:
            raise ValidationError(_("This day is still to come."))
        return day


class PointForm(forms.Form):
    """One way to reach; an emptied one is taken away."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    value = forms.CharField(label=_("Phone, e-mail or address"), max_length=255, required=False)
    point = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Normalise the value."""
        data = super().clean() or {}
        data["value"] = plain(data.get("value") or "")
        data["key"] = ""
        if data["value"] and data.get("kind"):
            try:
                data["key"] = points.key(data["kind"], data["value"])
            except ValidationError as fault:
                self.add_error("value", fault)
        return data


class PointRows:
    """The rows of a form with ways to reach: numbered, in any quantity, each checked by itself and with the others.

    Without a client they are those of one being added; `spare` are the kinds of its empty rows.
    """

    def __init__(
        self,
        client: Client | None,
        contact: Contact | None,
        data: Mapping[str, Any] | None = None,
        spare: Sequence[str] = SPARE_ROWS,
    ) -> None:
        self.client, self.contact = client, contact
        self.known = {one.pk: one for one in of(client, contact)} if client else {}
        if data is None:
            found: list[dict[str, Any]] = [
                {"kind": one.kind, "value": one.value, "point": one.pk} for one in self.known.values()
            ]
            empty: list[dict[str, Any]] = [{"kind": kind} for kind in spare[1 if found else 0 :]]
            self.rows = [PointForm(prefix=f"p{n}", initial=one) for n, one in enumerate([*found, *empty])]
        else:
            self.rows = [PointForm(data, prefix=f"p{n}") for n in numbers(data)]

    def is_valid(self) -> bool:
        """Check every row, then that no value stands twice: in the form, or with the client."""
        correct = [row.is_valid() for row in self.rows]
        seen: set[tuple[str, str]] = set()
        others = ContactPoint.objects.none()
        if self.client:
            others = (
                ContactPoint.objects.filter(client=self.client).exclude(pk__in=self.known).select_related("contact")
            )
        elsewhere = {(one.kind, one.value_key): one for one in others}
        for row in self.rows:
            value = (row.cleaned_data.get("kind", ""), row.cleaned_data.get("key", ""))
            if not value[1]:
                continue
            if value in seen:
                row.add_error("value", _("This one stands here twice."))
            elif value in elsewhere:
                whose = elsewhere[value].contact
                told = _("%s has this one already.") % whose if whose else _("The company has this one already.")
                row.add_error("value", told)
            seen.add(value)
        return all(correct) and all(row.is_valid() for row in self.rows)

    @property
    def values(self) -> list[dict[str, Any]]:
        """Return what is to be kept: kind, value, key, and the point it was."""
        return [row.cleaned_data for row in self.rows if row.cleaned_data.get("key")]

    @property
    def error_count(self) -> int:
        """Return how many rows have an error."""
        return sum(bool(row.errors) for row in self.rows)


def numbers(data: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the rows a form has."""
    return sorted(int(found[1]) for name in data if (found := ROW.fullmatch(name)))[:MOST_ROWS]


def typed_points(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return kind and value of each row as it is being typed."""
    return [
        (str(data.get(f"p{n}-kind", "")), str(data.get(f"p{n}-value", "")).replace("\x00", "")[:255])
        for n in numbers(data)
    ]


def of(client: Client, contact: Contact | None) -> list[ContactPoint]:
    """Return the ways to reach a person, or the company itself; of a person not yet kept there are none."""
    if contact is not None and contact.pk is None:
        return []
    return list(ContactPoint.objects.filter(client=client, contact=contact).order_by("kind", "pk"))


def mark(contact: Contact, client: Client | None = None) -> str:
    """Return a mark of what a person can edit: another mark means somebody changed something."""
    values = [str(getattr(contact, name) or "") for name in COLUMNS]
    owner = {"contact": contact.pk} if contact.pk else {"client": client, "contact": None}
    found = ContactPoint.objects.filter(**owner) if contact.pk or client else ContactPoint.objects.none()
    said = [*values, *(list(one) for one in found.order_by("pk").values_list("pk", "kind", "value", "dead_on"))]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]


class DeadForm(forms.Form):
    """Why a way to reach does not work."""

    reason = forms.CharField(label=_("What is wrong with it"), max_length=200)

    def clean_reason(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["reason"])


class LeftForm(forms.Form):
    """Since when a person does not work there any more."""

    left_on = forms.DateField(label=_("Left the company on"), widget=day_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_left_on(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["left_on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."))
        return day


class NeedForm(forms.Form):
    """A need: a sentence, a group of goods, whether the client said it."""

    text = forms.CharField(label=_("What is needed"), max_length=500)
    category = forms.ModelChoiceField(
        label=_("Group of goods"), queryset=Category.objects.order_by("name"), required=False
    )
    is_explicit = forms.BooleanField(label=_("said by the client"), required=False, initial=True)

    def clean_text(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["text"])


class SentenceForm(forms.Form):
    """An argument, an objection or an answer: one sentence."""

    text = forms.CharField(max_length=500)

    def clean_text(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["text"])


class DecidingForm(forms.Form):
    """How a client decides on purchases and what matters in a supplier, the most important first (R57)."""

    decision_pattern = forms.CharField(
        label=_("How they decide on purchases"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(ClientCriterion.objects.filter(client=client).values_list("criterion", flat=True))
        offered = SupplierCriterion.objects.filter(Q(is_active=True) | Q(pk__in=chosen))
        self.fields["decision_pattern"].initial = client.decision_pattern
        self.fields["seen"].initial = deciding_mark(client, chosen)
        for n in range(MOST_CRITERIA):
            field = forms.ModelChoiceField(
                queryset=offered, required=False, label=_("Matters in a supplier, place %d") % (n + 1)
            )
            field.initial = chosen[n] if n < len(chosen) else None
            self.fields[f"criterion_{n}"] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a criterion chosen twice."""
        data = super().clean() or {}
        for n in range(MOST_CRITERIA):
            if data.get(f"criterion_{n}") in [data.get(f"criterion_{m}") for m in range(n)] and data[f"criterion_{n}"]:
                self.add_error(f"criterion_{n}", _("This one is chosen already."))
        return data

    @property
    def criteria(self) -> list[SupplierCriterion]:
        """Return what matters, in its order."""
        chosen = [self.cleaned_data.get(f"criterion_{n}") for n in range(MOST_CRITERIA)]
        return [one for one in chosen if isinstance(one, SupplierCriterion)]


def deciding_mark(client: Client, chosen: list[int]) -> str:
    """Return a mark of how the client decides."""
    return hashlib.sha256(json.dumps([client.decision_pattern, chosen]).encode()).hexdigest()[:16]
