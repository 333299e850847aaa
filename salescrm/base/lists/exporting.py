"""The export of a list as a person asks for it: in a dialog, written at once or as a job, logged, fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import get_user_model
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from salescrm.base import files, guard, jobs, notify, show
from salescrm.base.jobs import Progress
from salescrm.base.lists import export
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.models import Job

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase
    from django.utils.functional import _StrOrPromise


Table = tuple[Sequence[str], Callable[[list[int]], Sequence[Sequence[export.Cell]]]]


@dataclass(frozen=True)
class Export:
    """What a room says of the export of its list.

    `kind` is that of the job of a long one, `told` the notification of its end (source language, with {rows}); the
    pages of the job are named `export-job` and `export-file` among the addresses of the room.
    """

    spec: ListSpec
    kind: str
    title: _StrOrPromise
    file_name: _StrOrPromise
    told: str
    rows: Callable[[ListState], QuerySet[Any]]
    count: Callable[[ListState], int]
    hydrate: Callable[[ListState, list[int]], Sequence[Any]]
    heads: Callable[[], Iterable[int]]  # who hears of a large one
    screen: str = ""  # what the log calls it; the list's name by default
    table: Callable[[ListState], Table] | None = None  # captions and rows in place of the list's columns

    def name(self, form: str, today: date) -> str:
        """Name the file a person gets."""
        return f"{self.file_name}-{today.isoformat()}.{form}"

    def url(self, part: str, job: int) -> str:
        """Return the address of the page (`job`) or the result (`file`) of a long export."""
        return self.spec.beside(f"export-{part}", job)


def write(path: Path, form: str, asked: Export, state: ListState, progress: Progress | None = None) -> int:
    """Write the filtered list into a file and the access log; return the number of rows."""

    def read(ids: list[int]) -> Sequence[Any]:
        return asked.hydrate(state, ids)

    def tell(done: int) -> None:
        if progress:
            progress.tell(done)

    narrowed = state.narrow(asked.rows(state))
    if asked.table:
        heads, cells = asked.table(state)
        rows = export.write_cells(path, form, heads, state, narrowed, cells, tell)
    else:
        rows = export.write(path, form, state, narrowed, read, tell)
    query = state.query(whole=True)
    url = f"{state.spec.url('list')}?{query}"[:300]
    person, screen = state.here.person, asked.screen or state.spec.name
    guard.exported(person, screen=screen, rows=rows, heads=asked.heads, url=url, query=query, form=form)
    return rows


def answer(
    request: HttpRequest, asked: Export, state: ListState, more: Mapping[str, Any] | None = None
) -> HttpResponseBase:
    """Ask for the form of the file, then write it at once or, if it is long, as a job; `more` is for the dialog."""
    count = asked.count(state)
    if request.method == "GET":
        context = {"page_title": _("Export"), "count": count, "is_long": count > export.AT_ONCE, "state": state}
        return render(request, "lists/export.html", context | dict(more or {}))
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    if count > export.AT_ONCE:
        job = _start(asked, state, form, count)
        return redirect(asked.url("job", job.pk))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{asked.spec.name}.{form}"
        write(path, form, asked, state)
        file = FileResponse(path.open("rb"), as_attachment=True, filename=asked.name(form, state.here.today))
    file.headers["Content-Type"] = export.FORMATS[form]
    return file


def _start(asked: Export, state: ListState, form: str, count: int) -> Job:
    """Start the job with everything it needs to see what the person sees now: no view is named in its query."""
    columns = ",".join(column.key for column in state.shown)
    said = {
        "query": state.query(whole=True, cols=columns),
        "form": form,
        "language": translation.get_language() or "",
        "today": str(state.here.today),
    }
    return jobs.start(asked.kind, by=state.here.person, total=count, **said)


def write_long(
    asked: Export, progress: Progress, *, query: str, form: str, language: str, today: str
) -> dict[str, Any]:
    """Write a long export for the person who asked, with the rows that person sees; the file hangs on the job."""
    job, person = progress.job, progress.job.created_by
    if not isinstance(person, get_user_model()):
        raise jobs.Refused("an export is asked for by a person")
    state = ListState.read(asked.spec, QueryDict(query), Here(person, date.fromisoformat(today)))
    with TemporaryDirectory() as folder, translation.override(language or None):
        path = Path(folder) / f"{asked.spec.name}.{form}"
        rows = write(path, form, asked, state, progress)
        stored = export.keep(path, asked.name(form, state.here.today), form, person)
    Job.objects.filter(pk=job.pk).update(result_file=stored)
    url = asked.url("job", job.pk)
    notify.tell([person.pk], kind="export", text=asked.told, key=f"export-{job.pk}", url=url, rows=rows)
    return {"rows": rows}


def job_page(request: HttpRequest, asked: Export, pk: int) -> HttpResponse:
    """Show how far a long export is, to the person who asked for it."""
    job = get_object_or_404(_own(request, asked), pk=pk)
    context = {
        "page_title": asked.title,
        "job": job,
        "poll_url": request.path,
        "title": asked.title,
        "result_url": asked.url("file", job.pk) if job.result_file_id else "",
        "result_text": _("%s rows are ready") % show.number((job.result or {}).get("rows", 0)),
    }
    return render(request, f"lists/export_job.html{'#job' if wants_part(request) else ''}", context)


def job_file(request: HttpRequest, asked: Export, pk: int) -> FileResponse:
    """Give the file of a finished export to the person who asked for it."""
    done = _own(request, asked).select_related("result_file").filter(result_file__isnull=False)
    stored = get_object_or_404(done, pk=pk).result_file
    assert stored is not None  # noqa: S101 - filtered above
    return files.attachment(stored)


def _own(request: HttpRequest, asked: Export) -> QuerySet[Job]:
    return Job.objects.filter(kind=asked.kind, created_by=cast(Any, request.user))
