"""Automatic work on one page: what runs by itself and when, its switch, its dry run, the figures it works by (R376).

A trial is the job itself in a transaction that is rolled back, so what it lists is what the job would do now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_celery_beat.models import PeriodicTask

from deals.dealing.models import Deal
from deals.models import Task
from salescrm.base import automation, clock, jobs, notify, show
from salescrm.base.automation import Automation, Number
from salescrm.base.jobs import Progress
from salescrm.base.lists.requests import wants_part
from salescrm.base.models import AutomationSwitch, Job, Notification, NumberVersion
from salescrm.base.toasts import toast
from staff.access import Act, login_of, require
from staff.models import Employee

TRIAL = "automation-trial"
LISTED = 100  # rows of each kind a trial names; of the others it says how many


@dataclass
class Line:
    """A job as the page shows it."""

    job: Automation
    switch: AutomationSwitch | None
    when: str
    scheduled: bool
    last_run: datetime | None

    @property
    def is_off(self) -> bool:
        """Say whether a person has switched it off here."""
        return self.switch is not None and not self.switch.is_on

    @property
    def can_be_tried(self) -> bool:
        """Say whether it has a dry run on this page."""
        return self.job.trial is not None


@dataclass
class Figure:
    """A figure as the page shows it: what holds today and what is to come."""

    number: Number
    value: int
    version: NumberVersion | None
    coming: NumberVersion | None


def person_of(request: HttpRequest) -> Employee:
    """Return who may switch and change."""
    person = login_of(request)
    require(person, Act.AUTOMATE)
    return person


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show every automatic job and every figure."""
    person_of(request)
    context = {"page_title": _("Automatic work"), "lines": lines(), "figures": figures()}
    return render(request, "automation/list.html", context)


def lines() -> list[Line]:
    """Return the jobs with their newest switch and their place in the schedule, in two queries."""
    switches = {row.code: row for row in _newest_switches()}
    schedule = {row.task: row for row in PeriodicTask.objects.select_related("crontab", "interval").order_by("-pk")}
    return [_line(one, switches.get(one.code), schedule.get(one.task)) for one in automation.automations()]


def _newest_switches() -> list[AutomationSwitch]:
    rows = AutomationSwitch.objects.order_by("code", "-pk").distinct("code")
    return list(rows.select_related("author"))


def _line(job: Automation, switch: AutomationSwitch | None, entry: PeriodicTask | None) -> Line:
    if entry is None:
        return Line(job, switch, "–", False, None)
    return Line(job, switch, _when(entry), entry.enabled, entry.last_run_at)


def _when(entry: PeriodicTask) -> str:
    """Say when a job runs, in words where the schedule is a plain one."""
    if entry.interval is not None:
        return _("every %(n)s min") % {"n": entry.interval.every}
    at = entry.crontab
    if at is None:
        return str(entry.schedule)
    if not (at.hour.isdecimal() and at.minute.isdecimal()):
        return f"{at.minute} {at.hour} {at.day_of_month} {at.month_of_year} {at.day_of_week}"
    time = f"{int(at.hour):02}:{int(at.minute):02}"
    if at.month_of_year != "*":
        return _("each quarter at %s") % time
    return _("daily at %s") % time


def figures() -> list[Figure]:
    """Return the figures with what holds today and the next version, in one query."""
    today = clock.today()
    rows: dict[str, list[NumberVersion]] = {}
    for row in NumberVersion.objects.select_related("author").order_by("effective_from", "pk"):
        rows.setdefault(row.code, []).append(row)
    return [_figure(one, rows.get(one.code, []), today) for one in automation.numbers()]


def _figure(number: Number, versions: list[NumberVersion], today: Any) -> Figure:
    past = [row for row in versions if row.effective_from <= today]
    coming = [row for row in versions if row.effective_from > today]
    version = past[-1] if past else None
    return Figure(number, version.value if version else number.usual, version, coming[0] if coming else None)


# --- the switch -------------------------------------------------------------------------------------------------------


class SwitchForm(forms.Form):
    """On or off, and why; `was` is what the person saw."""

    was = forms.IntegerField(widget=forms.HiddenInput, required=False)
    comment = forms.CharField(label=gettext_lazy("Why"), max_length=300)


def _job(code: str) -> Automation:
    found = next((one for one in automation.automations() if one.code == code), None)
    if found is None:
        raise Http404(code)
    return found


