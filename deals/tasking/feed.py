"""The feed of a person's open tasks and contact terms, as other calendars read it (RFC 5545).

It says titles and days only: no client, no contact, no phone, since it lies on phones and other people's servers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from clients.filters import ME
from clients.models import Ownership
from deals.models import Task
from deals.tasking.models import CalendarFeed
from salescrm.base import show
from staff.access import Role
from staff.models import Employee

BYTES = 32  # of chance in a secret address
PAST, AHEAD = timedelta(days=92), timedelta(days=366)  # how far back open tasks and how far ahead all of it goes
MOST = 1_000  # tasks, the nearest first
LASTS = timedelta(minutes=30)  # how long a task with an hour takes in the calendar
AGAIN = timedelta(minutes=30)  # how soon a calendar is asked to look again

Address = Callable[[str], str]  # makes a path an address


def new_token(person: Employee, now: datetime) -> str:
    """Make the person's secret address anew and return its token, which is not kept: the one before is void."""
    token = secrets.token_hex(BYTES)
    kept = {"token_hash": hashed(token), "made_at": now, "read_on": None}
    CalendarFeed.objects.update_or_create(person=person, defaults=kept)
    return token


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_of(token: str, today: date) -> Employee | None:
    """Return whose feed it is; None for an unknown token and for who can no longer sign in.

    Looked up by the hash, and compared without a hint in time.
    """
    wanted = hashed(token)
    found = CalendarFeed.objects.select_related("person").filter(token_hash=wanted).first()
    if found is None or not hmac.compare_digest(found.token_hash, wanted):
        return None
    person = found.person
    if not isinstance(person, Employee) or not person.is_active or person.role == Role.NONE:
        return None
    if found.read_on != today:
        CalendarFeed.objects.filter(pk=found.pk, token_hash=wanted).update(read_on=today)
    return person


def written(person: Employee, today: date, address: Address) -> bytes:
    """Write the feed in the person's language: the same bytes while nothing has changed."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        feed = Calendar()
        feed.add("prodid", "-//SalesCRM//Tasks//")
        feed.add("version", "2.0")
        feed.add("method", "PUBLISH")
        feed.add("x-wr-calname", _("Tasks: %s") % person.short_name)
        feed.add("x-wr-timezone", settings.TIME_ZONE)
        feed.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
        feed.add("x-published-ttl", "PT30M")
        for task in _tasks(person, today):
            feed.add_component(_task(task, address))
        for day, clients in _terms(person, today):
            feed.add_component(_term(person, day, clients, address))
        return bytes(feed.to_ical())


def _tasks(person: Employee, today: date) -> list[Task]:
    near = Task.objects.open().filter(assignee=person, due_on__gte=today - PAST, due_on__lte=today + AHEAD)
    return list(near.order_by("due_on", "pk")[:MOST])


def _task(task: Task, address: Address) -> Event:
    event = Event()
    event.add("uid", f"task-{task.pk}@{_host(address)}")
    event.add("dtstamp", task.created_at.astimezone(UTC))
    event.add("summary", task.title)
    event.add("url", address(f"{reverse('deals:task-list')}?ids={task.pk}"))
    if task.due_time is None:
        _whole_day(event, task.due_on)
        return event
    begins = timezone.make_aware(datetime.combine(task.due_on, task.due_time)).astimezone(UTC)
    event.add("dtstart", begins)
    event.add("dtend", begins + LASTS)
    return event


def _terms(person: Employee, today: date) -> list[tuple[date, int]]:
    """Count by day the own clients whose term of contact ends on it."""
    due = Ownership.objects.filter(
        owner=person,
        ends_on=None,
        client__merged_into=None,
        client__standing__contact_due_on__gte=today - PAST,
        client__standing__contact_due_on__lte=today + AHEAD,
    )
    days = due.values_list("client__standing__contact_due_on").annotate(clients=Count("pk"))
    return [(day, clients) for day, clients in days.order_by("client__standing__contact_due_on")]


def _term(person: Employee, day: date, clients: int, address: Address) -> Event:
    event = Event()
    event.add("uid", f"contacts-{person.pk}-{day}@{_host(address)}")
    event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
    words = ngettext("Contact due: %(n)s client", "Contact due: %(n)s clients", clients)
    event.add("summary", words % {"n": show.number(clients)})
    query = urlencode({"owner": ME, "contact_due": f"{day}..{day}"})
    event.add("url", address(f"{reverse('clients:client-list')}?{query}"))
    _whole_day(event, day)
    return event


def _whole_day(event: Event, day: date) -> None:
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


def _host(address: Address) -> str:
    return address("/").split("/")[2]
