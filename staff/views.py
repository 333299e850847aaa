"""Screens of the room: the people, a person, an absence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, LPad
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.models import AccessLog
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff import actions, reading, records
from staff.access import Act, Role, login_of, may, require
from staff.forms import RecordForm
from staff.learning import rights
from staff.models import Absence, Employee

SOON_DAYS = 30  # absences to come that the list shows
PAST_ABSENCES = 10
MOST_CHANGES = 30
PEOPLE = ListSpec("people", (), (Sort("place", "place"),), "place", size=50)
IN_LOAD = ["potential", "new", "active", "zero", "lost"]  # archived clients are in no load


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """The people of the company by branch: post, absence, and for heads what each one carries."""
    acting = login_of(request)
    require(acting, Act.SEE_STAFF)
    today = clock.today()
    people = Employee.people.working().annotate(place=_place())
    state = ListState.read(PEOPLE, request.GET, Here(acting, today))
    page = state.page(people)
    shown = people.select_related("branch", "position").in_bulk(page.ids)
    away = _absences(today)
    loads = _loads() if _sees_loads(acting) else None
    context = {
        "page_title": _("Staff"),
        "rows": [_row(shown[pk], away.get(pk, []), loads, today) for pk in page.ids],
        "total": people.count(),
        "pager": state.pager(page),
        "with_loads": loads is not None,
        "may_distribute": may(acting, Act.DISTRIBUTE),
        "may_see_learning": may(acting, Act.CHECK_READING),
        "may_see_log": may(acting, Act.SEE_ACCESS_LOG),
        "away_count": sum(any(absence.covers(today) for absence in absences) for absences in away.values()),
    }
    return render(request, f"staff/list.html{'#rows' if wants_part(request) else ''}", context)


@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """The log of who read how much of the base, the newest first (R21)."""
    acting = login_of(request)
    require(acting, Act.SEE_ACCESS_LOG)
    state = ListState.read(reading.READINGS, request.GET, Here(acting, clock.today()))
    found = state.narrow(AccessLog.objects.all())
    page = state.page(found)
    shown = AccessLog.objects.select_related("person").in_bulk(page.ids)
    context = {
        "page_title": _("Readings of the base"),
        "rows": [reading.Reading(shown[pk]) for pk in page.ids],
        "total": found.count(),
        "pager": state.pager(page),
        "filters": reading.fields_of(state, "person", "kind"),
        "days": reading.days_of(state),
        "is_narrowed": state.is_narrowed,
    }
    return render(request, f"staff/access_log.html{'#rows' if wants_part(request) else ''}", context)


def _place() -> Concat:
    """Say branch and name as one text, the order of the list."""
    branch = LPad(Cast("branch_id", CharField()), 9, Value("0"))
    return Concat(branch, Value(" "), "last_name", Value(" "), "first_name", output_field=CharField())


def _sees_loads(acting: Employee) -> bool:
    return any(may(acting, act) for act in (Act.CHANGE_OWNER, Act.CHANGE_STAFF, Act.SEE_COMPANY_FIGURES))


def _absences(today: date) -> dict[int, list[Absence]]:
    """Absences that are not over, by person, the next one first."""
    found: dict[int, list[Absence]] = {}
    soon = Absence.objects.filter(
        employee__is_active=True, ends_on__gt=today, starts_on__lte=today + timedelta(days=SOON_DAYS)
    )
    for absence in soon.select_related("substitute").order_by("starts_on"):
        found.setdefault(absence.employee_id, []).append(absence)
    return found


def _loads() -> tuple[dict[int, int], dict[int, int]]:
    """Clients owned and open recovery cases by person: the rooms to the right hang these rows on the person."""
    owned = Q(ownerships__ends_on__isnull=True, ownerships__client__merged_into__isnull=True)
    clients = _counted(Count("ownerships", filter=owned))
    taken = Q(recovery_cases__state="handed_over", recovery_cases__client__standing__life_cycle__in=IN_LOAD)
    cases = _counted(Count("recovery_cases", filter=taken))
    return clients, cases


def _counted(count: Count) -> dict[int, int]:
    return dict(Employee.people.working().annotate(number=count).values_list("pk", "number"))


def _row(
    person: Employee, away: list[Absence], loads: tuple[dict[int, int], dict[int, int]] | None, today: date
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "person": person,
        "post": person.position or person.get_role_display(),
        "away": next((absence for absence in away if absence.covers(today)), None),
        "soon": next((absence for absence in away if not absence.covers(today)), None),
    }
    if loads:
        clients, cases = loads
        tops, others = person.norms
        norm = tops + others if tops is not None and others is not None else None
        row |= {"clients": clients.get(person.pk) or None, "cases": cases.get(person.pk, 0), "norm": norm}
    return row


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person: post, heads, functions, absences, and for heads what he or she carries."""
    acting = login_of(request)
    require(acting, Act.SEE_STAFF)
    shown = get_object_or_404(
        Employee.people.select_related(
            "branch", "department", "position", "administrative_head", "functional_head", "portfolio_successor"
        ),
        pk=pk,
    )
    today = clock.today()
    absences = shown.absences.select_related("substitute").order_by("-starts_on")[:PAST_ABSENCES]
    context = {
        "page_title": shown.short_name,
        "person": shown,
        "away": next((absence for absence in absences if absence.covers(today)), None),
        "absences": [(absence, absence.ends_on > today) for absence in absences],
        "stands_in": _stands_in(shown, today),
        "may_enter": actions.may_enter_absence(acting, shown),
        "may_distribute": may(acting, Act.DISTRIBUTE),
        "may_change": records.may_change(acting, shown),
        "sees_learning": shown.role != Role.NONE and rights.seen_people(acting).filter(pk=pk).exists(),
        "may_dismiss": may(acting, Act.DISMISS) and shown.is_active and shown != acting,
    }
    if _sees_loads(acting) or acting == shown:
        context |= _carried(shown) | {"changes": records.changes(shown)[:MOST_CHANGES]}
    return render(request, "staff/person.html", context)


def _stands_in(shown: Employee, today: date) -> QuerySet[Absence]:
    return shown.substitutions.filter(ends_on__gt=today).select_related("employee").order_by("starts_on")


def _carried(shown: Employee) -> dict[str, Any]:
    clients, cases = _loads()
    return {"with_loads": True, "clients": clients.get(shown.pk, 0), "cases": cases.get(shown.pk, 0)}


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Change post, place and heads of a person; the second of two people is told."""
    acting = login_of(request)
    require(acting, Act.CHANGE_STAFF)
    changed = get_object_or_404(Employee.people.working(), pk=pk)
    if not records.may_change(acting, changed):
        raise PermissionDenied
    form = RecordForm(
        posted(request),
        instance=Employee.objects.get(pk=pk),
        with_role=may(acting, Act.ADMINISTER),
        initial={"seen": records.version_of(changed)},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            records.change(
                person=changed, fields=form.told, reason=data["reason"], seen=data["seen"], acting_user=acting
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Record changed: %(name)s") % {"name": changed.short_name})
            return redirect("staff:person", pk=pk)
    context = {
        "page_title": _("Record: %(name)s") % {"name": changed.short_name},
        "form": form,
        "submit_label": _("Save"),
    }
    return render(request, "staff/record.html", context, status=422 if form.errors else 200)
