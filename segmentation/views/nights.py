"""The journal of nights: what each step looked at, changed and would do; run, dry run, undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client
from salescrm.base import jobs, show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job, StepRun
from salescrm.base.toasts import toast
from segmentation import actions, nightbook
from segmentation.views.shared import Reader, number_in, reader
from staff.access import Act, Rows, rows

REFUSALS = 200


@require_GET
def nights(request: HttpRequest) -> HttpResponse:
    """List the nights that have run, newest first."""
    who = reader(request, Act.SEE_NIGHTS)
    nights, job = nightbook.listed(), _job_of(request)
    state = ListState.read(nightbook.NIGHTS, request.GET, Here(who.person, who.today))
    page = state.page(nights)
    context = _rights(who) | {
        "page_title": _("Nights"),
        "nights": nightbook.read(page.keys, None if _sees_all(who) else who.clients),
        "total": nights.count(),
        "pager": state.pager(page),
        "job": job,
        "said": nightbook.said_of(job, is_whole=_sees_all(who)) if job else {},
        "missing": nightbook.missing(who.today - timedelta(days=1)),
    }
    return render(request, f"segmentation/nights.html{'#rows' if wants_part(request) else ''}", context)


def _sees_all(who: Reader) -> bool:
    """Say whether the figures of the company are the person's."""
    return rows(who.person) == Rows.ALL


def _job_of(request: HttpRequest) -> Job | None:
    """Return the run the address names, else one that is at work."""
    named = number_in(request, "job")
    return Job.objects.filter(pk=named, kind=nightbook.KIND).first() if named else nightbook.running_job()


def _rights(who: Reader) -> dict[str, Any]:
    return {"may_run": who.may(Act.RUN_NIGHTS), "may_undo": who.may(Act.UNDO_NIGHTS)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(text) from error


@require_GET
def night(request: HttpRequest, as_of: str) -> HttpResponse:
    """Show one night: its steps, its figures, its guards."""
    who = reader(request, Act.SEE_NIGHTS)
    day = _day(as_of)
    found = nightbook.one(day, who.clients, is_whole=_sees_all(who))
    if not found.steps and not found.trial:
        raise Http404(as_of)
    context = _rights(who) | {
        "page_title": _("Night of %s") % show.day_long(day),
        "night": found,
        "as_of": day,
        "moved": nightbook.moved(day, who.clients),
        "rules_url": _rules_url(found.figures),
    }
    return render(request, "segmentation/night.html", context)


def _rules_url(figures: dict[str, Any]) -> str:
    rules = figures.get("rule_set")
    return reverse("segmentation:rules-one", args=[rules["id"]]) if isinstance(rules, dict) else ""


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest) -> HttpResponse:
    """Ask for the nights that are missing up to yesterday, or a dry run, then start the work."""
    who = reader(request, Act.RUN_NIGHTS)
    dry = (request.POST.get("dry") or request.GET.get("dry")) == "1"
    as_of = who.today - timedelta(days=1)
    if request.method == "POST":
        running = nightbook.running_job()
        job = running or jobs.start("night", by=who.person, as_of=as_of.isoformat(), dry_run=dry, approve=False)
        if running:
            toast(request, _("A night is being run already"), level="warn")
        return redirect(f"{reverse('segmentation:nights')}?job={job.pk}")
    missing = nightbook.missing(as_of)
    title = _("Dry run of the night of %s?") if dry else _("Run the night of %s?")
    context = {
        "page_title": title % show.day_long(as_of),
        "dry": dry,
        "missing": missing,
        "submit_label": _("Run on trial") if dry else _("Run"),
    }
    return render(request, "segmentation/run.html", context)


@require_GET
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer how far a run is; polled by the page each second."""
    who = reader(request, Act.SEE_NIGHTS)
    found = get_object_or_404(Job, pk=pk, kind=nightbook.KIND)
    said = nightbook.said_of(found, is_whole=_sees_all(who))
    return render(request, "segmentation/job.html", {"job": found} | said)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, as_of: str) -> HttpResponse:
    """Show what undoing a night would move, then undo its owner moves; say per client what could not be undone."""
    who = reader(request, Act.UNDO_NIGHTS)
    day = _day(as_of)
    moved = nightbook.moved(day, who.clients)
    if not StepRun.objects.filter(as_of=day).exists():
        raise Http404(as_of)
    context: dict[str, Any] = {
        "page_title": _("Undo the night of %s?") % show.day_long(day),
        "moved": moved,
        "as_of": day,
        "submit_label": _("Undo the night"),
    }
    if request.method == "POST":
        try:
            undone = actions.undo_night(
                as_of=day, acting_user=who.person, today=who.today, for_days=request.POST.get("hold") == "days"
            )
        except actions.Refused as refusal:
            return render(request, "segmentation/undo_night.html", context | {"refusal": str(refusal)}, status=422)
        return _undone(request, day, undone)
    return render(request, "segmentation/undo_night.html", context)


def _undone(request: HttpRequest, day: date, undone: Any) -> HttpResponse:
    """Show the refusals of single clients, or go back to the night when there are none."""
    count = len(undone.undone)
    text = ngettext("%(n)s client is back with its owner", "%(n)s clients are back with their owners", count)
    said = text % {"n": show.number(count)}
    if not undone.refused:
        toast(request, said)
        return redirect("segmentation:nights-one", day.isoformat())
    names = dict(Client.objects.filter(pk__in=undone.refused).values_list("pk", "name"))
    rows = [(pk, names.get(pk, ""), reason) for pk, reason in undone.refused.items()]
    context = {
        "page_title": _("Undone in part"),
        "said": said,
        "refused": rows[:REFUSALS],
        "count": len(rows),
        "as_of": day,
    }
    return render(request, "segmentation/undone_night.html", context)
