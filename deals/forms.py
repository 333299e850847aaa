"""Forms of the room: a task, its result, its day, its doer; an entry about a client; a change of owner."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clients.contacts import attempts, points
from clients.contacts.actions import Heard
from clients.forms import owners_for, plain
from clients.models import (
    Client,
    Communication,
    CommunicationKind,
    CommunicationResult,
    Contact,
    ContactPoint,
    DecisionRole,
    OwnershipReason,
    TypicalObjection,
    Way,
)
from deals import norm
from deals.models import Priority, Task, TaskKind
from staff.access import Act, Rows, may, rows
from staff.calendar import Calendar
from staff.models import Employee

MENTION = re.compile(r"(?<![\w@.])@([\w][\w.-]*\w)")
MOST_MENTIONED = 5


def doers_for(person: Employee) -> QuerySet[Employee]:
    """Keep the people to whom `person` may give tasks: a head everybody of his rows, others themselves."""
    found = Employee.people.working().exclude(role="none").order_by("last_name", "first_name", "pk")
    if not may(person, Act.CHANGE_OWNER):
        return found.filter(pk=person.pk)
    return found.filter(branch_id=person.branch_id) if rows(person) == Rows.BRANCH else found


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """Make a field for a day with the browser's own calendar."""
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def time_field(label: Any) -> forms.TimeField:
    """Make a field for a time of day that may stay empty."""
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class Picked(forms.ModelChoiceField[Client]):
    """A client found by typing: the page carries the chosen one only."""

    def show(self, chosen: Client | None, url: str) -> None:
        """Say which client is chosen, and where the others are looked for."""
        self.widget.choices = [("", ""), *([(chosen.pk, chosen.name)] if chosen else [])]
        self.widget.attrs |= {"data-picker": "", "data-url": url}


