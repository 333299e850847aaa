"""What the frame around every page asks for by itself: menu numbers, notifications, language and look."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from salescrm.base import menu, notify
from salescrm.base.models import Notification

SHOWN = 20  # notifications in the panel of the bell
YEAR = 365 * 24 * 60 * 60  # seconds


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Show the numbers beside the menu entries and on the bell, put into their places out of band."""
    unread = own(request).filter(read_at=None).count()
    return render(request, "components/counts.html", {"counts": menu.counts(request), "unread": unread})


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """Show the newest notifications of the person, for the panel of the bell."""
    return render(request, "components/notifications.html", {"notifications": read(own(request)[:SHOWN])})


@require_GET
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notification read and go where it points."""
    everything = Notification.objects.filter(person=cast(Any, request.user))  # letters tell what the bell does not
    notification = get_object_or_404(everything, pk=pk)
    everything.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(safe_address(request, notification.url))


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all notifications of the person read."""
    own(request).filter(read_at=None).update(read_at=timezone.now())
    context = {"notifications": read(own(request)[:SHOWN]), "unread": 0, "out_of_band": True}
    return render(request, "components/notifications.html", context)


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the language and look chosen: for the person when signed in, in this browser either way."""
    response = redirect(safe_address(request, request.POST.get("next", "")))
    chosen = {
        "language": one_of(request.POST.get("language"), [code for code, _name in settings.LANGUAGES]),
        "theme": one_of(request.POST.get("theme"), ["auto", "light", "dark"]),
    }
    wanted = {name: value for name, value in chosen.items() if value}
    if request.user.is_authenticated and wanted:
        for name, value in wanted.items():
            setattr(request.user, name, value)
        request.user.save(update_fields=list(wanted))
    cookies = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": "theme"}
    for name, value in wanted.items():
        response.set_cookie(cookies[name], value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def own(request: HttpRequest) -> QuerySet[Notification]:
    """Return the notifications the person wants in the program, newest first."""
    return notify.shown_to(cast(Any, request.user)).order_by("-id")


def read(found: QuerySet[Notification]) -> list[dict[str, Any]]:
    """Notifications with their sentence in the reader's language."""
    return [{"row": row, "text": notify.sentence(row)} for row in found]


def one_of(value: str | None, allowed: list[str]) -> str:
    """`value` when it is allowed, else nothing."""
    return value if value in allowed else ""


def safe_address(request: HttpRequest, address: str) -> str:
    """`address` when it stays on this host, else the home page."""
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else "/"
