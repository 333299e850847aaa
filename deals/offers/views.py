"""Pages of offers: one offer, its paper to print, what is done with it; templates and their approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from deals.dealing.models import Deal
from deals.offers import actions, paper
from deals.offers.forms import AnswerForm, LetterheadForm, OfferForm, SendForm, TemplateForm, start
from deals.offers.models import PARTS, Letterhead, Offer, OfferState, OfferTemplate, OfferTemplateVersion
from deals.views.dealing import changeable as deal_changeable
from deals.views.shared import answered
from salescrm.base import clock
from salescrm.base.requests import posted
from salescrm.base.toasts import toast, with_event
from staff.access import Act, login_of, may, require
from staff.models import Employee

VALID_DAYS = 14  # proposed for a new offer
MOST_CLIENTS = 30  # to preview a template with
EVENTS = {"deals-changed": True, "timeline-changed": True, "tasks-changed": True}
READ = ("deal__client", "template_version__template", "contact", "manager", "loss_reason", "replaces")


def seen(request: HttpRequest, pk: int) -> Offer:
    """Return the offer when the person sees its deal; 404 otherwise."""
    found = Offer.objects.all().visible_to(login_of(request), clock.today())
    return get_object_or_404(found.select_related(*READ), pk=pk)


def changeable(request: HttpRequest, pk: int) -> tuple[Offer, Employee]:
    """Return the offer and the person who may change it; 404 when it is not seen, 403 when it is only read."""
    found, person = seen(request, pk), login_of(request)
    if not _may_change(found, person):
        raise PermissionDenied
    return found, person


def _may_change(offer: Offer, person: Employee) -> bool:
    return Offer.objects.all().changeable_by(person, clock.today()).filter(pk=offer.pk).exists()


@require_GET
def offer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer: its paper, where it stands, its versions."""
    found, today = seen(request, pk), clock.today()
    state = found.shown_state(today)
    versions = Offer.objects.filter(year=found.year, number=found.number).order_by("-revision")
    context = {
        "page_title": _("Offer %s") % found.code,
        "offer": found,
        "paper": paper.of(found),
        "state": state,
        "versions": [(one, one.shown_state(today)) for one in versions],
        "may_change": _may_change(found, login_of(request)),
        "may_renew": not found.is_draft and found.state != OfferState.ACCEPTED and versions[0] == found,
    }
    return render(request, "offers/offer.html", context)


@require_GET
def offer_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper alone, for printing, in the language of the offer."""
    found = seen(request, pk)
    shown = paper.of(found)
    with translation.override(shown.language):
        return render(request, "offers/print.html", {"offer": found, "paper": shown})


@require_http_methods(["GET", "POST"])
def offer_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an offer of a deal."""
    deal, person = deal_changeable(request, pk)
    first: dict[str, Any] = {"valid_until": clock.today() + timedelta(VALID_DAYS), "contact": deal.contact_id}
    form = OfferForm(posted(request), deal=deal, initial=first)
    title = _("Offer: %s") % deal.title

    def act() -> Offer:
        told = {name: form.cleaned_data[name] for name in ("template", "contact", "valid_until", "submission")}
        return actions.draft(deal=deal, acting_user=person, now=clock.now(), **told)

    return _form(request, form, title, _("Make"), act, lambda made: _("Offer %s is made: look it through") % made.code)


@require_http_methods(["GET", "POST"])
def offer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found, _person = changeable(request, pk)
    first: dict[str, Any] = {"template": found.template_version.template_id, "contact": found.contact_id}
    first |= {"valid_until": found.valid_until, "seen": found.version}
    form = OfferForm(posted(request), deal=found.deal, initial=first)

    def act() -> Offer:
        told = {name: form.cleaned_data[name] for name in ("template", "contact", "valid_until")}
        return actions.correct(offer=found, seen=form.cleaned_data["seen"] or 0, now=clock.now(), **told)

    return _form(request, form, _("Offer %s") % found.code, _("Save"), act, lambda made: _("Saved"))


@require_http_methods(["GET", "POST"])
def offer_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft, or say that it was sent otherwise."""
    found, person = changeable(request, pk)
    form = SendForm(posted(request), offer=found)

    def act() -> Offer:
        return actions.send(offer=found, acting_user=person, now=clock.now(), **form.cleaned_data)

    title, done = _("Send offer %s") % found.code, _("Offer %s is sent; a task asks for the reaction") % found.code
    return _form(request, form, title, _("Send"), act, lambda made: done)


@require_http_methods(["GET", "POST"])
def offer_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the client's reaction."""
    found, person = changeable(request, pk)
    form = AnswerForm(posted(request), initial={"day": clock.today(), "seen": found.version})

    def act() -> Offer:
        told = {"seen": form.cleaned_data["seen"], "acting_user": person, "now": clock.now()}
        return actions.answer(offer=found, said=form.told(), **told)

    return _form(request, form, _("Reaction to offer %s") % found.code, _("Save"), act, lambda made: _("Saved"))


