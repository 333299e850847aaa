"""What is noted of each person of a client: needs, arguments, objections; and how the client decides."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import changes, panels
from clients.contacts import actions, seeing
from clients.contacts.forms import DecidingForm, NeedForm, SentenceForm, deciding_mark
from clients.models import (
    Argument,
    Client,
    ClientCriterion,
    Contact,
    Need,
    NeedState,
    Objection,
    TypicalObjection,
    TypicalProblem,
)
from clients.views.contacts import changeable, done, locked, seen
from salescrm.base import clock
from salescrm.base.lists.requests import wants_part
from salescrm.base.requests import posted
from staff.access import login_of

MOST = 100  # of each kind, the newest
HELPED = {"yes": True, "no": False, "": None}
FORMS: dict[str, type[NeedForm | SentenceForm]] = {
    "need": NeedForm,
    "argument": SentenceForm,
    "objection": SentenceForm,
}


@require_http_methods(["GET", "POST"])
def contact_notes(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Show what is noted of a person; a POST adds one sentence of a kind."""
    if request.method == "GET":
        client = seen(request, pk)
        return draw(request, client, get_object_or_404(Contact, client=client, pk=contact_pk))
    client = changeable(request, pk)
    contact = get_object_or_404(Contact, client=client, pk=contact_pk)
    kind = request.POST.get("kind", "")
    if kind not in FORMS:
        raise BadRequest("kind")
    form = FORMS[kind](request.POST)
    with transaction.atomic():
        locked(client)  # the same sentence sent twice is one
        if form.is_valid():
            add(request, contact, kind, form.cleaned_data)
            return drawn(request, client, contact)
    return draw(request, client, contact, forms={kind: form})


def add(request: HttpRequest, contact: Contact, kind: str, data: dict[str, Any]) -> None:
    """Note one sentence."""
    who: dict[str, Any] = {"contact": contact, "acting_user": login_of(request), "today": clock.today()}
    if kind == "need":
        actions.note_need(text=data["text"], category=data["category"], is_explicit=data["is_explicit"], **who)
    elif kind == "argument":
        actions.note_argument(text=data["text"], **who)
    else:
        known = TypicalObjection.objects.for_client(contact.client).filter(text=data["text"]).first()
        actions.note_objection(text=data["text"], known=known, **who)


@require_POST
def need_state(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Say how far a need has come."""
    client = changeable(request, pk)
    need = get_object_or_404(Need.objects.select_related("contact"), contact__client=client, pk=note_pk)
    state = request.POST.get("state", "")
    if state not in NeedState.values:
        raise BadRequest("state")
    actions.move_need(need=need, state=state, acting_user=login_of(request), today=clock.today())
    return drawn(request, client, need.contact)


@require_POST
def argument_withdraw(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Say that an argument does not convince any more."""
    client = changeable(request, pk)
    argument = get_object_or_404(Argument.objects.select_related("contact"), contact__client=client, pk=note_pk)
    actions.withdraw(argument=argument, today=clock.today())
    return drawn(request, client, argument.contact)


@require_POST
def objection_answer(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Note what was answered to an objection."""
    client = changeable(request, pk)
    objection = get_object_or_404(Objection.objects.select_related("contact"), contact__client=client, pk=note_pk)
    form = SentenceForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        actions.answer(objection=objection, text=text, acting_user=login_of(request), today=clock.today())
    return drawn(request, client, objection.contact)


@require_POST
def objection_helped(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Say whether the answer to an objection helped (R51)."""
    client = changeable(request, pk)
    objection = get_object_or_404(Objection.objects.select_related("contact"), contact__client=client, pk=note_pk)
    told = request.POST.get("helped", "")
    if told not in HELPED:
        raise BadRequest("helped")
    actions.help_told(objection=objection, helped=HELPED[told])
    return drawn(request, client, objection.contact)


def drawn(request: HttpRequest, client: Client, contact: Contact) -> HttpResponse:
    """Draw the notes anew; a plain request goes to their page."""
    if not wants_part(request):
        return redirect("clients:contact-notes", client.pk, contact.pk)
    return draw(request, client, contact)


def draw(request: HttpRequest, client: Client, contact: Contact, forms: dict[str, Any] | None = None) -> HttpResponse:
    """Draw the notes of a person: as a part of the panel, or as a page."""
    context = {
        "page_title": contact.name,
        "client": client,
        "contact": contact,
        "needs": Need.objects.filter(contact=contact).select_related("category", "noted_by").order_by("-pk")[:MOST],
        "arguments": Argument.objects.filter(contact=contact, withdrawn_on=None).order_by("-pk")[:MOST],
        "objections": Objection.objects.filter(contact=contact).order_by("-pk")[:MOST],
        "may_change": seeing.changes(login_of(request), client, clock.today()),
        "need_form": NeedForm(),
        "states": NeedState.choices,
        "typical": typical(client),
        "offered": offered(client),
        "errors": {kind: form.errors for kind, form in (forms or {}).items()},
        "form_errors": [text for form in (forms or {}).values() for found in form.errors.values() for text in found],
    }
    template = "clients/contact_notes.html"
    return render(request, f"{template}#notes" if wants_part(request) else template, context)


def typical(client: Client) -> list[str]:
    """Return what clients of this sphere typically suffer from, to choose from while typing (R41)."""
    if not client.segment:
        return []
    problems = TypicalProblem.objects.filter(sphere=client.segment.sphere_id, is_active=True)
    return list(problems.order_by("order", "pk").values_list("text", flat=True))


def offered(client: Client) -> list[str]:
    """Return what clients of this type are known to object, to choose from while typing (R51)."""
    return list(TypicalObjection.objects.for_client(client).values_list("text", flat=True))


@require_http_methods(["GET", "POST"])
def client_deciding(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how the client decides and what matters in a supplier (R57)."""
    client, again = changeable(request, pk), dict[str, str]()
    with transaction.atomic():
        locked(client)
        client.refresh_from_db(fields=["decision_pattern"])
        form = DecidingForm(posted(request), client=client)
        if request.method == "POST" and form.is_valid():
            chosen = list(ClientCriterion.objects.filter(client=client).values_list("criterion", flat=True))
            if request.POST.get("seen") == deciding_mark(client, chosen):
                pattern = form.cleaned_data["decision_pattern"].strip()
                actions.save_deciding(client=client, pattern=pattern, criteria=form.criteria)
                return done(request, client, _("Saved"))
            typed = request.POST.copy()
            typed["seen"] = deciding_mark(client, chosen)
            form.data = typed
            form.add_error(None, changes.told(pattern_changes(client), request.POST.get("opened", "")))
            again = {"opened": changes.known(pattern_changes(client)), "theirs": request.path}
    context = {"page_title": _("How %s decides") % client.name, "form": form, "submit_label": _("Save")}
    context["back"] = reverse("clients:client-card", args=[client.pk])
    opened = request.POST.get("opened") or changes.known(pattern_changes(client))
    return render(request, "dialog.html", context | {"opened": opened} | again)


def pattern_changes(client: Client) -> list[panels.Change]:
    """Return what ever changed of how the client decides; what matters in a supplier keeps no history."""
    return panels.changes_of("Client", ("decision_pattern",), panels.Words(), id=client.pk)
