"""The history of fields on a client's card: the client, its legal entities, owners, people and who took part."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.contacts import points, seeing
from clients.contacts.forms import COLUMNS
from clients.models import Client, Contact, Participant
from clients.panels import CLIENT_FIELDS, ENTITY_FIELDS, MOST_CHANGES, Change, Words, changes_of, seen
from salescrm.base import clock, show
from staff.access import login_of
from staff.models import Employee

PERSON_FIELDS = (*COLUMNS, "left_on")
POINT_FIELDS = ("kind", "value", "dead_on", "dead_reason")
SAID_OF_PERSON = ("note",)  # what only those read who see ways to reach at once


@require_GET
def field_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every change of a field of the client and of what belongs to it: who, when, from, to."""
    client, person, today = seen(request, pk), login_of(request), clock.today()
    words = Words()
    changes = [
        *changes_of("Client", (*CLIENT_FIELDS, "decision_pattern"), words, id=client.pk),
        *changes_of("LegalEntity", ENTITY_FIELDS, words, client=client.pk),
        *changes_of("Ownership", ("owner_id",), words, one_line=True, client=client.pk, ends_on__isnull=True),
        *participants(client, today),
    ]
    if seeing.sees_contacts(person):
        changes += people(client, person, words, today)
    changes.sort(key=lambda one: (one.at, one.number), reverse=True)
    return render(request, "clients/history.html", {"changes": changes[:MOST_CHANGES]})


def people(client: Client, person: Employee, words: Words, today: date) -> list[Change]:
    """Changes of people and ways to reach; masked, or counted, as the panel of contacts does (R21)."""
    at_once = seeing.sees_at_once(person, client, today)
    names = dict(Contact.objects.filter(client=client).values_list("pk", "name"))
    fields = PERSON_FIELDS if at_once else tuple(name for name in PERSON_FIELDS if name not in SAID_OF_PERSON)
    whose: set[int | None] = set()

    def of_point(event: Any) -> str:
        whose.add(event.contact_id)
        return str(names.get(event.contact_id) or _("the company"))

    def say(name: str, event: Any) -> str:
        if name != "value":
            return words.of(name, getattr(event, name))
        told = points.shown if at_once else points.masked
        return told(event.kind, event.value, event.value_key)

    found = changes_of("Contact", fields, words, named=lambda event: str(event.name), client=client.pk)
    found += changes_of("ContactPoint", POINT_FIELDS, words, named=of_point, say=say, client=client.pk)
    if at_once:
        seeing.count_seen(person, client, whose, today, own=True)
    return found


def participants(client: Client, today: date) -> list[Change]:
    """Who began and ceased to take part: a participation is its own history."""
    rows = Participant.objects.filter(client=client).select_related("employee", "author")
    changes = []
    for one in rows:
        who, label = one.author.short_name if one.author else _("the program"), str(one.get_role_display())
        name = one.employee.short_name
        changes.append(Change(_begin(one.starts_on), one.pk, who, label, show.NOTHING, name))
        if one.ends_on and one.ends_on <= today:
            changes.append(Change(_begin(one.ends_on), one.pk, show.NOTHING, label, name, show.NOTHING))
    return changes


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
