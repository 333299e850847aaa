"""The pages of imports: a file is dropped, its columns named, checked, loaded, and taken back if need be."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.intake import pages, work
from clients.intake.forms import MappingForm
from clients.intake.kinds import kind_of, kinds, kinds_for
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.models import Intake, IntakeState
from salescrm.base.toasts import toast
from staff.access import Act, Rows, login_of, require, rows
from staff.models import Employee

IMPORTS = ListSpec("imports", (), (Sort("brought", "id"),), "-brought", size=50)
PREVIEW = 20


def _person(request: HttpRequest) -> Employee:
    person = login_of(request)
    require(person, Act.IMPORT)
    return person


def _seen_by(person: Employee) -> QuerySet[Intake]:
    """Imports a person sees: all, or one's own where the role sees own rows only."""
    found = Intake.objects.filter(kind__in=kinds()).select_related("created_by", "job", "file", "error_file")
    return found if rows(person) == Rows.ALL else found.filter(created_by=person)


def _card(intake: Intake) -> HttpResponse:
    return redirect("imports:intake-card", pk=intake.pk)


@require_http_methods(["GET", "POST"])
def intake_list(request: HttpRequest) -> HttpResponse:
    """List imports, newest first; take files that are dropped."""
    person, fault = _person(request), ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        try:
            if not files:
                raise Refused(_("Choose a file first."))
            made = work.take(files, person, request.POST.get("kind", ""))
        except Refused as refusal:
            fault = str(refusal)
        else:
            return _card(made[0]) if len(made) == 1 else redirect("imports:intake-list")
    found = _seen_by(person)
    state = ListState.read(IMPORTS, request.GET, Here(person, clock.today()))
    page = state.page(found)
    intakes = found.in_bulk(page.ids)
    context = {
        "page_title": _("Import"),
        "intakes": [pages.Line.of(intakes[pk]) for pk in page.ids],
        "total": found.count(),
        "fault": fault,
        "kinds": [(one.name, one.title) for one in kinds_for(person)],
        "kind": request.POST.get("kind", ""),
        "pager": state.pager(page),
    }
    template = f"imports/list.html{'#rows' if wants_part(request) else ''}"
    return render(request, template, context, status=422 if fault else 200)


@require_GET
def intake_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an import at the step where it stands."""
    person = _person(request)
    intake = get_object_or_404(_seen_by(person), pk=pk)
    if intake.state == IntakeState.NEW or ("columns" in request.GET and pages.may_be_mapped(intake)):
        return _columns_page(request, intake)
    return render(request, "imports/card.html", _common(intake) | pages.state_of(intake))


def _common(intake: Intake) -> dict[str, Any]:
    parts = [
        str(kind_of(intake).title),
        filesizeformat(intake.file.size) if intake.file else "",
        str(intake.mapping.get("title") or intake.mapping.get("name") or ""),
        _("brought by {name}").format(name=intake.created_by)
        if intake.created_by
        else _("brought at the command line"),
    ]
    return {
        "page_title": intake.file_name,
        "intake": intake,
        "meta": " · ".join(part for part in parts if part),
        "steps": pages.steps(intake),
    }


def _columns_page(request: HttpRequest, intake: Intake, form: MappingForm | None = None) -> HttpResponse:
    """Show the columns as they were understood and twenty rows read with them."""
    try:
        named = request.GET.get("map", "")
        mapping = kind_of(intake).get_mapping(named).as_json() if named else intake.mapping
        opened = work.opened_of(intake)
        header, first = opened.table.header, opened.table.first(PREVIEW)
    except Refused as fault:
        context = _common(intake) | {"fault": str(fault)}
        return render(request, "imports/unreadable.html", context)
    form = form or MappingForm(intake=intake, header=header, mapping=mapping)
    context = _common(intake) | {
        "form": form,
        "mappings": [(one.name, one.title or one.name) for one in kind_of(intake).all_mappings()],
        "chosen": mapping.get("name", ""),
        "preview": pages.preview(header, first, form),
        "columns_total": len(header),
        "notes": pages.notes(opened.table),
    }
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@require_POST
@transaction.atomic
def intake_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the columns as the person named them and start the check."""
    person = _person(request)
    intake = get_object_or_404(_seen_by(person).select_for_update(of=("self",)), pk=pk)
    if not pages.may_be_mapped(intake):
        return _card(intake)
    try:
        header = work.opened_of(intake).table.header
    except Refused as fault:
        toast(request, str(fault), level="bad")
        return _card(intake)
    form = MappingForm(request.POST, intake=intake, header=header, mapping=intake.mapping)
    if not form.is_valid():
        return _columns_page(request, intake, form)
    form.save(person)
    work.ask(intake, "import-check", IntakeState.CHECKING, person)
    return _card(intake)


@require_POST
@transaction.atomic
def intake_load(request: HttpRequest, pk: int) -> HttpResponse:
    """Start loading a checked import; with bad cells only where the person takes the good rows."""
    person = _person(request)
    intake = get_object_or_404(_seen_by(person).select_for_update(of=("self",)), pk=pk)
    skip_bad = request.POST.get("skip_bad") == "1"
    if intake.state == IntakeState.CHECKED and (skip_bad or not intake.counts.get("errors")):
        intake.options = {**intake.options, "skip_bad": skip_bad}
        work.ask(intake, "import-load", IntakeState.RUNNING, person)
    return _card(intake)


@require_POST
def intake_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a running check or load to stop; nothing is changed then."""
    person = _person(request)
    intake = get_object_or_404(_seen_by(person), pk=pk)
    if intake.state in (IntakeState.CHECKING, IntakeState.RUNNING):
        Intake.objects.filter(pk=intake.pk).update(options={**intake.options, "stop": True})
    return _card(intake)


@require_POST
@transaction.atomic
def intake_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Start taking a loaded import back."""
    person = _person(request)
    intake = get_object_or_404(_seen_by(person).select_for_update(of=("self",)), pk=pk)
    if intake.state == IntakeState.DONE:
        work.ask(intake, "import-undo", IntakeState.DONE, person)
    return _card(intake)


@require_GET
def intake_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer how far the work is; when it is over the page loads itself anew."""
    intake = get_object_or_404(_seen_by(_person(request)), pk=pk)
    if not pages.at_work(intake):
        answer = HttpResponse(status=204)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render(request, "imports/progress.html", {"intake": intake} | pages.progress(intake))


@require_GET
def intake_report(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give the report of bad cells as csv or xlsx."""
    intake = get_object_or_404(_seen_by(_person(request)), pk=pk, error_file__isnull=False)
    return pages.report_answer(intake, form)