class TaskForm(forms.Form):
    """A task: what, whose, by when; of a known client (`client`) or of one to be chosen."""

    use_required_attribute = False

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    client = Picked(label=_("Client"), queryset=Client.objects.none(), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.CALL, widget=forms.RadioSelect)
    due_on = day_field(_("By"))
    due_time = time_field(_("At"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL, widget=forms.RadioSelect
    )
    assignee = forms.ModelChoiceField(label=_("Who does it"), queryset=Employee.objects.none())
    needs_result = forms.BooleanField(label=_("Ask for a result when it is done"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, person: Employee, clients: QuerySet[Client], client: Client | None, url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.of_client = person, client
        self.fields["submission"].initial = uuid.uuid4()
        who, of = self.fields["assignee"], self.fields["client"]
        assert isinstance(who, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(of, Picked)  # noqa: S101
        who.queryset, who.initial = doers_for(person), person.pk
        who.widget.attrs["data-picker"] = ""
        if client:
            del self.fields["client"]
        else:
            of.queryset = clients
            of.show(chosen_in(self, clients), url)
        if not may(person, Act.CHANGE_OWNER):
            del self.fields["assignee"]

    def clean_title(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["title"])

    def values(self) -> dict[str, Any]:
        """Return what `deals.actions.create_task` asks for."""
        found = dict(self.cleaned_data)
        found["client"] = self.of_client or found.get("client")
        return found | {"assignee": found.get("assignee", self.person)}


def chosen_in(form: forms.Form, clients: QuerySet[Client]) -> Client | None:
    """Return the client a form sent back names, to be drawn again."""
    sent = form.data.get("client", "") if form.is_bound else ""
    return clients.filter(pk=int(sent)).first() if sent.isdecimal() and len(sent) < 19 else None


class CorrectTask(forms.ModelForm[Task]):
    """The fields of an open task; `seen` is the mark of the values the person saw when the form was opened."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Task
        fields = ("title", "kind", "due_on", "due_time", "priority", "needs_result", "assignee")
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "kind": forms.RadioSelect,
            "priority": forms.RadioSelect,
        }

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = task_mark(self.instance)
        who = self.fields["assignee"]
        assert isinstance(who, forms.ModelChoiceField)  # noqa: S101
        who.queryset = doers_for(person) | Employee.people.filter(pk=self.instance.assignee_id)
        who.widget.attrs["data-picker"] = ""
        if not may(person, Act.CHANGE_OWNER):
            del self.fields["assignee"]

    def clean_title(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["title"])

    def values(self) -> dict[str, Any]:
        """Return the fields to write."""
        found = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "assignee")}
        who = self.cleaned_data.get("assignee")
        return found | ({"assignee_id": who.pk} if who else {})


def task_mark(task: Task) -> str:
    """Return a mark of the values of a task: another mark means that somebody changed it."""
    names = ("title", "kind", "due_on", "due_time", "priority", "needs_result", "assignee_id", "state")
    said = json.dumps([str(getattr(task, name)) for name in names])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class ResultForm(forms.Form):
    """What came of a task."""

    use_required_attribute = False
    result = forms.CharField(label=_("What came of it"), max_length=500, required=False)

    def __init__(self, *args: Any, needs_result: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].required = needs_result

    def clean_result(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["result"])


class CancelForm(forms.Form):
    """Why a task need not be done."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Why it need not be done"), max_length=500)

    def clean_reason(self) -> str:
        """Put it on one line."""
        return plain(self.cleaned_data["reason"])


class SnoozeForm(forms.Form):
    """To which day."""

    use_required_attribute = False
    day = day_field(_("Another day"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["day"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()

    def clean_day(self) -> date:
        """Refuse a day that is not after today."""
        day: date = self.cleaned_data["day"]
        if day <= self.today:
            raise ValidationError(_("The date lies after today."))
        return day


class DoerForm(forms.Form):
    """Who does the tasks from now on."""

    use_required_attribute = False
    assignee = forms.ModelChoiceField(label=_("Who does it"), queryset=Employee.objects.none())

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["assignee"]
        assert isinstance(who, forms.ModelChoiceField)  # noqa: S101
        who.queryset = doers_for(person)
        who.widget.attrs["data-picker"] = ""


class PhoneField(forms.ModelChoiceField[ContactPoint]):
    """A phone of the client, masked: enough to tell it from the others (R21)."""

    def label_from_instance(self, obj: ContactPoint) -> str:
        """Say whose it is, and how it ends."""
        number = points.masked(obj.kind, obj.value, obj.value_key)
        return f"{number} · {obj.contact.name if obj.contact else _now('the company')}"


@dataclass(frozen=True)
class Offered:
    """An objection of the library in the form: was it heard now, and did the answer help ("yes", "no", "")."""

    known: TypicalObjection
    is_heard: bool
    told: str

    @property
    def heard(self) -> Heard:
        """What is kept of it."""
        return Heard(self.known, {"yes": True, "no": False}.get(self.told))


class LogForm(forms.Form):
    """An entry about a client and the next task: kind, result and day are proposed, one sentence is to be typed.

    A note has a sentence only. `submission` makes a double click one entry.
    """

    use_required_attribute = False

    client = Picked(label=_("Client"), queryset=Client.objects.none())
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[one for one in CommunicationKind.choices if one[0] != CommunicationKind.NOTE],
        widget=forms.RadioSelect,
    )
    contact = forms.ModelChoiceField(
        label=_("With whom"), queryset=Contact.objects.none(), required=False, empty_label=_("not said")
    )
    point = PhoneField(
        label=_("Phone"),
        queryset=ContactPoint.objects.none(),
        required=False,
        empty_label=_("the first of whom one called"),
    )
    result = forms.ModelChoiceField(
        label=_("Result"),
        queryset=CommunicationResult.objects.filter(is_active=True),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a result.")},
    )
    text = forms.CharField(
        label=_("In a sentence"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True})
    )
    agreements = forms.CharField(
        label=_("Agreements"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    has_next = forms.BooleanField(label=_("Set the next task"), required=False, initial=True)
    next_kind = forms.ChoiceField(label=_("Next task"), choices=TaskKind.choices, initial=TaskKind.CALL)
    next_on = day_field(_("By"), required=False)
    way = forms.ChoiceField(label=_("Who began"), choices=Way.choices, initial=Way.OUT, widget=forms.RadioSelect)
    day = day_field(_("When"))
    time = time_field(_("At"))
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        client: Client | None,
        clients: QuerySet[Client],
        kind: str,
        today: date,
        corrects: Communication | None = None,
        url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_client, self.today, self.of_kind, self.corrects = client, today, kind, corrects
        self.objections: list[Offered] = []
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["day"].initial, self.fields["kind"].initial = today, kind
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        self._choose_client(client, clients, url)
        if kind == CommunicationKind.NOTE:
            self.fields["text"].help_text = _("@ and a log-in or a last name tells this person.")
            for name in (
                "kind",
                "contact",
                "point",
                "result",
                "agreements",
                "has_next",
                "next_kind",
                "next_on",
                "way",
                "day",
                "time",
            ):
                del self.fields[name]
            return
        self._propose(client, corrects)
        if client and corrects is None:
            self._offer_objections(client)

    def _offer_objections(self, client: Client) -> None:
        """Offer what clients of this type object, with our answers: one click keeps what was heard (R51)."""
        asked = set(self.data.getlist("heard")) if isinstance(self.data, QueryDict) else set[str]()
        self.objections = [
            Offered(one, str(one.pk) in asked, str(self.data.get(f"helped_{one.pk}", "")))
            for one in TypicalObjection.objects.for_client(client)
        ]

    def _choose_client(self, client: Client | None, clients: QuerySet[Client], url: str) -> None:
        if client:
            del self.fields["client"]
            return
        of = self.fields["client"]
        assert isinstance(of, Picked)  # noqa: S101
        of.queryset = clients
        of.show(chosen_in(self, clients), url)

    def _propose(self, client: Client | None, corrects: Communication | None) -> None:
        """Propose the first result and the day of the norm; a correction begins with what is corrected."""
        results = self.fields["result"]
        assert isinstance(results, forms.ModelChoiceField)  # noqa: S101
        self._propose_contact(client)
        self._offer_phones(client)
        first = CommunicationResult.objects.filter(is_active=True).first()
        results.initial = corrects.result_id if corrects else first
        self.fields["next_on"].initial = norm.next_contact_on(client, self.today) if client else None
        self.fields["next_on"].widget.attrs["min"] = self.today.isoformat()
        if corrects:
            names = ("kind", "contact", "text", "agreements", "way", "day", "time")
            self.initial.update({name: getattr(corrects, name) for name in names}, has_next=False)

    def _propose_contact(self, client: Client | None) -> None:
        """Offer the people of the client: whom one spoke with last is proposed, else who decides."""
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)  # noqa: S101
        if client is None:
            del self.fields["contact"]
            return
        contact.queryset = Contact.objects.filter(client=client, left_on__isnull=True).order_by("name", "pk")
        known = {one.pk: one for one in contact.queryset}
        spoken = Communication.objects.filter(client=client, contact__in=known).order_by("-day", "-pk")
        last = spoken.values_list("contact", flat=True).first()
        decides = next((one.pk for one in known.values() if one.role == DecisionRole.DECIDES), None)
        contact.initial = last or decides
        if not known:
            del self.fields["contact"]

    def _offer_phones(self, client: Client | None) -> None:
        """Offer the living phones of the client; with one or none there is nothing to choose."""
        point = self.fields["point"]
        assert isinstance(point, PhoneField)  # noqa: S101
        offered = attempts.phones(client) if client else ContactPoint.objects.none()
        point.queryset = offered
        if offered.count() < 2:
            del self.fields["point"]

    def clean_day(self) -> date:
        """Refuse what has not happened yet."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for the next task's day where there is one, and for the task where the result does; find who is meant."""
        data = super().clean() or {}
        client: Client | None = self.of_client or data.get("client")
        if self.of_kind == CommunicationKind.NOTE:
            if client and "text" in data:
                data["mentioned"] = self._mentioned(data["text"], client)
            return data
        point, contact = data.get("point"), data.get("contact")
        if point and contact and point.contact_id not in (None, contact.pk):
            self.add_error("point", _now("This is not a phone of %s.") % contact)
        data["heard"] = tuple(one.heard for one in self.objections if one.is_heard)
        if data["heard"] and contact is None:
            self.add_error("contact" if "contact" in self.fields else None, _("Say who objected."))
        result = data.get("result")
        if result and result.asks_next and not data.get("has_next") and not self.corrects:
            self.add_error("has_next", _("This result asks for a next task."))
        if data.get("has_next") and "next_on" not in self.errors:
            self._check_next(data, client)
        return data

    def _check_next(self, data: dict[str, Any], client: Client | None) -> None:
        if data.get("next_on") is None and client and not self.of_client:
            data["next_on"] = norm.next_contact_on(client, self.today)  # the client was chosen in this very form
        elif data.get("next_on") is None:
            self.add_error("next_on", _("Say by which day."))
        elif data["next_on"] < self.today:
            self.add_error("next_on", _("The date is past."))

    def _mentioned(self, text: str, client: Client) -> tuple[Employee, ...]:
        """Find who is meant by @name: a log-in or a last name of one person, who must be able to see the client."""
        names = list(dict.fromkeys(name.casefold() for name in MENTION.findall(text)))
        if len(names) > MOST_MENTIONED:
            self.add_error("text", _now("A note can tell up to %d people.") % MOST_MENTIONED)
            return ()
        people = list(Employee.people.working().exclude(role="none")) if names else []
        found = []
        for name in names:
            meant = [one for one in people if one.username.casefold() == name]
            meant = meant or [one for one in people if one.last_name.casefold() == name]
            if len(meant) == 1:
                found.append(meant[0])
            else:
                text = (
                    _now("Several people are called %s: write the log-in.") if meant else _now("Nobody is called %s.")
                )
                self.add_error("text", text % f"@{name}")
        for one in found:
            if not Client.objects.visible_to(one, self.today).filter(pk=client.pk).exists():
                self.add_error("text", _now("%s does not see this client.") % one.short_name)
        return tuple(found)


def snooze_days(today: date, calendar: Calendar) -> list[tuple[date, str]]:
    """Return the days one puts a task off to, in words: tomorrow, next week."""
    tomorrow = today + timedelta(days=1)
    monday = calendar.on_or_after(today + timedelta(days=7 - today.weekday()))
    fortnight = calendar.on_or_after(today + timedelta(days=14))
    found = [(tomorrow, _now("Tomorrow")), (monday, _now("Next week")), (fortnight, _now("In two weeks"))]
    return [one for at, one in enumerate(found) if one[0] not in [day for day, _word in found[:at]]]


class ChangeOwner(forms.Form):
    """To whom clients go, why, and until when the nights leave them alone."""

    owner = forms.ModelChoiceField(label=_("New owner"), queryset=Employee.objects.none())
    note = forms.CharField(label=_("Reason"), max_length=300, required=True)
    left_alone_until = forms.DateField(
        label=_("Left alone until"),
        help_text=_("Nights do not hand a silent client over before this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, *args: Any, person: Employee, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        owner.queryset = owners_for(person)
        owner.widget.attrs["data-picker"] = ""

    def clean_note(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["note"])

    def clean_left_alone_until(self) -> date | None:
        """Refuse a day that is past."""
        day: date | None = self.cleaned_data["left_alone_until"]
        if day is not None and day <= self.today:
            raise ValidationError(_("The date lies after today."))
        return day


LATEST_DAYS = 31  # a distribution begins within a month: nobody plans further


class ShareOut(forms.Form):
    """From which day clients are shared out, and why; `seen` is the mark of the plan the person looked at."""

    REASONS = (OwnershipReason.LEVELLING, OwnershipReason.FIRST, OwnershipReason.DISMISSAL)

    starts_on = day_field(_("From which day"))
    reason = forms.ChoiceField(
        label=_("What it is"), choices=[(one.value, one.label) for one in REASONS], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Reason"), max_length=300)
    left_alone_until = forms.DateField(
        label=_("Left alone until"),
        help_text=_("Nights do not hand a silent client over before this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["starts_on"].initial = today + timedelta(days=1)
        self.fields["starts_on"].help_text = _("The new owners see the clients and have the tasks at once.")

    def clean_starts_on(self) -> date:
        """Take a day from tomorrow on, within a month."""
        day: date = self.cleaned_data["starts_on"]
        if not self.today < day <= self.today + timedelta(days=LATEST_DAYS):
            raise ValidationError(_("A day from tomorrow on, within a month."))
        return day

    def clean_note(self) -> str:
        """Put the reason on one line."""
        return plain(self.cleaned_data["note"])

    def clean_left_alone_until(self) -> date | None:
        """Refuse a day that is past."""
        day: date | None = self.cleaned_data["left_alone_until"]
        if day is not None and day <= self.today:
            raise ValidationError(_("The date lies after today."))
        return day
