"""What the pages of imports show: steps, figures, progress, preview, bad cells with what to do about them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from clients.intake import people
from clients.intake.forms import MappingForm
from clients.intake.kinds import kind_of
from salescrm.base import show
from salescrm.base.intake import life, values
from salescrm.base.intake.table import Row, Table
from salescrm.base.models import Intake, IntakeState, JobState

TONES = {
    IntakeState.DONE: "good",
    IntakeState.REFUSED: "bad",
    IntakeState.NEW: "warn",
    IntakeState.CHECKED: "warn",
}
CORRECT = gettext_noop("Correct the file and drop it again")
NAME_DATES = gettext_noop("Choose the order of day and month with the columns")
NAME_DECIMAL = gettext_noop("Choose the decimal mark with the columns")
NAME_RATE = gettext_noop("Name the column with the rate")
LEAVE_OUT = gettext_noop("Fill it in, or leave such rows out")
HINTS = {
    values.DATE_TWO_WAYS: NAME_DATES,
    values.NUMBER_TWO_WAYS: NAME_DECIMAL,
    values.EMPTY: LEAVE_OUT,
    "no rate for an amount in another currency": NAME_RATE,
    people.NOT_TEN_OR_TWELVE: gettext_noop("Look the INN up and correct it"),
    people.WRONG_CHECKSUM: gettext_noop("Look the INN up and correct it"),
}


UNDO_TEXTS = {
    "orders": gettext_noop("Its documents and the clients it created go; documents it changed become what they were."),
    "clients": gettext_noop("The clients and contacts it created go; fields it changed become what they were."),
}


def done_text(intake: Intake) -> str:
    """Say since when the rows are in the base, and what comes of it."""
    at = show.moment(intake.finished_at) if intake.finished_at else ""
    if kind_of(intake).done_text:
        return _(kind_of(intake).done_text).format(at=at)
    if intake.kind == "clients":
        return _("Clients and contacts are in the base since {at}.").format(at=at)
    return _("Documents and lines are in the base since {at}. The next night counts with them.").format(at=at)


@dataclass(frozen=True)
class Line:
    """An import in the list with its figures as text."""

    intake: Intake
    kind: str
    tone: str
    new: str
    changed: str
    clients: str
    bad: str

    @classmethod
    def of(cls, intake: Intake) -> Line:
        """Build the line of an import."""
        names = ("new", "changed", "clients_created", "bad_rows")
        figures = [show.number(intake.counts[name]) if name in intake.counts else "" for name in names]
        return cls(intake, str(kind_of(intake).title), TONES.get(IntakeState(intake.state), ""), *figures)


def may_be_mapped(intake: Intake) -> bool:
    """Say whether the columns can still be named: nothing is loaded and nothing is at work."""
    over = intake.state in (IntakeState.NEW, IntakeState.CHECKED, IntakeState.REFUSED)
    return intake.file is not None and (over or (intake.state != IntakeState.DONE and broke_off(intake)))


def broke_off(intake: Intake) -> bool:
    """Say whether the work on it ended without a word."""
    working = intake.state in (IntakeState.CHECKING, IntakeState.RUNNING)
    return working and intake.job is not None and intake.job.is_over


def at_work(intake: Intake) -> bool:
    """Say whether a check, a load or an undo is going on."""
    return intake.job is not None and not intake.job.is_over


def steps(intake: Intake) -> list[dict[str, str]]:
    """Return the five steps with the one where the import stands."""
    labels = [_("File"), _("Columns"), _("Check"), pgettext("import", "Loading"), _("Result")]
    place = {
        IntakeState.NEW: 1,
        IntakeState.CHECKING: 2,
        IntakeState.CHECKED: 2,
        IntakeState.RUNNING: 3,
        IntakeState.DONE: 5,
    }.get(IntakeState(intake.state), 4)
    states = ["done" if n < place else "current" if n == place else "todo" for n in range(len(labels))]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def state_of(intake: Intake) -> dict[str, Any]:
    """Return what the card shows at its step."""
    context: dict[str, Any] = {
        "facts": _facts(intake),
        "bad": _bad(intake),
        "more_bad": max(int(intake.counts.get("errors", 0)) - len(intake.counts.get("shown", [])), 0),
        "columns": _columns(intake),
        "done_text": done_text(intake),
        "undo_text": _(kind_of(intake).undo_text or UNDO_TEXTS[intake.kind]),
        "at_work": at_work(intake),
        "broke_off": broke_off(intake),
        "may_be_mapped": may_be_mapped(intake),
        "good_rows": max(int(intake.counts.get("rows_read", 0)) - int(intake.counts.get("bad_rows", 0)), 0),
    }
    if at_work(intake):
        context |= progress(intake)
    elif intake.job is not None and intake.job.kind == "import-undo" and intake.job.state == JobState.FAILED:
        context["undo_refused"] = intake.job.error
    return context


def _facts(intake: Intake) -> list[tuple[str, str, str]]:
    """Return (caption, figure, tone) of what was or would be done."""
    counts = intake.counts
    if "rows_read" not in counts:
        return []
    shown = [(str(caption), counts.get(name, 0), "") for name, caption in kind_of(intake).figures]
    shown.append((_("Rows with an error"), counts.get("bad_rows", 0), "bad" if counts.get("bad_rows") else ""))
    if counts.get("left_out"):
        shown.append((_("Rows left out"), counts["left_out"], ""))
    if counts.get("owners_unknown"):
        shown.append((_("Owners the base does not know"), counts["owners_unknown"], "warn"))
    if counts.get("old_types_unknown"):
        shown.append((_("Values that are none of the old types"), counts["old_types_unknown"], "warn"))
    return [(caption, show.number(figure), tone) for caption, figure, tone in shown]


def _bad(intake: Intake) -> list[dict[str, Any]]:
    captions, kind = intake.mapping.get("columns", {}), kind_of(intake)
    return [
        {
            "row": row,
            "column": captions.get(name) or (kind.caption(name) if name != "*" else "–"),
            "value": value[:60],
            "reason": _(reason),
            "hint": _(HINTS.get(reason, CORRECT)),
        }
        for row, name, value, reason in intake.counts.get("shown", [])
    ]


def _columns(intake: Intake) -> list[tuple[str, Any]]:
    """Return (caption in the file, field) of what is loaded."""
    columns = intake.mapping.get("columns", {})
    return [(columns[field.name], field.caption) for field in kind_of(intake).fields if field.name in columns]


def progress(intake: Intake) -> dict[str, Any]:
    """Return what the progress card shows, with the seconds left as the past ones promise."""
    job = intake.job
    if job is None:
        return {}
    titles = {
        "import-check": _("Checking the rows"),
        "import-load": _("Loading the rows"),
        "import-undo": _("Taking the import back"),
    }
    stage = _(job.stage) if job.stage else ""
    share = job.done / job.total if job.total else 0
    if share:
        stage += f" · {show.percent(share)}" + _seconds_left(share, life.seconds_at_work(job))
    return {
        "job": job,
        "progress_title": titles.get(job.kind, ""),
        "stage": stage,
        "poll_url": reverse("imports:intake-progress", args=[intake.pk]),
    }


def _seconds_left(share: float, seconds: float) -> str:
    if not seconds or share < 0.05 or share >= 1:
        return ""
    left = round(seconds * (1 - share) / share)
    return ", " + ngettext("about %(n)s second left", "about %(n)s seconds left", left) % {"n": show.number(left)}


def preview(header: Sequence[str], rows: Sequence[Row], form: MappingForm) -> dict[str, Any]:
    """Return the first rows as they were read, with the field of each column."""
    width = len(header)
    chosen = [column.value() for column in form.columns()]
    names = [str(form.kind.caption(name)) if name else "" for name in chosen]
    return {
        "heads": list(zip(header, names, strict=True)),
        "rows": [(number, [cell[:80] for cell in (cells + [""] * width)[:width]]) for number, cells in rows],
    }


def notes(table: Table) -> str:
    """Say what was found out about the file."""
    found = table.notes
    parts = []
    if table.known is not None:
        parts.append(ngettext("%(n)s row", "%(n)s rows", table.known) % {"n": show.number(table.known)})
    if "encoding" in found:
        names = {
            "utf-8-sig": "UTF-8",
            "utf-8": "UTF-8",
            "cp1251": "windows-1251",
            "cp1252": "Latin-1",
            "latin-1": "Latin-1",
        }
        parts.append(_("encoding {name}").format(name=names.get(found["encoding"], found["encoding"])))
    if "separator" in found:
        parts.append(_("separator {mark}").format(mark={"\t": "Tab"}.get(found["separator"], found["separator"])))
    if "sheet" in found:
        parts.append(_("sheet “{name}”").format(name=found["sheet"]))
    return " · ".join(parts)


def report_answer(intake: Intake, form: str) -> HttpResponse:
    """Answer with the report of bad cells: csv as it was written, or the same as a workbook."""
    if intake.error_file is None:
        raise Http404
    content = intake.error_file.file.read()
    name = intake.error_file.name.removesuffix(".csv")
    if form != "xlsx":
        return _attachment(content, f"{name}.csv", "text/csv; charset=utf-8")
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
        sheet.set_column(0, 4, 24)
        sheet.freeze_panes(1, 0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attachment(out.getvalue(), f"{name}.xlsx", kind)


def _attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
