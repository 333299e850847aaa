"""Action programmes of priority clients: the panel of the card, the list, and what is decided of one (R76, R77)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client, DevelopmentStep
from salescrm.base import clock, show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.periods import add_months
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast, with_event, with_toast
from segmentation.priorities import preparation
from segmentation.priorities.programmes import actions, reading
from segmentation.priorities.programmes.forms import CloseForm, ProgrammeForm, ReviewForm, StepForm, aim_of
from segmentation.priorities.programmes.models import QUARTER, Path, Programme, ProgrammeState, Stage, number_of
from segmentation.views.shared import Reader, address_with, branch_field, choice_in, in_branch, number_in, reader
from staff.access import Act, login_of, may
from staff.models import Employee

EVENTS = {"tasks-changed": True, "timeline-changed": True, "counts": True}  # what panels and lists listen to


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
def programmes(request: HttpRequest) -> HttpResponse:
    """Show the programmes of everybody one sees: plan against done by manager, then one by one (R77)."""
    who = in_branch(request)
    seen = Programme.objects.visible_to(who.person, who.today)
    seen = seen.filter(client__branch=who.branch) if who.branch else seen
    view, owner = choice_in(request, "view", reading.VIEWS), number_in(request, "owner")
    spec = reading.CLOSED_ONES if view == "closed" else reading.OPEN_ONES
    state = ListState.read(spec, request.GET, Here(who.person, who.today))
    rows = state.narrow(reading.members(seen.filter(owner=owner) if owner else seen, view, who.today))
    page = state.page(rows)
    found, count = reading.without(who.clients, who.today.year)
    context: dict[str, Any] = {
        "page_title": _("Action programmes"),
        "view": view,
        "views": [
            {"label": label, "current": name == view, "url": _fresh(request, view=name)}
            for name, label in reading.labels().items()
        ],
        "lines": reading.plan_done(seen, who.today),
        "owner": owner,
        "all_url": _fresh(request, owner=""),
        "rows": reading.read(page.ids, who.today),
        "total": rows.count(),
        "pager": state.pager(page),
        "q": state.q,
        "hidden": state.hidden(but=["q"]),
        "here": request.get_full_path(),
        "year": who.today.year,
        "without": found,
        "without_count": count,
        "may_make": who.may(Act.CHANGE_OWN),
    }
    context |= branch_field(request, who, "owner")
    return render(request, f"segmentation/programmes/list.html{'#rows' if wants_part(request) else ''}", context)


def _fresh(request: HttpRequest, **changes: str) -> str:
    return address_with(request, after="", before="", at="", **changes)


# --- one programme, and those of a client -----------------------------------------------------------------------------


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the programmes of a client on its card."""
    person, today = login_of(request), clock.today()
    clients = Client.objects.visible_to(person, today).filter(standing__isnull=False)
    client = get_object_or_404(clients.select_related("standing", "segment"), pk=pk)
    context = {"found": reading.of_client(client, today)} | rights(person, client)
    return render(request, "segmentation/programmes/panel.html", context)


def rights(person: Employee, client: Client) -> dict[str, Any]:
    """Say whether the person keeps the steps of the client's programmes, and whether that person decides on them."""
    return {
        "may_work": works(person, client),
        "may_decide": may(person, Act.APPROVE_HAND_OVERS),
        "today": clock.today(),
    }


def works(person: Employee, client: Client) -> bool:
    """Say whether the person works the client, or is its head, and sees segmentation."""
    return (
        may(person, Act.SEE_SEGMENTATION)
        and Client.objects.all().changeable_by(person, clock.today()).filter(pk=client.pk).exists()
    )


