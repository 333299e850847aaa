"""What the room's views have in common: who asks, how an act is answered, and its undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clients.models import Client
from deals.actions import Changed
from salescrm.base import clock
from salescrm.base.toasts import close_dialog, toast, with_event, with_toast
from salescrm.base.undo import Undo
from staff.access import Act, may
from staff.models import Employee

TASK_UNDO = Undo("deals:task-undo")
EVENTS = {
    "tasks-changed": True,
    "invoices-changed": True,
    "timeline-changed": True,
    "counts": True,
}  # what panels and lists listen to


def refuse_unless_doer(person: Employee) -> None:
    """Raise PermissionDenied for people who only read."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        raise PermissionDenied


def workable(person: Employee, pk: int) -> Client:
    """Return a client the person may work on; 404 when it is not seen, 403 when it is only read."""
    seen = Client.objects.visible_to(person, clock.today()).select_related("branch")
    client = get_object_or_404(seen, pk=pk)
    if not Client.objects.changeable_by(person, clock.today()).filter(pk=pk).exists():
        raise PermissionDenied
    return client


def keep_undo(person: Employee, changed: Changed) -> str:
    """Keep for an hour what an act changed; return the address that takes it back."""
    if not changed.before:
        return ""
    return TASK_UNDO.keep(person.pk, changed=changed)


def answered(
    request: HttpRequest,
    text: str,
    *,
    undo: str = "",
    level: str = "good",
    back: str = "",
    events: Mapping[str, Any] = EVENTS,
) -> HttpResponse:
    """Close the dialog and let lists and panels load anew; a plain request goes back with the toast."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(with_event(close_dialog(), dict(events)), text, level=level, undo=undo)
    toast(request, text, level=level, undo=undo)
    asked = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(asked if is_ours else back or reverse("deals:task-list"))
