"""Answers to "why?": the rule, its inputs and dates behind a class, TOP membership, a status, a hand-over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from clients.models import Client
from salescrm.base import clock
from segmentation import why as reasons
from segmentation.views.shared import day_in
from staff.access import Act, login_of, may

TOPICS = ("class", "top", "status", "hand_over", "contact", "priority")


@require_GET
def why(request: HttpRequest, client_pk: int, topic: str) -> HttpResponse:
    """Explain one computed value of a client the person sees, as of a night (`?on=`) or the last one."""
    if topic not in TOPICS:
        raise Http404(topic)
    seen = Client.objects.visible_to(login_of(request), clock.today())
    client = get_object_or_404(seen.select_related("standing"), pk=client_pk)
    explain = getattr(reasons, f"why_{topic}")
    person = login_of(request)
    context = {
        "why": explain(client, as_of=day_in(request, "on")),
        "client": client,
        "may_rules": may(person, Act.SEE_SEGMENTATION),
    }
    template = "segmentation/why.html" if request.htmx else "segmentation/why_page.html"  # type: ignore[attr-defined] # django-htmx
    return render(request, template, context)
