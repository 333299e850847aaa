"""The library of objections as a page shows it, and what was heard within a year, by type (R51)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from clients.models import Objection, Segment, TypicalObjection
from clients.querysets import ClientQuerySet
from clients.typology.catalogue import Catalogue
from salescrm.base.periods import add_months

MONTHS = 12
MOST = 200  # kinds of what was heard, the commonest


@dataclass(frozen=True)
class Part:
    """A part of the library: of everybody, of a sphere or of a type, and where a new row of it is added."""

    kind: str
    parent: int
    name: str
    rows: list[TypicalObjection]


@dataclass(frozen=True)
class Met:
    """An objection met with clients of a type: how often, with how many, and what came of the answers."""

    text: str
    is_known: bool
    heard: int
    helped: int
    failed: int
    clients: int
    url: str


@dataclass
class OfType:
    """What clients of a type object, the commonest first; `segment` None: clients without a type."""

    segment: Segment | None
    lines: list[Met] = field(default_factory=list)

    @property
    def heard(self) -> int:
        """How many were heard."""
        return sum(one.heard for one in self.lines)


def library(catalogue: Catalogue) -> list[Part]:
    """Lay the library out: what everybody objects, then sphere by sphere, each with its types."""
    found = [Part("objection-of-all", 0, "", catalogue.objections_of())]
    for sphere in catalogue.spheres:
        found.append(Part("objection", sphere.pk, str(sphere), catalogue.objections_of(sphere=sphere.pk)))
        types = [(one, catalogue.objections_of(segment=one.pk)) for one in catalogue.of_sphere(sphere)]
        found += [Part("objection-of-type", one.pk, f"{sphere} → {one}", rows) for one, rows in types if rows]
    return found


def since(today: date) -> date:
    """From when objections heard are counted: the same in the table and in the list behind its figures."""
    return add_months(today, -MONTHS)


def met(clients: ClientQuerySet, catalogue: Catalogue, today: date) -> list[OfType]:
    """Count what these clients objected within a year, by their type; the type with most stands first."""
    rows = (
        Objection.objects.filter(noted_on__gt=since(today), contact__client__in=clients.order_by().values("pk"))
        .annotate(said=Coalesce(F("known__text"), F("text")))
        .order_by()
        .values("contact__client__segment", "known", "said")
        .annotate(
            n=Count("pk"),
            helped_n=Count("pk", filter=Q(helped=True)),
            failed_n=Count("pk", filter=Q(helped=False)),
            clients_n=Count("contact__client", distinct=True),
        )
        .order_by("-n", "said")[:MOST]
    )
    found: dict[int | None, OfType] = {}
    for row in rows:
        pk = row["contact__client__segment"]
        of = found.setdefault(pk, OfType(catalogue.segments.get(pk) if pk else None))
        counts = (row["n"], row["helped_n"], row["failed_n"], row["clients_n"])
        of.lines.append(Met(row["said"], bool(row["known"]), *counts, url=list_url(row["known"], pk)))
    return sorted(found.values(), key=lambda one: -one.heard)


def list_url(known: int | None, segment: int | None) -> str:
    """Link to the clients behind a figure; what is not of the library has no list."""
    if known is None:
        return ""
    return f"{reverse('clients:client-list')}?{urlencode({'objected': known, 'segment': segment or 'none'})}"
