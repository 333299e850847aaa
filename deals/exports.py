"""Export of the list of tasks: which rows, under what name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.exports import heads
from deals import figures
from deals.filters import TASKS
from deals.rows import TaskRow, hydrate
from salescrm.base import jobs
from salescrm.base.jobs import Progress
from salescrm.base.lists import exporting
from salescrm.base.lists.exporting import Export
from salescrm.base.lists.state import ListState


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
