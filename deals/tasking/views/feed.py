"""A person's feed: its page under the person's name, its secret address, and the feed itself for calendars."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from deals.tasking import feed
from deals.tasking.models import CalendarFeed
from salescrm.base import clock
from salescrm.base.toasts import toast
from staff.access import login_of


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Say whether the person has a secret address, since when, and when it was last read."""
    return _page(request)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make the secret address, or make it anew, and show it this one time."""
    token = feed.new_token(login_of(request), clock.now())
    answer = _page(request, address=request.build_absolute_uri(reverse("tasking:feed-file", args=[token])))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Make the secret address void."""
    gone, _counts = CalendarFeed.objects.filter(person=login_of(request)).delete()
    toast(request, _("The address is void: calendars get nothing any more.") if gone else _("Nothing was changed"))
    return redirect("tasking:feed")


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    kept = CalendarFeed.objects.filter(person=login_of(request)).first()
    context = {"page_title": _("Tasks in your calendar"), "feed": kept, **more}
    return render(request, "deals/tasking/feed.html", context)


@require_safe
@login_not_required
def read(request: HttpRequest, token: str) -> HttpResponse:
    """Give the feed to who knows its address, without a log-in; 404 to anybody else."""
    today = clock.today()
    person = feed.person_of(token, today)
    if person is None:
        raise Http404
    body = feed.written(person, today, request.build_absolute_uri)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="tasks.ics"'
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = f"private, max-age={int(feed.AGAIN.total_seconds())}"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
