"""Putting clients into the archive by hand: one, or a selection of the list; and taking them back (R129)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clients.models import Archiving, Client
from clients.views.listing import named, state_of
from deals.dealing.models import Deal
from deals.models import Task
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.lists.selection import selected
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast
from segmentation import archiving
from segmentation.forms import ArchiveForm
from segmentation.views.taking_back import packed, unpacked
from staff.access import Act, login_of, require

MOST_UNDONE = 2_000  # clients an address of an undo names


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Put one client into the archive."""
    clients, client = _one(request, client_pk)
    back = reverse("clients:client-card", args=[client.pk])
    if request.method == "POST" and not archiving.can_be_archived(clients).exists():
        if _is_done_by(request, client):
            return redirect(back)
        return _answer(request, clients, back, refusal=archiving.why_not(client))
    return _answer(request, clients, back)


@require_http_methods(["GET", "POST"])
def archive_many(request: HttpRequest) -> HttpResponse:
    """Put the selected clients of the list into the archive; the dialog says how many, and what is closed with them."""
    person, state = login_of(request), state_of(request)
    require(person, Act.ARCHIVE)
    clients = selected(Client.objects.all().handed_by(person, clock.today()), state, request.GET)
    return _answer(request, clients, f"{reverse('clients:client-list')}?{state.query(place=True)}")


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Take one client back from the archive."""
    clients, client = _one(request, client_pk)
    refusal = "" if archiving.can_be_taken_back(clients).exists() else archiving.why_not(client)
    if request.method == "POST" and not refusal:
        done = _take_back(request, [client.pk])
        toast(request, _("%s is back from the archive") % client.name, level="good" if done else "warn")
        return redirect("clients:client-card", client.pk)
    context = {
        "page_title": _("Take %s back from the archive?") % client.name,
        "refusal": refusal,
        "last": Archiving.objects.filter(client=client).select_related("archived_by", "reason").order_by("-pk").first(),
        "submit_label": _("Take back"),
    }
    return render(request, "segmentation/archive_back.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def take_back_many(request: HttpRequest) -> HttpResponse:
    """Take the selected clients of the list back from the archive."""
    person, state = login_of(request), state_of(request)
    require(person, Act.ARCHIVE)
    clients = selected(Client.objects.all().handed_by(person, clock.today()), state, request.GET)
    fitting = archiving.can_be_taken_back(clients)
    if request.method == "POST":
        _say_back(request, _take_back(request, list(fitting.values_list("pk", flat=True))))
        return redirect(f"{reverse('clients:client-list')}?{state.query(place=True)}")
    meant = named(fitting)
    count = meant["count"]
    title = ngettext("Take %(n)s client back from the archive?", "Take %(n)s clients back from the archive?", count)
    context = meant | {
        "page_title": title % {"n": show.number(count)},
        "left": clients.count() - count,
        "submit_label": _("Take back"),
    }
    return render(request, "segmentation/archive_back.html", context)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was archived a moment ago."""
    person = login_of(request)
    require(person, Act.ARCHIVE)
    put_away = unpacked(request.GET.get("clients", ""))
    seen = Client.objects.all().handed_by(person, clock.today()).filter(pk__in=put_away)
    _say_back(request, _take_back(request, list(seen.values_list("pk", flat=True))))
    return close_dialog(refresh=True)


def _one(request: HttpRequest, pk: int) -> tuple[QuerySet[Client], Client]:
    """Return a client as a set and as itself; 404 for one not seen, 403 for one the person may not archive."""
    person, today = login_of(request), clock.today()
    client = get_object_or_404(Client.objects.visible_to(person, today), pk=pk)
    require(person, Act.ARCHIVE)
    clients = Client.objects.all().handed_by(person, today).filter(pk=pk)
    if not clients.exists():
        raise PermissionDenied
    return clients, client


def _is_done_by(request: HttpRequest, client: Client) -> bool:
    """Say whether this form was sent before: a double click is no second act."""
    last = Archiving.objects.filter(client=client).order_by("-pk").first()
    if last is None or last.taken_back_on or last.archived_by_id != login_of(request).pk:
        return False
    return last.archived_on == clock.today() and str(last.reason_id) == request.POST.get("reason")


def _answer(request: HttpRequest, clients: QuerySet[Client], back: str, refusal: str = "") -> HttpResponse:
    """Show the dialog, or archive and go back with a toast that can take it back."""
    form = ArchiveForm(posted(request))
    fitting = archiving.can_be_archived(clients)
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            done = archiving.archive(
                clients=list(fitting.values_list("pk", flat=True)),
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"].strip(),
                acting_user=login_of(request),
                today=clock.today(),
                now=clock.now(),
            )
        except Refused as refused:
            refusal = str(refused)
        else:
            _say_archived(request, done)
            return redirect(back)
    meant = named(fitting)
    count = meant["count"]
    label = ngettext("Archive %(n)s client", "Archive %(n)s clients", count) % {"n": show.number(count)}
    context = (
        meant
        | _closed_with(fitting)
        | {
            "page_title": _("Into the archive"),
            "form": form,
            "refusal": refusal,
            "left": clients.count() - count,
            "submit_label": label,
        }
    )
    failed = request.method == "POST" and (refusal or form.errors)
    return render(request, "segmentation/archive.html", context, status=422 if failed else 200)


def _closed_with(clients: QuerySet[Client]) -> dict[str, Any]:
    """Count what is closed with the clients, and what stays to be settled."""
    ids = clients.order_by().values("pk")
    return {
        "deals": Deal.objects.open().filter(client__in=ids).count(),
        "tasks": Task.objects.open().filter(client__in=ids).count(),
        **clients.order_by().aggregate(debts=Count("pk", filter=Q(standing__debt__gt=0))),
    }


def _say_archived(request: HttpRequest, done: archiving.Archived) -> None:
    count = len(done.clients)
    text = ngettext("%(n)s client is in the archive", "%(n)s clients are in the archive", count)
    url = f"{reverse('segmentation:archive-undo')}?clients={packed(done.clients)}" if count <= MOST_UNDONE else ""
    toast(request, text % {"n": show.number(count)}, level="good" if count else "warn", undo=url if count else "")


def _take_back(request: HttpRequest, clients: list[int]) -> set[int]:
    return archiving.take_back(clients=clients, acting_user=login_of(request), today=clock.today())


def _say_back(request: HttpRequest, done: set[int]) -> None:
    text = ngettext("%(n)s client is back from the archive", "%(n)s clients are back from the archive", len(done))
    toast(request, text % {"n": show.number(len(done))}, level="good" if done else "warn")
