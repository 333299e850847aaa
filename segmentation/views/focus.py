"""The focus list of two weeks: of a manager, its talks, plan against done of everybody one sees (R77-R81)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.contacts import seeing
from clients.models import Client, Contact, DecisionRole, Ownership
from deals.models import TaskKind
from salescrm.base import show
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast, with_toast
from segmentation import home
from segmentation.priorities import actions, focus, scoring
from segmentation.priorities.forms import ChooseForm, ReasonForm, TalkForm
from segmentation.priorities.models import FocusClient, FocusList
from segmentation.views.shared import Reader, address_with, branch_field, day_in, in_branch, reader
from staff.access import Act, require
from staff.models import Absence, Employee


@require_GET
def focus_list(request: HttpRequest) -> HttpResponse:
    """Show the list of a manager in two weeks, one's own at first."""
    narrowed, who = in_branch(request), reader(request)
    starts_on, ends_on = scoring.period_of(day_in(request, "on") or who.today)
    lists = _lists(who, starts_on)
    if narrowed.branch:  # a list is confirmed whole, so a branch is that of its owner
        lists = [one for one in lists if one.owner.branch_id == narrowed.branch.pk]
    chosen = _chosen(request, lists, who.person)
    context: dict[str, Any] = {
        "page_title": _("Focus of two weeks"),
        "starts_on": starts_on,
        "last_day": ends_on - timedelta(days=1),
        "is_running": starts_on <= who.today < ends_on,
        "before_url": address_with(request, on=(starts_on - timedelta(days=1)).isoformat()),
        "after_url": address_with(request, on=ends_on.isoformat()) if ends_on <= who.today + timedelta(days=14) else "",
        "people": [(one.owner, one == chosen, address_with(request, owner=str(one.owner_id))) for one in lists],
        "lines": focus.plan_done(lists, who.clients, who.today) if lists else [],
        "may_add": starts_on <= who.today < ends_on and who.may(Act.CHANGE_OWN),
        "chosen": chosen,
        "today": who.today,
    }
    if chosen:
        lines, dropped = focus.rows_of(chosen, who.clients)
        context |= {
            "rows": lines,
            "dropped": dropped,
            "days": focus.schedule(lines),
            "may_change": may_change(who, chosen),
            "place": focus.place_of(chosen),
        }
    return render(request, "segmentation/priorities/focus.html", context | branch_field(request, narrowed, "owner"))


def _lists(who: Reader, starts_on: date) -> list[FocusList]:
    """Return the lists of two weeks the person sees, by name."""
    return list(
        FocusList.objects.visible_to(who.person, who.today)
        .filter(starts_on=starts_on)
        .select_related("owner__branch", "confirmed_by", "rules")
        .order_by("owner__last_name", "owner__first_name", "owner")
    )


