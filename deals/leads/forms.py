"""Forms of leads: entry, exhibition, contact, facts, closing, conversion, giving to people, rules, public forms."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum.ru import inn as russian_inn

from clients.contacts import points
from clients.forms import branches_for, owners_for, plain
from clients.models import Question, Segment
from deals.forms import day_field
from deals.leads.knowing import Likely
from deals.leads.models import (
    Capacity,
    CloseReason,
    Lead,
    LeadForm,
    LeadRules,
    LeadSource,
    TouchKind,
)
from staff.access import Act, Role, Rows, may, rows
from staff.models import Branch, Employee

SITE = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
MOST_SITES = 20
BY_RULE = "rule"
NEW = "new"


def receivers_for(person: Employee) -> Any:
    """Keep the people to whom `person` may give leads: who works clients or leads, of a branch head's own branch."""
    roles = [role for role in Role.values if role not in (Role.NONE, Role.MARKETER, Role.DEPUTY_IT, Role.DIRECTOR)]
    found = Employee.people.working().filter(role__in=roles).order_by("last_name", "first_name", "pk")
    return found.filter(branch_id=person.branch_id) if rows(person) == Rows.BRANCH else found


class Reach(forms.Form):
    """What forms with a phone and an e-mail have in common: both checked and in their one form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}

    def clean_phone(self) -> str:
        """Check the phone; its one form is kept beside it."""
        return self._checked("phone", points.phone_key)

    def clean_email(self) -> str:
        """Check the e-mail; its one form is kept beside it."""
        return self._checked("email", points.email_key)

    def _checked(self, name: str, key: Any) -> str:
        text = plain(self.cleaned_data[name])
        found = key(text) if text else ""
        self.keys[f"{name}_key"] = found.partition("x")[0] if name == "phone" else found  # without an extension
        return text


class NewLead(Reach):
    """A lead entered by hand."""

    use_required_attribute = False
    person = forms.CharField(label=_("Name of the person"), max_length=200, required=False)
    company = forms.CharField(label=_("Company"), max_length=255, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    messenger = forms.CharField(label=_("Messenger"), max_length=100, required=False)
    site = forms.CharField(label=_("Site"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    inn = forms.CharField(label=_("INN"), max_length=20, required=False)
    source = forms.ModelChoiceField(label=_("Source"), queryset=LeadSource.objects.filter(is_active=True))
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    text = forms.CharField(
        label=_("What they asked for"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    takes = forms.BooleanField(label=_("I work with this lead"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        branch = self.fields["branch"]
        assert isinstance(branch, forms.ModelChoiceField)  # noqa: S101
        branch.queryset, branch.initial = branches_for(person), person.branch_id
        self.fields["takes"].initial = not may(person, Act.ASSIGN_LEADS)

    def clean_person(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["person"])

    def clean_company(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["company"])

    def clean_inn(self) -> str:
        """Check the figures."""
        text = self.cleaned_data["inn"].strip()
        if text and not russian_inn.is_valid(russian_inn.compact(text)):
            raise ValidationError(_now("This is no INN: the check figures do not fit."))
        return str(russian_inn.compact(text)) if text else ""

    def clean(self) -> dict[str, Any]:
        """Ask for a name, and for a way to answer."""
        data = super().clean() or {}
        if not self.errors and not (data.get("person") or data.get("company")):
            self.add_error("person", _now("Say the name of the person or of the company."))
        ways = ("phone", "email", "messenger", "site")
        if not self.errors and not any(data.get(name) for name in ways):
            self.add_error("phone", _now("Say how to reach them: phone, e-mail, messenger or site."))
        return data


class QuickLead(forms.Form):
    """Three fields for an exhibition: who, how to reach, what about (R167)."""

    use_required_attribute = False
    person = forms.CharField(
        label=_("Name, company"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    reach = forms.CharField(
        label=_("Phone or e-mail"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    text = forms.CharField(label=_("Note"), max_length=4000, required=False)
    exhibition = forms.CharField(label=_("Exhibition"), max_length=150)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()

    def clean_person(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["person"])

    def clean_exhibition(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["exhibition"])

    def clean_reach(self) -> dict[str, str]:
        """Tell a phone from an e-mail."""
        text = plain(self.cleaned_data["reach"])
        if "@" in text:
            return {"email": text, "email_key": points.email_key(text)}
        return {"phone": text, "phone_key": points.phone_key(text).partition("x")[0]}


class TouchForm(forms.Form):
    """What was said with a lead, and when to go on."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("Kind"), choices=TouchKind.choices, initial=TouchKind.CALL, widget=forms.RadioSelect
    )
    is_reached = forms.BooleanField(label=_("Reached: they answered"), required=False, initial=True)
    text = forms.CharField(
        label=_("In a sentence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True})
    )
    next_on = day_field(_("Next step on"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["next_on"].widget.attrs["min"] = today.isoformat()

    def clean_next_on(self) -> date | None:
        """Refuse a day that is past."""
        day: date | None = self.cleaned_data["next_on"]
        if day is not None and day < self.today:
            raise ValidationError(_now("The day is past."))
        return day


def yes_no(label: Any) -> forms.TypedChoiceField:
    """Make a field of three states: not known, yes, no."""
    choices = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=lambda text: text == "yes", empty_value=None, required=False
    )


class FactsForm(forms.Form):
    """What is known of a lead: the type, the criteria of the score, answers of the questionnaire."""

    use_required_attribute = False
    segment = forms.ModelChoiceField(
        label=_("Type"), queryset=Segment.objects.filter(is_active=True).order_by("name"), required=False
    )
    type_unknown = forms.CharField(label=_("Why the type is not known"), max_length=300, required=False)
    need = forms.CharField(label=_("Need"), max_length=1000, required=False)
    monthly_need = forms.DecimalField(label=_("Need a month, money"), min_value=0, max_digits=14, required=False)
    stores = forms.IntegerField(label=_("Number of shops"), min_value=0, max_value=1_000_000, required=False)
    region_capacity = forms.TypedChoiceField(
        label=_("Capacity of the region"), choices=[("", _("not known")), *Capacity.choices], coerce=int,
        empty_value=None, required=False,
    )  # fmt: skip
    has_stock = yes_no(_("Own equipment or stock"))
    decider_reached = yes_no(_("The decision maker was reached"))

    def __init__(self, data: Any, *, lead: Lead, questions: list[Question], needs_type: bool) -> None:
        names = ("segment", "type_unknown", "need", "monthly_need", "stores", "region_capacity")
        known: dict[str, Any] = {name: getattr(lead, name) for name in names}
        for name in ("has_stock", "decider_reached"):
            value = getattr(lead, name)
            known[name] = "" if value is None else "yes" if value else "no"
        told = dict(lead.answers.values_list("question", "text"))
        known |= {f"question-{pk}": text for pk, text in told.items()}
        super().__init__(data, initial=known)
        self.needs_type = needs_type
        self.fields["segment"].widget.attrs["data-picker"] = ""
        self.questions = questions
        for one in questions:
            self.fields[f"question-{one.pk}"] = forms.CharField(label=one.text, max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """A qualified lead has a type, or says why not."""
        data = super().clean() or {}
        if self.needs_type and not data.get("segment") and not data.get("type_unknown"):
            self.add_error("segment", _now("Say the type, or why it is not known."))
        return data

    @property
    def asked(self) -> list[Any]:
        """The fields of the questionnaire."""
        return [self[f"question-{one.pk}"] for one in self.questions]

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the actions write."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("question-")}

    @property
    def answers(self) -> dict[int, str]:
        """Return the answers by question."""
        return {one.pk: plain(self.cleaned_data[f"question-{one.pk}"]) for one in self.questions}


class CloseForm(forms.Form):
    """Why nothing came of it, with what is asked for (R163)."""

    use_required_attribute = False
    reason = forms.ChoiceField(label=_("Reason"), choices=CloseReason.choices, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("What came of it"), max_length=1000, required=False)
    need = forms.CharField(label=_("What they needed"), max_length=1000, required=False)
    segment = forms.ModelChoiceField(
        label=_("Type"), queryset=Segment.objects.filter(is_active=True).order_by("name"), required=False
    )
    type_unknown = forms.CharField(label=_("Why the type is not known"), max_length=300, required=False)

    def __init__(self, data: Any, *, lead: Lead) -> None:
        super().__init__(data, initial={"need": lead.need})
        self.fields["segment"].widget.attrs["data-picker"] = ""
        if lead.segment_id or lead.type_unknown:
            del self.fields["segment"]
            del self.fields["type_unknown"]


class AssignForm(forms.Form):
    """To whom leads are given: by rule, or all to one person."""

    use_required_attribute = False
    to = forms.ChoiceField(label=_("Give to"))

    def __init__(self, *args: Any, person: Employee, is_planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in receivers_for(person)}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        ready = [(BY_RULE, _now("as the rule proposes"))] if is_planned else []
        field.choices = [*ready, *((pk, one.short_name) for pk, one in self.people.items())]
        field.widget.attrs["data-picker"] = ""


class ConvertForm(forms.Form):
    """Into what a lead is converted: a new client, or one that is known."""

    use_required_attribute = False
    into = forms.ChoiceField(label=_("Into"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the new client"), max_length=255, required=False)
    inn = forms.CharField(label=_("INN"), max_length=20, required=False)
    owner = forms.ModelChoiceField(label=_("Owner of the new client"), queryset=Employee.objects.none())

    def __init__(self, data: Any, *, person: Employee, lead: Lead, likely: list[Likely]) -> None:
        owners = owners_for(person)
        owner_pk = lead.responsible_id if owners.filter(pk=lead.responsible_id or 0).exists() else person.pk
        super().__init__(data, initial={"name": lead.name, "inn": lead.inn, "owner": owner_pk})
        self.person, self.lead = person, lead
        self.likely = {str(one.row.client.pk): one for one in likely}
        into, owner = self.fields["into"], self.fields["owner"]
        assert isinstance(into, forms.ChoiceField)  # noqa: S101
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        into.choices = [(NEW, _now("a new client")), *((pk, one.row.client.name) for pk, one in self.likely.items())]
        into.initial = NEW if not likely else None
        owner.queryset = owners
        owner.widget.attrs["data-picker"] = ""
        if not may(person, Act.ASSIGN_LEADS):
            del self.fields["owner"]

    def clean_name(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """A new client has a name."""
        data = super().clean() or {}
        if data.get("into") == NEW and not data.get("name"):
            self.add_error("name", _now("A client has a name."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what the conversion asks for."""
        data = self.cleaned_data
        chosen = self.likely.get(data["into"])
        return {
            "into": chosen.row.client if chosen else None,
            "name": data["name"],
            "inn": data["inn"].strip(),
            "owner": data.get("owner") or self.person,
        }


class RulesForm(forms.ModelForm[LeadRules]):
    """The rules leads are worked by; saving makes a new version."""

    use_required_attribute = False

    class Meta:
        model = LeadRules
        fields = (
            "receiver", "single_receiver", "first_contact_hours", "opens_at", "closes_at", "offer_days", "close_days",
            "weight_type", "weight_stock", "weight_need", "weight_region", "weight_stores", "weight_decider",
            "full_need", "full_stores",
        )  # fmt: skip
        time = {"type": "time"}
        widgets = {
            "receiver": forms.RadioSelect,
            "opens_at": forms.TimeInput(attrs=time, format="%H:%M"),
            "closes_at": forms.TimeInput(attrs=time, format="%H:%M"),
        }

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["single_receiver"]
        assert isinstance(who, forms.ModelChoiceField)  # noqa: S101
        who.queryset = receivers_for(person)
        who.widget.attrs["data-picker"] = ""


class PublicSettings(forms.ModelForm[LeadForm]):
    """A public form: its words, its fields, the sites that may show it."""

    use_required_attribute = False

    class Meta:
        model = LeadForm
        fields = (
            "title", "intro", "thanks", "consent", "source", "branch", "asks_company", "asks_city", "asks_text",
            "sites", "is_active",
        )  # fmt: skip
        widgets = {
            "sites": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "consent": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "sites": _(
                "One a line, with https:// and without a path: https://example.ru. Nobody else can show the form."
            )
        }

    def clean_sites(self) -> str:
        """Check each site: it goes into a header, so nothing but scheme, host and port."""
        sites = list(dict.fromkeys(self.cleaned_data["sites"].lower().replace(",", " ").split()))
        sites = [one.rstrip("/") for one in sites]
        wrong = [one for one in sites if not SITE.fullmatch(one)]
        if wrong:
            raise ValidationError(_now("This is no address of a site: %s") % ", ".join(wrong[:3]))
        if len(sites) > MOST_SITES:
            raise ValidationError(_now("Up to %s sites can show a form.") % MOST_SITES)
        return "\n".join(sites)


class PublicLead(Reach):
    """What a stranger fills in on another site; `website` is a trap for programs, people do not see it."""

    use_required_attribute = False
    person = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )  # fmt: skip
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    text = forms.CharField(
        label=pgettext_lazy("form", "What it is about"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    website = forms.CharField(max_length=200, required=False)
    token = forms.CharField(max_length=200, widget=forms.HiddenInput)
    agrees = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("We may answer you only with this consent.")}
    )

    def __init__(self, *args: Any, of: LeadForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, is_asked in (("company", of.asks_company), ("city", of.asks_city), ("text", of.asks_text)):
            if not is_asked:
                del self.fields[name]

    def clean_person(self) -> str:
        """Refuse a name of nothing but spaces."""
        return plain(self.cleaned_data["person"])

    def clean(self) -> dict[str, Any]:
        """Ask for a way to answer."""
        data = super().clean() or {}
        if not self.errors and not (data.get("phone") or data.get("email")):
            self.add_error("phone", _now("Leave a phone or an e-mail, so that we can answer."))
        return data
