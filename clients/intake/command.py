"""What `manage.py import_orders` and `import_clients` do: files in, one transaction, one answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from clients.intake.kind import Choice, Kind, Outcome
from clients.intake.loading import load
from clients.intake.opening import Opened, open_file
from clients.intake.orders import ORDERS
from clients.intake.work import follow
from salescrm.base import clock
from salescrm.base.intake import life, report
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake, IntakeState

Result = dict[str, Any]


DOCUMENTS = ("new", "changed", "unchanged")
KEPT = ("rows_read", "left_out", "employees_created", "errors", "error_report", "refused")  # said of a refused file too


class _Stop(Exception):
    """Ends the transaction of several files at the first one that is refused."""


def run(
    files: Sequence[Path],
    *,
    kind: Kind = ORDERS,
    mapping: str = "",
    dry_run: bool = False,
    skip_bad: bool = False,
    same_day: str = "",
    file_wins: bool = False,
) -> Result:
    """Import the files, all or none; return the counts, `refused` being the one-line reason or empty."""
    begun = monotonic()
    choice = Choice(dry_run=dry_run, skip_bad=skip_bad, same_day=same_day, file_wins=file_wins, today=clock.today())
    result: Result = _nothing(kind) | {"dry_run": dry_run}
    refused: list[tuple[Path, Outcome]] = []
    try:
        with transaction.atomic():
            for path, opened in _opened(files, kind, mapping):
                _one(path, opened, choice, result, refused)
            if not dry_run:
                follow(kind, clock.today())
    except Refused as fault:
        result |= {"refused": " ".join(str(fault).split())}
    except _Stop:
        result |= {"refused": refused[-1][1].refused}
    if result["refused"]:
        result |= {key: value for key, value in _nothing(kind).items() if key not in KEPT}
        _keep_refusal(files[0], kind, result)
    return result | {"seconds": round(monotonic() - begun, 2)}


def _nothing(kind: Kind) -> Result:
    """Return the counts of an import that did nothing; what becomes of documents stands together."""
    names = [name for name, _caption in kind.figures]
    figures: Result = dict.fromkeys(names, 0)
    if kind is ORDERS:
        figures = {"documents": dict.fromkeys(DOCUMENTS, 0), "lines": 0, "clients_created": 0}
    return {
        "rows_read": 0,
        "left_out": 0,
        **figures,
        "employees_created": 0,
        "errors": 0,
        "error_report": None,
        "refused": "",
    }


def _opened(files: Sequence[Path], kind: Kind, mapping: str) -> list[tuple[Path, Opened]]:
    """Open each file that is not a lookup of another one."""
    given = kind.get_mapping(mapping) if mapping else None
    seen: list[tuple[Path, Opened]] = []
    lookups: set[str] = set()
    for path in files:
        if not path.is_file():
            raise Refused(_("There is no file {name}.").format(name=path))
        if _bare(path.name) in lookups:
            continue
        try:
            opened = open_file(path, kind, given)
        except Refused as fault:
            raise Refused(f"{path.name}: {fault}") from fault
        lookups |= {_bare(one.file) for one in opened.columns.lookups}
        seen.append((path, opened))
    return [(path, opened) for path, opened in seen if _bare(path.name) not in lookups]


def _bare(name: str) -> str:
    return name.lower().removesuffix(".gz")


def _one(path: Path, opened: Opened, choice: Choice, result: Result, refused: list[tuple[Path, Outcome]]) -> None:
    """Import one file inside the transaction of all."""
    intake = None if choice.dry_run else _begin(path, opened, choice)
    try:
        outcome = load(opened, choice, intake=intake.pk if intake else None, tell=_teller(path))
    except Refused as fault:
        raise Refused(f"{path.name}: {fault}") from fault
    _add(result, outcome)
    if outcome.bad:
        captions = _captions(opened)
        result["error_report"] = str(report.draft(path.name, outcome.bad, captions))
    if outcome.refused:
        outcome.refused = f"{path.name}: {outcome.refused}"
        refused.append((path, outcome))
        raise _Stop
    if intake:
        life.end(intake.pk, IntakeState.DONE, counts=outcome.counts)


def _begin(path: Path, opened: Opened, choice: Choice) -> Intake:
    return Intake.objects.create(
        kind=opened.kind.name,
        file_name=path.name[:255],
        mapping=opened.columns.as_json(),
        options={"skip_bad": choice.skip_bad, "same_day": choice.same_day, "file_wins": choice.file_wins},
        state=IntakeState.RUNNING,
    )


def _captions(opened: Opened) -> Callable[[str], str]:
    """Return a function naming a field as the file's heading does."""
    return lambda name: opened.columns.columns.get(name, name)


def _add(result: Result, outcome: Outcome) -> None:
    """Add a file's counts to those of the command."""
    counts = outcome.counts
    for name, value in result.items():
        if name in counts and isinstance(value, int):
            result[name] = value + counts[name]
    for name in result.get("documents", ()):
        result["documents"][name] += counts.get(name, 0)
    result["errors"] += outcome.errors


def _keep_refusal(path: Path, kind: Kind, result: Result) -> None:
    """Leave a trace of a refused import in the list of imports."""
    if result["dry_run"]:
        return
    report_path = result["error_report"]
    intake = Intake.objects.create(kind=kind.name, file_name=path.name[:255])
    life.end(
        intake.pk,
        IntakeState.REFUSED,
        refusal=result["refused"],
        counts={"rows_read": result["rows_read"], "errors": result["errors"]},
        error_file=report.store(Path(report_path), None) if report_path else None,
    )


def _teller(path: Path) -> Callable[[int, int | None, str], None]:
    """Return a function showing progress on the terminal's stderr, nothing where nobody looks."""

    def tell(done: int, total: int | None, stage: str) -> None:
        if sys.stderr.isatty():
            share = f" {done * 100 // total} %" if total else ""
            sys.stderr.write(f"\r\x1b[K{path.name}: {_(stage) if stage else ''} {done}{share}")
            sys.stderr.flush()

    return tell


def sentence(result: Result) -> str:
    """Say what an import did, for people at the command line."""
    if "documents" in result:
        text = _(
            "{rows_read} rows read, {left_out} left out. Documents: {new} new, {changed} changed,"
            " {unchanged} unchanged. Lines: {lines}. Clients created: {clients_created}. Bad cells: {errors}."
            " {seconds} s."
        )
    else:
        text = _(
            "{rows_read} rows read, {left_out} left out. Clients: {clients_created} new, {changed} changed, {unchanged}"
            " unchanged. New contacts: {contacts_created}, phones and addresses: {points_created}, comments:"
            " {notes_created}. Bad cells: {errors}. {seconds} s."
        )
    if result["dry_run"]:
        text = _("Dry run, nothing was changed.") + " " + text
    return text.format(**{**result, **result.get("documents", {})})


def answer(command: BaseCommand, result: Result, *, as_json: bool) -> None:
    """Print what an import did or the one-line reason it was refused for, which ends with code 1."""
    if as_json:
        command.stdout.write(json.dumps(result, ensure_ascii=False))
    elif not result["refused"]:
        command.stdout.write(sentence(result))
    if result["refused"]:
        if not as_json:
            command.stderr.write(result["refused"])
        sys.exit(1)
