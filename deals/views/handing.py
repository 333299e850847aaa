"""Giving clients to another owner by hand: one, or a selection, with undo; their open tasks go along."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clients.models import Client, Ownership, OwnershipReason
from clients.views.listing import named, state_of
from deals import actions
from deals.forms import ChangeOwner
from salescrm.base import clock, notify, show
from salescrm.base.lists.selection import selected
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast
from salescrm.base.undo import Undo
from staff.access import Act, login_of, require
from staff.models import Employee

OWNER_UNDO = Undo("deals:owner-undo")
GIVEN_TOLD = gettext_noop("{who} gave you {rows} clients: {why}")
TAKEN_TOLD = gettext_noop("{who} gave {rows} of your clients to {owner}: {why}")


@require_http_methods(["GET", "POST"])
def owner_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one client to another owner."""
    person = login_of(request)
    get_object_or_404(Client.objects.visible_to(person, clock.today()), pk=pk)
    require(person, Act.CHANGE_OWNER)
    clients = Client.objects.all().handed_by(person, clock.today()).filter(pk=pk)
    if not clients.exists():
        raise PermissionDenied
    return answer(request, clients, reverse("clients:client-card", args=[pk]))


@require_http_methods(["GET", "POST"])
def owner_change_many(request: HttpRequest) -> HttpResponse:
    """Give the selected clients of the list to another owner; the dialog says how many will change."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    state = state_of(request)
    clients = selected(Client.objects.all().handed_by(person, clock.today()), state, request.GET)
    return answer(request, clients, f"{reverse('clients:client-list')}?{state.query(place=True)}")


def answer(request: HttpRequest, clients: QuerySet[Client], back: str) -> HttpResponse:
    """Show the dialog, or move the clients and go back with a toast that can undo it."""
    person, today = login_of(request), clock.today()
    form = ChangeOwner(posted(request), person=person, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        options = {"note": data["note"], "left_alone_until": data["left_alone_until"]}
        before = hand(clients, owner=data["owner"], acting_user=person, options=options)
        done = ngettext("%(n)s client is with %(owner)s now", "%(n)s clients are with %(owner)s now", len(before))
        told = done % {"n": show.number(len(before)), "owner": data["owner"].short_name}
        toast(request, told, undo=keep_undo(person, before) if before else "")
        return redirect(back)
    meant = named(clients)
    count = meant["count"]
    label = ngettext("Change for %(n)s client", "Change for %(n)s clients", count) % {"n": show.number(count)}
    context = meant | {"page_title": _("Owner"), "form": form, "submit_label": label}
    return render(request, "deals/owner.html", context)


@transaction.atomic
def hand(
    clients: QuerySet[Client], *, owner: Employee, acting_user: Employee, options: dict[str, Any]
) -> dict[int, int]:
    """Give the clients to `owner` from today; return who owned those that moved. Both sides are told."""
    ids = list(clients.values_list("pk", flat=True))
    left = actions.change_owners(
        dict.fromkeys(ids, owner.pk),
        starts_on=clock.today(),
        reason=OwnershipReason.MANUAL,
        author=acting_user.pk,
        **options,
    )
    tell(left, owner, acting_user, options["note"])
    return left


def tell(left: dict[int, int], owner: Employee, acting_user: Employee, why: str) -> None:
    """Notify the new owner and those who gave, each once; nobody hears of what they did themselves."""
    key = f"owner-{secrets.token_hex(8)}"
    said = {"who": acting_user.short_name, "why": why}
    url = reverse("clients:client-list")
    if left and owner != acting_user:
        given = f"{url}?owner=me" if len(left) > 1 else _package(next(iter(left)))
        notify.tell([owner.pk], kind="owner", text=GIVEN_TOLD, key=key, url=given, rows=len(left), **said)
    for person in set(left.values()) - {acting_user.pk, owner.pk}:
        rows = sum(one == person for one in left.values())
        notify.tell(
            [person], kind="owner", text=TAKEN_TOLD, key=key, url=url, rows=rows, owner=owner.short_name, **said
        )


def _package(client: int) -> str:
    """Return the address of what the new owner of one client gets with it."""
    return reverse("segmentation:transfer", args=[client, clock.today().isoformat()])


def keep_undo(person: Employee, before: dict[int, int], starts_on: date | None = None) -> str:
    """Keep for an hour who owned the clients, and from which day not; return the address that undoes the move."""
    starts_on = starts_on or clock.today()
    made = Ownership.objects.filter(client__in=list(before), ends_on=None, starts_on=starts_on, author=person)
    given = dict(made.values_list("client_id", "owner_id"))
    return OWNER_UNDO.keep(person.pk, owners=before, given=given, starts_on=starts_on)


@require_POST
def owner_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Give the clients back to those who owned them; only by the person who moved them, and only once."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    kept = OWNER_UNDO.take(person.pk, token)
    moved = take_back(kept, person)
    told = ngettext("%s client is back with its owner", "%s clients are back with their owners", len(moved))
    words = [told % show.number(len(moved))]
    if left := len(kept["owners"]) - len(moved):
        stays = ngettext("%s stays: its owner has changed since", "%s stay: their owners have changed since", left)
        words.append(stays % show.number(left))
    toast(request, "; ".join(words), level="warn" if left else "info")
    return close_dialog(refresh=True)


@transaction.atomic
def take_back(kept: dict[str, Any], person: Employee) -> dict[int, int]:
    """Give clients back whose owner is still the one they were given to; return who owned those that moved."""
    latest = Ownership.objects.filter(client__in=list(kept["owners"]), ends_on=None, starts_on=kept["starts_on"])
    still = {
        one.client_id
        for one in latest.select_for_update(no_key=True).order_by("client")
        if kept["given"].get(one.client_id) == one.owner_id
    }
    return actions.change_owners(
        {client: owner for client, owner in kept["owners"].items() if client in still},
        starts_on=max(clock.today(), kept["starts_on"]),  # what begins later is undone on its own day
        reason=OwnershipReason.UNDO,
        author=person.pk,
    )
