"""One version: its figures from above and from below, own figures, who has read it; two versions side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpi.plans import reading
from kpi.plans.models import PlanFigure, PlanProposal, PlanReading, PlanState, PlanVersion
from kpi.plans.views.listing import drilled
from kpi.plans.views.shared import Reader, measure_in, number_in, reader, version_of
from salescrm.base.models import Job
from staff.access import Act


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version: months by person, group and client, with what is to be decided of it."""
    who = reader(request)
    found = version_of(who, pk)
    figures = PlanFigure.objects.filter(plan=found).visible_to(who.person, who.today)
    context = drilled(request, who, figures, found.every_month, measure_in(request), fact=not found.is_open)
    employee = number_in(request, "employee")
    sides = context["measure"] == "turnover" and context["grid"].level in ("person", "group")
    if sides:
        reading.with_estimates(context["grid"], found, employee)
    is_maker = who.may(Act.PROPOSE_PLANS)
    mine = employee in who.person.acting_for(who.today) if employee else False
    context |= {
        "page_title": _("Plan %s") % found.number,
        "plan": found,
        "sides": sides,
        "job": _job(found),
        "said": _said(found),
        "may_edit": is_maker and found.is_open and context["grid"].level != "client",
        "may_make": is_maker,
        "may_change": who.may(Act.CHANGE_PLANS),
        "may_offer": found.state == PlanState.PROPOSED and mine and context["grid"].level == "group",
        "own_url": reverse("kpi:plan-own", args=[found.pk]),
        "figure_url": reverse("kpi:plan-figure", args=[found.pk]),
        "proposals": _proposals(found, who),
        "readings": _readings(found, who),
        "my_reading": PlanReading.objects.filter(plan=found, employee=who.person).first(),
        "others": list(who.versions.exclude(pk=found.pk).order_by("-number")[:8]),
        "sees_others": reading.sees_others(who.person),
    }
    return render(request, "kpi/plans/plan.html", context)


def _job(found: PlanVersion) -> Job | None:
    number = found.basis.get("job")
    job = Job.objects.filter(pk=number, kind="plan-make").first() if number and found.is_open else None
    return job if job and job.state != "done" else None


def _said(found: PlanVersion) -> dict[str, Any]:
    return {
        "title": _("Figures of plan %s") % found.number,
        "poll_url": reverse("kpi:plan-job", args=[found.pk]),
        "result_text": _("The figures are made"),
        "result_url": reverse("kpi:plan", args=[found.pk]),
        "result_label": _("Show"),
    }


@require_GET
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer how far the figures of a draft are; polled by its page each second."""
    who = reader(request, Act.PROPOSE_PLANS)
    found = version_of(who, pk)
    job = get_object_or_404(Job, pk=found.basis.get("job") or 0, kind="plan-make")
    return render(request, "kpi/plans/job.html", {"job": job, "said": _said(found)})


def _proposals(found: PlanVersion, who: Reader) -> list[PlanProposal]:
    """Return people's own figures, those that wait first (R227)."""
    people = reading.visible_people(who.person, who.today)
    rows = PlanProposal.objects.filter(plan=found).select_related("employee", "decided_by")
    rows = rows if people is None else rows.filter(employee__in=people)
    return list(rows.order_by("decided_at", "month", "employee", "client_group"))


def _readings(found: PlanVersion, who: Reader) -> list[PlanReading]:
    """Return who was told of an approved version, those who have not read it first (R232)."""
    seen = PlanReading.objects.filter(plan=found).select_related("employee")
    if not reading.sees_company(who.person):
        people = reading.visible_people(who.person, who.today) or set()
        seen = seen.filter(employee__in=people)
    return sorted(seen, key=lambda one: (one.read_at is not None, one.employee.short_name))


@require_GET
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Show two versions side by side in the months both have: by person, month, group of clients."""
    who = reader(request)
    second, first = version_of(who, pk), version_of(who, other)
    parts = []
    for by, title in (
        ("employee", _("By person")),
        ("month", _("By month")),
        ("client_group", _("By group of clients")),
    ):
        found = reading.compare(first, second, who.person, who.today, by)
        parts.append({"by": by, "title": title, "rows": found})
    month_rows = parts[1]["rows"]
    context = {
        "page_title": _("Plans %(one)s and %(other)s") % {"one": first.number, "other": second.number},
        "first": first,
        "second": second,
        "parts": parts,
        "one": sum(one.one for one in month_rows),  # type: ignore[attr-defined]
        "two": sum(one.other for one in month_rows),  # type: ignore[attr-defined]
    }
    return render(request, "kpi/plans/compare.html", context)
