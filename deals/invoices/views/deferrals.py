"""Deferrals of payment: asked for on the client's card, decided by the head of sales (R180); the rules and figures."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from deals.invoices import actions, figures
from deals.invoices.forms import RULES, ApproveForm, DeferralForm, RefuseForm, RulesForm
from deals.invoices.models import Deferral, DeferralState, InvoiceRules
from deals.invoices.views.acts import card_of
from deals.views.shared import answered, workable
from salescrm.base import clock, locks
from salescrm.base.jobs import Refused
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.periods import add_months
from salescrm.base.requests import day_said, posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require

DEFERRALS = ListSpec("deferrals", (), (Sort("newest", "pk"),), "-newest", others=("state",))
MOST_VERSIONS = 50


@require_GET
def deferral_list(request: HttpRequest) -> HttpResponse:
    """Show deferrals, those that wait for a decision first chosen; who may decide does it here."""
    person, today = login_of(request), clock.today()
    state = ListState.read(DEFERRALS, request.GET, Here(person, today))
    asked = request.GET.get("state", DeferralState.ASKED)
    chosen = asked if asked in DeferralState.values else "all"
    rows = Deferral.objects.visible_to(person, today)
    page = state.page(rows if chosen == "all" else rows.filter(state=chosen))
    found = Deferral.objects.select_related("client", "asked_by", "decided_by").in_bulk(page.ids)
    labels = [*DeferralState.choices, ("all", _("All"))]
    context = {
        "page_title": _("Deferrals of payment"),
        "deferrals": [found[pk] for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [{"label": word, "url": f"?state={key}", "current": key == chosen} for key, word in labels],
        "today": today,
        "may_decide": may(person, Act.APPROVE_DEFERRALS),
    }
    return render(request, "invoices/deferrals.html", context)


@require_http_methods(["GET", "POST"])
def deferral_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a deferral for a client."""
    person, today = login_of(request), clock.today()
    client = workable(person, pk)
    start = {"ends_on": add_months(today, 12)}
    form = DeferralForm(posted(request), today=today, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_deferral(client=client, acting_user=person, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("The deferral is asked for: the head of sales decides")
            return answered(request, text, back=card_of(client))
    context = {"page_title": _("Ask for a deferral: %s") % client.name, "form": form, "submit_label": _("Ask")}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, pk: int) -> Deferral:
    """Return the request when the person may decide it."""
    person = login_of(request)
    require(person, Act.APPROVE_DEFERRALS)
    rows = Deferral.objects.visible_to(person, clock.today()).select_related("client", "asked_by")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def deferral_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a request, with its term and limit or with less."""
    deferral = _decided(request, pk)
    form = ApproveForm(posted(request), deferral=deferral)
    if request.method == "POST" and form.is_valid():
        try:
            actions.approve_deferral(
                deferral=deferral, acting_user=login_of(request), now=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return answered(request, _("The deferral is approved"), back=reverse("deals:deferral-list"))
    context = {"page_title": _("Approve the deferral: %s") % deferral.client.name, "form": form}
    context |= {"submit_label": _("Approve"), "deferral": deferral}
    return render(request, "invoices/decide.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def deferral_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a request, saying why."""
    deferral = _decided(request, pk)
    form = RefuseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = {"acting_user": login_of(request), "now": clock.now(), "comment": form.cleaned_data["comment"]}
        try:
            actions.refuse_deferral(deferral=deferral, **said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return answered(request, _("The deferral is refused"), back=reverse("deals:deferral-list"))
    context = {"page_title": _("Refuse the deferral: %s") % deferral.client.name, "form": form}
    context |= {"submit_label": _("Refuse"), "deferral": deferral}
    return render(request, "invoices/decide.html", context, status=422 if form.errors else 200)


# --- rules ------------------------------------------------------------------------------------------------------------


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in force and what each version changed."""
    person = login_of(request)
    found = list(InvoiceRules.objects.select_related("author").order_by("-pk")[: MOST_VERSIONS + 1])
    begun = [*found, InvoiceRules()] if len(found) <= MOST_VERSIONS else found
    context = {
        "page_title": _("Rules of work on invoices"),
        "rules": begun[0],
        "values": [(_label(name), _value(begun[0], name)) for name in RULES],
        "history": [(after, _changes(before, after)) for after, before in pairwise(begun)],
        "may_change": may(person, Act.CHANGE_RULES),
    }
    return render(request, "invoices/rules.html", context)


def _label(name: str) -> str:
    return str(RulesForm.base_fields[name].label)


def _value(version: InvoiceRules, name: str) -> str:
    value = getattr(version, name)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _changes(before: InvoiceRules, after: InvoiceRules) -> list[tuple[str, str, str]]:
    compared = ((name, _value(before, name), _value(after, name)) for name in RULES)
    return [(_label(name), old, new) for name, old, new in compared if old != new]


@require_http_methods(["GET", "POST"])
def rules_new(request: HttpRequest) -> HttpResponse:
    """Change the rules: a new version holds at once, for invoices issued from now on and days still to come."""
    person = login_of(request)
    require(person, Act.CHANGE_RULES)
    with transaction.atomic():
        if request.method == "POST":
            locks.lock(locks.Key.INVOICE_RULES)
        current = InvoiceRules.objects.in_force()
        form = RulesForm(
            request.POST.dict() if request.method == "POST" else None, instance=current, initial={"comment": ""}
        )
        if request.method == "POST" and form.is_valid():
            if form.changes_something:
                actions.save_rules(rules=form.instance, acting_user=person)
                toast(request, _("Saved"))
            return redirect(reverse("deals:invoice-rules"))
    context = {"page_title": _("Change the rules of work on invoices"), "form": form, "submit_label": _("Save")}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


# --- figures ----------------------------------------------------------------------------------------------------------


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Show what became of invoices issued in a period: by manager, branch, type, new or regular clients (R181)."""
    person, today = login_of(request), clock.today()
    grouping = figures.GROUPINGS.get(request.GET.get("by", ""), figures.MANAGER)
    start, end = _period(request, today)
    lines = figures.report(person, today, start, end, grouping)
    said = f"since={start.isoformat()}&until={(end - timedelta(days=1)).isoformat()}"
    context: dict[str, Any] = {
        "page_title": _("Figures of invoices"),
        "grouping": grouping,
        "tabs": [
            {"label": one.label, "url": f"?by={one.key}&{said}", "current": one is grouping}
            for one in figures.GROUPINGS.values()
        ],
        "lines": lines,
        "total": figures.total(lines),
        "since": start,
        "until": end - timedelta(days=1),
        "issued": f"{start.isoformat()}..{(end - timedelta(days=1)).isoformat()}",
    }
    return render(request, "invoices/report.html", context)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    """Return the half-open period of the address: both days named, else this month; what makes no sense is left out."""
    first = today.replace(day=1)
    since, until = day_said(request.GET.get("since", "")) or first, day_said(request.GET.get("until", "")) or today
    return (since, until + timedelta(days=1)) if since <= until else (first, today + timedelta(days=1))
