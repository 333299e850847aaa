"""What the views of leads have in common: who asks, which lead, how an act is answered."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from deals.leads.models import Lead
from salescrm.base import clock
from salescrm.base.toasts import close_dialog, toast
from staff.models import Employee


def seen(person: Employee, pk: int) -> Lead:
    """Return a lead the person sees; 404 otherwise."""
    related = ("responsible", "source", "segment", "branch", "client", "contact", "closed_by", "created_by")
    return get_object_or_404(Lead.objects.visible_to(person, clock.today()).select_related(*related), pk=pk)


def workable(person: Employee, pk: int) -> Lead:
    """Return a lead the person may work on; 404 when it is not seen, 403 when it is only read."""
    lead = seen(person, pk)
    if not Lead.objects.changeable_by(person, clock.today()).filter(pk=pk).exists():
        raise PermissionDenied
    return lead


def done(request: HttpRequest, text: str, lead: Lead | None = None, *, level: str = "good") -> HttpResponse:
    """Say what was done and load the page anew; a plain request goes to the lead, else to the list."""
    toast(request, text, level=level)
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return close_dialog(refresh=True)
    return redirect("leads:lead-card", lead.pk) if lead else redirect("leads:lead-list")
