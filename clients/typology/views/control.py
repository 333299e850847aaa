"""What heads look at: the progress of the regrouping, types that differ from the suggested ones, versions."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client, TypeChoice, TypologyVersion
from clients.querysets import TypeChoiceQuerySet
from clients.typology import actions, objections, progress, versions
from clients.typology.catalogue import Catalogue, gap_words
from clients.typology.forms import ReturnForm, VersionForm
from clients.typology.views.pages import reader, rights
from salescrm.base import clock
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, require
from staff.models import Employee

DISAGREEMENTS = ListSpec("disagreements", (), (Sort("new", "id"),), "-new", size=30)


@require_GET
def progress_page(request: HttpRequest) -> HttpResponse:
    """Show how far each manager is with the regrouping: heads see all they see clients of, a manager the own."""
    person = reader(request)
    clients = Client.objects.visible_to(person, clock.today())
    lines = progress.lines(clients)
    context = rights(person) | {
        "page_title": _("Progress of the regrouping"),
        "lines": lines,
        "total": progress.total(lines),
        "waiting": _waiting(person).count() if rights(person)["may_decide"] else 0,
    }
    return render(request, "typology/progress.html", context)


def _waiting(person: Employee) -> TypeChoiceQuerySet:
    seen = Client.objects.visible_to(person, clock.today())
    return TypeChoice.objects.to_decide().filter(client__in=seen.values("pk"))


@require_GET
def disagreements(request: HttpRequest) -> HttpResponse:
    """List the types that differ from the suggested ones and wait for a head (R32)."""
    person = login_of(request)
    require(person, Act.DECIDE_TYPES)
    waiting = _waiting(person)
    state = ListState.read(DISAGREEMENTS, request.GET, Here(person, clock.today()))
    page = state.page(waiting)
    found = TypeChoice.objects.select_related("client", "segment", "suggested", "author").in_bulk(page.ids)
    context = {
        "page_title": _("Types that differ from the suggested ones"),
        "choices": [found[pk] for pk in page.ids],
        "total": waiting.count(),
        "pager": state.pager(page),
    }
    return render(request, f"typology/disagreements.html{'#rows' if wants_part(request) else ''}", context)


@require_GET
def objection_list(request: HttpRequest) -> HttpResponse:
    """Show the library of objections with the answers, and what the clients one sees objected within a year (R51)."""
    person, today = reader(request), clock.today()
    catalogue = Catalogue.read()
    context = rights(person) | {
        "page_title": _("Objections and answers"),
        "parts": objections.library(catalogue),
        "met": objections.met(Client.objects.visible_to(person, today), catalogue, today),
    }
    return render(request, "typology/objections.html", context)


@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree with the type a manager set."""
    choice, person = _choice(request, pk)
    try:
        actions.decide(choice=choice, agreed=True, note="", acting_user=person, today=clock.today())
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, _("%(client)s: %(type)s") % {"client": choice.client.name, "type": choice.segment})
    return redirect("typology:disagreements")


@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the type to the manager with a reason: the client is to be asked again."""
    choice, person = _choice(request, pk)
    form = ReturnForm(posted(request))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            actions.decide(choice=choice, agreed=False, note=note, acting_user=person, today=clock.today())
        except actions.Refused as refusal:
            toast(request, str(refusal), level="warn")
        else:
            toast(request, _("Returned: %s") % choice.client.name)
        return redirect("typology:disagreements")
    context = {"page_title": _("Return the type of %s") % choice.client.name, "form": form, "choice": choice}
    context |= {"submit_label": _("Return")}
    return render(request, "typology/give_back.html", context, status=422 if form.errors else 200)


def _choice(request: HttpRequest, pk: int) -> tuple[TypeChoice, Employee]:
    person = login_of(request)
    require(person, Act.DECIDE_TYPES)
    seen = Client.objects.visible_to(person, clock.today())
    choices = TypeChoice.objects.filter(client__in=seen.values("pk"), differs=True)
    return get_object_or_404(choices.select_related("client", "segment"), pk=pk), person


@require_GET
def version_list(request: HttpRequest) -> HttpResponse:
    """List the versions; a day in the address leads to the one in force then (R47)."""
    person, today = reader(request), clock.today()
    if asked := request.GET.get("on", ""):
        return _on(request, asked)
    current = versions.in_force(today)
    found = TypologyVersion.objects.select_related("author").defer("content").order_by("-effective_from")
    context = rights(person) | {
        "page_title": _("Versions of the typology"),
        "versions": found[:100],
        "current": current,
        "today": today,
    }
    return render(request, "typology/versions.html", context)


def _on(request: HttpRequest, text: str) -> HttpResponse:
    try:
        found = versions.in_force(date.fromisoformat(text))
    except ValueError as fault:
        raise Http404(text) from fault
    if found:
        return redirect("typology:version", found.pk)
    toast(request, _("No version was in force on that day."), level="warn")
    return redirect("typology:versions")


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: what it changed, and all it says."""
    reader(request)
    one = get_object_or_404(TypologyVersion.objects.select_related("author"), pk=pk)
    before = TypologyVersion.objects.filter(effective_from__lt=one.effective_from).order_by("-effective_from").first()
    context = {
        "page_title": _("Version of the typology"),
        "version": one,
        "before": before,
        "changes": versions.changes(before.content, one.content) if before else [],
        "spheres": one.content["spheres"],
        "common": one.content["common_question"],
    }
    return render(request, "typology/version.html", context)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the typology as it stands; gaps are named, and publishing with them is said (R27)."""
    person, today = login_of(request), clock.today()
    require(person, Act.PUBLISH_TYPOLOGY)
    incomplete = Catalogue.read().incomplete()
    sent = posted(request)
    form = VersionForm(sent, has_gaps=bool(incomplete), today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.publish(effective_from=data["effective_from"], comment=data["comment"], acting_user=person)
        toast(request, _("The version is published"))
        return redirect("typology:version", made.pk)
    context = {
        "page_title": _("Publish the typology"),
        "form": form,
        "submit_label": _("Publish"),
        "incomplete": [(one, gap_words(gaps)) for one, gaps in incomplete],
    }
    return render(request, "typology/publish.html", context, status=422 if form.errors else 200)
