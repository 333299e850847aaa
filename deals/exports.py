"""Export of the list of tasks, with what is written into the log."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.exports import heads
from deals import figures
from deals.filters import TASKS
from deals.rows import TaskRow, hydrate
from salescrm.base import guard, jobs, notify
from salescrm.base.jobs import Progress
from salescrm.base.lists import export
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from staff.models import Employee

SCREEN = "tasks"
DONE_TOLD = gettext_noop("Export of {rows} tasks is ready")


def write(path: Path, form: str, state: ListState, progress: Progress | None = None) -> int:
    """Write the filtered list into a file and the access log; return the number of rows."""
    here = state.here

    def read(ids: list[int]) -> list[TaskRow]:
        return hydrate(ids, here.person, here.today)

    def tell(done: int) -> None:
        if progress:
            progress.tell(done)

    rows = export.write(path, form, state, state.narrow(figures.listed(state)), read, tell)
    url = f"{reverse('deals:task-list')}?{state.query()}"
    guard.exported(here.person, screen=SCREEN, rows=rows, heads=heads, url=url[:300], query=state.query(), form=form)
    return rows


def file_name(form: str, today: date) -> str:
    """Name the file a person gets."""
    return f"{_('tasks')}-{today.isoformat()}.{form}"


@jobs.kind("tasks-export")
def write_long(progress: Progress, *, query: str, form: str, language: str, today: str) -> dict[str, Any]:
    """Write a long export for the person who asked, with the rows that person sees; the file hangs on the job."""
    person = progress.job.created_by
    if not isinstance(person, Employee):
        raise jobs.Refused("an export is asked for by a person")
    state = ListState.read(TASKS, QueryDict(query), Here(person, date.fromisoformat(today)))
    with TemporaryDirectory() as folder, translation.override(language or None):
        path = Path(folder) / f"tasks.{form}"
        rows = write(path, form, state, progress)
        stored = export.keep(path, file_name(form, state.here.today), form, person)
    Job.objects.filter(pk=progress.job.pk).update(result_file=stored)
    url = reverse("deals:export-job", args=[progress.job.pk])
    notify.tell([person.pk], kind="export", text=DONE_TOLD, key=f"export-{progress.job.pk}", url=url, rows=rows)
    return {"rows": rows}
