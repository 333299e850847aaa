"""Export of the list of clients: which rows, under what name, who hears of a large one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients import entity_exports, figures
from clients.contacts import exports as contacts
from clients.filters import CLIENTS
from clients.rows import ClientRow, hydrate
from salescrm.base import jobs
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.state import ListState
from staff.models import Employee

SCREEN = CLIENTS.name
LIST_SCREEN = f"{SCREEN}-list"  # under it rows of pages are counted


def heads() -> list[int]:
    """Who hears of unusual reading of the base."""
    return list(Employee.people.guarding().values_list("pk", flat=True))


def read(state: ListState, ids: list[int]) -> list[ClientRow]:
    """Read the clients of these ids."""
    return hydrate(ids, state.here.today)


EXPORT = Export(
    CLIENTS,
    kind="clients-export",
    title=_("Export of clients"),
    file_name=_("clients"),
    told=gettext_noop("Export of {rows} clients is ready"),
    rows=figures.listed,
    count=figures.count,
    hydrate=read,
    heads=heads,
)


PEOPLE = replace(
    EXPORT,
    kind="contacts-export",
    title=_("Export of contacts"),
    file_name=_("contacts"),
    told=gettext_noop("Export of {rows} contacts is ready"),
    rows=contacts.clients,
    screen="contacts",
    table=contacts.table,
)


ENTITIES = replace(
    EXPORT,
    kind="entities-export",
    title=_("Export of legal entities"),
    file_name=_("legal entities"),
    told=gettext_noop("Export of {rows} legal entities is ready"),
    screen="entities",
    table=entity_exports.table,
)


@jobs.kind(ENTITIES.kind)
def write_long_entities(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of legal entities."""
    return exporting.write_long(ENTITIES, progress, **asked)


@jobs.kind(PEOPLE.kind)
def write_long_people(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of contacts."""
    return exporting.write_long(PEOPLE, progress, **asked)


@jobs.kind(EXPORT.kind)
def write_long(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of clients."""
    return exporting.write_long(EXPORT, progress, **asked)
