"""Completeness and correctness: summed up, explained on the card, verified with one click, and their rules."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.completeness import explaining, figures, writing
from clients.completeness.explaining import Section
from clients.completeness.forms import LIMITS, WEIGHTS, RulesForm
from clients.contacts import seeing
from clients.models import Client, CompletenessRules
from salescrm.base import clock, locks
from salescrm.base.lists.requests import wants_part
from salescrm.base.toasts import toast, with_event, with_toast
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Employee

EVENTS = ("completeness-changed", "contacts-changed")
MOST_NAMED = 5
MOST_VERSIONS = 50
VERIFY = {
    Section.COMPANY: writing.verify_company,
    Section.PEOPLE: writing.verify_people,
    Section.QUESTIONNAIRE: writing.verify_questionnaire,
}


def reader(request: HttpRequest) -> Employee:
    """Return who reads; everybody who has clients to see."""
    person = login_of(request)
    if rows(person) == Rows.NOTHING:
        raise Http404
    return person


@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """Show the figures per manager, branch or type, of the clients the person sees."""
    person = reader(request)
    grouping = figures.GROUPINGS.get(request.GET.get("by", ""), figures.MANAGER)
    rules = CompletenessRules.objects.in_force()
    lines = figures.lines(Client.objects.visible_to(person, clock.today()), grouping, rules)
    context = {
        "page_title": _("Completeness"),
        "grouping": grouping,
        "tabs": [
            {"label": one.label, "url": f"?by={one.key}", "current": one is grouping}
            for one in figures.GROUPINGS.values()
        ],
        "lines": lines,
        "total": figures.total(lines),
        "rules": rules,
    }
    return render(request, "completeness/summary.html", context)


def client_of(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may see it; 404 otherwise."""
    seen = Client.objects.visible_to(login_of(request), clock.today()).select_related("standing", "segment")
    return get_object_or_404(seen.filter(standing__isnull=False), pk=pk)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show on the card how much is known, what is missing and what waits to be verified."""
    client = client_of(request, pk)
    explained = explaining.explain(login_of(request), client, clock.today())
    context = {
        "client": client,
        "explained": explained,
        "missing": explained.missing[:MOST_NAMED],
        "more_missing": len(explained.missing) - MOST_NAMED,
        "waiting": explained.waiting[:MOST_NAMED],
        "more_waiting": len(explained.waiting) - MOST_NAMED,
    }
    return render(request, "completeness/panel.html", context)


@require_GET
def fields(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain the figures of a client field by field."""
    return render(request, "completeness/fields.html", _fields(request, client_of(request, pk)))


def _fields(request: HttpRequest, client: Client) -> dict[str, Any]:
    explained = explaining.explain(login_of(request), client, clock.today())
    return {"page_title": _("What is known: %s") % client.name, "client": client, "explained": explained}


@require_POST
def verify(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Say that the fields of a section are right today (R5); said twice on a day it is one."""
    client, person, today = client_of(request, pk), login_of(request), clock.today()
    if section not in Section.values:
        raise Http404(section)
    chosen = Section(section)
    if not seeing.changes(person, client, today) or (chosen == Section.PEOPLE and not seeing.sees_contacts(person)):
        raise PermissionDenied
    with transaction.atomic():
        Client.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        VERIFY[chosen](client=client, acting_user=person, today=today)
    text = _("%s: verified today") % chosen.label
    if not wants_part(request):
        toast(request, text)
        return redirect("clients:client-completeness", pk)
    answer = render(request, "completeness/fields.html#fields", _fields(request, client_of(request, pk)))
    return with_toast(with_event(answer, dict.fromkeys(EVENTS, True)), text)


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in force and what each version changed."""
    person = reader(request)
    found = list(CompletenessRules.objects.select_related("author").order_by("-pk")[: MOST_VERSIONS + 1])
    begun = [*found, CompletenessRules()] if len(found) <= MOST_VERSIONS else found
    current = begun[0]
    context = {
        "page_title": _("Rules of completeness"),
        "rules": current,
        "limits": [(_label(name), getattr(current, name)) for name in LIMITS],
        "weights": [(_label(name), getattr(current, name)) for name in WEIGHTS],
        "history": [(after, changes(before, after)) for after, before in pairwise(begun)],
        "may_change": may(person, Act.CHANGE_COMPLETENESS),
    }
    return render(request, "completeness/rules.html", context)


def _label(name: str) -> str:
    return str(RulesForm.base_fields[name].label)


def changes(before: CompletenessRules, after: CompletenessRules) -> list[tuple[str, int, int]]:
    """Say what a version changed: the field, what it was, what it became."""
    compared = ((name, getattr(before, name), getattr(after, name)) for name in (*LIMITS, *WEIGHTS))
    return [(_label(name), old, new) for name, old, new in compared if old != new]


@require_http_methods(["GET", "POST"])
def rules_new(request: HttpRequest) -> HttpResponse:
    """Change the rules: a new version holds at once, and everybody is written by it in the background."""
    person = login_of(request)
    require(person, Act.CHANGE_COMPLETENESS)
    with transaction.atomic():
        if request.method == "POST":
            locks.lock(locks.Key.COMPLETENESS)
        form = RulesForm(
            request.POST.dict() if request.method == "POST" else None,
            instance=CompletenessRules.objects.in_force(),
            initial={"comment": ""},
        )
        if request.method == "POST" and form.is_valid():
            if form.changes_something:
                writing.save_rules(rules=form.instance, acting_user=person, today=clock.today())
                toast(request, _("Saved: the figures follow in a few minutes"))
            return redirect(reverse("clients:completeness-rules"))
    context = {"page_title": _("Change the rules of completeness"), "form": form, "submit_label": _("Save")}
    return render(request, "completeness/rules_form.html", context, status=422 if form.errors else 200)
