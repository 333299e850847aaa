"""Screens of learning: everybody, a person's card, trainings, what is asked of posts."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.filters import Choice, Choices, Filter, Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.handbook.reading import in_force
from staff.learning import actions, forms, reading, rights
from staff.learning.models import (
    Adaptation,
    AdaptationTask,
    Asked,
    Assessment,
    Attendance,
    Competence,
    LearningStep,
    Mark,
    Training,
    TrainingKind,
    TrainingState,
)
from staff.models import Employee
from staff.reading import NUMBER, fields_of

ADAPTATION_DAYS = 60  # what the form of an adaptation begins with: two months (R215)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody whose learning the person sees: adaptation, open steps, gaps, when the card is due, trainings."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    today = clock.today()
    lines = reading.lines(acting, today)
    context = {
        "page_title": _("Training and adaptation"),
        "lines": [(one, rights.leads(acting, one.person)) for one in lines],
        "today": today,
        "in_adaptation": sum(one.adaptation is not None for one in lines),
        "late": sum(one.late_steps for one in lines),
        "may_set_up": may(acting, Act.SET_COMPETENCES),
        "may_plan": may(acting, Act.LEAD_LEARNING),
    }
    return render(request, "staff/learning/overview.html", context)


@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The learning of a person: adaptation, what is to be learned, the competence card, trainings."""
    acting = login_of(request)
    person = _seen(acting, pk)
    today = clock.today()
    found = reading.card(person, today)
    leads = rights.leads(acting, person) and person.is_active
    context = {
        "page_title": _("Learning: %(name)s") % {"name": person.short_name},
        "person": person,
        "card": found,
        "steps": [(one, one.is_late(today)) for one in found.steps],
        "is_due": found.due_on is not None and found.due_on <= today,
        "today": today,
        "leads": leads,
        "may_set": leads or rights.brings_in(acting, found.running),
        "may_finish": leads or rights.brings_in(acting, found.running) or acting == person,
        "is_own": acting == person,
    }
    return render(request, "staff/learning/card.html", context)


def _seen(acting: Employee, pk: int) -> Employee:
    people = rights.seen_people(acting).select_related("branch", "position")
    found: Employee = get_object_or_404(people, pk=pk)
    return found


def _led(acting: Employee, pk: int) -> Employee:
    person = _seen(acting, pk)
    if not rights.leads(acting, person) or not person.is_active:
        raise PermissionDenied
    return person


def _dialog(
    request: HttpRequest, title: str, form: BaseForm, label: str, template: str = "dialog.html"
) -> HttpResponse:
    context = {"page_title": title, "form": form, "submit_label": label}
    return render(request, template, context, status=422 if form.errors else 200)


# --- adaptation and steps ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def adaptation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to bring a person in."""
    acting = login_of(request)
    person = _led(acting, pk)
    initial = forms.first_and_last(clock.today(), ADAPTATION_DAYS) | {"mentor": person.administrative_head_id}
    form = forms.AdaptationForm(posted(request), employee=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.begin(employee=person, **form.cleaned_data, acting_user=acting)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Adaptation begun: %(name)s") % {"name": person.short_name})
            return redirect("staff:learning-card", pk=pk)
    return _dialog(request, _("Adaptation: %(name)s") % {"name": person.short_name}, form, _("Begin"))


@require_http_methods(["GET", "POST"])
def adaptation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an adaptation with its conclusion, or let it go on for longer."""
    acting = login_of(request)
    adaptation = get_object_or_404(
        Adaptation.objects.select_related("employee"), pk=pk, employee__in=rights.seen_people(acting)
    )
    person = _led(acting, adaptation.employee_id)
    form = forms.ConclusionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["outcome"] == form.EXTEND:
                actions.extend(adaptation=adaptation, ends_on=data["ends_on"], acting_user=acting)
            else:
                actions.conclude(
                    adaptation=adaptation,
                    outcome=data["outcome"],
                    note=data["note"],
                    acting_user=acting,
                    today=clock.today(),
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Adaptation decided: %(name)s") % {"name": person.short_name})
            return redirect("staff:learning-card", pk=person.pk)
    return _dialog(request, _("Adaptation of %(name)s") % {"name": person.short_name}, form, _("Save"))


@require_http_methods(["GET", "POST"])
def step_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a step for a person; the address may name the competence it is of."""
    acting = login_of(request)
    person = _seen(acting, pk)
    running = person.adaptations.filter(outcome="").first()
    if not rights.leads(acting, person) and not rights.brings_in(acting, running):
        raise PermissionDenied
    asked = request.GET.get("competence", "")
    initial = {"competence": int(asked) if asked.isdecimal() and len(asked) < 9 else None}
    form = forms.StepForm(posted(request), employee=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_step(employee=person, **form.cleaned_data, acting_user=acting)
        toast(request, _("Step set: %(name)s") % {"name": form.cleaned_data["title"]})
        return redirect("staff:learning-card", pk=pk)
    return _dialog(request, _("Step for %(name)s") % {"name": person.short_name}, form, _("Set"))


def _step(acting: Employee, pk: int) -> LearningStep:
    steps = LearningStep.objects.filter(employee__in=rights.seen_people(acting))
    found = get_object_or_404(steps.select_related("employee", "adaptation"), pk=pk)
    if not actions.may_act_on(acting, found):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "POST"])
