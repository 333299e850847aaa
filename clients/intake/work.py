"""An import on the page: its row goes from new over checked to loaded and perhaps undone, each step a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.intake.firms import CLIENTS
from clients.intake.kind import Choice, Kind, Outcome
from clients.intake.kinds import kind_of, kinds, refuse_unless_for
from clients.intake.loading import load
from clients.intake.opening import Opened, open_file
from clients.intake.orders import ORDERS
from clients.intake.undo import undo
from salescrm.base import automation, clock, files, jobs, notify
from salescrm.base.intake import life, report
from salescrm.base.jobs import Progress, Refused
from salescrm.base.lists.export import keep
from salescrm.base.models import Intake, IntakeState, Job, StoredFile
from staff.models import Employee

SHOWN = 100  # bad cells kept with the row for the page; the report has them all
CHECKED = gettext_noop("The import of {file} is checked: {count} bad cells.")
LOADED = {
    "orders": gettext_noop("The import of {file} is loaded: {new} new documents, {changed} changed."),
    "clients": gettext_noop("The import of {file} is loaded: {new} new clients, {changed} changed."),
}
REFUSED = gettext_noop("The import of {file} was refused: {reason}")


def take(uploads: Sequence[UploadedFile[Any]], person: Employee, kind: str = "") -> list[Intake]:
    """Keep uploaded files, make an import of each that is no lookup of another; raise Refused and keep nothing.

    `kind` is what the files hold; without it the first one that is no lookup tells.
    """
    with files.kept_together() as kept:
        for upload in uploads:
            content_type = str(upload.content_type or "")
            kept.append(files.keep_upload(upload, person, ending="import", content_type=content_type))
        return _intakes(kept, person, kinds().get(kind))


def _intakes(kept: Sequence[StoredFile], person: Employee, kind: Kind | None) -> list[Intake]:
    beside = {file.name: Path(file.file.path) for file in kept}
    opened: dict[int, Opened] = {}
    for file in kept:
        try:
            opened[file.pk] = open_file(Path(file.file.path), kind, beside=beside)
        except Refused as fault:
            raise Refused(f"{file.name}: {fault}") from fault
        refuse_unless_for(person, opened[file.pk].kind)
    lookups = {one.file.lower() for found in opened.values() for one in found.columns.lookups}
    mains = [file for file in kept if file.name.lower().removesuffix(".gz") not in lookups] or list(kept[:1])
    return [
        Intake.objects.create(
            kind=opened[file.pk].kind.name,
            file=file,
            file_name=file.name,
            mapping=opened[file.pk].columns.as_json(),
            options={"beside": [one.pk for one in kept if one.pk != file.pk and len(mains) == 1]},
            created_by=person,
        )
        for file in mains
    ]


def opened_of(intake: Intake) -> Opened:
    """Open the import's file with its mapping; raise Refused when it cannot be read."""
    if intake.file is None:
        raise Refused(_("The file of this import was not kept."))
    others = StoredFile.objects.filter(pk__in=intake.options.get("beside", []))
    beside = {other.name: Path(other.file.path) for other in others}
    kind = kind_of(intake)
    return open_file(Path(intake.file.file.path), kind, kind.read_mapping(intake.mapping), beside)


def ask(intake: Intake, kind: str, state: str, by: Employee) -> Job:
    """Start the job `kind` for the import and put it in `state`."""
    job = jobs.start(kind, by=by, intake=intake.pk)
    intake.state, intake.job, intake.refusal = state, job, ""
    intake.options = {**intake.options, "stop": False}
    intake.save(update_fields=["state", "job", "refusal", "options"])
    return job


def check(progress: Progress, intake: int) -> dict[str, Any]:
    """Job: say what the import would do; the base stays as it is."""
    row = Intake.objects.select_related("created_by").get(pk=intake)
    if row.state != IntakeState.CHECKING:
        return {}
    with _in_language_of(row):
        try:
            outcome = load(opened_of(row), _choice(row, dry_run=True), intake=None, tell=_teller(progress, row))
        except Refused as fault:
            life.end(row.pk, IntakeState.NEW, refusal=str(fault))
            raise
        except Exception:
            life.end(
                row.pk,
                IntakeState.NEW,
                refusal=_("The check broke off by a fault of the program; nothing was changed."),
            )
            raise
        _keep_bad(row, outcome)
        life.end(row.pk, IntakeState.CHECKED, counts=_counts(outcome))
        _tell(row, CHECKED, count=outcome.errors)
    return _counts(outcome)


