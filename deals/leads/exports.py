"""Export of the list of leads: which rows, under what name; phones and e-mails are not in it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.exports import heads
from deals.leads import figures
from deals.leads.filters import LEADS
from deals.leads.rows import LeadRow, hydrate
from salescrm.base import clock, jobs
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.state import ListState


def read(state: ListState, ids: list[int]) -> list[LeadRow]:
    """Read the leads of these ids."""
    return hydrate(ids, state.here.person, clock.now())


EXPORT = Export(
    LEADS,
    kind="leads-export",
    title=_("Export of leads"),
    file_name=_("leads"),
    told=gettext_noop("Export of {rows} leads is ready"),
    rows=figures.listed,
    count=figures.count,
    hydrate=read,
    heads=heads,
)


@jobs.kind(EXPORT.kind)
def write_long(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of leads."""
    return exporting.write_long(EXPORT, progress, **asked)
