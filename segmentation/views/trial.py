"""Classes on trial: of a chosen period, branch and version of the rules, beside those in force (R61-R63, R69)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base import jobs, show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from segmentation import figures, nightbook, reckoning
from segmentation.forms import TrialForm
from segmentation.models import RuleSet
from segmentation.views.shared import Reader, address_with, number_in, reader
from staff.access import Act
from staff.models import Branch

MOVE = re.compile(r"[ABC-][XYZ-]:[ABC-][XYZ-]")


@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """Ask for a run and show what one has found: nothing of it is written anywhere else."""
    who = reader(request, Act.RUN_CLASSES)
    last = figures.last_night()
    context: dict[str, Any] = {"page_title": _("Classes on trial"), "may_run": who.may(Act.RUN_NIGHTS)}
    if last is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "segmentation/trial.html", context, status=status)
    rules = figures.rules_on(last)
    form = TrialForm(posted(request), last=last, initial={"as_of": last, "rules": rules.pk if rules else None})
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('segmentation:trial')}?job={_start(request, who, form).pk}")
    context |= {"form": form, "last": last} | _shown(request, who) | _runs(request, who)
    part = "#rows" if wants_part(request) else ""
    return render(request, f"segmentation/trial.html{part}", context, status=422 if form.errors else 200)


def _start(request: HttpRequest, who: Reader, form: TrialForm) -> Job:
    """Start the run; one at a time: who sends the form twice is led to the same one."""
    running = reckoning.running()
    if running:
        toast(request, _("Classes are being reckoned already"), level="warn")
        return running
    data = form.cleaned_data
    return jobs.start(
        reckoning.KIND,
        by=who.person,
        as_of=data["as_of"].isoformat(),
        rules=data["rules"].pk,
        months=data["months"],
        branch=data["branch"].pk if data["branch"] else None,
    )


def _shown(request: HttpRequest, who: Reader) -> dict[str, Any]:
    """Return the run the address names, else the one at work."""
    named = number_in(request, "job")
    job = get_object_or_404(reckoning.runs(), pk=named) if named else reckoning.running()
    if job is None:
        return {}
    move = request.GET.get("move", "")
    move = move if MOVE.fullmatch(move) else ""
    found = reckoning.read(job, who.clients, move)
    context: dict[str, Any] = {"job": job, "said": _said(job), "asked": _asked([job])[job.pk], "found": found}
    if found:
        context |= {
            "move": move,
            "moves": [(one, address_with(request, job=str(job.pk), move=one.value)) for one in found.moves],
            "all_url": address_with(request, job=str(job.pk), move=""),
        }
    return context


def _runs(request: HttpRequest, who: Reader) -> dict[str, Any]:
    runs = reckoning.runs()
    state = ListState.read(reckoning.RUNS, request.GET, Here(who.person, who.today))
    page = state.page(runs)
    listed = runs.select_related("created_by").in_bulk(page.ids)
    asked = _asked([listed[pk] for pk in page.ids])
    return {
        "runs": [(listed[pk], asked[pk]) for pk in page.ids],
        "total": runs.count(),
        "pager": state.pager(page),
    }


def _asked(listed: list[Job]) -> dict[int, dict[str, Any]]:
    """Say of each run what was asked for: two queries whatever their number."""
    rules = RuleSet.objects.in_bulk([one.arguments["rules"] for one in listed])
    branches = Branch.objects.in_bulk({one.arguments["branch"] for one in listed if one.arguments["branch"]})
    told = {}
    for one in listed:
        version = rules.get(one.arguments["rules"])
        told[one.pk] = {
            "as_of": nightbook.day_of(one),
            "months": one.arguments["months"] or (version.window_months if version else None),
            "rules": version,
            "branch": branches.get(one.arguments["branch"]),
            "changed": one.result["changed"] if isinstance(one.result, dict) else None,
        }
    return told


def _said(job: Job) -> dict[str, Any]:
    """Return title, result in words and link of a run for components/progress.html."""
    stages = {"turnover": _("Turnover by month"), "classes": _("Classes"), "comparing": _("Comparing")}
    day, text = nightbook.day_of(job), ""
    if isinstance(job.result, dict):
        n = job.result["changed"]
        text = ngettext("%(n)s client would change class", "%(n)s clients would change class", n) % {
            "n": show.number(n)
        }
    return {
        "title": _("Classes on trial as of %s") % (show.day_long(day) if day else ""),
        "poll_url": reverse("segmentation:trial-job", args=[job.pk]),
        "stage": stages.get(job.stage, ""),
        "result_text": text,
        "result_url": f"{reverse('segmentation:trial')}?job={job.pk}" if text else "",
        "result_label": _("Show"),
    }


@require_GET
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer how far a run is; polled by the page each second."""
    reader(request, Act.RUN_CLASSES)
    found = get_object_or_404(reckoning.runs(), pk=pk)
    return render(request, "segmentation/job.html", {"job": found} | _said(found))
