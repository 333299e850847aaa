"""The list of what a reconciliation found: its columns, orders and filters, and its export."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from clients.duplicates.listing import named
from clients.exports import heads
from clients.filters import NUMBER, branches, held, people
from clients.models import Ownership
from deals.filters import WHO, WORDS
from deals.reconciliation import reading
from deals.reconciliation.models import LineKind
from deals.reconciliation.reading import RUN, LineRow
from salescrm.base import jobs, names
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.filters import Choice, Choices, Filter, Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec, ListState


class LineState(TextChoices):
    """Where a line stands."""

    OPEN = "open", pgettext_lazy("reconciliation", "without a task")
    TASK = "task", pgettext_lazy("reconciliation", "with a task")
    SETTLED = "settled", pgettext_lazy("reconciliation", "settled")


STANDS = {
    LineState.OPEN.value: Q(settled_on__isnull=True, task__isnull=True),
    LineState.TASK.value: Q(settled_on__isnull=True, task__isnull=False),
    LineState.SETTLED.value: Q(settled_on__isnull=False),
}


def _kinds(here: Here) -> Choices:
    return named(LineKind)


def _states(here: Here) -> Choices:
    return named(LineState)


def _stands(value: str, here: Here) -> Q:
    return STANDS[value]


def _owned(value: str, here: Here) -> Q:
    now = Ownership.objects.filter(held(value, here), ends_on__isnull=True)
    return Q(client__in=now.values("client_id"))


def filters() -> list[Filter]:
    """The filters of the list."""
    return [
        Choice("kind", _("Kind"), path="kind", choices=_kinds),
        Choice("state", pgettext_lazy("reconciliation", "State"), choices=_states, own=_stands),
        Choice("owner", _("Manager"), choices=people, own=_owned, pattern=WHO, known=WORDS),
        Choice("branch", _("Branch"), path="client__branch", choices=branches, pattern=NUMBER),
    ]


def find(typed: str, whole: bool) -> Q:
    """Keep lines of clients whose name has what was typed."""
    key = names.key(typed)
    return Q(client__name_key__contains=key) if key else Q(pk__in=[])


def stands(row: LineRow) -> LineState:
    """Say where a line stands."""
    if row.line.settled_on:
        return LineState.SETTLED
    return LineState.TASK if row.line.task_id else LineState.OPEN


def _task(row: LineRow) -> str:
    return row.line.task.title if row.line.task else ""


COLUMNS = (
    Column("client", _("Client"), lambda row: row.client.name, sort="client", fixed=True),
    Column("kind", _("Kind"), lambda row: str(row.line.get_kind_display()), sort="kind"),
    Column("what", _("What is wrong"), lambda row: row.what),
    Column("owner", _("Manager"), lambda row: row.owner.short_name if row.owner else ""),
    Column("branch", _("Branch"), lambda row: row.client.branch.name, shown=False),
    Column("task", _("Task"), _task),
    Column("state", pgettext_lazy("reconciliation", "State"), lambda row: str(stands(row).label)),
    Column("settled", _("Settled"), lambda row: row.line.settled_on, shown=False),
)
SORTS = (Sort("kind", "kind"), Sort("client", "client__name_sort"))
BARE = f"state={LineState.OPEN}"
LINES = ListSpec(
    "reconciliation",
    COLUMNS,
    SORTS,
    "kind",
    filters,
    find,
    others=(RUN,),
    url_name="reconciliation:line-list",
    bare=BARE,
)


def read(state: ListState, ids: list[int]) -> list[LineRow]:
    """Read the lines of these numbers."""
    return reading.hydrate(ids, state.here.person, state.here.today)


EXPORT = Export(
    LINES,
    kind="reconciliation-export",
    title=_("Export of a reconciliation"),
    file_name=_("reconciliation"),
    told=gettext_noop("Export of {rows} lines of a reconciliation is ready"),
    rows=reading.listed,
    count=reading.count,
    hydrate=read,
    heads=heads,
)


@jobs.kind(EXPORT.kind)
def write_long(progress: Progress, **asked: str) -> dict[str, Any]:
    """Write a long export of a reconciliation."""
    return exporting.write_long(EXPORT, progress, **asked)
