"""Plans as files: a version to a workbook, a workbook into an open version, a version from a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kpi.plans import actions, files
from kpi.plans.files import Sheet
from kpi.plans.forms import FileForm, UploadForm
from kpi.plans.models import PlanFigure
from kpi.plans.views.shared import answered, page_of, reader, version_of
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.export import attached
from salescrm.base.requests import posted
from staff.access import Act


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Give a version, as far as the person sees it, as a workbook that can be brought back."""
    who = reader(request)
    found = version_of(who, pk)
    figures = PlanFigure.objects.filter(plan=found).visible_to(who.person, who.today)
    path = Path(tempfile.mkdtemp(prefix="salescrm-")) / "plan.xlsx"
    try:
        files.write(found, figures.select_related("employee", "direction", "client"), path)
        content = path.read_bytes()
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    return attached(content, f"plan-{found.number}.xlsx")


def _read(uploaded: Any, people: Any = None) -> Sheet:
    """Read an uploaded file by its kind; Refused in one sentence when it is none that is known."""
    with tempfile.TemporaryDirectory(prefix="salescrm-") as folder:
        path = _put(Path(folder) / "file", uploaded)
        if path.read_bytes()[:2] == b"PK":
            return files.read_workbook(path)
        try:
            known = files.people_by_number(_put(Path(folder) / "people", people) if people else None)
            return files.read_targets(path, *known)
        except UnicodeDecodeError as fault:
            raise Refused(_("The file is no workbook and no text in UTF-8.")) from fault


def _put(path: Path, uploaded: Any) -> Path:
    with path.open("wb") as file:
        for chunk in uploaded.chunks():
            file.write(chunk)
    return path


@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a workbook into an open version: all of it or nothing, every bad cell named."""
    who = reader(request, Act.PROPOSE_PLANS)
    found = version_of(who, pk)
    form = FileForm(posted(request), request.FILES or None, seen=found.version)
    sheet = None
    if request.method == "POST" and form.is_valid():
        try:
            sheet = _read(form.cleaned_data["file"])
            if not sheet.faults:
                count = actions.load(plan=found, sheet=sheet, seen=form.told_seen)
                return answered(request, _loaded(count), page_of(found), moves=True)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _asked(request, form, sheet, _("Figures of plan %s from a file") % found.number)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Begin a version from a file: a workbook, or a list of monthly targets."""
    who = reader(request, Act.PROPOSE_PLANS)
    form = UploadForm(posted(request), request.FILES or None)
    sheet = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sheet = _read(data["file"], data["people"])
            if not sheet.faults:
                made = actions.from_file(
                    sheet=sheet, comment=data["comment"], acting_user=who.person, now=clock.now(),
                    submission=form.told_submission,
                )  # fmt: skip
                return answered(request, _loaded(len(sheet.figures)), page_of(made), moves=True)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _asked(request, form, sheet, _("Plan from a file"))


def _loaded(count: int) -> str:
    return ngettext("%d figure of the file is in the plan", "%d figures of the file are in the plan", count) % count


def _asked(request: HttpRequest, form: Any, sheet: Sheet | None, title: str) -> HttpResponse:
    faults = sheet.faults if sheet else []
    context = {"page_title": title, "form": form, "submit_label": _("Bring in"), "faults": faults}
    return render(request, "kpi/plans/upload.html", context, status=422 if form.errors or faults else 200)
