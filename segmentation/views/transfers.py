"""The package a new owner gets with a client, as a page that can be printed (R118)."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from salescrm.base import clock
from segmentation import transfers
from staff.access import login_of


@require_GET
def package(request: HttpRequest, client_pk: int, day: str) -> HttpResponse:
    """Show what the owner from `day` on got with the client; a hand-over taken back since leads to the card."""
    person, today = login_of(request), clock.today()
    clients = Client.objects.visible_to(person, today).filter(standing__isnull=False)
    client = get_object_or_404(clients.select_related("standing", "segment", "branch"), pk=client_pk)
    found = transfers.find(client, _day(day))
    if found is None:
        return redirect("clients:client-card", client.pk)
    context = {
        "page_title": _("Transfer of %s") % client.name,
        "found": transfers.read(person, client, *found, today),
        "today": today,
    }
    return render(request, "segmentation/transfer.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(text[:80]) from error
