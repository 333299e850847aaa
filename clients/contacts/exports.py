"""Export of the people of exactly the filtered clients, as far as the person sees them at once (R21)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from clients import figures
from clients.intake.firm_fields import BY_NAME
from clients.models import Client, Contact, ContactPoint, DecisionRole, PointKind
from salescrm.base.lists.export import Cell
from salescrm.base.lists.state import ListState

FIELDS = ("client", "contact", "position", "role", "birthday")
KINDS = {
    PointKind.PHONE: "phone",
    PointKind.EMAIL: "email",
    PointKind.TELEGRAM: "telegram",
    PointKind.WHATSAPP: "whatsapp",
    PointKind.MAX: "max",
    PointKind.VK: "vk",
    PointKind.SITE: "site",
}


def clients(state: ListState) -> QuerySet[Client]:
    """Keep the listed clients whose people the person sees at once: elsewhere one asks for each on the card."""
    own = Client.objects.changeable_by(state.here.person, state.here.today)
    found: QuerySet[Client] = figures.listed(state).filter(pk__in=own.values("pk"))
    return found


def table(_state: ListState) -> tuple[list[str], Callable[[list[int]], list[list[Cell]]]]:
    """Return the captions, which the import knows too, and what reads the rows: one per person, one per company."""
    return [str(BY_NAME[name].caption) for name in (*FIELDS, *KINDS.values())], _rows


def _rows(ids: list[int]) -> list[list[Cell]]:
    """Read the people of these clients, in their order: those who work there, with what still reaches them."""
    names = dict(Client.objects.filter(pk__in=ids).values_list("pk", "name"))
    people: dict[int, list[Contact]] = defaultdict(list)
    for one in Contact.objects.filter(client__in=ids, left_on__isnull=True).order_by("name_key", "pk"):
        people[one.client_id].append(one)
    points: dict[tuple[int, int | None], list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(client__in=ids, dead_on__isnull=True).order_by("pk"):
        points[point.client_id, point.contact_id].append(point)
    found: list[list[Cell]] = []
    for pk in ids:
        if (pk, None) in points:
            found.append([names[pk], "", "", "", None, *_reached(points[pk, None])])
        found.extend([names[pk], *_said(one), *_reached(points.get((pk, one.pk), []))] for one in people[pk])
    return found


def _said(person: Contact) -> list[Cell]:
    role = str(DecisionRole(person.role).label) if person.role else ""
    return [person.name, person.position, role, person.birthday]


def _reached(points: Iterable[ContactPoint]) -> list[Cell]:
    """Return the values of each kind in one cell."""
    values: dict[str, list[str]] = defaultdict(list)
    for point in points:
        values[point.kind].append(point.value)
    return [", ".join(values[kind]) for kind in KINDS]
