"""The typology's own pages: spheres and types, one of each, the rows the marketer edits."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client, LegacyType, Parameter, ParameterChoice, Segment, Sphere, StepKind, TypicalObjection
from clients.typology import editing, progress, versions
from clients.typology.catalogue import PARTS, Catalogue, gap_words
from clients.typology.editing import KINDS, Kind
from clients.typology.forms import RowForm, mark
from salescrm.base import clock
from salescrm.base.toasts import toast
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Employee


def reader(request: HttpRequest) -> Employee:
    """Return who reads; everybody who has clients to see reads the typology."""
    person = login_of(request)
    if rows(person) == Rows.NOTHING:
        raise Http404
    return person


def rights(person: Employee) -> dict[str, bool]:
    """Say what the person may do, for the templates."""
    return {
        "may_change": may(person, Act.CHANGE_TYPOLOGY),
        "may_publish": may(person, Act.PUBLISH_TYPOLOGY),
        "may_decide": may(person, Act.DECIDE_TYPES),
    }


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show spheres and segments with their gaps, target groups and numbers of clients."""
    person, today = reader(request), clock.today()
    catalogue = Catalogue.read()
    counts = progress.by_segment(Client.objects.visible_to(person, today))
    context = rights(person) | {
        "page_title": _("Typology"),
        "spheres": [_sphere_line(catalogue, sphere, counts) for sphere in catalogue.spheres],
        "untyped": counts.get(None, 0),
        "incomplete": len(catalogue.incomplete()),
        "version": versions.in_force(today),
        "legacy": LegacyType.objects.select_related("segment"),
        "common": catalogue.questions.get(None, []),
    }
    return render(request, "typology/overview.html", context)


def _sphere_line(catalogue: Catalogue, sphere: Sphere, counts: dict[int | None, int]) -> dict[str, Any]:
    segments = [
        {
            "segment": one,
            "clients": counts.get(one.pk, 0),
            "signs": len([row for row in catalogue.signs.get(one.pk, []) if row.is_active]),
            "questions": len([row for row in catalogue.questions.get(one.pk, []) if row.is_active]),
            "gaps": gap_words(catalogue.gaps(one)),
        }
        for one in catalogue.of_sphere(sphere)
    ]
    return {"sphere": sphere, "segments": segments, "clients": sum(line["clients"] for line in segments)}


@require_GET
def segment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything known of one segment."""
    person = reader(request)
    catalogue = Catalogue.read()
    one = catalogue.segments.get(pk)
    if one is None:
        raise Http404
    counts = progress.by_segment(Client.objects.visible_to(person, clock.today()).filter(segment=pk))
    context = rights(person) | {
        "page_title": str(one),
        "segment": one,
        "parts": [_part(one, name) for name in PARTS],
        "has_steps": any(row.is_active for row in catalogue.steps.get(one.sphere_id, [])),
        "signs": catalogue.signs.get(pk, []),
        "questions": catalogue.questions.get(pk, []),
        "common": catalogue.questions.get(None, []),
        "gaps": gap_words(catalogue.gaps(one)),
        "clients": counts.get(pk, 0),
        "legacy": LegacyType.objects.filter(segment=pk),
        "objections": catalogue.objections_of(segment=pk) + catalogue.objections_of(sphere=one.sphere_id),
    }
    return render(request, "typology/segment.html", context)


def _part(one: Segment, name: str) -> dict[str, Any]:
    return {"name": name, "label": versions.label_of(name), "lines": getattr(one, name).splitlines()}


@require_GET
def sphere(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a sphere's segments have in common: parameters, steps, needs, problems."""
    person = reader(request)
    catalogue = Catalogue.read()
    one = next((found for found in catalogue.spheres if found.pk == pk), None)
    if one is None:
        raise Http404
    steps = catalogue.steps.get(pk, [])
    context = rights(person) | {
        "page_title": str(one),
        "sphere": one,
        "segments": catalogue.of_sphere(one),
        "parameters": [
            (row, catalogue.choices.get(row.choice_list_id, []) if row.choice_list_id else [])
            for row in catalogue.parameters.get(pk, [])
        ],
        "steps": [(kind.label, rows) for kind in StepKind if (rows := [row for row in steps if row.kind == kind])],
        "needs": catalogue.needs.get(pk, []),
        "problems": catalogue.problems.get(pk, []),
    }
    return render(request, "typology/sphere.html", context)


@require_http_methods(["GET", "POST"])
def row_new(request: HttpRequest, kind: str, parent: int) -> HttpResponse:
    """Add a row: a sign, a question, a parameter, a type."""
    person = login_of(request)
    require(person, Act.CHANGE_TYPOLOGY)
    found = _kind(kind)
    row = editing.new(found, get_object_or_404(found.to, pk=parent) if found.to else None)
    form = found.form(_posted(request), instance=row, catalogue=Catalogue.read())
    if request.method == "POST" and form.is_valid():
        added = form.save(commit=False)
        if isinstance(added, Segment):
            added.code = editing.free_code(added.name)
        added.save()
        toast(request, _("Added"))
        return redirect(page_of(added))
    return _dialog(request, found, form)


@require_http_methods(["GET", "POST"])
def row_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change a row in place; whose form was opened before somebody else's change is told, nothing is overwritten."""
    person = login_of(request)
    require(person, Act.CHANGE_TYPOLOGY)
    found = _kind(kind)
    with transaction.atomic():
        row = get_object_or_404(found.model._default_manager.select_for_update(of=("self",)), pk=pk)
        known = mark(row)
        form = found.form(_posted(request), instance=row, catalogue=Catalogue.read())
        if request.method == "POST" and request.POST.get("seen") != known:
            form.add_error(None, _("Somebody else changed this meanwhile. Look, then save again."))
            form.data = {**form.data, "seen": known}
        elif request.method == "POST" and form.is_valid():
            form.save(commit=False).save(update_fields=[name for name in form._meta.fields or () if name])
            toast(request, _("Saved"))
            return redirect(page_of(row))
    return _dialog(request, found, form)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404(name)
    return KINDS[name]


def _posted(request: HttpRequest) -> dict[str, Any] | None:
    return request.POST.dict() if request.method == "POST" else None


def _dialog(request: HttpRequest, kind: Kind, form: RowForm) -> HttpResponse:
    context = {"page_title": kind.title, "form": form, "submit_label": _("Save")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


def page_of(row: Model) -> str:
    """Return the page on which a row stands."""
    if isinstance(row, Segment):
        return reverse("typology:segment", args=[row.pk])
    if isinstance(row, TypicalObjection):
        return reverse("typology:objections")
    if isinstance(row, ParameterChoice):
        user = Parameter.objects.filter(choice_list=row.choice_list_id).order_by("pk").first()
        return page_of(user) if user else reverse("typology:overview")
    if segment_id := getattr(row, "segment_id", None):
        return reverse("typology:segment", args=[segment_id])
    if sphere_id := getattr(row, "sphere_id", None):
        return reverse("typology:sphere", args=[sphere_id])
    return reverse("typology:overview")
