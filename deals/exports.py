"""Export of the lists of tasks and of deals: which rows, under what name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.exports import heads
from deals import figures
from deals.dealing import listing
from deals.dealing.board import Card
from deals.dealing.listing import DEALS
from deals.filters import TASKS
from deals.rows import TaskRow, hydrate
from salescrm.base import jobs
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job


def read(state: ListState, ids: list[int]) -> list[TaskRow]:
    """Read the tasks of these ids."""
    return hydrate(ids, state.here.person, state.here.today)


EXPORT = Export(
    TASKS,
    kind="tasks-export",
    title=_("Export of tasks"),
    file_name=_("tasks"),
    told=gettext_noop("Export of {rows} tasks is ready"),
    rows=figures.listed,
    count=figures.count,
    hydrate=read,
    heads=heads,
)


@jobs.kind(EXPORT.kind)
def write_long(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of tasks."""
    return exporting.write_long(EXPORT, progress, **asked)


def read_deals(state: ListState, ids: list[int]) -> list[Card]:
    """Read the deals of these ids."""
    return listing.hydrate(ids, state)


DEALS_EXPORT = Export(
    DEALS,
    kind="deals-export",
    title=_("Export of deals"),
    file_name=_("deals"),
    told=gettext_noop("Export of {rows} deals is ready"),
    rows=listing.listed,
    count=listing.count,
    hydrate=read_deals,
    heads=heads,
)


@jobs.kind(DEALS_EXPORT.kind)
def write_long_deals(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of deals."""
    return exporting.write_long(DEALS_EXPORT, progress, **asked)


def of_job(pk: int) -> Export:
    """Return the export a job belongs to: both lists of the room have one address for theirs."""
    is_of_deals = Job.objects.filter(pk=pk, kind=DEALS_EXPORT.kind).exists()
    return DEALS_EXPORT if is_of_deals else EXPORT
