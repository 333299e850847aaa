"""The people of a client as its card shows them: what is known of each, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from clients.contacts import points, rules, seeing
from clients.models import Client, ClientCriterion, CompletenessRules, Contact, ContactPoint, DecisionRole, NeedState
from staff.models import Employee

TONES = {DecisionRole.DECIDES: "good", DecisionRole.KEEPS_GATE: "warn"}
ROLE_ICONS = {
    DecisionRole.DECIDES: "crown",
    DecisionRole.INFLUENCES: "message-circle",
    DecisionRole.USES: "hand-finger",
    DecisionRole.BUYS: "shopping-cart",
    DecisionRole.KEEPS_GATE: "shield",
}


@dataclass
class PointLine:
    """A way to reach: its text, masked or whole, and its link."""

    pk: int
    kind: str
    icon: str
    text: str
    url: str
    dead_on: date | None
    why: str
    is_doubtful: bool  # unanswered so often that it asks to be renewed


@dataclass
class Person:
    """A contact with the ways to reach, or the company itself."""

    contact: Contact | None
    points: list[PointLine] = field(default_factory=list)
    is_stale: bool = False
    birthday_near: bool = False

    @property
    def icon(self) -> str:
        """The drawing of the part in the decision."""
        return ROLE_ICONS.get(DecisionRole(self.contact.role), "") if self.contact and self.contact.role else ""

    @property
    def tone(self) -> str:
        """The tone of the part in the decision."""
        return TONES.get(DecisionRole(self.contact.role), "") if self.contact and self.contact.role else ""


@dataclass
class Panel:
    """Everything the panel shows."""

    client: Client
    company: Person
    people: list[Person]
    gone: list[Person]
    is_masked: bool
    may_change: bool
    misses_decider: bool
    criteria: list[ClientCriterion]


def panel(person: Employee, client: Client, today: date) -> Panel:
    """Read the people of a client; with the points shown at once, whose they are is counted (R21)."""
    may_change = seeing.changes(person, client, today)
    is_masked = not (may_change and seeing.sees_contacts(person))
    top = client.standing.top
    since = rules.verified_after(today, top=top, rules=CompletenessRules.objects.in_force())
    contacts = with_notes(Contact.objects.filter(client=client)).select_related("level", "verified_by")
    lines = lines_of(ContactPoint.objects.filter(client=client), is_masked=is_masked)
    people = [
        Person(
            one,
            lines.get(one.pk, []) if one.left_on is None else [],
            is_stale=is_stale(one, since),
            birthday_near=one.birthday is not None and days_to(one.birthday, today) <= rules.SOON_DAYS,
        )
        for one in sorted(contacts, key=importance)
    ]
    here = [one for one in people if one.contact and one.contact.left_on is None]
    company = Person(None, lines.get(None, []))
    if not is_masked:
        seen = [one.contact.pk if one.contact else None for one in [*here, company] if one.points]
        seeing.count_seen(person, client, seen, today, own=True)
    return Panel(
        client=client,
        company=company,
        people=here,
        gone=[one for one in people if one.contact and one.contact.left_on],
        is_masked=is_masked,
        may_change=may_change,
        misses_decider=top and not any(one.contact and one.contact.role == DecisionRole.DECIDES for one in here),
        criteria=list(ClientCriterion.objects.filter(client=client).select_related("criterion")),
    )


def with_notes(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Count the open needs and the unanswered objections of each."""
    return contacts.annotate(
        open_needs=Count("needs", filter=~Q(needs__state=NeedState.CLOSED), distinct=True),
        n_objections=Count("objections", distinct=True),
        n_arguments=Count("arguments", filter=Q(arguments__withdrawn_on=None), distinct=True),
    )


def lines_of(found: QuerySet[ContactPoint], *, is_masked: bool) -> dict[int | None, list[PointLine]]:
    """Return the points by their contact: living ones first, phones before the rest."""
    order = {kind: n for n, kind in enumerate(points.ICONS)}
    lines: dict[int | None, list[PointLine]] = {}
    for one in sorted(found, key=lambda point: (point.dead_on is not None, order[point.kind], point.pk)):  # type: ignore[index] # kinds are texts
        lines.setdefault(one.contact_id, []).append(line(one, is_masked=is_masked))
    return lines


def line(point: ContactPoint, *, is_masked: bool) -> PointLine:
    """Return one way to reach."""
    told = points.masked if is_masked else points.shown
    return PointLine(
        pk=point.pk,
        kind=str(point.get_kind_display()),
        icon=points.ICONS[point.kind],  # type: ignore[index] # kinds are texts
        text=told(point.kind, point.value, point.value_key),
        url="" if is_masked else points.link(point.kind, point.value_key),
        dead_on=point.dead_on,
        why=point.dead_reason,
        is_doubtful=point.dead_on is None and point.is_doubtful,
    )


def importance(contact: Contact) -> tuple[int, str]:
    """Order people by their part in the decision, then by name."""
    known = [role.value for role in DecisionRole]
    return (known.index(contact.role) if contact.role else len(known), contact.name_key)


def is_stale(contact: Contact, since: date) -> bool:
    """Say whether what is known of a person was not verified for too long (R5)."""
    return contact.verified_on is None or contact.verified_on < since


def days_to(birthday: date, today: date) -> int:
    """Return how many days it is to the next birthday; one of 29 February is kept on 1 March in other years."""
    for year in (today.year, today.year + 1):
        try:
            here = birthday.replace(year=year)
        except ValueError:
            here = date(year, 3, 1)
        if here >= today:
            return (here - today).days
    raise AssertionError("a birthday comes every year")
