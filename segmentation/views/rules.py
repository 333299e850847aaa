"""The rules: what is in force, how it came to be, what it did, and the editor with its live preview."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salescrm.base import show
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from segmentation import actions, figures, nightbook, rulebook, versions
from segmentation import preview as trial
from segmentation.contact_norm import ContactNorm
from segmentation.forms import RulesForm, SearchForm
from segmentation.models import RuleSet, TopMembership, Unit
from segmentation.views.shared import Reader, reader
from staff.access import Act

LISTED = 50
CHOICES = 6


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in force, what they did within a year, and all earlier ones."""
    who = reader(request)
    in_force = figures.rules_on(who.today)
    context: dict[str, Any] = {
        "page_title": _("Rules"),
        "rules": in_force,
        "may_change": who.may(Act.CHANGE_RULES),
        "history": _history(who.today),
        "effects": rulebook.effects(who.clients, figures.last_night() or who.today),
    }
    if in_force:
        context |= {"groups": rulebook.read(in_force), "terms": rulebook.terms(in_force)}
    return render(request, "segmentation/rules.html", context | _norm(who.today))


def _norm(today: date) -> dict[str, Any]:
    """Return the contact norm in force and its versions, newest first."""
    listed = list(ContactNorm.objects.select_related("author").order_by("-effective_from"))
    in_force = next((one for one in listed if one.effective_from <= today), None)
    return {
        "norm": in_force,
        "norm_rows": rulebook.read_norm(in_force) if in_force else [],
        "norm_history": [
            {
                "norm": one,
                "differences": rulebook.norm_differences(before, one),
                "is_coming": one.effective_from > today,
                "is_now": one is in_force,
            }
            for one, before in zip(listed, [*listed[1:], None], strict=False)
        ],
    }


