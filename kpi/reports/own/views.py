"""Screens of own reports: the list, the builder, the report itself, sharing, letters and what became of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.measures import declared
from kpi.measures.models import ClientGroup
from kpi.plans.views.shared import answered, dialog
from kpi.reports.own import actions, reckoning, workbook
from kpi.reports.own.cuts import Cut
from kpi.reports.own.forms import LetterForm, ReportForm, ShareForm
from kpi.reports.own.models import OwnReport, ReportDelivery
from kpi.reports.own.reckoning import Table
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.export import attached
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from salescrm.base.undo import Undo
from staff.access import Act, Figures, figures, login_of, may, require
from staff.models import Employee

UNDO = Undo("kpi:own-report-undo")
REPORTS = ListSpec("own-reports", (), (Sort("newest", "pk"),), "-newest", others=("tab",))
DELIVERIES = ListSpec("report-deliveries", (), (Sort("newest", "due_on", "pk"),), "-newest", others=("tab",))


def _reader(request: HttpRequest) -> Employee:
    """Return the person; 403 for a role without figures."""
    person = login_of(request)
    if figures(person) == Figures.NOTHING:
        raise PermissionDenied
    return person


def _seen(request: HttpRequest, pk: int) -> OwnReport:
    """Return a report the person has; 404 otherwise."""
    person = _reader(request)
    rows = OwnReport.objects.visible_to(person).select_related("owner", "branch", "person", "segment")
    return get_object_or_404(rows, pk=pk)


def _own(request: HttpRequest, pk: int) -> OwnReport:
    """Return a report of the person's own; 403 where it is only read."""
    found = _seen(request, pk)
    if found.owner_id != login_of(request).pk:
        raise PermissionDenied
    return found


def _page_of(report: OwnReport) -> str:
    return reverse("kpi:own-report", args=[report.pk])


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """List one's own reports and those others share."""
    person, today = _reader(request), clock.today()
    rows = OwnReport.objects.visible_to(person)
    tabs = {
        "own": (pgettext("reports", "Mine"), rows.filter(owner=person)),
        "shared": (pgettext("reports", "Shared with me"), rows.exclude(owner=person)),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "own"
    state = ListState.read(REPORTS, request.GET, Here(person, today))
    page = state.page(tabs[chosen][1])
    found = OwnReport.objects.select_related("owner").annotate(others=Count("people")).in_bulk(page.ids)
    context = {
        "page_title": _("Own reports"),
        "reports": [{"report": found[pk], "words": words(found[pk])} for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key}), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "person": person,
    }
    return render(request, "kpi/reports/own/list.html", context)


def words(report: OwnReport) -> str:
    """Say in one line what a report is made of."""
    rows = ", ".join(str(Cut(cut).label).lower() for cut in report.rows)
    columns = [str(declared.BY_CODE[code].name).lower() for code in report.columns if code in declared.BY_CODE]
    more = _("and %(count)s more") % {"count": len(columns) - 3} if len(columns) > 3 else ""
    return " · ".join([rows, " ".join(filter(None, [", ".join(columns[:3]), more])), report.get_period_display()])


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Build a report: look at it, then save it."""
    person = _reader(request)
    form = ReportForm(posted(request), person=person, today=clock.today())
    return _build(request, person, form, None)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a report of one's own."""
    found, person = _own(request, pk), login_of(request)
    form = ReportForm(posted(request), person=person, today=clock.today(), report=found)
    return _build(request, person, form, found)