@require_GET
def neighbours(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Links to the client before and after this one on the focus list its card was opened from."""
    who = reader(request)
    starts_on, _ends_on = scoring.period_of(day_in(request, "on") or who.today)
    chosen = _chosen(request, _lists(who, starts_on), who.person)
    pks = focus.order_of(chosen, who.clients) if chosen else []
    context: dict[str, Any] = {"pk": client_pk}
    if chosen and client_pk in pks:
        at = pks.index(client_pk)
        context |= {"place": focus.place_of(chosen), "at": at + 1, "total": len(pks)}
        context |= {"before": pks[at - 1] if at else None, "after": pks[at + 1] if at + 1 < len(pks) else None}
    return render(request, "clients/neighbours.html", context)


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """The block of the day with the clients in focus, drawn again after an act."""
    who = reader(request)
    return render(request, "home/block_again.html", {"block": home.in_focus(who.person, who.clients, who.today)})


def _chosen(request: HttpRequest, lists: list[FocusList], person: Employee) -> FocusList | None:
    asked = request.GET.get("owner", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 19 else person.pk
    return next((one for one in lists if one.owner_id == wanted), lists[0] if lists else None)


def may_change(who: Reader, found: FocusList) -> bool:
    """Say whether the person works on a list that person sees: own, of whom one stands in for, and the heads."""
    if who.may(Act.CHANGE_OWNER):
        return True
    own = FocusList.objects.visible_to(who.person, who.today).filter(pk=found.pk)
    return who.may(Act.CHANGE_OWN) and own.exists()


def changeable(request: HttpRequest, pk: int) -> tuple[Reader, FocusList]:
    """Return a list the person may change; 404 when it is not seen, 403 when it is only read."""
    who = reader(request)
    seen = FocusList.objects.visible_to(who.person, who.today).select_related("owner")
    found = get_object_or_404(seen, pk=pk)
    if not may_change(who, found):
        raise PermissionDenied
    return who, found


def entry_of(request: HttpRequest, pk: int) -> tuple[Reader, FocusClient]:
    """Return a client of a list the person may change."""
    who = reader(request)
    seen = FocusClient.objects.filter(
        focus_list__in=FocusList.objects.visible_to(who.person, who.today).values("pk"),
        client__in=who.clients.values("pk"),
    )
    found = get_object_or_404(seen.select_related("focus_list__owner", "client"), pk=pk)
    if not may_change(who, found.focus_list):
        raise PermissionDenied
    return who, found


def back(found: FocusList) -> str:
    """Return the address of a list."""
    return f"{reverse('segmentation:focus')}?owner={found.owner_id}&on={found.starts_on.isoformat()}"


def told(
    request: HttpRequest, found: FocusList, text: str, level: str = "good", *, has_list: bool = True
) -> HttpResponse:
    """Say what was done on the list; it is drawn anew in its page, which is loaded anew where it had no list yet."""
    if request.htmx and has_list:  # type: ignore[attr-defined] # django-htmx
        return with_toast(close_dialog(event="focus-changed"), text, level=level)
    toast(request, text, level=level)
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return close_dialog(refresh=True)
    return redirect(back(found))


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a list; whoever comes second is told."""
    who, found = changeable(request, pk)
    if actions.confirm(focus_list=found, acting_user=who.person, today=who.today):
        return told(request, found, _("The list is confirmed"))
    return told(request, found, _("The list was confirmed already"), level="info")


@require_POST
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin a client, or let it go; `to` says which."""
    who, entry = entry_of(request, pk)
    is_pinned = request.POST.get("to") == "on"
    actions.pin(entry=entry, is_pinned=is_pinned, acting_user=who.person)
    text = _("%s stays on the lists that follow") if is_pinned else _("%s is no longer pinned")
    return told(request, entry.focus_list, text % entry.client.name)


@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a client from the list, with the reason."""
    who, entry = entry_of(request, pk)
    form = ReasonForm(posted(request))

    def act() -> str:
        reason = form.cleaned_data["reason"]
        actions.drop(entry=entry, reason=reason, acting_user=who.person, today=who.today)
        return _("%s is dropped from the list") % entry.client.name

    return dialog(request, form, act, entry.focus_list, _("Drop from focus: %s") % entry.client.name, _("Drop"))


@require_http_methods(["GET", "POST"])
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a negotiation with a client in focus: it becomes a task of the list's owner."""
    who, entry = entry_of(request, pk)
    decider = Contact.objects.filter(client=entry.client, left_on=None, role=DecisionRole.DECIDES).first()
    first = max(who.today, entry.focus_list.starts_on)
    form = TalkForm(
        posted(request),
        entry=entry,
        today=first,
        sees_contacts=seeing.sees_contacts(who.person),
        initial={"due_on": first, "contact": decider, "kind": TaskKind.CALL},
    )

    def act() -> str:
        data = form.cleaned_data
        made = actions.plan_talk(
            entry=entry, kind=data["kind"], due_on=data["due_on"], due_time=data["due_time"], goal=data["goal"],
            contact=data.get("contact"), acting_user=who.person, submission=data["submission"],
        )  # fmt: skip
        said = {"client": entry.client.name, "day": show.day_long(made.task.due_on)}
        return _("%(client)s: talk planned for %(day)s") % said

    return dialog(request, form, act, entry.focus_list, _("Plan a talk: %s") % entry.client.name, _("Plan"))


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Put a client one works on the running list of its owner; a head sees to whose."""
    who = reader(request)
    require(who.person, Act.CHANGE_OWN)
    clients = Client.objects.changeable_by(who.person, who.today)
    form = ChooseForm(posted(request), clients=clients, url=reverse("clients:client-choose"))
    list_of: list[FocusList] = []

    def act() -> str:
        client = form.cleaned_data["client"]
        owner = Ownership.objects.select_related("owner").get(client=client, ends_on__isnull=True).owner
        stands_in = Absence.objects.filter(employee=owner, substitute=who.person).on(who.today)
        if owner != who.person and not stands_in.exists():
            require(who.person, Act.CHANGE_OWNER)
        entry = actions.add(owner=owner, client=client, acting_user=who.person, today=who.today)
        list_of.append(entry.focus_list)
        return _("%(client)s is in focus of %(owner)s") % {"client": client.name, "owner": owner.short_name}

    return dialog(request, form, act, list_of, _("A client into focus"), _("Add"))


def dialog(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], str],
    found: FocusList | list[FocusList],
    title: str,
    label: str,
) -> HttpResponse:
    """Ask, then act; why it was refused stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            text = act()
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if isinstance(found, list):
                return told(request, found[0], text, has_list=False)
            return told(request, found, text)
    context = {"page_title": title, "form": form, "submit_label": label}
    return render(request, "segmentation/form.html", context, status=422 if form.errors else 200)
