"""What all screens of the room begin with: who asks, which clients that person sees, which day is meant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clients.models import Client
from salescrm.base import clock
from segmentation import concentration
from segmentation.models import RuleSet
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Branch, Employee


@dataclass(frozen=True)
class Reader:
    """The person of a request, today, and the clients the person sees, of the chosen branch if the page has one."""

    person: Employee
    today: date
    clients: QuerySet[Client]
    branch: Branch | None = None
    branches: list[Branch] = field(default_factory=list)

    def may(self, act: Act) -> bool:
        """Say whether the person's role allows `act`."""
        return may(self.person, act)


def reader(request: HttpRequest, act: Act = Act.SEE_SEGMENTATION) -> Reader:
    """Return who reads; raise PermissionDenied (403) for a role without `act`."""
    person = login_of(request)
    require(person, act)
    today = clock.today()
    return Reader(person, today, Client.objects.visible_to(person, today))


def in_branch(request: HttpRequest, act: Act = Act.SEE_SEGMENTATION) -> Reader:
    """Return who reads, with the clients of the branch the address names: never more than the person sees (R12).

    Raises Http404 for a branch that does not exist. A branch the person has no clients in shows nobody.
    """
    who = reader(request, act)
    number = number_in(request, "branch")
    chosen = get_object_or_404(Branch, pk=number) if number else None
    clients = who.clients.filter(branch=chosen) if chosen else who.clients
    return replace(who, clients=clients, branch=chosen, branches=_branches(who, chosen))


def _branches(who: Reader, chosen: Branch | None) -> list[Branch]:
    """Return what there is to choose: of who sees everything all branches, else those in which one sees clients."""
    found = Branch.objects.order_by("-is_head_office", "name")
    if rows(who.person) != Rows.ALL:
        some = Exists(who.clients.filter(branch=OuterRef("pk")))
        found = found.filter(some | Q(pk=chosen.pk) if chosen else some)
    listed = list(found)
    return listed if chosen or len(listed) > 1 else []


def branch_field(request: HttpRequest, who: Reader, *but: str) -> dict[str, Any]:
    """Return what segmentation/branch_form.html draws; the rest of the address stays, but for pages and `but`."""
    gone = {"branch", "after", "before", "at", "from", *but}
    kept = [(name, value) for name in request.GET if name not in gone for value in request.GET.getlist(name)]
    return {"branch": who.branch, "branches": who.branches, "branch_kept": kept}


def concentrated(who: Reader, on: date, rules: RuleSet | None) -> dict[str, Any]:
    """Return the clients the person sees that are above a limit of the main-consumer trap, for the note of a page."""
    found = concentration.above_limits(on, rules) if rules else []
    seen = set(who.clients.filter(pk__in=[one.client_id for one in found]).values_list("pk", flat=True))
    shown = [one for one in found if one.client_id in seen]
    return {"concentrated": shown, "is_critical": any(one.is_critical for one in shown)}


def day_in(request: HttpRequest, name: str) -> date | None:
    """Return the day of a parameter, None when it is empty; raise Http404 for anything that is no day."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(text) from error


def choice_in(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    """Return the parameter if it is one of `allowed`, else the first of them."""
    value = request.GET.get(name, "")
    return value if value in allowed else allowed[0]


def number_in(request: HttpRequest, name: str, default: int = 0) -> int:
    """Return a whole number not below zero; raise Http404 for anything else."""
    text = request.GET.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404(text)
    return int(text)


def address_with(request: HttpRequest, **changes: str) -> str:
    """Return the page's own address with parameters changed; an empty value takes one out."""
    asked = request.GET.copy()
    for name, value in changes.items():
        if value:
            asked[name] = value
        else:
            asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def switch(request: HttpRequest, name: str, current: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    """Return the choices of a switch kept in the address, for components/switch.html."""
    return [
        {"label": label, "on": value == current, "url": address_with(request, **{name: value})}
        for value, label in labels.items()
    ]
