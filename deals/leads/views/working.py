"""A lead's page and what is done on it: take, log, facts, qualify, offer, convert, close, reopen, give to people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.contacts import seeing
from clients.models import Question
from deals.leads import actions, card, converting, knowing, sharing
from deals.leads.actions import Facts
from deals.leads.forms import BY_RULE, AssignForm, CloseForm, ConvertForm, FactsForm, TouchForm
from deals.leads.models import CloseReason, Lead, LeadRules, TouchKind
from deals.leads.querysets import LeadQuerySet
from deals.leads.rows import hydrate
from deals.leads.views.listing import state_of
from deals.leads.views.shared import done, seen, workable
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.lists.selection import selected
from salescrm.base.requests import posted
from staff.access import Act, login_of, may, require

SHOWN = 8  # leads named in a dialog


@require_GET
def lead_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lead: what decides the next step, the next step, the enquiry, what is known, what happened."""
    person, today = login_of(request), clock.today()
    lead = seen(person, pk)
    (row,) = hydrate([pk], person, clock.now())
    context = {
        "page_title": lead.name,
        "lead": lead,
        "row": row,
        "sees_contacts": seeing.sees_contacts(person) or row.may_act,
        "may_assign": may(person, Act.ASSIGN_LEADS) and row.may_act and lead.is_open,
        "score": card.score_lines(lead),
        "questions": card.questions(lead),
        "clients": knowing.likely_clients(lead, person, today) if lead.is_open else [],
        "leads": knowing.likely_leads(lead, person, today),
        "tasks": lead.tasks.filter(state="open").select_related("assignee").order_by("due_on", "pk"),
        "history": card.history(lead),
        "sees_client": lead.client_id and card.sees_client(lead, person, today),
    }
    return render(request, "leads/card.html", context)


@require_POST
def lead_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Become responsible for a lead nobody has."""
    person = login_of(request)
    lead = workable(person, pk)
    try:
        actions.take(lead=lead, acting_user=person)
    except Refused as refusal:
        return done(request, str(refusal), None, level="warn")
    return done(request, _("You are responsible for %s") % lead.name, lead)


@require_http_methods(["GET", "POST"])
def lead_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was said with a lead."""
    person, today = login_of(request), clock.today()
    lead = workable(person, pk)
    form = TouchForm(posted(request), today=today)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        kind = TouchKind(data.pop("kind"))
        try:
            actions.log(lead=lead, kind=kind, acting_user=person, now=clock.now(), **data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, _("Saved"), lead)
    title = _("Contact with %s") % lead.name
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "leads/log.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def lead_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what is known of a lead; the score follows."""
    return _facts(request, pk, ends=False)


@require_http_methods(["GET", "POST"])
def lead_qualify(request: HttpRequest, pk: int) -> HttpResponse:
    """End the qualification with the type, or why it is not known (R161)."""
    return _facts(request, pk, ends=True)


def _facts(request: HttpRequest, pk: int, *, ends: bool) -> HttpResponse:
    person = login_of(request)
    lead = workable(person, pk)
    asked: list[Question] = card.asked_of(lead)
    form = FactsForm(posted(request), lead=lead, questions=asked, needs_type=ends)
    if request.method == "POST" and form.is_valid():
        facts = Facts(**form.facts)
        try:
            if ends:
                actions.qualify(lead=lead, facts=facts, answers=form.answers, acting_user=person, now=clock.now())
            else:
                actions.save_facts(lead=lead, facts=facts, answers=form.answers, acting_user=person)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, _("%s is qualified") % lead.name if ends else _("Saved"), lead)
    title = _("Qualify %s") if ends else _("What is known of %s")
    label = _("Qualify") if ends else _("Save")
    context = {"page_title": title % lead.name, "form": form, "submit_label": label}
    return render(request, "leads/facts.html", context, status=422 if form.errors else 200)


@require_POST
def lead_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the offer was sent (R162)."""
    person = login_of(request)
    lead = workable(person, pk)
    try:
        actions.send_offer(lead=lead, acting_user=person, now=clock.now())
    except Refused as refusal:
        return done(request, str(refusal), lead, level="warn")
    return done(request, _("The offer to %s is sent, the next task asks what they decided") % lead.name, lead)


@require_http_methods(["GET", "POST"])
def lead_convert(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what will be made and who it may be already; then convert (R164)."""
    person, today = login_of(request), clock.today()
    lead = workable(person, pk)
    likely = knowing.likely_clients(lead, person, today)
    form = ConvertForm(posted(request), person=person, lead=lead, likely=likely)
    if request.method == "POST" and form.is_valid():
        try:
            client = converting.convert(lead=lead, acting_user=person, now=clock.now(), **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, _("%(lead)s is converted: %(client)s") % {"lead": lead.name, "client": client}, lead)
    title = _("Convert %s") % lead.name
    context = {"page_title": title, "form": form, "lead": lead, "likely": likely, "submit_label": _("Convert")}
    return render(request, "leads/convert.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def lead_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a lead with the reason and what is asked for (R163)."""
    person = login_of(request)
    lead = workable(person, pk)
    form = CloseForm(posted(request), lead=lead)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        reason = CloseReason(data.pop("reason"))
        try:
            actions.close(lead=lead, reason=reason, acting_user=person, now=clock.now(), **data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, _("%s is closed") % lead.name, lead)
    context = {"page_title": _("Close %s") % lead.name, "form": form, "submit_label": _("Close the lead")}
    return render(request, "leads/close.html", context, status=422 if form.errors else 200)


@require_POST
def lead_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Work a closed lead again."""
    person = login_of(request)
    lead = workable(person, pk)
    try:
        actions.reopen(lead=lead, acting_user=person, now=clock.now())
    except Refused as refusal:
        return done(request, str(refusal), lead, level="warn")
    return done(request, _("%s is open again") % lead.name, lead)


def chosen(request: HttpRequest) -> LeadQuerySet:
    """Return the open leads of the address (`ids`, or `all` of the list's) the person may give; 404 when none."""
    person, today = login_of(request), clock.today()
    found = selected(Lead.objects.visible_to(person, today).queued(), state_of(request), request.GET)
    if not found.exists():
        raise Http404
    may_give = Lead.objects.changeable_by(person, today).open().filter(pk__in=found.order_by().values("pk"))
    if not Lead.objects.changeable_by(person, today).filter(pk__in=found.order_by().values("pk")).exists():
        raise PermissionDenied
    return may_give


@require_http_methods(["GET", "POST"])
def lead_assign(request: HttpRequest) -> HttpResponse:
    """Give leads to a person, or as the rule proposes: the dialog shows who would get which (R157)."""
    person, today = login_of(request), clock.today()
    require(person, Act.ASSIGN_LEADS)
    leads = list(chosen(request).order_by("first_contact_due_at", "pk"))
    plan = sharing.plan(leads, LeadRules.objects.in_force(), today)
    form = AssignForm(posted(request), person=person, is_planned=bool(plan))
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        owners = plan if to == BY_RULE else {lead.pk: form.people[to] for lead in leads}
        count = actions.assign(owners=owners, acting_user=person)
        text = ngettext("%s lead has another responsible", "%s leads have another responsible", count)
        return done(request, text % show.number(count))
    context: dict[str, Any] = {
        "page_title": _("Give leads to people"),
        "form": form,
        "count": len(leads),
        "moves": [(lead, plan.get(lead.pk)) for lead in leads[:SHOWN]],
        "more": len(leads) - SHOWN,
        "submit_label": _("Give"),
        "rules_url": reverse("leads:settings"),
    }
    return render(request, "leads/assign.html", context, status=422 if form.errors else 200)