@require_http_methods(["GET", "POST"])
def offer_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a new version of a sent offer."""
    found, person = changeable(request, pk)
    first = {"valid_until": clock.today() + timedelta(VALID_DAYS)}
    form = OfferForm(posted(request), deal=found.deal, initial=first)
    del form.fields["template"], form.fields["contact"]

    def act() -> Offer:
        told = {name: form.cleaned_data[name] for name in ("valid_until", "submission")}
        return actions.renew(offer=found, acting_user=person, now=clock.now(), **told)

    said = _("The new version is a draft: change it and send it")
    return _form(request, form, _("New version of offer %s") % found.code, _("Make"), act, lambda made: said)


@require_POST
def offer_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    found, _person = changeable(request, pk)
    asked = request.POST.get("seen", "")
    code, deal = found.code, found.deal_id
    try:
        actions.discard(offer=found, seen=int(asked) if asked.isdecimal() and len(asked) < 10 else 0)
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
        return redirect("deals:offer", pk)
    toast(request, _("The draft %s is deleted") % code)
    return redirect("deals:deal", deal)


def _form(
    request: HttpRequest,
    form: Any,
    title: str,
    button: str,
    act: Callable[[], Offer],
    words: Callable[[Offer], str],
) -> HttpResponse:
    """Draw a form of an act, or carry it out and go to the offer."""
    if form.is_bound and form.is_valid():
        try:
            made = act()
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            url = reverse("deals:offer", args=[made.pk])
            if request.htmx:  # type: ignore[attr-defined] # django-htmx
                toast(request, words(made))
                return HttpResponse(headers={"HX-Redirect": url})
            return with_event(answered(request, words(made), back=url), EVENTS)
    context = {"page_title": title, "form": form, "submit_label": button}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


# --- templates --------------------------------------------------------------------------------------------------------


@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """All templates: for which types, which version is in use, which waits for approval."""
    person = login_of(request)
    found = OfferTemplate.objects.prefetch_related("segments", "versions__approved_by").order_by("name", "pk")
    rows = []
    for one in found:
        versions = sorted(one.versions.all(), key=lambda version: -version.number)
        used = next((version for version in versions if version.approved_at), None)
        waiting = versions[0] if versions and versions[0].approved_at is None else None
        rows.append((one, used, waiting))
    context = {
        "page_title": _("Templates of offers"),
        "rows": rows,
        "head": Letterhead.objects.order_by("-pk").first(),
        "may_keep": may(person, Act.KEEP_OFFER_TEMPLATES),
    }
    return render(request, "offers/templates.html", context)


@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a template; changed texts are a version that waits for approval."""
    person = login_of(request)
    require(person, Act.KEEP_OFFER_TEMPLATES)
    found = get_object_or_404(OfferTemplate, pk=pk) if pk else None
    newest = found.versions.order_by("-number").first() if found else None
    form = TemplateForm(posted(request), template=found, initial=start(found, newest) if found and newest else None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.save_template(acting_user=person, **form.told())
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved"))
            return redirect("deals:offer-template", made.pk)
    title = found.name if found else _("New template")
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_GET
def template_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A version of a template as a real client would read it, and its approval."""
    person, today = login_of(request), clock.today()
    version = get_object_or_404(OfferTemplateVersion.objects.select_related("template", "approved_by", "author"), pk=pk)
    deals = Deal.objects.all().visible_to(person, today).select_related("client", "contact").order_by("-pk")
    asked = request.GET.get("client", "")
    if asked.isdecimal() and len(asked) < 19:
        deals = deals.filter(client=int(asked))
    deal = deals.first()
    client = deal.client if deal else Client.objects.all().visible_to(person, today).order_by("pk").first()
    shown = None
    if client is not None:
        with translation.override(version.template.language):
            shown = paper.preview(version, client, deal, person, today + timedelta(VALID_DAYS))
    context = {
        "page_title": version.template.name,
        "version": version,
        "paper": shown,
        "parts": [(part, getattr(version, part)) for part in PARTS],
        "versions": version.template.versions.select_related("approved_by").order_by("-number"),
        "may_keep": may(person, Act.KEEP_OFFER_TEMPLATES),
        "may_approve": may(person, Act.APPROVE_OFFER_TEMPLATES) and version.approved_at is None,
    }
    return render(request, "offers/template.html", context)


@require_POST
def template_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the text as it was read."""
    person = login_of(request)
    require(person, Act.APPROVE_OFFER_TEMPLATES)
    version = get_object_or_404(OfferTemplateVersion, pk=pk)
    read = {part: request.POST.get(part, "").replace("\r\n", "\n") for part in PARTS}
    try:
        actions.approve(version=version, seen=read, acting_user=person, now=clock.now())
    except actions.Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, _("The version is approved and in use"))
    return redirect("deals:offer-template", pk)


@require_http_methods(["GET", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """Change what stands over and under offers from now on."""
    require(login_of(request), Act.KEEP_OFFER_TEMPLATES)
    newest = Letterhead.objects.order_by("-pk").first()
    names = ("name", "details", "footer")
    form = LetterheadForm(posted(request), initial={name: getattr(newest, name) for name in names} if newest else None)
    if form.is_bound and form.is_valid():
        actions.save_letterhead(**form.cleaned_data)
        toast(request, _("Saved"))
        return redirect("deals:offer-templates")
    context = {"page_title": _("Letterhead"), "form": form, "submit_label": _("Save")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)
