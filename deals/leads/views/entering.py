"""Leads entered by people: the form, and the exhibition mode of ten seconds (R154, R167)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.leads import actions
from deals.leads.forms import NewLead, QuickLead
from deals.leads.models import Lead, LeadChannel, LeadSource
from deals.leads.said import Received, Said
from deals.leads.views.shared import done
from deals.views.shared import refuse_unless_doer
from salescrm.base import clock
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may
from staff.models import Employee

EXHIBITION = "exhibition"  # code of the source
SHOWN = 5


@require_http_methods(["GET", "POST"])
def lead_new(request: HttpRequest) -> HttpResponse:
    """Enter a lead; a known client or an open lead gets the enquiry instead, and the person is told."""
    person = login_of(request)
    refuse_unless_doer(person)
    form = NewLead(posted(request), person=person)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        takes = data.pop("takes") and may(person, Act.CHANGE_OWN)
        said = Said(channel=LeadChannel.HAND, **(data | form.keys))
        received = actions.receive(
            said=said, acting_user=person, now=clock.now(), responsible=person if takes else None
        )
        text, level = told(received, person)
        return done(request, text, _seen(received, person), level=level)
    context = {"page_title": _("New lead"), "form": form, "submit_label": _("Add")}
    return render(request, "leads/new.html", context, status=422 if form.errors else 200)


def told(received: Received, person: Employee) -> tuple[str, str]:
    """Say what became of an enquiry, and how good that is."""
    if received.client is not None:
        owner = actions.owner_of(received.client).short_name
        words = _("%(client)s is a client already: %(owner)s has a task with this enquiry")
        return words % {"client": received.client.name, "owner": owner}, "info"
    assert received.lead is not None  # noqa: S101
    if not received.is_new:
        return _("There is an open lead of them, the enquiry was added to it: %s") % received.lead.name, "info"
    return _("Lead %s is entered") % received.lead.name, "good"


def _seen(received: Received, person: Employee) -> Lead | None:
    """Return the lead when the person sees it."""
    if received.lead is None:
        return None
    return Lead.objects.visible_to(person, clock.today()).filter(pk=received.lead.pk).first()


@require_http_methods(["GET", "POST"])
def lead_quick(request: HttpRequest) -> HttpResponse:
    """Enter one after another at an exhibition: Enter saves, the name of the exhibition stays."""
    person = login_of(request)
    refuse_unless_doer(person)
    exhibition = request.GET.get("exhibition", "").replace("\x00", "")[:150]
    form = QuickLead(posted(request), initial={"exhibition": exhibition})
    if request.method == "POST" and form.is_valid():
        received = actions.receive(
            said=_of_exhibition(form.cleaned_data, person),
            acting_user=person,
            now=clock.now(),
            responsible=person if may(person, Act.CHANGE_OWN) else None,
        )
        text, level = told(received, person)
        toast(request, text, level=level)
        again = urlencode({"exhibition": form.cleaned_data["exhibition"]})
        return redirect(f"{reverse('leads:lead-quick')}?{again}")
    mine = Lead.objects.filter(created_by=person, channel=LeadChannel.EXHIBITION).order_by("-created_at", "-pk")
    context = {"page_title": _("Exhibition mode"), "form": form, "last": list(mine[:SHOWN])}
    return render(request, "leads/quick.html", context, status=422 if form.errors else 200)


def _of_exhibition(data: dict[str, Any], person: Employee) -> Said:
    """Say the three fields as an enquiry; what follows a comma after the name is the company."""
    name, _comma, company = data["person"].partition(",")
    reach: dict[str, str] = data["reach"]
    source = LeadSource.objects.filter(code=EXHIBITION).first() or LeadSource.objects.order_by("order", "pk")[0]
    return Said(
        channel=LeadChannel.EXHIBITION,
        source=source,
        branch=person.branch,
        submission=data["submission"],
        person=name.strip(),
        company=company.strip(),
        text=data["text"],
        exhibition=data["exhibition"],
        phone=reach.get("phone", ""),
        phone_key=reach.get("phone_key", ""),
        email=reach.get("email", ""),
        email_key=reach.get("email_key", ""),
    )