@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a job off or on again, with the reason; the second of two people is told."""
    person, job = person_of(request), _job(code)
    newest = AutomationSwitch.objects.filter(code=code).order_by("-pk").first()
    is_on = newest is None or newest.is_on
    form = SwitchForm(request.POST or None, initial={"was": newest.pk if newest else None})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["was"] != (newest.pk if newest else None):
            form.add_error(None, _("Somebody has switched it meanwhile: look again."))
        else:
            said = {"is_on": not is_on, "comment": form.cleaned_data["comment"]}
            AutomationSwitch.objects.create(code=code, author=person, **said)
            toast(request, _("Switched off: %s") % job.title if is_on else _("Switched on: %s") % job.title)
            return redirect("automation:list")
    context = {
        "page_title": _("Switch off: %s") % job.title if is_on else _("Switch on: %s") % job.title,
        "form": form,
        "submit_label": _("Switch off") if is_on else _("Switch on"),
        "history": AutomationSwitch.objects.filter(code=code).select_related("author").order_by("-pk")[:10],
    }
    return render(request, "automation/switch.html", context, status=422 if form.errors else 200)


# --- the trial --------------------------------------------------------------------------------------------------------


@require_POST
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """Try a job: it runs as it would now, and nothing of it is kept."""
    person, job = person_of(request), _job(code)
    if job.trial is None:
        raise Http404(code)
    return redirect("automation:trial-job", jobs.start(TRIAL, by=person, code=code, language=get_language()).pk)


@require_GET
def trial_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a trial is, then what the job would do."""
    person_of(request)
    found = get_object_or_404(Job, pk=pk, kind=TRIAL)
    job, result, words = _job(str(found.arguments.get("code"))), found.result or {}, count_words()
    context = {
        "page_title": _("Dry run: %s") % job.title,
        "job": found,
        "poll_url": request.path,
        "result_text": _("Nothing was changed. This is what it would do now."),
        "counts": [(words[name], value) for name, value in result.get("counts", {}).items() if name in words],
        "groups": [group for group in result.get("groups", []) if group["count"]],
    }
    template = "automation/trial.html"
    return render(request, f"{template}#job" if wants_part(request) else template, context)


@jobs.kind(TRIAL)
def try_out(progress: Progress, *, code: str, language: str) -> dict[str, Any]:
    """Run a job and roll it back; return its figures and the tasks, deals and messages it would make."""
    work = _job(code).trial
    if work is None:
        raise jobs.Refused(f"{code} is not tried here")
    with translation.override(language), transaction.atomic():
        before = {model: _newest(model) for model in (Task, Deal, Notification)}
        counts = work(clock.now())
        groups = [
            _group(_("Tasks it would set"), Task, before),
            _group(_("Deals it would open"), Deal, before),
            _group(_("What it would tell"), Notification, before),
        ]
        transaction.set_rollback(True)
    told = counts if isinstance(counts, dict) else {}
    return {"counts": {str(name): value for name, value in told.items() if isinstance(value, int)}, "groups": groups}


def _newest(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def count_words() -> dict[str, str]:
    """Return the figures of jobs in words."""
    return {
        "compared": _("clients compared"),
        "pairs": _("likely pairs found"),
        "changed": _("clients whose completeness changes"),
        "won": _("deals won"),
        "closed": _("leads closed"),
        "planned": _("next steps planned"),
    }


WORDS: dict[Any, tuple[str, Any]] = {
    Task: ("assignee", lambda row: f"{row.title} · {row.assignee} · {show.day(row.due_on)}"),
    Deal: ("client", lambda row: f"{row.title} · {row.client}"),
    Notification: ("person", lambda row: f"{row.person}: {notify.sentence(row)}"),
}


def _group(title: str, model: Any, before: dict[Any, int]) -> dict[str, Any]:
    related, words = WORDS[model]
    made = model.objects.filter(pk__gt=before[model]).order_by("pk")
    return {
        "title": title,
        "count": made.count(),
        "rows": [words(row) for row in made.select_related(related)[:LISTED]],
    }


# --- the figures ------------------------------------------------------------------------------------------------------


class NumberForm(forms.Form):
    """A figure's next value, from which day, and why."""

    value = forms.IntegerField(label=gettext_lazy("Value"))
    effective_from = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    comment = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    was = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, number: Number, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = forms.IntegerField(
            label=_("Value"), min_value=number.least, max_value=number.most, help_text=str(number.title)
        )

    def clean_effective_from(self) -> Any:
        """Refuse a past day: what was done by the old figure stays done by it."""
        day = self.cleaned_data["effective_from"]
        if day < clock.today():
            raise forms.ValidationError(_("A figure changes from today or later."))
        return day


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Give a figure a new version from a day on; the second of two people is told."""
    person = person_of(request)
    number = next((one for one in automation.numbers() if one.code == code), None)
    if number is None:
        raise Http404(code)
    versions = NumberVersion.objects.filter(code=code).select_related("author").order_by("-pk")
    newest = versions.first()
    seen = {"was": newest.pk if newest else None, "effective_from": clock.today()}
    holds = automation.number(code, number.usual, clock.today())
    form = NumberForm(request.POST or None, number=number, initial=seen | {"value": holds})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data.pop("was") != seen["was"]:
            form.add_error(None, _("Somebody has changed it meanwhile: look again."))
        else:
            NumberVersion.objects.create(code=code, author=person, **data)
            toast(request, _("Saved: in force from %s") % show.day_long(data["effective_from"]))
            return redirect("automation:list")
    context = {
        "page_title": _("Change a figure"),
        "form": form,
        "submit_label": _("Save"),
        "usual": number.usual,
        "history": versions[:10],
    }
    return render(request, "automation/number.html", context, status=422 if form.errors else 200)