def step_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a step done with its result."""
    acting = login_of(request)
    step = _step(acting, pk)
    form = forms.ResultForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.finish_step(step=step, **form.cleaned_data, acting_user=acting, today=clock.today())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Done: %(name)s") % {"name": step.title})
            return redirect("staff:learning-card", pk=step.employee_id)
    return _dialog(request, step.title, form, _("Done"))


@require_http_methods(["GET", "POST"])
def step_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step out that is not needed."""
    acting = login_of(request)
    step = _step(acting, pk)
    if acting.pk == step.employee_id:
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.drop_step(step=step, acting_user=acting, today=clock.today())
        except Refused as refusal:
            toast(request, str(refusal), level="bad")
        else:
            toast(request, _("Taken out: %(name)s") % {"name": step.title}, level="info")
        return redirect("staff:learning-card", pk=step.employee_id)
    context = {"page_title": _("Take this step out?"), "said": step.title, "submit_label": _("Take out")}
    return render(request, "staff/learning/sure.html", context)


# --- competences ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in the competence card of a person; it begins with the levels of the last one."""
    acting = login_of(request)
    person = _led(acting, pk)
    last = Assessment.objects.filter(employee=person).first()
    before = dict(Mark.objects.filter(assessment=last).values_list("competence", "level")) if last else {}
    form = forms.AssessmentForm(posted(request), asked=actions.asked_of(person.role), before=before)
    if request.method == "POST" and form.is_valid():
        try:
            actions.assess(
                employee=person,
                marks=form.marks,
                note=form.cleaned_data["note"],
                acting_user=acting,
                today=clock.today(),
                submission=form.cleaned_data["submission"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Competence card filled in: %(name)s") % {"name": person.short_name})
            return redirect("staff:learning-card", pk=pk)
    context = {
        "page_title": _("Competence card: %(name)s") % {"name": person.short_name},
        "person": person,
        "form": form,
        "last": last,
    }
    return render(request, "staff/learning/assess.html", context, status=422 if form.errors else 200)


@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """What posts ask of people, and what every adaptation goes through."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    context = {
        "page_title": _("Competences and steps of adaptation"),
        "competences": Competence.objects.order_by("role", "pk"),
        "tasks": AdaptationTask.objects.order_by("by_day", "pk"),
        "may_change": may(acting, Act.SET_COMPETENCES),
    }
    return render(request, "staff/learning/asked.html", context)


@require_http_methods(["GET", "POST"])
def competence(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a competence or change it; cards filled in before keep what was expected then."""
    title = _("Competence") if pk else _("New competence")
    return _asked_form(request, pk, Competence, forms.CompetenceForm, title)


@require_http_methods(["GET", "POST"])
def adaptation_task(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a step of every adaptation or change it; adaptations that have begun keep their steps."""
    title = _("Step of every adaptation") if pk else _("New step of every adaptation")
    return _asked_form(request, pk, AdaptationTask, forms.AdaptationTaskForm, title)


def _asked_form(
    request: HttpRequest, pk: int | None, model: type[Asked], form_class: type[ModelForm[Any]], title: str
) -> HttpResponse:
    require(login_of(request), Act.SET_COMPETENCES)
    row = get_object_or_404(model, pk=pk) if pk else model(code=uuid.uuid4().hex)
    form = form_class(posted(request), instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("Saved: %(name)s") % {"name": row.shown_name})
        return redirect("staff:learning-asked")
    return _dialog(request, title, form, _("Save"))


# --- trainings --------------------------------------------------------------------------------------------------------


def _people(here: Here) -> Choices:
    found = rights.seen_people(here.person).order_by("last_name", "first_name", "pk")
    return [(str(one.pk), one.short_name) for one in found]


def _filters() -> list[Filter]:
    return [
        Choice("person", gettext_lazy("Who"), path="attendances__employee", choices=_people, pattern=NUMBER),
        Choice("kind", gettext_lazy("Kind"), path="kind", choices=lambda here: _texts(TrainingKind.choices)),
        Choice("state", gettext_lazy("State"), path="state", choices=lambda here: _texts(TrainingState.choices)),
    ]


def _texts(choices: Any) -> Choices:
    return [(str(value), str(text)) for value, text in choices]


TRAININGS = ListSpec("trainings", (), (Sort("day", "held_on"),), "-day", _filters, size=50)


@require_GET
def trainings(request: HttpRequest) -> HttpResponse:
    """The plan of trainings and those held, the latest day first: who was asked, who came."""
    acting = login_of(request)
    state = ListState.read(TRAININGS, request.GET, Here(acting, clock.today()))
    found = state.narrow(reading.seen_trainings(acting))
    page = state.page(found)
    rows = Training.objects.select_related("trainer", "article").in_bulk(page.ids)
    shown = [rows[pk] for pk in page.ids]
    asked = reading.attendances_seen(acting, shown)
    context = {
        "page_title": _("Trainings"),
        "rows": [(one, asked[one.pk], sum(bool(row.came) for row in asked[one.pk])) for one in shown],
        "total": found.count(),
        "pager": state.pager(page),
        "filters": fields_of(state, *(("person",) if may(acting, Act.CHECK_READING) else ()), "kind", "state"),
        "is_narrowed": state.is_narrowed,
        "may_plan": may(acting, Act.LEAD_LEARNING),
        "sees_all": may(acting, Act.CHECK_READING),
        "today": clock.today(),
    }
    return render(request, f"staff/learning/trainings.html{'#rows' if wants_part(request) else ''}", context)


@require_http_methods(["GET", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    """Plan a training."""
    acting = login_of(request)
    require(acting, Act.LEAD_LEARNING)
    form = forms.TrainingForm(posted(request), acting=acting, initial={"held_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan(**form.cleaned_data, acting_user=acting)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Training planned: %(name)s") % {"name": made.topic})
            return redirect("staff:training", pk=made.pk)
    return _dialog(request, _("New training"), form, _("Plan"))


def _training(acting: Employee, pk: int) -> Training:
    attendances = Prefetch("attendances", Attendance.objects.select_related("employee"))
    seen = reading.seen_trainings(acting).select_related("trainer", "article", "set_by").prefetch_related(attendances)
    found: Training = get_object_or_404(seen, pk=pk)
    return found


@require_GET
def training(request: HttpRequest, pk: int) -> HttpResponse:
    """A training: who was asked, who came and with what result."""
    acting = login_of(request)
    found = _training(acting, pk)
    keeps = actions.may_keep(acting, found)
    seen = set(rights.seen_people(acting).values_list("pk", flat=True))
    context = {
        "page_title": found.topic,
        "training": found,
        "attendances": [(one, one.employee_id in seen) for one in reading.attendances_seen(acting, [found])[found.pk]],
        "article": in_force().filter(article=found.article_id).first() if found.article_id else None,
        "may_hold": keeps and found.state != TrainingState.CANCELLED and found.held_on <= clock.today(),
        "may_cancel": keeps and found.state == TrainingState.PLANNED,
    }
    return render(request, "staff/learning/training.html", context)


@require_http_methods(["GET", "POST"])
def training_held(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down who came."""
    acting = login_of(request)
    found = _training(acting, pk)
    if not actions.may_keep(acting, found):
        raise PermissionDenied
    form = forms.HeldForm(posted(request), attendances=found.attendances.all())
    if request.method == "POST" and form.is_valid():
        try:
            actions.hold(training=found, came=form.came, acting_user=acting, today=clock.today())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Written down: %(name)s") % {"name": found.topic})
            return redirect("staff:training", pk=pk)
    return _dialog(request, _("Who came"), form, _("Save"), "staff/learning/held.html")


@require_http_methods(["GET", "POST"])
def training_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a planned training."""
    acting = login_of(request)
    found = _training(acting, pk)
    if not actions.may_keep(acting, found):
        raise PermissionDenied
    form = forms.WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(training=found, **form.cleaned_data, acting_user=acting)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Training cancelled: %(name)s") % {"name": found.topic}, level="info")
            return redirect("staff:training", pk=pk)
    return _dialog(request, _("Cancel the training?"), form, _("Cancel the training"))
