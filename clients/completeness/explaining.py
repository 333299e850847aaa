"""Why a client is as complete as it is: every field asked of it, whether it is known, when verified and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clients.contacts import cards, seeing
from clients.contacts import rules as terms
from clients.models import Client, CompletenessPart, CompletenessRules, Contact
from clients.rows import whole
from salescrm.base import sql
from staff.models import Employee


class Section(TextChoices):
    """The fields that are verified with one click."""

    COMPANY = "company", gettext_lazy("The company")
    PEOPLE = "people", gettext_lazy("People and ways to reach them")
    QUESTIONNAIRE = "questionnaire", gettext_lazy("Type questionnaire")


IN_QUESTIONNAIRE = (CompletenessPart.QUESTIONS, CompletenessPart.PARAMETERS)
SECTIONS: dict[Section, tuple[CompletenessPart, ...]] = {
    Section.COMPANY: (
        CompletenessPart.INN,
        CompletenessPart.CITY,
        CompletenessPart.REGION,
        CompletenessPart.BUYER_KIND,
        CompletenessPart.TYPE,
    ),
    Section.PEOPLE: (
        CompletenessPart.CONTACT,
        CompletenessPart.POSITION,
        CompletenessPart.DECIDER,
        CompletenessPart.PHONE,
        CompletenessPart.EMAIL,
        CompletenessPart.MESSENGER,
        CompletenessPart.SOCIAL,
    ),
    Section.QUESTIONNAIRE: IN_QUESTIONNAIRE,
}


@dataclass(frozen=True)
class Field:
    """One field asked of the client."""

    part: CompletenessPart
    label: str
    is_filled: bool
    verified_on: date | None
    verified_by: str
    is_correct: bool
    weight: int = 1

    @property
    def tone(self) -> str:
        """The word of judgement: known and in time, known, not known."""
        return "good" if self.is_correct else "warn" if self.is_filled else "bad"


@dataclass
class Fields:
    """The fields of a section, what fills them, and whether the person may verify them."""

    section: Section
    fields: list[Field]
    fill_url: str = ""
    is_dialog: bool = False
    may_verify: bool = False

    @property
    def filled(self) -> int:
        """How many are known."""
        return sum(one.is_filled for one in self.fields)

    @property
    def correct(self) -> int:
        """How many are known and verified in time."""
        return sum(one.is_correct for one in self.fields)

    @property
    def waits(self) -> bool:
        """Say whether there is something known that was not verified in time."""
        return self.filled > self.correct


@dataclass
class Explanation:
    """Everything the card says of a client's completeness."""

    client: Client
    rules: CompletenessRules
    sections: list[Fields] = field(default_factory=list)

    @property
    def enough(self) -> int:
        """What is enough for this client, in per cent."""
        return self.rules.enough(top=self.client.standing.top)

    @property
    def months(self) -> int:
        """For how many months a verification of this client holds."""
        return self.rules.top_months if self.client.standing.top else self.rules.other_months

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Completeness and correctness: the share, and whether it is enough."""
        standing = self.client.standing
        named = ((_("Completeness"), standing.completeness), (_("Correctness"), standing.correctness))
        return [
            {"label": label, "share": whole(value), "value": value, "is_enough": value >= self.enough}
            for label, value in named
            if value is not None
        ]

    @property
    def missing(self) -> list[str]:
        """What is not known, part by part."""
        return list(dict.fromkeys(str(one.part.label) for one in self._all() if not one.is_filled))

    @property
    def waiting(self) -> list[str]:
        """What is known but was not verified in time, part by part."""
        found = [str(one.part.label) for one in self._all() if one.is_filled and not one.is_correct]
        return list(dict.fromkeys(found))

    def _all(self) -> list[Field]:
        return [one for section in self.sections for one in section.fields]

    @property
    def is_weighed(self) -> bool:
        """Say whether some fields count more than others."""
        return len(set(self.rules.weights.values())) > 1


def explain(person: Employee, client: Client, today: date) -> Explanation:
    """Read the fields of a client: a fixed number of queries."""
    rules = CompletenessRules.objects.in_force()
    found = read(client, rules, today)
    may_change = seeing.changes(person, client, today)
    explanation = Explanation(client, rules)
    for section, parts in SECTIONS.items():
        fields = [one for part in parts for one in found if one.part == part]
        if fields:
            url, is_dialog = fill_url(section, client) if may_change else ("", False)
            may_verify = may_change and (section != Section.PEOPLE or seeing.sees_contacts(person))
            explanation.sections.append(Fields(section, fields, url if may_verify else "", is_dialog, may_verify))
    return explanation


def read(client: Client, rules: CompletenessRules, today: date) -> list[Field]:
    """Return every field asked of the client by the rules."""
    rows = sql.rows("clients", "read_completeness_fields", {"client": client.pk})
    people = Employee.objects.in_bulk({row["verified_by_id"] for row in rows if row["verified_by_id"]})
    since = terms.verified_after(today, top=client.standing.top, rules=rules)
    weights = rules.weights
    return [
        Field(
            part=CompletenessPart(row["part"]),
            label=label(row),
            is_filled=row["is_filled"],
            verified_on=row["verified_on"],
            verified_by=people[row["verified_by_id"]].short_name if row["verified_by_id"] else "",
            is_correct=row["verified_on"] is not None and row["verified_on"] >= since,
            weight=weights[CompletenessPart(row["part"])],
        )
        for row in rows
        if row["part"] in weights
    ]


def label(row: dict[str, Any]) -> str:
    """Say what is asked: the part, a question in its words, a parameter by its name."""
    if row["subject_id"] is None:
        return str(CompletenessPart(row["part"]).label)
    return str(row["question"] or (get_language() == "en" and row["name_en"]) or row["name"])


def fill_url(section: Section, client: Client) -> tuple[str, bool]:
    """Return where the fields of a section are filled, and whether that is a dialog."""
    if section == Section.COMPANY:
        return reverse("clients:client-edit", args=[client.pk]), True
    if section == Section.QUESTIONNAIRE:
        return reverse("clients:questionnaire", args=[client.pk]), False
    contact = first_contact(Contact.objects.filter(client=client, left_on=None))
    if contact is None:
        return reverse("clients:contact-new", args=[client.pk]), True
    return reverse("clients:contact-edit", args=[client.pk, contact.pk]), True


def first_contact(contacts: Iterable[Contact]) -> Contact | None:
    """Return the one who matters most, as the card puts them in order."""
    return min(contacts, key=cards.importance, default=None)
