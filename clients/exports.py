"""Export of the list of clients: who may, what is written into the log, who hears of a large one."""

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

from clients import figures
from clients.filters import CLIENTS
from clients.rows import ClientRow, hydrate
from salescrm.base import guard, jobs, notify
from salescrm.base.jobs import Progress
from salescrm.base.lists import export
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from staff.models import Employee

SCREEN = "clients"


def heads() -> list[int]:
    """Who hears of unusual reading of the base."""
    return list(Employee.people.heads_of_sales().values_list("pk", flat=True))


def write(path: Path, form: str, state: ListState, progress: Progress | None = None) -> int:
    """Write the filtered list into a file and the access log; return the number of rows."""
    today = state.here.today

    def read(ids: list[int]) -> list[ClientRow]:
        return hydrate(ids, today)

    def tell(done: int) -> None:
        if progress:
            progress.tell(done)

    rows = export.write(path, form, state, state.narrow(figures.listed(state)), read, tell)
    url = f"{reverse('clients:client-list')}?{state.query(whole=True)}"
    guard.exported(
        state.here.person,
        screen=SCREEN,
        rows=rows,
        heads=heads,
        url=url[:300],
        query=state.query(whole=True),
        form=form,
    )
    return rows


def file_name(form: str, today: date) -> str:
    """Name the file a person gets."""
    return f"{_('clients')}-{today.isoformat()}.{form}"


DONE_TOLD = gettext_noop("Export of {rows} clients is ready")


@jobs.kind("clients-export")
def write_long(progress: Progress, *, query: str, form: str, language: str, today: str) -> dict[str, Any]:
    """Write a long export for the person who asked, with the rows that person sees; the file hangs on the job."""
    person = progress.job.created_by
    if not isinstance(person, Employee):
        raise jobs.Refused("an export is asked for by a person")
    state = ListState.read(CLIENTS, QueryDict(query), Here(person, date.fromisoformat(today)))
    with TemporaryDirectory() as folder, translation.override(language or None):
        path = Path(folder) / f"clients.{form}"
        rows = write(path, form, state, progress)
        stored = export.keep(path, file_name(form, state.here.today), form, person)
    Job.objects.filter(pk=progress.job.pk).update(result_file=stored)
    url = reverse("clients:export-job", args=[progress.job.pk])
    notify.tell([person.pk], kind="export", text=DONE_TOLD, key=f"export-{progress.job.pk}", url=url, rows=rows)
    return {"rows": rows}