def _history(today: date) -> list[dict[str, Any]]:
    listed = list(RuleSet.objects.select_related("author").order_by("-effective_from"))
    olders = [*listed[1:], None] if listed else []
    in_force = next((one for one in listed if one.effective_from <= today), None)
    return [
        {
            "rules": one,
            "differences": rulebook.differences(before, one),
            "is_first": before is None,
            "state": "now" if one is in_force else "coming" if one.effective_from > today else "past",
        }
        for one, before in zip(listed, olders, strict=True)
    ]


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one rule set whole: every result names the one it was reckoned by."""
    reader(request)
    found = get_object_or_404(RuleSet.objects.select_related("author"), pk=pk)
    before = RuleSet.objects.filter(effective_from__lt=found.effective_from).order_by("-effective_from").first()
    context = {
        "page_title": _("Rules of %s") % show.day_long(found.effective_from),
        "rules": found,
        "groups": rulebook.read(found),
        "terms": rulebook.terms(found),
        "differences": rulebook.differences(before, found),
    }
    return render(request, "segmentation/rules_one.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Edit a copy of the rules in force; saving makes a new rule set from a day no night has used."""
    who = reader(request, Act.CHANGE_RULES)
    form = _form(request, who)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_rule_set(rule_set=form.instance, acting_user=who.person)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved: in force from %s") % show.day_long(saved.effective_from))
            return redirect("segmentation:rules")
    context = _editor(form) | {"page_title": _("Change the rules"), "search_form": SearchForm()}
    context |= {"as_of": figures.last_night()}
    return render(request, "segmentation/rules_new.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, who: Reader) -> RulesForm:
    latest = RuleSet.objects.order_by("-effective_from").first() or _defaults(who.today)
    draft, earliest = versions.begin(latest, who.today)
    return RulesForm(posted(request), instance=draft, earliest=earliest)


def _defaults(today: date) -> RuleSet:
    """Return the columns' defaults as numbers, for a base without any rule set."""
    rules = RuleSet(top_cells=["AX"], effective_from=today)
    rules.clean_fields(exclude=["author"])
    return rules


def _editor(form: RulesForm) -> dict[str, Any]:
    return {
        "form": form,
        "groups": [(key, title, [form[name] for name in names]) for key, title, names in rulebook.GROUPS],
        "terms": [
            (label, [form[f"{name}_{who}"] for who, _label in rulebook.TERM_CLASSES]) for name, label in rulebook.TERMS
        ],
        "term_classes": [label for _who, label in rulebook.TERM_CLASSES],
    }


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Answer what the typed rules would do to the newest night's clients, saving nothing."""
    who = reader(request, Act.CHANGE_RULES)
    form = _form(request, who)
    draft, last = form.draft(), figures.last_night()
    context: dict[str, Any] = {"last": last, "mistakes": _mistakes(form)}
    if draft and last:
        try:
            context |= _preview(draft, last)
        except OperationalError:  # the trial waits for a lock of a running night five seconds at most
            context["busy"] = True
    return render(request, "segmentation/preview.html", context)


def _mistakes(form: RulesForm) -> list[tuple[str, str]]:
    """Return what is wrong with the typed rules; the day and the comment are asked for on saving."""
    wrong = {name: errors for name, errors in form.errors.items() if name not in ("effective_from", "comment")}
    labels = {name: str(form.fields[name].label) if name in form.fields else "" for name in wrong}
    return [(labels[name], str(error)) for name, errors in wrong.items() for error in errors]


def _preview(draft: RuleSet, last: date) -> dict[str, Any]:
    found = trial.preview(draft, last)
    load: list[dict[str, Any]] = [
        {"name": name, "clients": clients, "top": top} for _id, name, clients, top in found.load
    ]
    load.sort(key=lambda one: -one["top"])
    titles = [
        (_("Would enter"), found.entered),
        (_("Would leave"), found.left),
        (_("Handed over that night"), found.handed_over),
        (_("To approve"), found.to_approve),
        (_("Waiting for a place"), found.waiting),
    ]
    lists = [_lines(title, lines) for title, lines in titles]
    return {
        "preview": found,
        "now": {"clients": TopMembership.objects.at(last).count()},
        "lists": lists,
        "entered": lists[0],
        "left": lists[1],
        "moves": lists[2:],
        "load": load[:LISTED],
        "heaviest": load[0] if load else None,
        "guards": nightbook.guard_words(found.guards),
        "quarters": json.dumps({"unit": Unit.QUARTER}) if draft.unit == Unit.MONTH else "",
    }


def _lines(title: str, lines: list[Any]) -> dict[str, Any]:
    shown = sorted(lines, key=lambda line: (-line.turnover, line.client_id))[:LISTED]
    money = sum((line.turnover for line in lines), Decimal(0))
    return {"title": title, "lines": shown, "count": len(lines), "money": money, "more": len(lines) - len(shown)}


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Answer limits under which TOP has the wanted size or share of turnover."""
    who = reader(request, Act.CHANGE_RULES)
    wanted, form = SearchForm(request.POST), _form(request, who)
    draft, last = form.draft(), figures.last_night()
    context: dict[str, Any] = {"form": wanted, "last": last}
    if draft and last and wanted.is_valid():
        data = wanted.cleaned_data
        try:
            found = trial.search_limits(draft, last, clients=data["clients"], coverage=data["coverage"])
            context["found"] = [_choice(one) for one in found[:CHOICES]]
        except OperationalError:
            context["busy"] = True
    return render(request, "segmentation/search.html", context)


def _choice(found: Any) -> dict[str, Any]:
    """Return a found set of limits with the values its button writes into the form."""
    fill = {
        "top_cells": list(found.top_cells),
        "x_share": _typed(found.x_share),
        "y_share": _typed(found.y_share),
        "top_cap": found.cap or "",
    }
    return {"found": found, "cells": ", ".join(found.top_cells), "fill": json.dumps(fill)}


def _typed(share: Decimal) -> str:
    """Return a fraction as it is typed, in per cent."""
    return format((Decimal(share) * 100).normalize(), "f")
