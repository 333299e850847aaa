"""Pages of contracts: the list, one contract with its way, its files and journal, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from clients.panels import seen as client_seen
from deals.contracts import actions, approval
from deals.contracts.forms import ContractForm, FileForm, SignForm, WhyForm, responsible_of, start
from deals.contracts.models import Contract, ContractState
from deals.views.shared import answered, workable
from salescrm.base import clock, files, names
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast, with_event
from staff.access import Act, login_of, may, require
from staff.models import Employee

CONTRACTS = ListSpec("contracts", (), (Sort("newest", "pk"),), "-newest", others=("tab", "find"))
EVENTS = {"contracts-changed": True, "tasks-changed": True}
READ = ("client", "legal_entity", "deal", "main", "responsible")
SHOWN = 10  # on the client's card


def _tabs(rows: Any, person: Employee) -> dict[str, tuple[str, QuerySet[Contract]]]:
    today = clock.today()
    return {
        "all": (pgettext("contracts", "All"), rows),
        "mine": (_("Waiting for me"), rows.waiting_for(person, today, approval.decides(person, today))),
        "to_sign": (_("To be signed"), rows.filter(state=ContractState.TO_SIGN)),
        "active": (pgettext("contracts", "In force"), rows.in_force()),
        "ending": (_("Ending within 60 days"), rows.ending(today)),
    }


@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    """Show the contracts a person sees, by where they stand, found by number or client."""
    person, today = login_of(request), clock.today()
    state = ListState.read(CONTRACTS, request.GET, Here(person, today))
    typed = request.GET.get("find", "").strip()[:100]
    tabs = _tabs(Contract.objects.visible_to(person, today), person)
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "all"
    rows = tabs[chosen][1]
    if typed:
        key = names.key(typed)
        rows = rows.filter(Q(number__icontains=typed) | (Q(client__name_key__contains=key) if key else Q()))
    page = state.page(rows)
    found = Contract.objects.select_related(*READ).in_bulk(page.ids)
    context = {
        "page_title": _("Contracts"),
        "contracts": [found[pk] for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": "?" + urlencode({"tab": key} | ({"find": typed} if typed else {})),
             "current": key == chosen}
            for key, (word, _rows) in tabs.items()
        ],
        "tab": chosen,
        "typed": typed,
    }  # fmt: skip
    return render(request, "contracts/list.html", context)


def seen(request: HttpRequest, pk: int) -> Contract:
    """Return the contract when the person sees it; 404 otherwise."""
    found = Contract.objects.visible_to(login_of(request), clock.today())
    return get_object_or_404(found.select_related(*READ), pk=pk)


def _may_change(contract: Contract, person: Employee) -> bool:
    return Contract.objects.changeable_by(person, clock.today()).filter(pk=contract.pk).exists()


def changeable(request: HttpRequest, pk: int) -> tuple[Contract, Employee]:
    """Return the contract and the person who may change it; 404 when it is not seen, 403 when it is only read."""
    found, person = seen(request, pk), login_of(request)
    if not _may_change(found, person):
        raise PermissionDenied
    return found, person


def decided(request: HttpRequest, pk: int) -> tuple[Contract, Employee]:
    """Return the contract and the person of an office that approves contracts; which step is theirs the act knows."""
    found, person = seen(request, pk), login_of(request)
    if not approval.decides(person, clock.today()):
        raise PermissionDenied
    return found, person


@require_GET
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: what is agreed, where it stands and what is next, its files, its journal."""
    found, person, today = seen(request, pk), login_of(request), clock.today()
    context = {
        "page_title": _("Contract %s") % found,
        "contract": found,
        "may_change": _may_change(found, person),
        "may_decide": found.state in approval.decides(person, today),
        "may_read": may(person, Act.SEE_CONTACTS),
        "versions": found.versions.select_related("file", "added_by").order_by("-number"),
        "steps": found.steps.select_related("by").order_by("-pk"),
        "additions": found.additions.order_by("-pk"),
        "way": _way(found),
    }
    return render(request, "contracts/contract.html", context)


def _way(contract: Contract) -> list[tuple[str, str]]:
    """The states of the way in order, each with what it is to the contract: done, current or to come."""
    way = list(ContractState)[:5]
    place = len(way) - 1 if contract.is_over else way.index(ContractState(contract.state))
    said = ["done" if n < place else "current" if n == place else "" for n in range(len(way))]
    words = [str(one.label) for one in way]
    if contract.is_over:
        words[-1] = str(contract.get_state_display())
    return list(zip(words, said, strict=True))


