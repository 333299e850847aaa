"""Panels of the client's card that are this room's: shipments, owners; changes of fields in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db.models import Count, TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import (
    BuyerKind,
    Channel,
    Client,
    DecisionLevel,
    DecisionRole,
    Ownership,
    PointKind,
    Segment,
    Shipment,
)
from salescrm.base import clock, show
from salescrm.base.lists import paging
from salescrm.base.lists.paging import Cursor, Sort
from staff.access import login_of
from staff.models import Branch, Employee

SIZE = 10  # documents shown at once
MOST_CHANGES = 100
MOST_EVENTS = 1_000
BY_DAY = Sort("day", "day")


def seen(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may see it; 404 otherwise."""
    return get_object_or_404(Client.objects.visible_to(login_of(request), clock.today()), pk=pk)


@require_GET
def shipments(request: HttpRequest, pk: int) -> HttpResponse:
    """Documents of the client, newest first, ten more at a time."""
    client = seen(request, pk)
    rows = Shipment.objects.of_client(client)
    after = request.GET.get("after", "")
    cursor = paging.read(after, paging.key_field(rows, "day"), forward=True) if after else Cursor()
    page = paging.page(rows, BY_DAY, descending=True, cursor=cursor, size=SIZE)
    found = Shipment.objects.select_related("legal_entity").annotate(n=Count("lines")).in_bulk(page.ids)
    context = {
        "client": client,
        "shipments": [found[one] for one in page.ids],
        "after": paging.write(page.last) if page.has_after and page.last else "",
    }
    template = "clients/shipments.html#rows" if after else "clients/shipments.html"
    return render(request, template, context)


@require_GET
def shipment_lines(request: HttpRequest, pk: int, shipment_pk: int) -> HttpResponse:
    """The lines of one document."""
    client = seen(request, pk)
    shipment = get_object_or_404(Shipment.objects.of_client(client), pk=shipment_pk)
    lines = shipment.lines.select_related("product").order_by("position")[:500]
    return render(request, "clients/shipment_lines.html", {"lines": lines})


@require_GET
def owners(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answered for the client, from when, and why."""
    client = seen(request, pk)
    intervals = Ownership.objects.filter(client=client).select_related("owner", "author").order_by("-starts_on")
    return render(request, "clients/owners.html", {"intervals": intervals, "client": client})


@dataclass(frozen=True)
class Change:
    """One field that became another value."""

    at: datetime
    number: int
    who: str
    field: str
    before: str
    after: str


CLIENT_FIELDS = (
    "name",
    "segment_id",
    "branch_id",
    "city",
    "region",
    "address",
    "channel",
    "buyer_kind",
    "legacy_potential",
    "archived_on",
    "archive_reason",
)
ENTITY_FIELDS = ("name", "inn", "kpp", "address", "client_id")


def changes_of(
    model: str,
    fields: tuple[str, ...],
    words: Words,
    *,
    one_line: bool = False,
    named: Callable[[Any], str] | None = None,
    say: Callable[[str, Any], str] | None = None,
    **of: Any,
) -> list[Change]:
    """Compare each event of a row with the one before it; the first one of a row is its creation.

    With `one_line` the rows are links of one chain (owners), and each is compared with the one before. `named` says
    whose row it is, `say` a field of an event in words.
    """
    source = apps.get_model("clients", model)
    events = apps.get_model("clients", f"{model}Event")._default_manager.filter(**of).select_related("pgh_context")
    rows = sorted(
        events.order_by("-pgh_id")[:MOST_EVENTS], key=lambda one: (0 if one_line else one.pgh_obj_id, one.pgh_id)
    )
    changes: list[Change] = []
    for before, after in pairwise(rows):
        if not one_line and before.pgh_obj_id != after.pgh_obj_id:
            continue
        for name in fields:
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                label = str(source._meta.get_field(name.removesuffix("_id")).verbose_name)
                label = f"{named(after)}: {label}" if named else label
                said = (say(name, before), say(name, after)) if say else (words.of(name, old), words.of(name, new))
                changes.append(Change(after.pgh_created_at, after.pgh_id, words.author(after), label, *said))
    return changes


class Words:
    """Stored values as people say them; each name is read once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Any], str] = {}

    def of(self, name: str, value: Any) -> str:
        """Say a value of a field."""
        if value in (None, ""):
            return show.NOTHING
        if name in CHOICES:
            return str(dict(CHOICES[name].choices).get(value, value))
        if name not in SOURCES:
            return show.day(value) if isinstance(value, date) else str(value)
        if (name, value) not in self.known:
            self.known[name, value] = str(SOURCES[name].objects.filter(pk=value).first() or value)
        return self.known[name, value]

    def author(self, event: Any) -> str:
        """Say who made a change: the person of its context, else the program."""
        context = event.pgh_context
        user = context.metadata.get("user") if context else None
        return self.of("owner_id", user) if isinstance(user, int) else _("the program")


SOURCES: dict[str, Any] = {
    "owner_id": Employee,
    "segment_id": Segment,
    "branch_id": Branch,
    "client_id": Client,
    "level_id": DecisionLevel,
}
CHOICES: dict[str, type[TextChoices]] = {
    "channel": Channel,
    "buyer_kind": BuyerKind,
    "role": DecisionRole,
    "preferred": PointKind,
    "kind": PointKind,
}
