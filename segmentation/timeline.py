"""What the room says of a client's past: changes of class, and when it entered and left the TOP list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salescrm.base.timeline import Event, Kind
from segmentation.models import Classification, TopMembership


def _classes(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in Classification.objects.in_bulk(list(ids)).items():
        letters = f"{one.abc}{one.xyz}"
        text = _("Class %s") % letters if letters else _("No class any more")
        found[pk] = Event("chart-dots", text)
    return found


def _entries(ids: Sequence[int], person: Any) -> dict[int, Event]:
    return {pk: Event("star", _("Entered the TOP list")) for pk in TopMembership.objects.in_bulk(list(ids))}


def _exits(ids: Sequence[int], person: Any) -> dict[int, Event]:
    return {pk: Event("star-off", _("Left the TOP list")) for pk in TopMembership.objects.in_bulk(list(ids))}


def _changes(client: int) -> QuerySet[Classification]:
    """Keep the rows that begin with other letters than the row before had."""
    letters = Concat("abc", "xyz")
    before = Classification.objects.filter(client=client, until=OuterRef("since")).annotate(cell=letters)
    rows = Classification.objects.filter(client=client).annotate(cell=letters, before=Subquery(before.values("cell")))
    return rows.exclude(before=F("cell"))


KINDS = (
    Kind(
        "classes",
        gettext_lazy("Classes"),
        "since",
        _changes,
        _classes,
    ),
    Kind(
        "top",
        gettext_lazy("TOP"),
        "entered_on",
        lambda client: TopMembership.objects.filter(client=client),
        _entries,
    ),
    Kind(
        "top-left",
        gettext_lazy("TOP, left"),
        "left_on",
        lambda client: TopMembership.objects.filter(client=client, left_on__isnull=False),
        _exits,
    ),
)
