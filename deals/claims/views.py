"""Pages of claims: the list, its figures, registration and acts; the page of a claim is that of its deal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
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
from deals.claims.changes import changes_of
from deals.claims.forms import ChooseClientForm, ClaimForm, DecideForm, start
from deals.claims.models import Claim
from deals.contracts.forms import responsible_of
from deals.dealing.models import Deal
from deals.pipelines.models import Purpose
from deals.views.shared import answered, refuse_unless_doer, workable
from salescrm.base import clock, names
from salescrm.base.lists.export import attached
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.periods import add_months
from salescrm.base.requests import day_said, posted
from salescrm.base.toasts import toast, with_event
from staff.access import Act, login_of, may, require
from staff.models import Employee

CLAIMS = ListSpec(
    "claims", (), (Sort("newest", "pk"),), "-newest", others=("tab", "find", "by", "of", "since", "until")
)
EVENTS = {"deals-changed": True, "tasks-changed": True}
READ = ("deal__client", "deal__owner", "deal__stage", "kind", "cause", "product", "shipment", "decided_by")
SHOWN = 10  # on the client's card


@dataclass(frozen=True)
class Row:
    """A claim as lists show it on a day."""

    claim: Claim
    today: date

    @property
    def late_since(self) -> date | None:
        """The term that was missed and is not met."""
        return self.claim.late_since(self.today)

    @property
    def answer_left(self) -> int:
        """Days to the last day of the first answer."""
        return (self.claim.answer_due_on - self.today).days

    @property
    def decision_left(self) -> int:
        """Days to the last day of the decision."""
        return (self.claim.decision_due_on - self.today).days

    @property
    def clocks(self) -> list[tuple[str, int]]:
        """What is not met yet, each with the days left, below zero when it is late."""
        words = {"answer": pgettext("claim term", "answer"), "decision": pgettext("claim term", "decision")}
        return [(words[which], (due - self.today).days) for which, due in self.claim.waiting()]


def of_deal(deal: Deal, today: date) -> dict[str, Any] | None:
    """Return what the page of a deal says of its claim: `row` is empty where it is not registered; None of others."""
    if deal.pipeline.purpose != Purpose.CLAIM:
        return None
    found = Claim.objects.select_related(*READ).filter(deal=deal).first()
    if found is None:
        return {"row": None}
    kept = found.files.select_related("file", "added_by", "removed_by").order_by("pk")
    return {
        "row": Row(found, today),
        "files": [one for one in kept if one.removed_at is None],
        "removed": [one for one in kept if one.removed_at is not None],
        "changes": changes_of(found),
    }


@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims a person sees by where they stand, found by words or client, narrowed from the figures."""
    person, today = login_of(request), clock.today()
    state = ListState.read(CLAIMS, request.GET, Here(person, today))
    rows = Claim.objects.visible_to(person, today)
    told = {name: request.GET.get(name, "").strip()[:100] for name in ("find", "by", "of", "since", "until")}
    if told["find"]:
        key = names.key(told["find"])
        of_client = Q(deal__client__name_key__contains=key) if key else Q()
        rows = rows.filter(Q(happened__icontains=told["find"]) | of_client)
    if told["by"] in figures.OF:
        rows = figures.narrowed(rows, told["by"], told["of"])
    since, until = day_said(told["since"]), day_said(told["until"])
    rows = figures.of_period(rows, since, until)
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
        "claims": [Row(found[pk], today) for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key} | kept), "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "tab": chosen,
        "told": told,
        "since": since,
        "until": until,
        "may_make": may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER),
        "may_set": may(person, Act.SEE_PIPELINES),
    }
    return render(request, "claims/list.html", context)


@require_GET
def claim_figures(request: HttpRequest) -> HttpResponse:
    """Count the claims of a period by one thing; each number opens them; `form` xlsx gives the table as a workbook."""
    person, today = login_of(request), clock.today()
    by = request.GET.get("by", "")
    by = by if by in figures.OF else "cause"
    since, until = _period(request, today)
    clients = Client.objects.visible_to(person, today)
    lines, whole = figures.table(Claim.objects.visible_to(person, today), clients, by, since, until)
    days = {"since": since.isoformat(), "until": until.isoformat()}
    title = _("Claims, %(since)s – %(until)s") % {"since": f"{since:%d.%m.%Y}", "until": f"{until:%d.%m.%Y}"}
    if request.GET.get("form") == "xlsx":
        require(person, Act.EXPORT)
        return attached(figures.workbook(lines, whole, by, title), f"claims-{by}-{since}-{until}.xlsx")
    address = reverse("deals:claim-list")
    context = {
        "page_title": _("Figures of claims"),
        "lines": [
            (line, f"{address}?{urlencode({'tab': 'all', 'by': by, 'of': line.value} | days)}") for line in lines
        ],
        "whole": whole,
        "whole_url": f"{address}?{urlencode({'tab': 'all'} | days)}",
        "since": since,
        "until": until,
        "by": by,
        "title": title,
        "xlsx": f"?{urlencode({'by': by, 'form': 'xlsx'} | days)}" if may(person, Act.EXPORT) else "",
        "tabs": [
            {"label": word, "url": f"?{urlencode({'by': key} | days)}", "current": key == by}
            for key, word in figures.LABELS.items()
        ],
    }
    return render(request, "claims/figures.html", context)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    """Return the first and the last day of the address; else, or where they make no sense, a year up to today."""
    until = day_said(request.GET.get("until", "")) or today
    since = day_said(request.GET.get("since", ""))
    return (
        (since, until) if since is not None and since <= until else (add_months(until, -12) + timedelta(days=1), until)
    )


def changeable(request: HttpRequest, pk: int) -> tuple[Claim, Employee]:
    """Return the claim and the person who may change it; 404 when it is not seen, 403 when it is only read."""
    person, today = login_of(request), clock.today()
    found = get_object_or_404(Claim.objects.visible_to(person, today).select_related(*READ), pk=pk)
    if not Deal.objects.changeable_by(person, today).filter(pk=found.deal_id).exists():
        raise PermissionDenied
    return found, person


@require_http_methods(["GET", "POST"])
def claim_choose(request: HttpRequest) -> HttpResponse:
    """Ask whose claim it is and go on to its form."""
    person = login_of(request)
    refuse_unless_doer(person)
    clients = Client.objects.changeable_by(person, clock.today())
    form = ChooseClientForm(posted(request), clients=clients, url=reverse("clients:client-choose-changeable"))
    if form.is_bound and form.is_valid():
        return redirect("deals:claim-new", form.cleaned_data["client"].pk)
    context = {"page_title": _("New claim"), "form": form, "submit_label": _("Go on")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def claim_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a claim of a client; `deal` of the address is a deal of the pipeline that has no record yet."""
    person, today = login_of(request), clock.today()
    client = workable(person, pk)
    form = ClaimForm(posted(request), request.FILES or None, client=client)
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
        "claims": [Row(one, today) for one in rows[:SHOWN]],
        "open_ones": rows.open().count(),
        "late_ones": rows.late(today).count(),
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
