"""Pages on which pipelines are set up: the list, a pipeline with its stages and changes, a stage (R130-R144)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deals.dealing.models import Deal
from deals.pipelines import actions, moving, preview
from deals.pipelines.actions import Refused, Said
from deals.pipelines.forms import Items, NewPipeline, NewStage, OffForm, PipelineForm, Results, Scripts, StageForm
from deals.pipelines.models import Pipeline, Stage
from salescrm.base import clock, show
from salescrm.base.lists.requests import wants_part
from salescrm.base.models import Job
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

CHANGES = 30  # rows of the log shown


def reader(request: HttpRequest) -> Employee:
    """Return the person; raise PermissionDenied for who does not see how pipelines are set up."""
    person = login_of(request)
    require(person, Act.SEE_PIPELINES)
    return person


def editor(request: HttpRequest) -> Employee:
    """Return the person; raise PermissionDenied for who does not change pipelines."""
    person = login_of(request)
    require(person, Act.CHANGE_PIPELINES)
    return person


@require_GET
def pipeline_list(request: HttpRequest) -> HttpResponse:
    """Show the pipelines, each with its stages and open deals."""
    person = reader(request)
    is_open = Q(deals__state="open")
    rows = Pipeline.objects.annotate(open_deals=Count("deals", filter=is_open)).prefetch_related("segments")
    stages = dict(
        Stage.objects.open().filter(is_active=True).order_by().values_list("pipeline").annotate(stages=Count("pk"))
    )
    context = {
        "page_title": _("Pipelines"),
        "rows": [(one, stages.get(one.pk, 0)) for one in rows.order_by("-is_active", "order", "pk")],
        "may_change": may(person, Act.CHANGE_PIPELINES),
    }
    return render(request, "pipelines/list.html", context)


@require_GET
def pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a pipeline: its stages in their order, what follows by itself, what was changed."""
    person, today = reader(request), clock.today()
    found = get_object_or_404(Pipeline.objects.select_related("next_after"), pk=pk)
    stages = list(found.stages.prefetch_related("next_stages", "results", "items", "scripts"))
    counts = dict(Deal.objects.open().filter(pipeline=pk).order_by().values_list("stage").annotate(n=Count("pk")))
    late = _late(found, stages, today)
    rows = [(one, counts.get(one.pk, 0), late.get(one.pk, 0)) for one in stages]
    context = {
        "page_title": str(found),
        "pipeline": found,
        "open_rows": [row for row in rows if row[0].is_open and row[0].is_active],
        "closing": [row[0] for row in rows if not row[0].is_open],
        "off_rows": [row for row in rows if row[0].is_open and not row[0].is_active],
        "deals": sum(counts.values()),
        "segments": list(found.segments.all()),
        "reasons": list(found.loss_reasons.all()),
        "changes": list(found.changes.select_related("by", "stage")[:CHANGES]),
        "may_change": may(person, Act.CHANGE_PIPELINES),
    }
    return render(request, "pipelines/pipeline.html", context)


def _late(found: Pipeline, stages: list[Stage], today: date) -> dict[int, int]:
    """Count the deals over the norm of their stage, by stage."""
    over = Q(pk__in=[])
    for one in stages:
        if one.norm_days is not None:
            over |= Q(stage=one.pk, entered_stage_on__lt=today - timedelta(days=one.norm_days))
    rows = Deal.objects.open().filter(over, pipeline=found.pk).order_by()
    return dict(rows.values_list("stage").annotate(n=Count("pk")))


