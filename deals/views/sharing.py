"""Distribution and levelling of the base by rule: the choice, the plan before it is carried out, and carrying it out.

Everything the plan is made of stands in the address: the conditions of the list of clients, the receivers, the rule and
the clients taken out. So the page, the dialog and the background work make the same plan of the same address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.figures import SEEN
from clients.filters import CLIENTS
from clients.forms import branches_for, owners_for
from clients.models import LifeCycle, OwnershipReason, TallyNow
from clients.rows import hydrate
from deals import sharing
from deals.distribution import Move, NoPlace, Why
from deals.forms import ShareOut
from deals.sharing import Asked, Preview, asked_of, numbers, own_query, query_of
from deals.views.handing import OWNER_UNDO, keep_undo
from salescrm.base import clock, jobs, show
from salescrm.base.lists import export, saved
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.selection import MOST_TICKED
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, Role, login_of, require, rows
from staff.models import Absence, Employee

SIZE = 40  # moves of a page
SHOWN_UNPLACED = 20
CHOSEN_BY = ("owner", "branch", "state", "view")  # conditions the page has fields for


def is_chosen(request: HttpRequest, asked: Asked) -> bool:
    """Say whether the address names a portfolio: a condition, or all clients on purpose."""
    return asked.state.is_narrowed or request.GET.get("all") == "1"


@require_GET
def distribution(request: HttpRequest) -> HttpResponse:
    """Choose a portfolio, receivers and a rule, and see what the rule would do; nothing is written."""
    person, today = login_of(request), clock.today()
    require(person, Act.DISTRIBUTE)
    asked = asked_of(request.GET, person, today)
    context: dict[str, Any] = {"page_title": _("Distribution of clients"), "asked": asked}
    context |= _fields(request, asked)
    if is_chosen(request, asked):
        context |= _shown(request, asked, sharing.preview(asked, today))
    else:
        context |= {"presets": _presets(person, today)}
    return render(request, f"deals/distribution.html{'#plan' if wants_part(request) else ''}", context)


@require_GET
def distribution_of(request: HttpRequest) -> HttpResponse:
    """Lead from the selection of the list to the page; the selection opens dialogs, so htmx is told to go on."""
    person = login_of(request)
    require(person, Act.DISTRIBUTE)
    params = request.GET.copy()
    if ticked := numbers(params, "ids")[:MOST_TICKED]:
        params["ids"] = ",".join(str(one) for one in ticked)
    state = ListState.read(CLIENTS, params, Here(person, clock.today()))
    everything = "all=1" if request.GET.get("all") == "1" else ""
    query = "&".join(part for part in (state.query(sort=None, cols=None), everything) if part)
    address = f"{reverse('deals:distribution')}?{query}"
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)  # type: ignore[attr-defined] # django-htmx


@require_http_methods(["GET", "POST"])
def carry_out(request: HttpRequest) -> HttpResponse:
    """Ask from which day and why, then carry out the plan that was seen; a long one becomes a background work."""
    person, today = login_of(request), clock.today()
    require(person, Act.DISTRIBUTE)
    asked = asked_of(request.GET, person, today)
    found = sharing.preview(asked, today)
    seen = request.POST.get("seen", "") or request.GET.get("seen", "")
    form = ShareOut(posted(request), today=today, initial={"seen": seen, "reason": _reason(asked, found)})
    changed = "" if found.moves and found.mark == seen else _("The base has changed since this plan was made.")
    if request.method == "POST" and not changed and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if value}
        if len(found.moves) > export.AT_ONCE:
            return redirect("deals:distribution-job", _start(asked, len(found.moves), person, today, data).pk)
        try:
            before = sharing.carry_out(asked=asked, acting_user=person, today=today, **data)
        except sharing.Changed as refusal:
            changed = str(refusal)
        else:
            toast(request, done_words(len(before)), undo=keep_undo(person, before, data["starts_on"]))
            return redirect("deals:distribution")
    context = {
        "page_title": _("Carry out the plan"),
        "form": form,
        "found": found,
        "count": len(found.moves),
        "tasks": sharing.tasks_along(found.moves),
        "changed": changed,
        "new_url": f"{reverse('deals:distribution')}?{query_of(asked)}",
    }
    is_refused = request.method == "POST" and bool(changed or form.errors)
    return render(request, "deals/carry_out.html", context, status=422 if is_refused else 200)


def done_words(count: int) -> str:
    """Say how many clients were moved."""
    words = ngettext("%(n)s client has a new owner", "%(n)s clients have new owners", count)
    return words % {"n": show.number(count)}


def _reason(asked: Asked, found: Preview) -> str:
    """Propose what it is: somebody has left, potential clients come into first hands, or loads are levelled."""
    givers = [side.person for side in [*found.givers, *found.receivers] if side.gives]
    if givers and not any(person.is_active for person in givers):
        return OwnershipReason.DISMISSAL
    if asked.state.values.get("state") == (LifeCycle.POTENTIAL.value,):
        return OwnershipReason.FIRST
    return OwnershipReason.LEVELLING


def _start(asked: Asked, count: int, person: Employee, today: date, data: dict[str, Any]) -> Job:
    days = {name: str(value) for name, value in data.items() if isinstance(value, date)}
    arguments = {"query": query_of(asked), "today": str(today), "told": data | days}
    return jobs.start("distribution", by=person, total=count, **arguments)


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long distribution is, for the person who asked for it; when it is done it can be undone here."""
    found = get_object_or_404(Job, pk=pk, kind="distribution", created_by=login_of(request))
    result = found.result or {}
    context = {
        "page_title": _("Distribution of clients"),
        "job": found,
        "poll_url": request.path,
        "result_text": done_words(result.get("moved", 0)),
        "undo_url": OWNER_UNDO.while_it_lasts(result.get("undo", "")),
    }
    template = "deals/distribution_job.html"
    return render(request, f"{template}#job" if wants_part(request) else template, context)


