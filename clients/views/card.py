"""The client's card: header, the sentence if something is wrong, six facts; panels load by themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clients import figures
from clients.exports import SCREEN, heads
from clients.models import Archiving, Client, Joining, JoiningKind, LifeCycle
from clients.rows import ClientRow, hydrate
from clients.views.listing import state_of
from salescrm.base import clock, guard, show
from salescrm.base.lists import paging
from salescrm.base.lists.paging import Cursor
from staff.access import Act, Rows, login_of, may, rows
from staff.models import Employee

RECENT = 8  # clients kept as "recent" for the search
MONTH_SECONDS = 30 * 24 * 60 * 60
WHYS = ("status", "hand_over", "contact")
Fact = dict[str, str]


@require_GET
def client_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the card; cards outside the person's own portfolio are counted (R21)."""
    person, today = login_of(request), clock.today()
    client = Client.objects.visible_to(person, today).filter(standing__isnull=False, pk=pk).first()
    if client is None:
        return redirect("clients:client-card", kept_instead(person, pk, today))
    (row,) = hydrate([client.pk], today, names=("branch", "segment", "inn", "entities"))
    if row.owner != person and not may(person, Act.CHANGE_OWNER):
        guard.opened(person, screen=SCREEN, number=client.pk, day=today, heads=heads)
    remember(person, client.pk)
    context = {
        "page_title": client.name,
        "row": row,
        "warning": warning(row),
        "facts": facts(row),
        **place_of(request, client.pk),
        "may_edit": can_edit(person, client, today),
        "may_move": may(person, Act.CHANGE_OWNER),
        "may_see_contacts": may(person, Act.SEE_CONTACTS),
        "archived": archived(row),
        "may_archive": may(person, Act.ARCHIVE) and not is_beyond(person, client, today),
        "logs": logs(),
        "may_see_classes": may(person, Act.SEE_SEGMENTATION),
    }
    return render(request, "clients/card.html", context)


def archived(row: ClientRow) -> Archiving | None:
    """Return who put the client into the archive by hand, and why, while that holds."""
    if row.client.archived_on is None or row.standing.life_cycle != LifeCycle.ARCHIVED:
        return None
    bought = row.standing.last_purchase_on
    if bought and bought > row.client.archived_on:
        return None
    made = Archiving.objects.filter(client=row.client).select_related("archived_by", "reason")
    return made.order_by("-pk").first() or Archiving(archived_on=row.client.archived_on)


def is_beyond(person: Employee, client: Client, today: date) -> bool:
    """Say whether a head of a branch sees the client as participant or substitute only."""
    return rows(person) == Rows.BRANCH and client.branch_id != person.branch_id


def place_of(request: HttpRequest, pk: int) -> dict[str, str]:
    """Say from which list the card was opened: the clients list, or with `from=focus` a focus list."""
    place = request.GET.urlencode()
    screen, name, around = "clients:client-list", _("Clients"), "clients:client-neighbours"
    if request.GET.get("from") == "focus" and may(login_of(request), Act.SEE_SEGMENTATION):
        screen, name, around = "segmentation:focus", _("Focus of two weeks"), "segmentation:focus-neighbours"
    ask = f"?{place}" if place else ""
    return {
        "list_name": name,
        "list_url": reverse(screen) + ask,
        "neighbours_url": reverse(around, args=[pk]) + ask if place else "",
    }


@require_GET
def client_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the facts of the card, drawn again after an act: a logged call moves the contact due."""
    person, today = login_of(request), clock.today()
    seen = Client.objects.visible_to(person, today).filter(standing__isnull=False)
    (row,) = hydrate([get_object_or_404(seen, pk=pk).pk], today)
    return render(request, "clients/facts.html", {"row": row, "facts": facts(row)})


def kept_instead(person: Employee, pk: int, today: date) -> int:
    """Return the client this one was joined into, when the person sees that one; 404 otherwise."""
    made = Joining.objects.standing().visible_to(person, today).filter(kind=JoiningKind.CLIENTS)
    return get_object_or_404(made, joined=pk).kept_id


def logs() -> list[tuple[str, str, str]]:
    """What is logged from the head of the card: kind, label, drawing."""
    return [
        ("call", _("Call"), "phone"),
        ("meeting", _("Meeting"), "users"),
        ("letter", _("Letter"), "mail"),
        ("note", _("Note"), "note"),
    ]


def can_edit(person: Employee, client: Client, today: date) -> bool:
    """Say whether the person may change the fields of a client that person sees."""
    if may(person, Act.CHANGE_OWNER):
        return True
    is_own = rows(person) == Rows.OWN
    return may(person, Act.CHANGE_OWN) and (
        is_own or client in Client.objects.changeable_by(person, today).filter(pk=client.pk)
    )


@require_GET
def client_neighbours(request: HttpRequest, pk: int) -> HttpResponse:
    """Links to the client before and after this one in the list the card was opened from."""
    state = state_of(request)
    listed = state.narrow(figures.listed(state))
    sort, descending = state.order
    here = listed.filter(pk=pk).values_list("pk", sort.path).first()
    context: dict[str, Any] = {"place": state.query(), "pk": pk, "listed": here is not None}
    if here:
        for name, forward in (("before", False), ("after", True)):
            cursor = Cursor(forward, here[1], here[0])
            found = paging.beyond(listed, sort, descending=descending, cursor=cursor, size=1)
            context[name] = found[0][0] if found else None
    return render(request, "clients/neighbours.html", context)


@require_GET
def client_position(request: HttpRequest, pk: int) -> HttpResponse:
    """The client's number in the list the card was opened from, and how many there are."""
    state = state_of(request)
    at = figures.position(state, pk)
    return render(request, "clients/position.html", {"at": at, "total": figures.count(state) if at else 0})


