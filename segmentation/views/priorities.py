"""The strategic list of the year and the criteria it is proposed by (R70, R74, R75)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from salescrm.base import show, sql
from salescrm.base.periods import window
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast
from segmentation import figures, versions
from segmentation.priorities import actions, scoring, strategic
from segmentation.priorities.forms import CriteriaForm, ReasonForm
from segmentation.priorities.models import WEIGHTS, PriorityRules
from segmentation.steps import APP
from segmentation.views.shared import Reader, address_with, branch_field, choice_in, in_branch, reader
from staff.access import Act

SHOWN = 12  # clients named in the preview


@require_GET
def priorities(request: HttpRequest) -> HttpResponse:
    """Show the strategic list of a year, who is proposed for it, who left it."""
    who = in_branch(request)
    year = strategic.year_of(request.GET.get("year", ""), who.today)
    view = choice_in(request, "view", strategic.VIEWS)
    rules = PriorityRules.objects.in_force(who.today)
    names = {"list": _("On the list"), "proposed": _("Proposed"), "left": _("Left the list")}
    context = {
        "page_title": _("Priority clients"),
        "year": year,
        "view": view,
        "views": [
            {"label": label, "current": name == view, "url": address_with(request, view=name)}
            for name, label in names.items()
        ],
        "before_url": address_with(request, year=str(year - 1)),
        "after_url": address_with(request, year=str(year + 1)) if year <= who.today.year else "",
        "rows": strategic.rows(who.clients, view, year, rules),
        "rules": rules,
        "may_decide": who.may(Act.APPROVE_HAND_OVERS) and year >= who.today.year,
        "may_change_rules": who.may(Act.CHANGE_RULES),
    }
    return render(request, "segmentation/priorities/list.html", context | branch_field(request, who))


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Confirm proposals: the ticked clients come on the list of the year."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    year = max(strategic.year_of(request.POST.get("year", ""), who.today), who.today.year)  # past ones are history
    ids = [int(one) for one in request.POST.getlist("client") if one.isdecimal() and len(one) < 19]
    chosen = list(who.clients.filter(pk__in=ids).values_list("pk", flat=True))
    try:
        count = actions.enter(clients=chosen, year=year, reason="", acting_user=who.person, today=who.today)
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
        return redirect(f"{reverse('segmentation:priorities')}?view=proposed&year={year}")
    text = ngettext("%(n)s client entered the list of %(year)s", "%(n)s clients entered the list of %(year)s", count)
    toast(request, text % {"n": show.number(count), "year": year}, level="good" if count else "info")
    return redirect(f"{reverse('segmentation:priorities')}?view={'list' if count else 'proposed'}&year={year}")


@require_http_methods(["GET", "POST"])
def enter_one(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Put a client on the list of this year by hand, with the reason."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    client = get_object_or_404(who.clients, pk=client_pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, year = form.cleaned_data["reason"], who.today.year
        if actions.enter(clients=[client.pk], year=year, reason=reason, acting_user=who.person, today=who.today):
            return told(request, _("%(client)s is on the list of %(year)s") % {"client": client.name, "year": year})
        form.add_error(None, _("The client is on the list of this year already."))
    return dialog(request, form, _("To the strategic list: %s") % client.name, _("Add"))


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Take a client from the list of a year, with the reason."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    client = get_object_or_404(who.clients, pk=client_pk)
    year = max(strategic.year_of(request.GET.get("year", ""), who.today), who.today.year)  # past ones are history
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.leave(client=client, year=year, reason=reason, acting_user=who.person, today=who.today)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return told(request, _("%(client)s left the list of %(year)s") % {"client": client.name, "year": year})
    return dialog(request, form, _("From the strategic list: %s") % client.name, _("Take off"))


def told(request: HttpRequest, text: str) -> HttpResponse:
    """Say what was done on the page, drawn anew."""
    toast(request, text)
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return close_dialog(refresh=True)
    return redirect("segmentation:priorities")


def dialog(request: HttpRequest, form: ReasonForm, title: str, label: str) -> HttpResponse:
    """Ask for the reason."""
    context = {"page_title": title, "form": form, "submit_label": label}
    return render(request, "segmentation/form.html", context, status=422 if form.errors else 200)


# --- the criteria -----------------------------------------------------------------------------------------------------


@require_GET
def criteria(request: HttpRequest) -> HttpResponse:
    """Show the criteria in force and all versions."""
    who = reader(request)
    versions = list(PriorityRules.objects.select_related("author").order_by("-effective_from"))
    context = {
        "page_title": _("Criteria of priority"),
        "rules": PriorityRules.objects.in_force(who.today),
        "groups": read(PriorityRules.objects.in_force(who.today)),
        "versions": versions,
        "may_change": who.may(Act.CHANGE_RULES),
    }
    return render(request, "segmentation/priorities/criteria.html", context)


def read(rules: PriorityRules | None) -> list[tuple[str, str]]:
    """Return labels and values of a version."""
    if rules is None:
        return []
    said = {name: show.number(getattr(rules, f"{name}_weight")) for name in WEIGHTS}
    names = {f"{name}_weight": value for name, value in said.items()} | {
        "growth_full": show.percent(rules.growth_full),
        "cut_off": show.number(rules.cut_off, 1),
        "list_size": show.number(rules.list_size),
        "focus_size": show.number(rules.focus_size),
        "fall_share": show.percent(rules.fall_share),
        "fall_rhythm_days": show.number(rules.fall_rhythm_days),
        "late_factor": show.number(rules.late_factor, 1),
    }
    labels = {one.name: str(one.verbose_name) for one in PriorityRules._meta.concrete_fields}
    rows = [(labels[name], value) for name, value in names.items()]
    goods = ", ".join(one.name for one in rules.categories.order_by("name")) or _("all goods")
    return [*rows, (_("strategic groups of goods"), goods)]


@require_http_methods(["GET", "POST"])
def criteria_new(request: HttpRequest) -> HttpResponse:
    """Edit a copy of the criteria in force; saving makes a new version from a day no night has used."""
    who = reader(request, Act.CHANGE_RULES)
    form = _form(request, who)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_rules(
                rules=form.instance, categories=form.cleaned_data["categories"], acting_user=who.person
            )
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved: in force from %s") % show.day_long(saved.effective_from))
            return redirect("segmentation:criteria")
    context = {"page_title": _("Change the criteria"), "form": form, "as_of": figures.last_night()}
    return render(request, "segmentation/priorities/criteria_new.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, who: Reader) -> CriteriaForm:
    latest = PriorityRules.objects.order_by("-effective_from").first()
    chosen = list(latest.categories.values_list("pk", flat=True)) if latest else []
    first = PriorityRules(growth_full=Decimal("0.5"), fall_share=Decimal("0.7"))
    draft, earliest = versions.begin(latest or first, who.today)
    return CriteriaForm(posted(request), instance=draft, earliest=earliest, initial={"categories": chosen})


@require_POST
def criteria_preview(request: HttpRequest) -> HttpResponse:
    """Answer how the scores would change with the typed criteria, saving nothing."""
    who = reader(request, Act.CHANGE_RULES)
    form = _form(request, who)
    draft, last = form.draft(), figures.last_night()
    context: dict[str, Any] = {"last": last, "mistakes": form.errors if not draft else {}}
    if draft and last:
        chosen = [one.pk for one in form.cleaned_data["categories"]]
        context |= preview(draft, chosen, last)
    return render(request, "segmentation/priorities/preview.html", context)


def preview(rules: PriorityRules, categories: list[int], last: date) -> dict[str, Any]:
    """Run the night's own statement with these criteria and compare with the scores kept; nothing stays."""
    with transaction.atomic():
        rule_set = figures.rules_on(last)
        scoring.score(rules, categories, window(last, rule_set.window_months if rule_set else 12))
        told = {"cut_off": rules.cut_off, "list_size": rules.list_size}
        counts = sql.row(APP, "count_priority_trial", told)
        lines = sql.rows(APP, "list_priority_trial", {"most": SHOWN})
        transaction.set_rollback(True)
    return {"counts": counts, "lines": lines}


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Ask which client the head has in mind, then go on to its form."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    chosen = request.POST.get("client", "")
    if request.method == "POST" and chosen.isdecimal() and len(chosen) < 19:
        client: Client = get_object_or_404(who.clients, pk=int(chosen))
        return redirect("segmentation:priorities-enter-one", client.pk)
    context = {
        "page_title": _("To the strategic list"),
        "submit_label": _("Next"),
        "found": request.method == "POST",
        "picker_url": reverse("segmentation:top-clients"),
    }
    return render(request, "clients/choose.html", context)
