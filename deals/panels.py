"""Panels of the client's card that are this room's: open tasks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.models import Client
from clients.panels import seen
from deals.models import Task
from deals.rows import hydrate
from salescrm.base import clock
from staff.access import login_of

SIZE = 20  # tasks shown; the rest is behind the link to the list


@require_GET
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """Open tasks of the client, the next one first."""
    client, person, today = seen(request, pk), login_of(request), clock.today()
    open_ones = Task.objects.visible_to(person, today).open().filter(client=client).order_by("due_on", "pk")
    ids = list(open_ones.values_list("pk", flat=True)[: SIZE + 1])
    context = {
        "client": client,
        "rows": hydrate(ids[:SIZE], person, today),
        "has_more": len(ids) > SIZE,
        "may_set": Client.objects.changeable_by(person, today).filter(pk=pk).exists(),
    }
    return render(request, "deals/panel_tasks.html", context)