def load_job(progress: Progress, intake: int) -> dict[str, Any]:
    """Job: bring the file into the base; its row says so in the same transaction. Safe to start twice."""
    row = Intake.objects.select_related("created_by").get(pk=intake)
    if row.state != IntakeState.RUNNING:
        return {}
    with _in_language_of(row):
        try:
            outcome = _load(progress, row)
        except Refused as fault:
            life.end(row.pk, IntakeState.REFUSED, refusal=str(fault))
            _tell(row, REFUSED, reason=str(fault))
            raise
        except Exception:
            text = _("The import broke off by a fault of the program; nothing was changed.")
            life.end(row.pk, IntakeState.REFUSED, refusal=text)
            raise
        made = outcome.counts.get("new", outcome.counts.get("clients_created", 0))
        _tell(row, kind_of(row).loaded or LOADED[row.kind], new=made, changed=outcome.counts.get("changed", 0))
    return _counts(outcome)


def _load(progress: Progress, row: Intake) -> Outcome:
    with transaction.atomic():
        outcome = load(opened_of(row), _choice(row, dry_run=False), intake=row.pk, tell=_teller(progress, row))
        if not outcome.refused:
            life.end(row.pk, IntakeState.DONE, counts=_counts(outcome))
            follow(kind_of(row), clock.today())
    _keep_bad(row, outcome)
    if outcome.refused:
        raise Refused(outcome.refused)
    return outcome


def follow(kind: Kind, today: date) -> None:
    """Start what follows an import, from the page or a command: how complete clients are (R4), who may be one (R7)."""
    if kind not in (ORDERS, CLIENTS):
        return
    jobs.start("completeness", by=None, today=today.isoformat(), only_new=kind is ORDERS)
    if kind is not ORDERS:
        jobs.start("duplicates-find", by=None, day=today.isoformat())
        return
    for name in filter(automation.is_on, settings.AFTER_ORDERS):
        jobs.start(name, by=None, today=today.isoformat())


def undo_job(progress: Progress, intake: int) -> dict[str, Any]:
    """Job: take the import back."""
    row = Intake.objects.select_related("created_by").get(pk=intake)
    if row.state != IntakeState.DONE:
        return {}
    with _in_language_of(row):
        undo(intake, by=progress.job.created_by_id)
    return {}


def _choice(row: Intake, *, dry_run: bool) -> Choice:
    options = row.options
    return Choice(
        dry_run=dry_run,
        skip_bad=bool(options.get("skip_bad")) or dry_run,
        same_day=str(options.get("same_day", "")),
        branch=options.get("branch"),
        owner=options.get("owner"),
        file_wins=bool(options.get("file_wins")),
        author=row.created_by_id,
        today=clock.today(),
    )


def _counts(outcome: Outcome) -> dict[str, Any]:
    return {**outcome.counts, "errors": outcome.errors, "shown": outcome.bad[:SHOWN]}


def _keep_bad(row: Intake, outcome: Outcome) -> None:
    """Keep the report of bad cells with the import."""
    if outcome.bad:
        captions = row.mapping.get("columns", {})
        path = report.draft(row.file_name, outcome.bad, lambda name: str(captions.get(name, name)))
        stored = keep(path, f"{Path(row.file_name).stem}-errors.csv", "csv", row.created_by)
        path.unlink()
        Intake.objects.filter(pk=row.pk).update(error_file=stored)


def _teller(progress: Progress, row: Intake) -> Callable[[int, int | None, str], None]:
    """Return a function that shows progress on the page and hears the person's wish to stop."""

    def tell(done: int, total: int | None, stage: str) -> None:
        progress.tell(done, total, stage)
        if Intake.objects.filter(pk=row.pk, options__stop=True).exists():
            raise Refused(_("Stopped by a person; nothing was changed."))

    return tell


def _in_language_of(row: Intake) -> Any:
    person = row.created_by
    return translation.override((getattr(person, "language", "") if person else "") or settings.LANGUAGE_CODE)


def _tell(row: Intake, text: str, **values: Any) -> None:
    """Notify the person who brought the file."""
    if row.created_by_id:
        key = f"intake-{row.pk}-{row.job_id}"
        url = reverse("imports:intake-card", args=[row.pk])
        notify.tell([row.created_by_id], kind="import", text=text, key=key, url=url, file=row.file_name, **values)
