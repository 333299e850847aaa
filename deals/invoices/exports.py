"""Export of the list of invoices."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.exports import heads
from deals.invoices import figures
from deals.invoices.filters import INVOICES
from deals.invoices.rows import InvoiceRow, hydrate
from salescrm.base import jobs
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.state import ListState


def read(state: ListState, ids: list[int]) -> list[InvoiceRow]:
    """Read the invoices of these ids."""
    return hydrate(ids, state.here.person, state.here.today)


EXPORT = Export(
    INVOICES,
    kind="invoices-export",
    title=_("Export of invoices"),
    file_name=_("invoices"),
    told=gettext_noop("Export of {rows} invoices is ready"),
    rows=figures.listed,
    count=figures.count,
    hydrate=read,
    heads=heads,
)


@jobs.kind(EXPORT.kind)
def write_long(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of invoices."""
    return exporting.write_long(EXPORT, progress, **asked)
