"""Pages of heads: what stands still in deals, per employee; how deals go through the stages of a pipeline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Segment
from deals.dealing import control, funnel
from deals.pipelines.models import Pipeline, Stage
from salescrm.base import clock, show
from salescrm.base.lists.filters import Here
from salescrm.base.requests import day_said
from staff.access import Act, Rows, login_of, require, rows
from staff.models import Employee

PERIODS = (30, 90, 365)


@require_GET
def deal_control(request: HttpRequest) -> HttpResponse:
    """Deals without movement, comment, task and over their norm, per employee; numbers open their deals (R151)."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    days = _number(request, "days") or control.USUAL
    days = days if days in control.DAYS else control.USUAL
    offered = list(Pipeline.objects.offered())
    pipeline = _chosen(offered, request.GET.get("pipeline", ""))
    lines, total = control.lines(Here(person, clock.today()), days, pipeline.pk if pipeline else None)
    context = {
        "page_title": _("Control of deals"),
        "lines": lines,
        "total": total,
        "days": days,
        "terms": control.DAYS,
        "pipelines": offered,
        "pipeline": pipeline,
        "narrow": f"&pipeline={pipeline.pk}" if pipeline else "",
    }
    return render(request, "deals/control.html", context)


@require_GET
def deal_funnel(request: HttpRequest) -> HttpResponse:
    """What came to each stage of a pipeline in a period and went on; every number opens its deals (R131, R146)."""
    person, today = login_of(request), clock.today()
    if rows(person) == Rows.NOTHING:
        raise Http404
    offered = list(Pipeline.objects.offered())
    pipeline = _chosen(offered, request.GET.get("pipeline", "")) or next(iter(offered), None)
    start, end = _period(request, today)
    narrowed = _narrowed(request, person)
    stages = list(Stage.objects.open().filter(pipeline=pipeline, is_active=True)) if pipeline else []
    steps = funnel.steps(stages, start, end, **narrowed)
    extra = {"type": narrowed["segment"], "owner": narrowed["owner"], "branch": narrowed["branch"]}
    link = urlencode({name: value for name, value in extra.items() if value} | {"state": ["open", "won", "lost"]}, True)
    context = {
        "page_title": _("Funnel"),
        "pipelines": offered,
        "pipeline": pipeline,
        "steps": steps,
        "period": f"{start.isoformat()}.{end.isoformat()}",
        "link": link,
        "start": start,
        "until": end - timedelta(days=1),
        "segments": Segment.objects.filter(is_active=True).order_by("sphere", "pk"),
        "people": _people(person),
        "chosen": narrowed,
        "chart": _chart(steps),
        "heads": [_("Stage"), _("Came"), _("Went on"), _("Lost")],
        "table": [
            [str(one.stage), show.number(one.entered), show.number(one.moved), show.number(one.lost)] for one in steps
        ],
    }
    return render(request, "deals/funnel.html", context)


def _chart(steps: list[funnel.Step]) -> dict[str, Any]:
    return {
        "kind": "bars", "x": [str(one.stage) for one in steps], "y": [one.entered for one in steps],
        "unit": _("deals"), "name": _("Came"), "mark": list(range(len(steps))),
    }  # fmt: skip


def _narrowed(request: HttpRequest, person: Employee) -> dict[str, int | None]:
    """Read whose deals are counted: one's own, of one's branch, or of all, narrowed by person and type."""
    reach, owner = rows(person), _number(request, "owner")
    if reach in (Rows.OWN, Rows.POTENTIAL):
        owner = person.pk
    branch = person.branch_id if reach == Rows.BRANCH else None
    return {"segment": _number(request, "type"), "owner": owner, "branch": branch}


def _people(person: Employee) -> list[Employee]:
    found = Employee.people.working().filter(owns_clients=True).order_by("last_name", "first_name", "pk")
    reach = rows(person)
    if reach in (Rows.OWN, Rows.POTENTIAL):
        return []
    return list(found.filter(branch=person.branch_id) if reach == Rows.BRANCH else found)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    """Read the days of the period, the last one included in the address; 90 days up to today where it says none."""
    start, until = (day_said(request.GET.get(name, "")) for name in ("from", "to"))
    until = until or today
    start = start if start and start <= until else until - timedelta(days=PERIODS[1] - 1)
    return start, until + timedelta(days=1)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _chosen(offered: list[Pipeline], code: str) -> Pipeline | None:
    return next((one for one in offered if one.code == code), None)
