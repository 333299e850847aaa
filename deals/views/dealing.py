"""One deal: its page, a new one, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client, Product
from clients.panels import seen as client_seen
from deals.claims import views as claims
from deals.contracts.models import Contract
from deals.dealing import actions, board, goods, stages
from deals.dealing.forms import EditDeal, Lines, LoseForm, MoveForm, NewDeal, WinForm, lines_of, products_named
from deals.dealing.models import Deal
from deals.models import Task
from deals.pipelines import scripts
from deals.pipelines.models import Stage, StageItem, StageKind
from deals.rows import hydrate
from deals.views.shared import answered, refuse_unless_doer, workable
from salescrm.base import clock, show
from salescrm.base.requests import posted
from salescrm.base.toasts import with_event
from staff.access import login_of
from staff.models import Employee

SHOWN = 8  # open deals in the panel of a client
MOVES = 30  # rows of its way shown on the page
READ = ("pipeline", "stage", "client__standing", "owner", "contact", "legal_entity", "loss_reason")
EVENTS = {"deals-changed": True}


def seen(request: HttpRequest, pk: int) -> Deal:
    """Return the deal when the person sees it; 404 otherwise."""
    found = Deal.objects.visible_to(login_of(request), clock.today())
    return get_object_or_404(found.select_related(*READ), pk=pk)


def changeable(request: HttpRequest, pk: int) -> tuple[Deal, Employee]:
    """Return the deal and the person who may change it; 404 when it is not seen, 403 when it is only read."""
    deal, person = seen(request, pk), login_of(request)
    if not Deal.objects.changeable_by(person, clock.today()).filter(pk=pk).exists():
        raise PermissionDenied
    return deal, person


@require_GET
def deal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a deal: facts, stages, script and checklist, goods, tasks, its way."""
    found, person, today = seen(request, pk), login_of(request), clock.today()
    may_change = Deal.objects.changeable_by(person, today).filter(pk=pk).exists()
    tasks = Task.objects.visible_to(person, today).filter(deal=found)
    ids = list(tasks.open().order_by("due_on", "pk").values_list("pk", flat=True)[:20])
    way = list(found.entries.select_related("stage", "by", "result").order_by("-pk")[:MOVES])
    ways = stages.allowed(found) if may_change and found.is_open else []
    done = set(found.ticks.values_list("item_id", flat=True))
    lines = found.stage.items.filter(is_active=True).select_related("position")
    waits = {item.pk for item in stages.waiting(found)} if found.is_open else set()
    items = [(item, item.pk in done, item.pk in waits) for item in lines]
    script = scripts.lines(found.stage, found.client) if found.is_open else []
    works_client = Client.objects.changeable_by(person, today).filter(pk=found.client_id).exists()
    context = {
        "page_title": found.title,
        "card": board.Card(found, None, today, may_change),
        "deal": found,
        "stages": stage_bar(found),
        "ways": ways,
        "ahead": next((one for one in ways if one.order > found.stage.order), None),
        "rows": hydrate(ids, person, today),
        "way": way,
        "script": script,
        "items": items,
        "done": len([1 for _item, is_done, _waits in items if is_done]),
        "lines": list(found.lines.select_related("product")),
        "may_change": may_change,
        "may_undo": may_change and found.is_open and len(way) > 1 and not way[0].is_undo,
        "may_win": stages.may_close(found, StageKind.WON),
        "weighted": found.amount * found.stage.probability / 100,
        "offers": [(one, one.shown_state(today)) for one in found.offers.order_by("-pk")[:MOVES]],
        "may_offer": may_change and found.is_open and not found.stage.forbids_offer,
        "claim": claims.of_deal(found, today),
        "contracts": list(Contract.objects.visible_to(person, today).filter(deal=found).order_by("-pk")[:MOVES]),
        "may_make_contract": found.is_open and works_client,
        "may_ask_help": found.is_open and works_client,
        "participants": list(found.participants.all()),
    }
    return render(request, "deals/deal.html", context)


def stage_bar(found: Deal) -> list[tuple[Stage, str]]:
    """Return the stages of its pipeline in order, each with what it is to the deal: done, current or to come."""
    all_of = Stage.objects.filter(pipeline=found.pipeline_id, kind=StageKind.OPEN, is_active=True)
    bar = list(all_of)
    if not found.is_open:
        return [*[(one, "done") for one in bar], (found.stage, "current")]
    place = (found.stage.order, found.stage.pk)
    said = []
    for one in bar:
        here = (one.order, one.pk)
        said.append((one, "current" if here == place else "done" if here < place else ""))
    return said