# --- forms of a page, with what they would do ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def pipeline_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what holds for a whole pipeline; what that means for open deals is shown before it is kept."""
    person = editor(request)
    found = get_object_or_404(Pipeline, pk=pk)
    form = PipelineForm(posted(request), instance=get_object_or_404(Pipeline, pk=pk))
    effect, mark = None, ""
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        types = [one.pk for one in told["segments"]]
        effect = preview.of_pipeline(found, types, told["escalates_after"], clock.today())
        mark = mark_of(request)
        if not wants_preview(request) and (not effect.is_felt or request.POST.get("shown") == mark):
            saved = kept(
                request, form, found, None, form.save, changed(form), told["seen"], person
            )  # fmt: skip
            if saved:
                return redirect("deals:pipeline", pk)
    context = {
        "page_title": str(found), "pipeline": found, "form": form, "effect": effect, "mark": mark,
        "is_asked": bool(effect and effect.is_felt and not form.errors), "preview_url": request.path,
    }  # fmt: skip
    if wants_preview(request):
        return render(request, "pipelines/effect.html", context)
    return render(request, "pipelines/edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a stage with all it asks for and says; who may changes it, seeing first what that means for open deals."""
    person = reader(request)
    if request.method == "POST":
        editor(request)
    found = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    fresh = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    data = posted(request)
    form = StageForm(data, instance=fresh)
    parts = _parts(data, fresh) if found.is_open else {}
    changeable = may(person, Act.CHANGE_PIPELINES)
    if not changeable:
        for one in [form, *[row for part in parts.values() for row in part.forms]]:
            for field in one.fields.values():
                field.disabled = True
    effect, mark = None, ""
    if form.is_bound and form.is_valid() and _are_valid(parts):
        required = _newly_required(parts.get("items"))
        told = form.cleaned_data
        norm = told.get("norm_days") if found.is_open else found.norm_days
        asks = told.get("asks", found.asks)
        effect = preview.of_stage(found, norm, asks, required, clock.today())
        mark = mark_of(request)
        if not wants_preview(request) and (not effect.is_felt or request.POST.get("shown") == mark):
            what = changed(form) + [row for name, part in parts.items() for row in _changed_rows(part, TITLES[name])]
            saved = kept(
                request, form, found.pipeline, fresh, lambda: _write(form, parts), what, told["seen"], person
            )  # fmt: skip
            if saved:
                return redirect("deals:pipeline", found.pipeline_id)
    context = {
        "page_title": str(found), "pipeline": found.pipeline, "stage": found, "form": form, "parts": parts,
        "effect": effect, "mark": mark, "may_change": changeable, "preview_url": request.path,
        "is_asked": bool(effect and effect.is_felt and not form.errors),
    }  # fmt: skip
    if wants_preview(request):
        return render(request, "pipelines/effect.html", context)
    return render(request, "pipelines/stage.html", context, status=422 if form.is_bound else 200)


TITLES = {
    "results": gettext_lazy("result"),
    "items": gettext_lazy("line of the checklist"),
    "scripts": gettext_lazy("script for some clients"),
}


def _parts(data: Any, found: Stage) -> dict[str, Any]:
    made: dict[str, Any] = {"results": Results, "items": Items, "scripts": Scripts}
    return {name: factory(data, instance=found, prefix=name) for name, factory in made.items()}


def _are_valid(parts: dict[str, Any]) -> bool:
    """Check every part, so that each says what is wrong in it."""
    return sum(not part.is_valid() for part in parts.values()) == 0


def _newly_required(items: Any) -> list[int]:
    """Return the lines there are already that must be done from now on, being no post's."""
    rows = items.forms if items is not None else []
    return [
        row.instance.pk
        for row in rows
        if row.instance.pk and "is_required" in row.changed_data and row.cleaned_data["is_required"]
        and not row.cleaned_data["position"]
    ]  # fmt: skip


def _write(form: StageForm, parts: dict[str, Any]) -> None:
    """Store a stage with its results, checklist and scripts."""
    found = form.save()
    for name, part in parts.items():
        last = max((row.instance.order for row in part.forms if row.instance.pk), default=0)
        for place, row in enumerate([row for row in part.forms if row.has_changed() and not row.instance.pk], 1):
            row.instance.order = last + place * actions.STEP
            if name != "scripts":
                row.instance.code = actions.code_for(found)
        part.save()


def wants_preview(request: HttpRequest) -> bool:
    """Say whether the page asks what would change, not to keep it."""
    return request.method == "POST" and "preview" in request.GET


def mark_of(request: HttpRequest) -> str:
    """Return what a form says in one word: what was shown was shown of that."""
    said = sorted(
        (name, tuple(values)) for name, values in request.POST.lists() if name not in ("shown", "csrfmiddlewaretoken")
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def kept(
    request: HttpRequest, form: Any, pipeline: Pipeline, of: Stage | None, write: Callable[[], object], what: Said,
    seen: int, person: Employee,
) -> bool:  # fmt: skip
    """Save a valid form and say so; where it is refused say why in the form."""
    held = form.instance if of is None else pipeline
    try:
        actions.save(held, stage=of, write=write, what=what, seen=seen, by=person, now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    toast(request, _("Saved") if what else _("Nothing was changed."), level="good" if what else "info")
    return True


def changed(form: Any) -> Said:
    """Say what a valid form changes: field, what it was, what it became."""
    found = []
    for name in form.changed_data:
        field = form.fields[name]
        if name == "seen" or isinstance(field.widget, forms.HiddenInput):
            continue
        before, after = form.get_initial_for_field(field, name), form.cleaned_data.get(name)
        found.append((str(field.label), words(field, before), words(field, after)))
    return found


def _changed_rows(part: Any, title: Any) -> Said:
    found: Said = []
    for row in part.forms:
        if not row.has_changed():
            continue
        name = f"{title}: {row.instance}"
        if row.cleaned_data.get("DELETE"):
            found.append((name, _("was there"), _("removed")))
        elif not row.instance.pk:
            found.append((name, "", _("added")))
        else:
            found += [(f"{name}, {label}", before, after) for label, before, after in changed(row)]
    return found


def words(field: forms.Field, value: Any) -> str:
    """Say the value of a field as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(str(one) for one in value)
    if isinstance(field, forms.ModelChoiceField):
        return (
            str(field.queryset.filter(pk=value).first() or "")
            if isinstance(value, int) and field.queryset
            else str(value)
        )
    if isinstance(field, forms.ChoiceField | forms.TypedChoiceField):
        names = {str(key): str(label) for key, label in field.choices if not isinstance(label, list)}  # type: ignore[union-attr, misc]
        given = value if isinstance(value, list) else [value]
        return ", ".join(names.get(str(one), str(one)) for one in given)
    return str(value)[:300]


# --- acts of a dialog -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def pipeline_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a pipeline after another one."""
    person = editor(request)
    found = get_object_or_404(Pipeline, pk=pk)
    start = {"purpose": found.purpose, "name": _("%(name)s, copy") % {"name": found.name}}
    form = NewPipeline(posted(request), initial=start)
    if form.is_bound and form.is_valid():
        made = actions.copy(found, by=person, now=clock.now(), **form.cleaned_data)
        return _gone_to(request, _("The pipeline is made"), reverse("deals:pipeline", args=[made.pk]))
    context = {"page_title": _("Copy: %s") % found, "form": form, "submit_label": _("Make")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def stage_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage to a pipeline."""
    person = editor(request)
    found = get_object_or_404(Pipeline, pk=pk)
    form = NewStage(posted(request), initial={"seen": found.version})
    if form.is_bound and form.is_valid():
        told = dict(form.cleaned_data)
        try:
            made = actions.add_stage(found, by=person, now=clock.now(), **told)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _gone_to(request, _("The stage is added"), reverse("deals:stage", args=[made.pk]))
    context = {"page_title": _("New stage: %s") % found, "form": form, "submit_label": _("Add")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_POST
def stage_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the stages into another order: the whole of it (`order`), or one a place up or down (`stage`, `by`)."""
    person = editor(request)
    found = get_object_or_404(Pipeline, pk=pk)
    order = list(found.stages.open().filter(is_active=True).values_list("pk", flat=True))
    asked = [int(text) for text in request.POST.getlist("order") if text.isdecimal() and len(text) < 19]
    one, by = request.POST.get("stage", ""), request.POST.get("by", "")
    if asked:
        order = asked
    elif one.isdecimal() and int(one[:18]) in order:
        at = order.index(int(one))
        to = max(at - 1, 0) if by == "up" else min(at + 1, len(order) - 1)
        order.insert(to, order.pop(at))
    try:
        actions.place(found, order=order, seen=_seen(request), by=person, now=clock.now())
    except Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, _("The order is changed"))
    return redirect("deals:pipeline", pk)


@require_http_methods(["GET", "POST"])
def stage_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a stage off; its open deals go to the stage chosen."""
    found = get_object_or_404(Stage.objects.open().select_related("pipeline"), pk=pk)
    targets = Stage.objects.open().filter(pipeline=found.pipeline_id, is_active=True).exclude(pk=pk)
    deals = Deal.objects.open().filter(stage=pk)
    return _off(request, found.pipeline, found, targets, deals)


@require_http_methods(["GET", "POST"])
def pipeline_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a pipeline off; its open deals go to a stage of another one."""
    found = get_object_or_404(Pipeline, pk=pk)
    targets = Stage.objects.open().filter(is_active=True, pipeline__is_active=True).exclude(pipeline=pk)
    targets = targets.select_related("pipeline").order_by("pipeline__order", "pipeline", "order", "pk")
    return _off(request, found, None, targets, Deal.objects.open().filter(pipeline=pk))


def _off(
    request: HttpRequest, pipeline: Pipeline, of: Stage | None, targets: QuerySet[Stage], deals: QuerySet[Deal]
) -> HttpResponse:
    person = editor(request)
    count = deals.count()
    start = {"seen": pipeline.version}
    form = OffForm(posted(request), targets=targets, deals=count, names_pipeline=of is None, initial=start)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            job = actions.switch_off(
                pipeline, stage=of, to=told.get("to"), seen=told["seen"], by=person, now=clock.now()
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            back = (
                reverse("deals:pipeline-job", args=[job.pk]) if job else reverse("deals:pipeline", args=[pipeline.pk])
            )
            return _gone_to(request, _("Switched off"), back)
    words_ = ngettext("%(n)s open deal stands in it.", "%(n)s open deals stand in it.", count) % {
        "n": show.number(count)
    }
    context = {
        "page_title": _("Switch off: %s") % (of or pipeline), "form": form, "submit_label": _("Switch off"),
        "count": count, "told": words_ if count else _("No open deal stands in it."),
    }  # fmt: skip
    return render(request, "pipelines/off.html", context, status=422 if form.errors else 200)


@require_POST
def stage_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a stage again."""
    found = get_object_or_404(Stage.objects.open().select_related("pipeline"), pk=pk)
    return _on(request, found.pipeline, found)


@require_POST
def pipeline_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a pipeline again."""
    return _on(request, get_object_or_404(Pipeline, pk=pk), None)


def _on(request: HttpRequest, found: Pipeline, of: Stage | None) -> HttpResponse:
    person = editor(request)
    try:
        actions.switch_on(found, stage=of, seen=_seen(request), by=person, now=clock.now())
    except Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, _("Offered again"))
    return redirect("deals:pipeline", found.pk)


@require_GET
def pipeline_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the moving of deals is, for the person who switched something off; it can be taken back here."""
    person = reader(request)
    found = get_object_or_404(Job, pk=pk, kind=moving.KIND, created_by=person)
    result = found.result or {}
    moved = result.get("moved", 0)
    context = {
        "page_title": _("Deals go to another stage"),
        "job": found,
        "poll_url": request.path,
        "result_text": ngettext("%(n)s deal was moved", "%(n)s deals were moved", moved) % {"n": show.number(moved)},
        "result_url": reverse("deals:pipeline", args=[found.arguments["pipeline"]]),
        "undo_url": moving.UNDO.while_it_lasts(result.get("undo", "")),
    }
    template = "pipelines/job.html"
    return render(request, f"{template}#job" if wants_part(request) else template, context)


@require_POST
def pipeline_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Bring the deals nobody has touched since back, and offer again what was switched off."""
    person = editor(request)
    undone = moving.UNDO.take(person.pk, token)
    moved, left = moving.take_back(undone, by=person, today=clock.today(), now=clock.now())
    text = ngettext("%(n)s deal is back", "%(n)s deals are back", moved) % {"n": show.number(moved)}
    if left:
        stays = ngettext("%(n)s stays: it went on since", "%(n)s stay: they went on since", left)
        text = f"{text}; {stays % {'n': show.number(left)}}"
    toast(request, text, level="warn" if left else "info")
    return redirect("deals:pipeline", undone["pipeline"])


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _gone_to(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Say what was done on the page one goes to."""
    toast(request, text)
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        answer = close_dialog()
        answer.headers["HX-Redirect"] = url
        return answer
    return redirect(url)