def remember(person: Employee, client_id: int) -> None:
    """Put the client first among the person's recent ones."""
    known: list[int] = cache.get(f"recent:{person.pk}", [])
    kept = [client_id, *(one for one in known if one != client_id)][:RECENT]
    if kept != known:
        cache.set(f"recent:{person.pk}", kept, MONTH_SECONDS)


def warning(row: ClientRow) -> dict[str, str] | None:
    """The one sentence of what is wrong: silent and going to be handed over, or later than its rhythm."""
    standing, today = row.standing, row.today
    if standing.life_cycle == LifeCycle.LOST:
        return {"tone": "bad", "lead": _("The client is lost."), "text": _last(standing.last_purchase_on)}
    parts = [_rhythm(standing.rhythm_days), _last(standing.last_purchase_on), _goes(standing.hand_over_on)]
    text = " ".join(part for part in parts if part)
    if standing.expected_on and standing.expected_on < today:
        late = (today - standing.expected_on).days
        lead = ngettext("The order is %d day late.", "The order is %d days late.", late) % late
        return {"tone": "warn", "lead": lead, "text": text}
    if standing.life_cycle == LifeCycle.ZERO:
        return {"tone": "warn", "lead": _("The client is silent."), "text": text}
    return None


def _rhythm(days: int | None) -> str:
    return ngettext("Usually every day.", "Usually every %d days.", days) % days if days and days > 1 else ""


def _last(day: date | None) -> str:
    return _("The last shipment was on %s.") % show.day_long(day) if day else ""


def _goes(day: date | None) -> str:
    return _("Without a shipment it will be handed over on %s.") % show.day_long(day) if day else ""


def facts(row: ClientRow) -> list[Fact]:
    """Turnover, last shipment, expected order, hand-over, contact due, purchases, debt where there is one."""
    standing, today = row.standing, row.today
    why = {topic: reverse("segmentation:why", args=[row.client.pk, topic]) for topic in WHYS}
    found: list[Fact] = [
        {
            "label": _("Turnover, 12 mo"),
            "value": show.money(standing.turnover),
            "note": show.change(row.change) if row.change is not None else "",
            "note_tone": show.tone(row.change),
        },
        {
            "label": _("Last shipment"),
            "value": show.day_long(standing.last_purchase_on),
            "note": ago(standing.last_purchase_on, today),
        },
        {
            "label": _("Expected order"),
            "value": show.day_long(standing.expected_on),
            "note": ago(standing.expected_on, today),
            "tone": "bad" if row.is_late else "",
            "why": why["status"] if standing.expected_on else "",
        },
        {
            "label": _("Hand-over"),
            "value": show.day_long(standing.hand_over_on) if standing.hand_over_on else _("not due"),
            "note": ago(standing.hand_over_on, today),
            "tone": "warn" if row.days_left is not None and row.days_left <= 5 else "",
            "why": why["hand_over"],
        },
        {
            "label": _("Contact due"),
            "value": show.day_long(standing.contact_due_on) if standing.contact_due_on else _("no norm"),
            "note": ago(standing.contact_due_on, today),
            "tone": "bad" if row.is_contact_late else "",
            "why": why["contact"],
        },
        {
            "label": _("Days with a purchase"),
            "value": show.number(standing.purchases),
            "note": _("since %s") % show.day(standing.first_purchase_on) if standing.first_purchase_on else "",
        },
    ]
    if standing.debt:
        found.append({"label": _("Debt"), "value": show.money(standing.debt), "note": _("unpaid invoices")})
    return found


def ago(day: date | None, today: date) -> str:
    """How far a day is: "22 days ago", "today", "in 3 days"."""
    if day is None:
        return ""
    days = (today - day).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("%d day ago", "%d days ago", days) % days
    return ngettext("in %d day", "in %d days", -days) % -days