def _build(request: HttpRequest, person: Employee, form: ReportForm, found: OwnReport | None) -> HttpResponse:
    table, today = None, clock.today()
    if request.method == "POST" and form.is_valid():
        asked = form.report
        if request.POST.get("act") != "show":
            try:
                if found is None:
                    kept = actions.create(report=asked, submission=form.told_submission, acting_user=person)
                else:
                    kept = actions.change(report=found, asked=asked, seen=form.told_seen, acting_user=person)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                toast(request, _("The report is saved"))
                return redirect(_page_of(kept))
        seen = reckoning.scope_of(person, asked)
        if seen is not None and not form.errors:
            table = reckoning.read(person, seen, asked, today)
    context: dict[str, Any] = {
        "page_title": _("New report") if found is None else found.name,
        "form": form,
        "report": found,
        "table": table,
        "filters": [
            form[name] for name in ("branch", "person", "segment", "client_group", "region") if name in form.fields
        ],
        "period": workbook.period(table) if table else "",
    }
    return render(request, "kpi/reports/own/build.html", context, status=422 if form.errors else 200)


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report, within what the reader sees."""
    found, person, today = _seen(request, pk), login_of(request), clock.today()
    table = _table(person, found, reckoning.SHOWN)
    is_own = found.owner_id == person.pk
    context = {
        "page_title": found.name,
        "report": found,
        "table": table,
        "period": workbook.period(table) if table else "",
        "parts": _parts(found),
        "is_own": is_own,
        "may_share": is_own and may(person, Act.SHARE_VIEWS),
        "may_take": table is not None and workbook.may_take(person, found),
        "is_shared": found.is_shared,
        "submission": uuid4(),
        "today": today,
    }
    return render(request, "kpi/reports/own/report.html", context)


def _table(person: Employee, found: OwnReport, size: int) -> Table | None:
    seen = reckoning.scope_of(person, found)
    return reckoning.read(person, seen, found, clock.today(), size) if seen is not None else None


def _parts(found: OwnReport) -> list[str]:
    """Say in words what the report is narrowed to."""
    parts = [str(one) for one in (found.branch, found.segment) if one]
    parts += [found.person.short_name] if found.person else []
    parts += [str(ClientGroup(found.client_group).label)] if found.client_group else []
    return [*parts, *([found.region] if found.region else [])]


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a report as a workbook: all its rows, within what the reader sees."""
    found, person = _seen(request, pk), login_of(request)
    if not workbook.may_take(person, found):
        raise PermissionDenied
    table = _table(person, found, reckoning.WRITTEN)
    if table is None:
        raise Http404
    workbook.log(person, table)
    return attached(workbook.content(table), f"report-{found.pk}.xlsx")


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an own copy and open it."""
    form = ReportForm.base_fields["submission"]
    submission = form.clean(request.POST.get("submission", "")) or uuid4()
    made = actions.duplicate(report=_seen(request, pk), acting_user=login_of(request), submission=submission)
    toast(request, _("A copy of your own: change it as you like"))
    return redirect(_page_of(made))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a report away; it can be brought back."""
    found, person = _own(request, pk), login_of(request)
    actions.delete(report=found, acting_user=person, now=clock.now())
    toast(
        request,
        _("The report “%(name)s” is deleted") % {"name": found.name},
        undo=UNDO.keep(person.pk, report=found.pk),
    )
    return redirect("kpi:own-reports")


@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Bring a deleted report back."""
    person = _reader(request)
    kept = UNDO.take(person.pk, token)
    try:
        back = actions.restore(pk=kept["report"], acting_user=person, today=clock.today())
    except Refused as refusal:
        return answered(request, str(refusal), reverse("kpi:own-reports"), level="warn")
    return answered(request, _("The report is back"), _page_of(back), moves=True)


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who else has the report."""
    found, person = _own(request, pk), login_of(request)
    require(person, Act.SHARE_VIEWS)
    form = ShareForm(posted(request), report=found)

    def act() -> OwnReport:
        data = form.cleaned_data
        actions.share(report=found, roles=data["roles"], people=data["people"], seen=form.told_seen, acting_user=person)
        return found

    return dialog(
        request, form, act, lambda _made: _("Saved"), title=_("Who has this report"), label=_("Save"), back=_page_of
    )


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when the report goes out by letter."""
    found, person = _own(request, pk), login_of(request)
    form = LetterForm(posted(request), report=found, person=person)

    def act() -> OwnReport:
        actions.send(report=found, **form.told, seen=form.told_seen, acting_user=person, now=clock.now())
        return found

    return dialog(
        request, form, act, lambda _made: _("Saved"), title=_("The report by letter"), label=_("Save"), back=_page_of
    )


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """List who was to get which report when, and what has not reached anybody (R271)."""
    person, today = _reader(request), clock.today()
    rows = ReportDelivery.objects.visible_to(person)
    tabs = {
        "all": (pgettext("deliveries", "All"), rows),
        "undelivered": (pgettext("deliveries", "Not delivered"), rows.undelivered()),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "all"
    state = ListState.read(DELIVERIES, request.GET, Here(person, today))
    page = state.page(tabs[chosen][1])
    found = ReportDelivery.objects.select_related("person", "letter", "report").in_bulk(page.ids)
    mine = set(
        OwnReport.objects.visible_to(person)
        .filter(Q(pk__in=[one.report_id for one in found.values() if one.report_id]))
        .values_list("pk", flat=True)
    )
    context = {
        "page_title": _("Letters of reports"),
        "deliveries": [{"row": found[pk], "is_open": found[pk].report_id in mine} for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key}), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
    }
    return render(request, "kpi/reports/own/deliveries.html", context)
