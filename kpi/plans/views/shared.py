"""What all screens of plans begin with: who asks, which version, which months and rows are meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from kpi.plans.models import GROUPS, PlanMeasure, PlanState, PlanVersion
from kpi.plans.querysets import PlanVersionQuerySet
from kpi.plans.reading import visible_people
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.toasts import close_dialog, toast, with_toast
from staff.access import Act, login_of, may, require
from staff.models import Employee


@dataclass(frozen=True)
class Reader:
    """The person of a request and today."""

    person: Employee
    today: date

    def may(self, act: Act) -> bool:
        """Say whether the person's role allows `act`."""
        return may(self.person, act)

    @property
    def versions(self) -> PlanVersionQuerySet:
        """The versions the person may open: drafts are for those who make plans."""
        seen = PlanVersion.objects.all()
        return seen if self.may(Act.PROPOSE_PLANS) else seen.exclude(state=PlanState.DRAFT)

    def sees(self, employee: int) -> bool:
        """Say whether the person sees an employee's plan."""
        people = visible_people(self.person, self.today)
        return people is None or employee in people


def reader(request: HttpRequest, act: Act = Act.SEE_PLANS) -> Reader:
    """Return who reads; raise PermissionDenied (403) for a role without `act`."""
    person = login_of(request)
    require(person, act)
    return Reader(person, clock.today())


def version_of(who: Reader, pk: int) -> PlanVersion:
    """Return a version the person may open; 404 otherwise."""
    return get_object_or_404(who.versions.select_related("author", "approved_by", "corrects"), pk=pk)


def number_in(request: HttpRequest, name: str, default: int = 0) -> int:
    """Return a whole number not below zero; raise Http404 for anything else."""
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404(text)
    return int(text)


def month_in(request: HttpRequest, name: str = "month") -> date:
    """Return the first day of a month of the address (2026-07-01); raise Http404 for anything else."""
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError as fault:
        raise Http404(name) from fault
    if found.day != 1:
        raise Http404(name)
    return found


def measure_in(request: HttpRequest) -> str:
    """Return the measure of the address, turnover where it names none that is known."""
    asked = request.GET.get("measure", "")
    return asked if asked in PlanMeasure.values else PlanMeasure.TURNOVER


def group_in(request: HttpRequest) -> str:
    """Return the group of clients of the address, an empty text where it names none."""
    asked = request.GET.get("group", "")
    return asked if asked in GROUPS else ""


def address_with(request: HttpRequest, **changes: str) -> str:
    """Return the page's own address with parameters changed; an empty value takes one out."""
    asked = request.GET.copy()
    for name, value in changes.items():
        if value:
            asked[name] = value
        else:
            asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def seen_in(request: HttpRequest) -> int:
    """Return the number of the version a form was drawn with; 0 for none."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def dialog(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    words: Callable[[Any], str],
    *,
    title: str,
    label: str,
    back: Callable[[Any], str],
    **beside: Any,
) -> HttpResponse:
    """Ask, then act; why it was refused stands in the form. A plain request goes on to `back` of what was made."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return answered(request, words(made), back(made), moves=bool(beside.get("moves")))
    context: dict[str, Any] = {"page_title": title, "form": form, "submit_label": label, **beside}
    template = beside.get("template", "kpi/plans/form.html")
    return render(request, template, context, status=422 if form.errors else 200)


def answered(request: HttpRequest, text: str, url: str, *, level: str = "good", moves: bool = False) -> HttpResponse:
    """Say what was done: the page is loaded anew, or, where it `moves`, another one is opened."""
    toast(request, text, level=level)
    if not request.htmx:  # type: ignore[attr-defined] # django-htmx
        return redirect(url)
    if moves:
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = url
        return answer
    return close_dialog(refresh=True)


def refused(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Say why an act of one click was not done."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(HttpResponse(status=204), text, level="warn")
    toast(request, text, level="warn")
    return redirect(url)


def page_of(made: PlanVersion) -> str:
    """Return the address of a version."""
    return reverse("kpi:plan", args=[made.pk])