@require_GET
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one programme on a page of its own."""
    who = reader(request)
    seen = reading.with_turnover(Programme.objects.visible_to(who.person, who.today))
    found = get_object_or_404(seen.select_related(*reading.BESIDE), pk=pk)
    (shown,) = reading.shown_of([found], found.client, who.today)
    said = {"client": found.client.name, "year": found.year}
    context = {
        "page_title": _("%(client)s: programme for %(year)s") % said,
        "shown": shown,
        "missing": [goods.name for goods in preparation.goods(found.client).missing] if found.is_open else [],
        "here": request.path,
    }
    template = f"segmentation/programmes/one.html{'#programme' if wants_part(request) else ''}"
    return render(request, template, context | rights(who.person, found.client))


# --- what is decided --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Make the programme of a priority client; a manager's waits for the head, a head's runs at once (R76)."""
    who = reader(request)
    client = get_object_or_404(who.clients.filter(standing__isnull=False), pk=client_pk)
    if not works(who.person, client):
        raise PermissionDenied
    years = reading.free_years(client, who.today) or [who.today.year]
    missing = [one.name for one in preparation.goods(client).missing]
    form = ProgrammeForm(posted(request), years=years, today=who.today, missing=missing)

    def act() -> Programme:
        return actions.make(
            client=client,
            aim=form.told(),
            is_approved=who.may(Act.APPROVE_HAND_OVERS),
            acting_user=who.person,
            today=who.today,
        )

    def words(made: Programme) -> str:
        if made.state == ProgrammeState.PROPOSED:
            return _("%s: the programme waits for approval") % client.name
        return _("%s: the programme runs") % client.name

    return dialog(request, form, act, words, _("Action programme: %s") % client.name, _("Add"))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is to be reached; once it runs the head does. Who comes second is told (R76)."""
    who = reader(request)
    found = of_number(who, pk)
    is_head = who.may(Act.APPROVE_HAND_OVERS)
    if not works(who.person, found.client) or (request.method == "GET" and not found.may_be_changed(is_head=is_head)):
        raise PermissionDenied
    years = [found.year] if found.state == ProgrammeState.PROPOSED else []
    missing = [one.name for one in preparation.goods(found.client).missing]
    form = ProgrammeForm(posted(request), years=years, today=who.today, missing=missing, initial=aim_of(found))

    def act() -> Programme:
        actions.change(programme=found, aim=form.told(), seen=request.POST.get("seen", ""), is_head=is_head)
        return found

    def words(made: Programme) -> str:
        return _("Saved")

    context = {"template": "segmentation/programmes/edit.html", "seen": found.mark}
    return dialog(request, form, act, words, _("Action programme: %s") % found.client.name, _("Save"), context)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposed programme as it was shown; who comes second is told, and shown what it is now."""
    who, found = decided(request, pk)
    try:
        actions.approve(programme=found, seen=request.POST.get("seen", ""), acting_user=who.person, today=who.today)
    except actions.Refused as refusal:
        return answered(request, found, str(refusal), level="info")
    return answered(request, found, _("%s: the programme runs") % found.client.name)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a step: it becomes a task of the programme's owner."""
    who = reader(request)
    found = of_number(who, pk)
    if not works(who.person, found.client):
        raise PermissionDenied
    first = {"due_on": who.today, "stage": _known(request, "stage", Stage), "path": _known(request, "path", Path)}
    first |= _developed(request, found)
    is_top = found.client.standing.top
    form = StepForm(posted(request), programme=found, today=who.today, is_top=is_top, initial=first)

    def act() -> Programme:
        data = form.cleaned_data
        actions.plan_step(
            programme=found, title=data["title"], kind=data["kind"], due_on=data["due_on"], stage=data["stage"],
            path=data["path"], acting_user=who.person, submission=data["submission"], development=data["development"],
        )  # fmt: skip
        return found

    def words(made: Programme) -> str:
        said = {"client": found.client.name, "day": show.day_long(form.cleaned_data["due_on"])}
        return _("%(client)s: step planned for %(day)s") % said

    return dialog(request, form, act, words, _("Step of the programme: %s") % found.client.name, _("Plan"))


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Review the quarter that is over: the figures stand beside the form."""
    who, found = decided(request, pk)
    form = ReviewForm(posted(request))

    def act() -> Programme:
        data = form.cleaned_data
        actions.review(
            programme=found, verdict=data["verdict"], comment=data["comment"], acting_user=who.person,
            now=clock.now(), today=who.today,
        )  # fmt: skip
        return found

    def words(made: Programme) -> str:
        return _("%s: the quarter is reviewed") % found.client.name

    quarter = found.quarter_over(who.today)
    due = found.is_review_due(who.today)
    context = {
        "template": "segmentation/programmes/review.html",
        "row": reading.read([found.pk], who.today)[0],
        "number": number_of(quarter),
        "last_month": add_months(quarter, QUARTER - 1),
        "fact": reading.turnover_of(found, before=reading.end_of(quarter)) if due else None,
        "refusal": "" if due else actions.why_not(found),
    }
    title = _("Review of the programme: %s") % found.client.name
    return dialog(request, form, act, words, title, _("Keep the review"), context)


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a programme with a word; its open steps are no longer to be done."""
    who, found = decided(request, pk)
    form = CloseForm(posted(request))

    def act() -> Programme:
        data = form.cleaned_data
        actions.close(
            programme=found, is_reached=data["outcome"] == ProgrammeState.REACHED, closing=data["closing"],
            acting_user=who.person, now=clock.now(), today=who.today,
        )  # fmt: skip
        return found

    def words(made: Programme) -> str:
        return _("%s: the programme is closed") % found.client.name

    return dialog(request, form, act, words, _("Close the programme: %s") % found.client.name, _("Close the programme"))


def of_number(who: Reader, pk: int) -> Programme:
    """Return a programme the person sees; 404 otherwise."""
    seen = Programme.objects.visible_to(who.person, who.today).select_related(
        "client__standing", "client__segment", "owner"
    )
    return get_object_or_404(seen, pk=pk)


def decided(request: HttpRequest, pk: int) -> tuple[Reader, Programme]:
    """Return a programme a head sees; 403 for whoever does not decide."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    return who, of_number(who, pk)


def _developed(request: HttpRequest, found: Programme) -> dict[str, Any]:
    """Begin with the step of the client's sphere the address names, if it is one (R38)."""
    asked = request.GET.get("development", "")
    ready: list[DevelopmentStep] = reading.templates(found.client) if asked.isdecimal() else []
    for one in ready:
        if str(one.pk) == asked:
            return {"development": one.pk, "title": f"{one.text[:1].upper()}{one.text[1:]}"[:200], "kind": "other"}
    return {}


def _known(request: HttpRequest, name: str, choices: type[Stage] | type[Path]) -> str:
    value = request.GET.get(name, "")
    return value if value in choices.values else ""


def dialog(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Programme],
    words: Callable[[Programme], str],
    title: str,
    label: str,
    beside: dict[str, Any] | None = None,
) -> HttpResponse:
    """Ask, then act; why it was refused stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return answered(request, made, words(made))
    context: dict[str, Any] = {"page_title": title, "form": form, "submit_label": label} | (beside or {})
    template = context.get("template", "segmentation/form.html")
    return render(request, template, context, status=422 if form.errors else 200)


def answered(request: HttpRequest, made: Programme, text: str, level: str = "good") -> HttpResponse:
    """Close the dialog and let panels and lists load anew; a plain request goes to the programme's page."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(with_event(close_dialog(), EVENTS), text, level=level)
    toast(request, text, level=level)
    return redirect("segmentation:programme", made.pk)
