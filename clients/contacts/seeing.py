"""Who sees people of clients and the ways to reach them, who changes them, and the count against theft (R21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clients.exports import heads
from clients.models import Client
from salescrm.base import guard
from staff.access import Act, may
from staff.models import Employee


def sees_contacts(person: Employee) -> bool:
    """Say whether the role sees people of clients at all."""
    return may(person, Act.SEE_CONTACTS)


def sees_at_once(person: Employee, client: Client, today: date) -> bool:
    """Say whether ways to reach are shown without asking: in one's own portfolio, and to heads (R21)."""
    return sees_contacts(person) and changes(person, client, today)


def changes(person: Employee, client: Client, today: date) -> bool:
    """Say whether the person may change what is known of the client's people."""
    return Client.objects.all().changeable_by(person, today).filter(pk=client.pk).exists()


def count_seen(person: Employee, client: Client, contacts: Iterable[int | None], today: date, *, own: bool) -> int:
    """Count whose ways to reach were seen; the company's own count as one (R21)."""
    numbers = [contact or -client.pk for contact in contacts]
    return guard.revealed(person, contacts=numbers, day=today, heads=heads, own=own) if numbers else 0


def changes_any(person: Employee) -> bool:
    """Say whether the person may change people of any client."""
    return sees_contacts(person) and (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER))