@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a contract with a client; `deal` of the address is the deal it is of."""
    person = login_of(request)
    client = workable(person, pk)
    asked = request.GET.get("deal", "")
    first = {"deal": asked if asked.isdecimal() and len(asked) < 19 else ""}
    form = ContractForm(posted(request), client=client, initial=first)

    def act() -> Contract:
        fields = form.told() | {"responsible": responsible_of(client, person)}
        told = {"submission": form.cleaned_data["submission"], "acting_user": person, "now": clock.now()}
        return actions.create(client=client, fields=fields, **told)

    return _form(request, form, _("Contract: %s") % client.name, _("Make"), act, _("The draft is made: add its file"))


@require_http_methods(["GET", "POST"])
def contract_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a contract."""
    found, person = changeable(request, pk)
    form = ContractForm(posted(request), client=found.client, contract=found, initial=start(found))

    def act() -> Contract:
        told: dict[str, Any] = {"seen": form.cleaned_data["seen"] or 0, "acting_user": person, "now": clock.now()}
        return actions.correct(contract=found, fields=form.told(), **told)

    return _form(request, form, _("Contract %s") % found, _("Save"), act, _("Saved"))


@require_http_methods(["GET", "POST"])
def contract_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a version of the paper."""
    found, person = changeable(request, pk)
    form = FileForm(posted(request), request.FILES or None, initial={"seen": found.version})

    def act() -> Contract:
        return actions.add_file(contract=found, acting_user=person, now=clock.now(), **form.cleaned_data).contract

    return _form(request, form, _("File of contract %s") % found, _("Add"), act, _("The file is added"))


@require_http_methods(["GET", "POST"])
def contract_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is signed."""
    found, person = changeable(request, pk)
    form = SignForm(posted(request), request.FILES or None, initial={"day": clock.today(), "seen": found.version})

    def act() -> Contract:
        return actions.sign(contract=found, acting_user=person, now=clock.now(), **form.cleaned_data)

    return _form(request, form, _("Contract %s is signed") % found, _("Save"), act, _("The contract is in force"))


@require_http_methods(["GET", "POST"])
def contract_terminate(request: HttpRequest, pk: int) -> HttpResponse:
    """End it before its day."""
    found, person = changeable(request, pk)
    form = WhyForm(posted(request), initial={"seen": found.version})

    def act() -> Contract:
        return actions.terminate(contract=found, acting_user=person, now=clock.now(), **form.cleaned_data)

    return _form(request, form, _("Terminate contract %s") % found, _("Terminate"), act, _("The contract is over"))


@require_http_methods(["GET", "POST"])
def contract_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return it to the responsible with the reason."""
    found, person = decided(request, pk)
    form = WhyForm(posted(request), initial={"seen": found.version})

    def act() -> Contract:
        return actions.give_back(contract=found, acting_user=person, now=clock.now(), **form.cleaned_data)

    return _form(request, form, _("Return contract %s") % found, _("Return"), act, _("The contract is returned"))


@require_POST
def contract_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft to approval."""
    found, person = changeable(request, pk)
    return _pressed(request, actions.send, found, person, _("The contract is sent to the lawyers"))


@require_POST
def contract_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the step that waits for the person."""
    found, person = decided(request, pk)
    return _pressed(request, actions.approve, found, person, _("The contract is approved"))


@require_GET
def contract_version(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """Give a file of a contract to be saved."""
    found = seen(request, pk)
    require(login_of(request), Act.SEE_CONTACTS)
    version = get_object_or_404(found.versions.select_related("file"), number=number)
    return files.attachment(version.file)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of the client's card: its contracts, the newest first."""
    client, person, today = client_seen(request, pk), login_of(request), clock.today()
    rows = Contract.objects.visible_to(person, today).filter(client=client).order_by("-pk")
    context = {
        "client": client,
        "contracts": rows[:SHOWN],
        "may_make": Client.objects.changeable_by(person, today).filter(pk=pk).exists(),
    }
    return render(request, "contracts/panel.html", context)


def _pressed(request: HttpRequest, act: Any, contract: Contract, person: Employee, words: str) -> HttpResponse:
    """Carry out an act of a button and go back to the contract."""
    asked = request.POST.get("seen", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    try:
        act(contract=contract, seen=version, acting_user=person, now=clock.now())
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, words)
    return redirect("deals:contract", contract.pk)


def _form(
    request: HttpRequest, form: Any, title: str, button: str, act: Callable[[], Contract], words: str
) -> HttpResponse:
    """Draw a form of an act, or carry it out and go to the contract."""
    if form.is_bound and form.is_valid():
        try:
            made = act()
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            url = reverse("deals:contract", args=[made.pk])
            if request.htmx:  # type: ignore[attr-defined] # django-htmx
                toast(request, words)
                return HttpResponse(headers={"HX-Redirect": url})
            return with_event(answered(request, words, back=url), EVENTS)
    context = {"page_title": title, "form": form, "submit_label": button}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)
