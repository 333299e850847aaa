"""Pages of claims: the list, its figures, registration and acts; the page of a claim is that of its deal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from clients.panels import seen as client_seen
from deals.claims import actions, figures
from deals.claims.forms import ClaimForm, DecideForm, start
from deals.claims.models import Claim
from deals.contracts.forms import responsible_of
from deals.dealing.models import Deal
from deals.pipelines.models import Purpose
from deals.views.shared import answered, workable
from salescrm.base import clock, names
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast, with_event
from staff.access import login_of
from staff.models import Employee

CLAIMS = ListSpec("claims", (), (Sort("newest", "pk"),), "-newest", others=("tab", "find", "by", "of"))
EVENTS = {"deals-changed": True, "tasks-changed": True}
READ = ("deal__client", "deal__owner", "deal__stage", "kind", "cause", "product", "shipment", "decided_by")
SHOWN = 10  # on the client's card


@dataclass(frozen=True)
class Row:
    """A claim as lists show it: with the term it missed, where it did."""

    claim: Claim
    late_since: date | None


def of_deal(deal: Deal, today: date) -> dict[str, Any] | None:
    """Return what the page of a deal says of its claim: `row` is empty where it is not registered; None of others."""
    if deal.pipeline.purpose != Purpose.CLAIM:
        return None
    found = Claim.objects.select_related(*READ).filter(deal=deal).first()
    return {"row": found and Row(found, found.late_since(today))}


@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims a person sees by where they stand, found by words or client, narrowed from the figures."""
    person, today = login_of(request), clock.today()
    state = ListState.read(CLAIMS, request.GET, Here(person, today))
    rows = Claim.objects.visible_to(person, today)
    told = {name: request.GET.get(name, "").strip()[:100] for name in ("find", "by", "of")}
    if told["find"]:
        key = names.key(told["find"])
        of_client = Q(deal__client__name_key__contains=key) if key else Q()
        rows = rows.filter(Q(happened__icontains=told["find"]) | of_client)
    if told["by"] in figures.OF:
        rows = figures.narrowed(rows, told["by"], told["of"])
    tabs = {
        "open": (pgettext("claims", "Open"), rows.open()),
        "mine": (_("I answer for"), rows.open().filter(deal__owner__in=person.acting_for(today))),
        "late": (_("Past the term"), rows.late(today)),
        "confirm": (_("To be confirmed"), rows.open().filter(decided_on__isnull=False, confirmed_on=None)),
        "all": (pgettext("claims", "All"), rows),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "all" if told["by"] else "open"
    page = state.page(tabs[chosen][1])
    found = Claim.objects.select_related(*READ).in_bulk(page.ids)
    kept = {name: value for name, value in told.items() if value}
    context = {
        "page_title": _("Claims"),
        "claims": [Row(found[pk], found[pk].late_since(today)) for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key} | kept), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "tab": chosen,
        "told": told,
    }
    return render(request, "claims/list.html", context)


@require_GET
def claim_figures(request: HttpRequest) -> HttpResponse:
    """Count the claims a person sees by cause, kind, product, client, responsible or month; each number opens them."""
    person, today = login_of(request), clock.today()
    by = request.GET.get("by", "")
    by = by if by in figures.OF else "cause"
    address = reverse("deals:claim-list")
    lines = [
        (line, f"{address}?{urlencode({'tab': 'all', 'by': by, 'of': line.value})}")
        for line in figures.table(Claim.objects.visible_to(person, today), by)
    ]
    context = {
        "page_title": _("Figures of claims"),
        "lines": lines,
        "tabs": [{"label": word, "url": f"?by={key}", "current": key == by} for key, word in figures.LABELS.items()],
    }
    return render(request, "claims/figures.html", context)


def changeable(request: HttpRequest, pk: int) -> tuple[Claim, Employee]:
    """Return the claim and the person who may change it; 404 when it is not seen, 403 when it is only read."""
    person, today = login_of(request), clock.today()
    found = get_object_or_404(Claim.objects.visible_to(person, today).select_related(*READ), pk=pk)
    if not Deal.objects.changeable_by(person, today).filter(pk=found.deal_id).exists():
        raise PermissionDenied
    return found, person


@require_http_methods(["GET", "POST"])
def claim_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a claim of a client; `deal` of the address is a deal of the pipeline that has no record yet."""
    person, today = login_of(request), clock.today()
    client = workable(person, pk)
    form = ClaimForm(posted(request), client=client)
    asked = request.GET.get("deal", "")
    deal = None
    if asked.isdecimal() and len(asked) < 19:
        mine = Deal.objects.changeable_by(person, today).select_related("client", "pipeline")
        deal = get_object_or_404(mine, pk=int(asked), client=client)

    def act() -> Claim:
        told = form.cleaned_data | {"owner": responsible_of(client, person), "deal": deal}
        return actions.register(client=client, acting_user=person, now=clock.now(), **told)

    return _form(request, form, _("Claim: %s") % client.name, _("Register"), act, _("The claim is registered"))


@require_http_methods(["GET", "POST"])
def claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the cause and the decision."""
    found, person = changeable(request, pk)
    form = DecideForm(posted(request), initial=start(found))

    def act() -> Claim:
        return actions.decide(claim=found, acting_user=person, now=clock.now(), **form.cleaned_data)

    return _form(request, form, _("Decision: %s") % found, _("Save"), act, _("The decision is written"))


@require_POST
def claim_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the first answer."""
    return _pressed(request, actions.answer, pk, _("The first answer is noted"))


@require_POST
def claim_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the client agrees."""
    return _pressed(request, actions.confirm, pk, _("The client has confirmed: the claim can be closed"))


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of the client's card: its claims, the newest first."""
    client, person, today = client_seen(request, pk), login_of(request), clock.today()
    rows = Claim.objects.visible_to(person, today).filter(deal__client=client).select_related(*READ).order_by("-pk")
    context = {
        "client": client,
        "claims": [Row(one, one.late_since(today)) for one in rows[:SHOWN]],
        "may_make": Client.objects.changeable_by(person, today).filter(pk=pk).exists(),
    }
    return render(request, "claims/panel.html", context)


def _pressed(request: HttpRequest, act: Any, pk: int, words: str) -> HttpResponse:
    """Carry out an act of a button and go back to the deal."""
    claim, person = changeable(request, pk)
    asked = request.POST.get("seen", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    try:
        act(claim=claim, seen=version, acting_user=person, now=clock.now())
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, words)
    return redirect("deals:deal", claim.deal_id)


def _form(
    request: HttpRequest, form: Any, title: str, button: str, act: Callable[[], Claim], words: str
) -> HttpResponse:
    """Draw a form of an act, or carry it out and go to the deal of the claim."""
    if form.is_bound and form.is_valid():
        try:
            made = act()
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            url = reverse("deals:deal", args=[made.deal_id])
            if request.htmx:  # type: ignore[attr-defined] # django-htmx
                toast(request, words)
                return HttpResponse(headers={"HX-Redirect": url})
            return with_event(answered(request, words, back=url), EVENTS)
    context = {"page_title": title, "form": form, "submit_label": button}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)