# --- what the page shows ----------------------------------------------------------------------------------------------


def _fields(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The fields of the choice, with what the address says, and the other conditions as hidden ones."""
    state, person = asked.state, asked.state.here.person
    said = {name: request.GET.getlist(name) for name in CHOSEN_BY}
    whole = [
        (name, text) for name, texts in QueryDict(state.query()).lists() if name not in CHOSEN_BY for text in texts
    ]
    everything = [("all", "1")] if request.GET.get("all") == "1" else []
    return {
        "owner": _picker("owner", _("Whose clients"), _owners(state.here), said["owner"]),
        "whose": [
            _picker("branch", _("Branch"), [(str(one.pk), one.name) for one in branches_for(person)], said["branch"]),
            _picker("state", _("State of the clients"), _states(), said["state"]),
        ],
        "views": [(str(one.pk), one.name) for one in saved.of_list(state.here, CLIENTS.name)],
        "view": said["view"][0] if said["view"] else "",
        "to": _picker("to", _("Among whom"), _receivers(person), [str(one) for one in asked.to]),
        "rule": rule_fields(asked),
        "hidden": [*whole, *everything, *(("out", one) for one in asked.out)],
        "chips": _chips(asked, [name for name, texts in said.items() if texts]),
    }  # fmt: skip


def rule_fields(asked: Asked) -> list[dict[str, Any]]:
    """Return the fields of the rule with what is asked for."""
    return [
        _radio("even", _("Make even"), _evens(), asked.even.value),
        _radio("keep", _("Keep in one hand"), _keeps(), asked.keep),
        _radio("norm", _("Norm of clients"), [("", _("keep to it")), ("no", _("may be passed"))],
               "" if asked.with_norm else "no"),
    ]  # fmt: skip


def _chips(asked: Asked, shown: list[str]) -> list[dict[str, Any]]:
    """The conditions that no field of the page shows: of the list one came from, or of a saved view."""
    known = {asked.state.filters[name].label for name in shown if name in asked.state.filters}
    rest = [chip for chip in asked.state.chips() if chip.get("group") or chip["label"] not in known]
    return [chip | {"remove_url": f"{chip['remove_url']}&{own_query(asked)}"} for chip in rest]


def _picker(key: str, label: str, options: list[tuple[str, str]], chosen: list[str]) -> dict[str, Any]:
    marked = [(value, text, value in chosen) for value, text in options]
    return {"kind": "picker", "key": key, "label": label, "options": marked}


def _radio(key: str, label: str, options: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    return {"kind": "radio", "key": key, "label": label, "options": [(v, text, v == chosen) for v, text in options]}


def _states() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in LifeCycle.choices if value != LifeCycle.ARCHIVED]


def _evens() -> list[tuple[str, str]]:
    return [
        ("clients", _("number of clients")),
        ("turnover", _("turnover, 12 months")),
        ("top", _("number of TOP clients")),
    ]


def _keeps() -> list[tuple[str, str]]:
    return [("", _("nothing")), ("type", _("a type")), ("place", _("a region or city")), ("size", _("a class ABC"))]


def _receivers(person: Employee) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one.short_name} · {one.branch}") for one in owners_for(person).select_related("branch")]


def _owners(here: Here) -> list[tuple[str, str]]:
    """Everybody who has clients the person sees, those who have left too, with how many."""
    counts = here.once(_held)
    away = here.once(_away)
    people = Employee.objects.filter(pk__in=counts).order_by("last_name", "first_name", "pk")
    found = []
    for one in people:
        note = _("has left") if not one.is_active else _("away") if one.pk in away else ""
        words = [one.short_name, show.number(counts[one.pk]), note]
        found.append((str(one.pk), " · ".join(word for word in words if word)))
    return found


def _held(here: Here) -> dict[int, int]:
    """How many clients the person sees each owner has; archived ones are no load."""
    cells = TallyNow.objects.filter(**SEEN[rows(here.person)](here.person)).exclude(life_cycle=LifeCycle.ARCHIVED)
    counted = cells.values("owner_id").annotate(n=Sum("clients")).values_list("owner_id", "n")
    return {owner: n for owner, n in counted if n > 0}


def _away(here: Here) -> set[int]:
    return set(Absence.objects.on(here.today).values_list("employee_id", flat=True))


def _presets(person: Employee, today: date) -> list[dict[str, str]]:
    """What one begins with: a branch to be levelled, or the clients of somebody who has left or is away."""
    here = Here(person, today)
    counts, away = here.once(_held), here.once(_away)
    managers: dict[int, list[Employee]] = {}
    for one in owners_for(person).filter(role=Role.CSM):
        managers.setdefault(one.branch_id, []).append(one)
    found = []
    for branch in branches_for(person):
        team = managers.get(branch.pk, [])
        if len(team) > 1:
            ids = [one.pk for one in team]
            words = ngettext("%(n)s manager", "%(n)s managers", len(team)) % {"n": show.number(len(team))}
            title = _("Level the loads: %(branch)s") % {"branch": branch.name}
            found.append({"title": title, "note": words, "icon": "scale", "url": _address(ids, ids)})
    for one in Employee.objects.filter(pk__in=counts).order_by("last_name", "first_name", "pk"):
        if one.is_active and one.pk not in away:
            continue
        others = [other.pk for other in managers.get(one.branch_id, []) if other.pk != one.pk and other.pk not in away]
        note = _("away") if one.is_active else _("has left")
        words = ngettext("%(n)s client", "%(n)s clients", counts[one.pk]) % {"n": show.number(counts[one.pk])}
        title = _("Share out the clients of %(name)s") % {"name": one.short_name}
        url = _address([one.pk], others)
        found.append({"title": title, "note": f"{words} · {note}", "icon": "user-share", "url": url})
    return found


def _address(owners: list[int], to: list[int]) -> str:
    return f"?{urlencode([*(('owner', one) for one in owners), *(('to', one) for one in to)])}"


def _shown(request: HttpRequest, asked: Asked, found: Preview) -> dict[str, Any]:
    """The plan: each person before and after, a page of the moves, who finds no place, who was taken out."""
    moves = sorted(found.moves, key=lambda move: (-move.item.turnover, move.item.client))
    page = min(max(next(iter(numbers(request.GET, "p")), 1), 1), max(-(-len(moves) // SIZE), 1))
    part = moves[(page - 1) * SIZE : page * SIZE]
    lost = sorted(found.plan.unplaced, key=lambda client: (-found.items[client].turnover, client))[:SHOWN_UNPLACED]
    clients = {
        row.client.pk: row
        for row in hydrate([*(move.item.client for move in part), *lost, *asked.out], asked.state.here.today, names=())
    }
    people = {side.person.pk: side.person for side in [*found.receivers, *found.givers]}
    return {
        "found": found,
        "count": len(moves),
        "rows": [_row(move, clients, people, asked) for move in part if move.item.client in clients],
        "unplaced": [(clients[one], _no_place(found.plan.unplaced[one])) for one in lost if one in clients],
        "unplaced_count": len(found.plan.unplaced),
        "out": [(clients[one].client, f"?{query_of(_put_back(asked, one))}") for one in asked.out if one in clients],
        "pager": _pager(asked, page, len(moves)),
        "carry_out_url": f"{reverse('deals:distribution-carry-out')}?{query_of(asked, seen=found.mark)}",
    }


def _row(move: Move, clients: dict[int, Any], people: dict[int, Employee], asked: Asked) -> dict[str, Any]:
    left = replace(asked, out=tuple(sorted({*asked.out, move.item.client})))
    return {
        "client": clients[move.item.client],
        "giver": clients[move.item.client].owner,
        "receiver": people[move.to],
        "why": _why(move.why, asked),
        "out_url": f"?{query_of(left)}",
    }


def _why(why: Why, asked: Asked) -> str:
    together = {
        "type": _("its type stays in one hand"),
        "place": _("its region stays in one hand"),
        "size": _("its class stays in one hand"),
    }
    words = {
        Why.SHARED: _("its owner gives all clients"),
        Why.TOGETHER: together.get(asked.keep, ""),
        Why.OVER_NORM: _("its owner is above the norm"),
        Why.LEVELLED: _("its owner carries more than others"),
    }
    return words[why]


def _no_place(why: NoPlace) -> str:
    return (
        _("nobody has room for another TOP client") if why == NoPlace.TOP else _("nobody has room for another client")
    )


def _put_back(asked: Asked, client: int) -> Asked:
    return replace(asked, out=tuple(one for one in asked.out if one != client))


def _pager(asked: Asked, page: int, total: int) -> dict[str, Any]:
    """The pager of the moves, as lists/pager.html takes it."""
    last = max(-(-total // SIZE), 1)

    def url(number: int) -> str:
        return f"?{query_of(asked, p=number if number > 1 else None)}"

    return {
        "first": (page - 1) * SIZE + 1 if total else 0,
        "last": min(page * SIZE, total),
        "count": total,
        "first_url": url(1) if page > 1 else "",
        "prev_url": url(page - 1) if page > 1 else "",
        "next_url": url(page + 1) if page < last else "",
        "last_url": url(last) if page < last else "",
    }
