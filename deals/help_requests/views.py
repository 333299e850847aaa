"""Pages of requests for help: the list, asking, one with its joint work, taking, closing and withdrawing it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from deals.dealing.models import Deal
from deals.help_requests import actions
from deals.help_requests.forms import AskForm, EndForm, NoteForm
from deals.help_requests.models import HelpRequest, HelpState
from deals.views.shared import answered, workable
from salescrm.base import clock
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may
from staff.models import Employee

REQUESTS = ListSpec("help-requests", (), (Sort("newest", "pk"),), "-newest", others=("tab",))
READ = ("client", "deal", "author", "accepted_by", "closed_by")
EVENTS = {"help-changed": True, "timeline-changed": True}


@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Show the requests a person sees by where they stand."""
    person, today = login_of(request), clock.today()
    state = ListState.read(REQUESTS, request.GET, Here(person, today))
    found = HelpRequest.objects.visible_to(person, today)
    tabs = {
        "running": (pgettext("help requests", "To be worked on"), found.running()),
        "open": (pgettext("help requests", "Wait for a head"), found.open()),
        "mine": (pgettext("help requests", "I help"), found.running().filter(accepted_by=person)),
        "asked": (pgettext("help requests", "I asked"), found.filter(author=person)),
        "over": (pgettext("help requests", "Closed"), found.filter(state__in=[HelpState.CLOSED, HelpState.WITHDRAWN])),
    }
    if not may(person, Act.GIVE_HELP):
        del tabs["mine"]
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "running"
    page = state.page(tabs[chosen][1])
    rows = HelpRequest.objects.select_related(*READ).in_bulk(page.ids)
    context = {
        "page_title": _("Requests for help"),
        "rows": [rows[pk] for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": f"?tab={key}", "current": key == chosen} for key, (word, _rows) in tabs.items()
        ],
    }
    part = "#rows" if wants_part(request) else ""
    return render(request, f"help_requests/list.html{part}", context)


@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for help with a client; `deal` of the address is the deal it is about."""
    person = login_of(request)
    client = workable(person, pk)
    asked = request.GET.get("deal", "")
    deals = Deal.objects.visible_to(person, clock.today()).filter(client=client)
    deal = get_object_or_404(deals, pk=int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    form = AskForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = actions.ask(client=client, deal=deal, acting_user=person, now=clock.now(), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            back = reverse("help:request", args=[made.pk])
            return answered(request, _("The heads are asked for help"), back=back, events=EVENTS)
    context = {"page_title": _("Ask for help: %s") % client.name, "form": form, "submit_label": _("Ask for help")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_GET
def help_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with the notes of the joint work."""
    person = login_of(request)
    return _page(request, _seen(person, pk), person, NoteForm())


@require_POST
def request_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request; who comes second is told who has it."""
    person = login_of(request)
    found = _seen(person, pk)
    if not may(person, Act.GIVE_HELP):
        raise PermissionDenied
    try:
        actions.accept(found=found, acting_user=person, now=clock.now())
    except actions.Refused as refusal:
        toast(request, str(refusal), level="bad")
    else:
        toast(request, _("%s is told that you help") % found.author.short_name)
    return redirect("help:request", pk)


@require_POST
def request_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note of the joint work; who helps and who asked."""
    person = login_of(request)
    found = _of_part(person, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.note(found=found, acting_user=person, now=clock.now(), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Noted, on the client's timeline too"))
            return redirect("help:request", pk)
    return _page(request, _seen(person, pk), person, form, status=422)


@require_http_methods(["GET", "POST"])
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with its result."""
    person = login_of(request)
    found = _of_part(person, pk)
    form = EndForm(posted(request), initial={"seen": found.version})
    if form.is_bound and form.is_valid():
        try:
            actions.close(found=found, acting_user=person, now=clock.now(), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _ended(request, pk, _("The request is closed"))
    context = {"page_title": _("Close the request for help"), "form": form, "submit_label": _("Close")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back with a reason; only who asked."""
    person = login_of(request)
    found = _seen(person, pk)
    if found.author_id != person.pk:
        raise PermissionDenied
    form = EndForm(posted(request), initial={"seen": found.version})
    form.fields["result"].label = _("Reason")
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            actions.withdraw(found=found, result=told["result"], seen=told["seen"], acting_user=person, now=clock.now())
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _ended(request, pk, _("The request is withdrawn"))
    context = {
        "page_title": _("Withdraw the request for help"),
        "form": form,
        "submit_label": pgettext("help request", "Withdraw"),
    }
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _ended(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    toast(request, said)
    url = reverse("help:request", args=[pk])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)  # type: ignore[attr-defined] # django-htmx


def _seen(person: Employee, pk: int) -> HelpRequest:
    rows = HelpRequest.objects.visible_to(person, clock.today()).select_related(*READ)
    found: HelpRequest = get_object_or_404(rows, pk=pk)
    return found


def _of_part(person: Employee, pk: int) -> HelpRequest:
    """Return a request the person asked or helps with; 403 for others who see it."""
    found = _seen(person, pk)
    if person.pk not in (found.author_id, found.accepted_by_id):
        raise PermissionDenied
    return found


def _page(
    request: HttpRequest, found: HelpRequest, person: Employee, form: NoteForm, status: int = 200
) -> HttpResponse:
    today = clock.today()
    takes_part = person.pk in (found.author_id, found.accepted_by_id)
    context: dict[str, Any] = {
        "page_title": _("Help: %s") % found.client.name,
        "found": found,
        "notes": found.notes.select_related("communication__author").order_by("-pk"),
        "form": form,
        "may_accept": found.state == HelpState.OPEN and may(person, Act.GIVE_HELP) and found.author_id != person.pk,
        "may_write": found.state == HelpState.ACCEPTED and takes_part,
        "may_withdraw": found.state == HelpState.OPEN and found.author_id == person.pk,
        "sees_client": Client.objects.visible_to(person, today).filter(pk=found.client_id).exists(),
        "sees_deal": found.deal is not None
        and Deal.objects.visible_to(person, today).filter(pk=found.deal.pk).exists(),
    }
    return render(request, "help_requests/help_request.html", context, status=status)
