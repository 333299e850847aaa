"""What is to be known before a talk: on the card, in a dialog, as a page; who looked through it says so (R59)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client
from salescrm.base import clock
from salescrm.base.toasts import close_dialog, toast, with_toast
from segmentation.priorities import actions, paths
from segmentation.priorities import preparation as reading
from staff.access import login_of

EVENT = "prepared"


def seen(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may see it; 404 otherwise."""
    clients = Client.objects.visible_to(login_of(request), clock.today()).filter(standing__isnull=False)
    return get_object_or_404(clients.select_related("standing", "segment", "legacy_type"), pk=pk)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it on the card."""
    found = reading.read(login_of(request), seen(request, pk), clock.today())
    context = {"found": found, "ways": paths.offered(found.client, found.goods)}
    return render(request, "segmentation/priorities/preparation_panel.html", context)


@require_http_methods(["GET", "POST"])
def preparation(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Show it from a list, or note that the person has looked through it."""
    client, person, today = seen(request, client_pk), login_of(request), clock.today()
    if request.method == "POST":
        if not Client.objects.all().changeable_by(person, today).filter(pk=client.pk).exists():
            raise PermissionDenied
        actions.prepared(client=client, acting_user=person, today=today)
        return done(request, client)
    found = reading.read(person, client, today)
    context = {"page_title": _("Before the talk: %s") % client.name, "found": found}
    context["ways"] = paths.offered(client, found.goods)
    return render(request, "segmentation/priorities/preparation.html", context)


def done(request: HttpRequest, client: Client) -> HttpResponse:
    """Close the dialog and let the panel say it; a plain request goes to the card."""
    text = _("%s: looked through before the talk") % client.name
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(close_dialog(event=EVENT), text)
    toast(request, text)
    return redirect("clients:client-card", client.pk)
