"""Screens: what holds for the own post, and who of one's people has read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kpi.indicators.results import of_people
from kpi.pay.words import of_component
from kpi.plans.reading import figures_in_force
from kpi.posts import actions, terms
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.periods import month_start
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.handbook.models import Section
from staff.handbook.reading import in_force
from staff.models import Employee


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Functions, indicators, plan and pay rule of the own post; reading it is kept with its day."""
    person = login_of(request)
    if request.method == "POST":
        return _read(request, person)
    month = month_start(clock.today())
    position = person.position
    found = terms.of_positions([position], month)[position.pk] if position else None
    last = terms.last_readings([person.pk]).get(person.pk)
    scheme = found.scheme if found and terms.sees_pay(person) else None
    context = {
        "page_title": _("My post"),
        "person": person,
        "month": month,
        "terms": found,
        "is_empty": found is None or terms.is_empty(found),
        "lines": of_people([person], found.lines, month)[0].cells if found else [],
        "scheme": scheme,
        "parts": [of_component(one) for one in scheme.components.all()] if scheme else [],
        "plan": _plan(person, month),
        "jobs": _jobs(person),
        "last": last,
        "is_current": last is not None and found is not None and last.mark == found.mark,
        "may_check": may(person, Act.CHECK_READING),
    }
    return render(request, "kpi/posts/post.html", context)


def _read(request: HttpRequest, person: Employee) -> HttpResponse:
    try:
        actions.read(person=person, mark=request.POST.get("mark", "")[:64], now=clock.now())
    except Refused as refusal:
        toast(request, str(refusal), level="bad")
    else:
        toast(request, _("Noted that you have read it"))
    return redirect("kpi:post")


def _plan(person: Employee, month: Any) -> Any:
    """Return the person's plan of turnover for the month; None: none is approved."""
    if not may(person, Act.SEE_PLANS):
        return None
    figures = figures_in_force([month]).filter(employee=person, month=month, measure="turnover", of_group=False)
    amounts = list(figures.values_list("amount", flat=True))
    return sum(amounts) if amounts else None


def _jobs(person: Employee) -> list[Any]:
    """Return the job descriptions of the book that concern the person's position."""
    if person.position_id is None:
        return []
    return list(in_force().filter(article__section=Section.JOB, article__positions=person.position_id))


@require_GET
def readers(request: HttpRequest) -> HttpResponse:
    """Who of one's people has read what holds for the own post; never what it pays."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    found = terms.readers(acting, month_start(clock.today()))
    context = {
        "page_title": _("Who has read the terms of the post"),
        "readers": found,
        "waiting": sum(not one.is_current for one in found),
    }
    return render(request, "kpi/posts/readers.html", context)