@require_http_methods(["GET", "POST"])
def deal_new(request: HttpRequest) -> HttpResponse:
    """Open a deal, of the client of the address (`client`) or of one chosen in the form."""
    person, today = login_of(request), clock.today()
    refuse_unless_doer(person)
    asked = request.GET.get("client", "")
    client = workable(person, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    clients = Client.objects.changeable_by(person, today)
    url = reverse("clients:client-choose-changeable")
    start = {"pipeline": request.GET.get("pipeline", "")[:60]}
    form = NewDeal(posted(request), person=person, clients=clients, client=client, url=url, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_deal(acting_user=person, today=today, now=clock.now(), **form.values())
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("The deal is opened: %s") % made.title
            back = reverse("deals:deal", args=[made.pk])
            return with_event(answered(request, text, back=back), EVENTS)
    title = _("Deal: %s") % client.name if client else _("New deal")
    context = {"page_title": title, "form": form, "submit_label": _("Open")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def deal_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a deal to another stage; asks only for what the stage it leaves asks for and the deal lacks (R139)."""
    found, person = changeable(request, pk)
    ways = stages.allowed(found)
    asked = request.POST.get("to") or request.GET.get("to", "")
    to = next((one for one in ways if str(one.pk) == asked), None)
    barred = "" if to else _barred(found, asked, ways)
    data = posted(request)
    if data is not None and to is not None and "to" not in data:
        data = data.copy()
        data["to"] = str(to.pk)
    form = MoveForm(data, deal=found, ways=ways, initial={"to": to.pk if to else None})
    if form.is_bound and form.is_valid():
        told = form.told() | {"to": form.cleaned_data["to"]}
        return acted(request, found, form, lambda: actions.move(deal=found, **told, **by(person)), _move_words)
    context = {
        "page_title": _("Move: %s") % found.title, "form": form, "submit_label": _("Move"), "why_not": barred,
        "others": stages.others(found, ways),
    }  # fmt: skip
    if form.is_bound and barred:
        form.errors.pop("to", None)
    answer = render(request, "deals/deal_form.html", context, status=422 if form.is_bound else 200)
    return with_event(answer, {"deal-refused": barred}) if form.is_bound and barred else answer


def _barred(found: Deal, asked: str, ways: list[Stage]) -> str:
    """Say why the stage asked for is none of the ways; empty when none is asked for."""
    known = asked.isdecimal() and len(asked) < 19
    to = Stage.objects.filter(pk=asked).exclude(pk=found.stage_id).first() if known else None
    return stages.refusal(found, to, ways) if to else ""


def _move_words(found: Deal) -> str:
    return _("%(title)s: %(stage)s") % {"title": found.title, "stage": found.stage}


@require_http_methods(["GET", "POST"])
def deal_win(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a deal as won, of an amount and on a day."""
    found, person = changeable(request, pk)
    form = WinForm(posted(request), deal=found, initial={"closed_on": clock.today()})
    if form.is_bound and form.is_valid():
        told = form.told()
        return acted(request, found, form, lambda: actions.win(deal=found, **told, **by(person)), _closed_words)
    why_not = "" if stages.may_close(found, StageKind.WON) else stages.no_win(found)
    context = {"page_title": _("Won: %s") % found.title, "form": form, "submit_label": _("Won"), "why_not": why_not}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def deal_lose(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a deal as lost, for a reason (R152)."""
    found, person = changeable(request, pk)
    form = LoseForm(posted(request), deal=found)
    if form.is_bound and form.is_valid():
        told = form.told()
        return acted(request, found, form, lambda: actions.lose(deal=found, **told, **by(person)), _closed_words)
    context = {"page_title": _("Lost: %s") % found.title, "form": form, "submit_label": _("Lost")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _closed_words(found: Deal) -> str:
    words = {"title": found.title, "state": found.get_state_display()}
    follower = Deal.objects.filter(follows=found).first()
    if follower is None:
        return _("%(title)s: %(state)s") % words
    words["day"] = show.day(follower.expected_on)
    return _("%(title)s: %(state)s. The next deal is opened, expected on %(day)s") % words


def by(person: Employee) -> dict[str, Any]:
    """Say who acts and when."""
    return {"acting_user": person, "today": clock.today(), "now": clock.now()}


def acted(
    request: HttpRequest, found: Deal, form: Any, act: Callable[[], Deal], words: Callable[[Deal], str]
) -> HttpResponse:
    """Carry out an act of a valid form: say what was done, with its undo, or draw the form with why not."""
    try:
        done = act()
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        context = {"page_title": found.title, "form": form, "submit_label": _("Save")}
        answer = render(request, "deals/deal_form.html", context, status=422)
        return with_event(answer, {"deal-refused": str(refusal)})
    undo = f"{reverse('deals:deal-back', args=[done.pk])}?seen={done.version}"
    back = reverse("deals:deal", args=[done.pk])
    return with_event(answered(request, words(done), undo=undo, back=back), EVENTS)


@require_POST
def deal_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last move or the closing of a deal back."""
    found, person = changeable(request, pk)
    asked = request.POST.get("seen") or request.GET.get("seen", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 10 else found.version
    act = actions.undo_move if found.is_open else actions.reopen
    back = reverse("deals:deal", args=[pk])
    try:
        done = act(deal=found, seen=version, **by(person))
    except actions.Refused as refusal:
        return answered(request, str(refusal), level="warn", back=back)
    text = _("%(title)s is back in “%(stage)s”") % {"title": done.title, "stage": done.stage}
    return with_event(answered(request, text, level="info", back=back), EVENTS)


@require_http_methods(["GET", "POST"])
def deal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the fields of a deal; the second of two people is told."""
    found, person = changeable(request, pk)
    kept = Deal.objects.get(pk=pk)  # the form writes into its own
    form = EditDeal(posted(request), instance=found, person=person)
    if form.is_bound and form.is_valid():
        told = {"fields": form.values(), "seen": form.cleaned_data["seen"], "acting_user": person}
        return acted(request, kept, form, lambda: actions.correct(deal=kept, **told), lambda one: _("Saved"))
    context = {"page_title": found.title, "form": form, "submit_label": _("Save")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def deal_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the goods of a deal; their sum is its amount."""
    found, person = changeable(request, pk)
    lines = list(found.lines.all())
    names = ("product", "name", "quantity", "price", "discount")
    start = [{name: getattr(one, name) for name in names} | {"product": one.product_id} for one in lines]
    data = posted(request)
    shown = {one.product_id for one in lines if one.product_id} if data is None else products_named(data, "lines")
    kept = {"url": reverse("deals:deal-products", args=[pk]), "known": Product.objects.in_bulk(shown)}
    formset = Lines(data, initial=start, prefix="lines", form_kwargs=kept)
    fault = ""
    if formset.is_bound and formset.is_valid():
        asked = request.POST.get("seen", "")
        version = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        try:
            written = lines_of(formset, found.client)
            actions.change_lines(deal=found, lines=written, acting_user=person, seen=version, today=clock.today())
        except actions.Refused as refusal:
            fault = str(refusal)
        else:
            answer = answered(request, _("Saved"), back=reverse("deals:deal", args=[pk]))
            return with_event(answer, EVENTS)
    is_wrong = bool(fault) or (formset.is_bound and not formset.is_valid())
    context = {
        "page_title": _("Goods: %s") % found.title, "formset": formset, "deal": found, "fault": fault,
        "submit_label": _("Save"),
    }  # fmt: skip
    return render(request, "deals/deal_lines.html", context, status=422 if is_wrong else 200)


@require_GET
def deal_products(request: HttpRequest, pk: int) -> JsonResponse:
    """Products for the lines of a deal, each with what its client paid last and by which shipment."""
    found, _person = changeable(request, pk)
    products = goods.find(found.client, request.GET.get("q", "")[:100])
    prices = goods.last_prices(found.client, [one.pk for one in products])
    return JsonResponse([_choice(one, prices.get(one.pk)) for one in products], safe=False)


def _choice(product: Product, last: goods.LastPrice | None) -> dict[str, Any]:
    said = {"value": product.pk, "text": product.name, "sub": product.code, "price": ""}
    if last is None:
        return said
    told = {"price": show.money(last.price), "number": last.number, "day": show.day(last.day)}
    words = _("%(price)s by shipment %(number)s of %(day)s") % told
    return said | {"sub": f"{product.code} · {words}", "price": str(last.price)}


@require_POST
def deal_tick(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Note a line of the checklist as done, or not done any more."""
    found, person = changeable(request, pk)
    line = get_object_or_404(StageItem, pk=item, stage__pipeline=found.pipeline_id)
    actions.tick(deal=found, item=line, is_done="done" in request.POST, acting_user=person, now=clock.now())
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_event(HttpResponse(status=204), EVENTS)
    return answered(request, _("Saved"), back=reverse("deals:deal", args=[pk]))


@require_GET
def client_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of the client's card: its open deals, and the last closed ones."""
    client, person, today = client_seen(request, pk), login_of(request), clock.today()
    of_client = Deal.objects.visible_to(person, today).filter(client=client)
    ids = list(of_client.open().order_by(*board.ORDER).values_list("pk", flat=True)[: SHOWN + 1])
    closed = of_client.exclude(state=StageKind.OPEN).select_related("stage", "loss_reason")
    context = {
        "client": client,
        "cards": board.hydrate(ids[:SHOWN], today, changeable=False),
        "has_more": len(ids) > SHOWN,
        "closed": list(closed.order_by("-closed_on", "-pk")[:3]),
        "may_open": Client.objects.changeable_by(person, today).filter(pk=pk).exists(),
    }
    return render(request, "deals/panel_deals.html", context)
