"""The board of deals: columns per stage, their further cards, and the cure of what the rules ask for and is missing."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.filters import ME, TEAM, people
from deals.dealing import board, following
from deals.dealing.listing import DEALS, listed
from deals.dealing.models import Deal
from deals.dealing.stages import ways_of
from deals.filters import DUE
from deals.pipelines.models import Pipeline, Stage, StageKind
from deals.views.shared import answered
from salescrm.base import clock, show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.saved import NO_VIEW
from salescrm.base.lists.state import ListState
from staff.access import Act, Rows, login_of, may, require, rows
from staff.models import Employee

KEPT = "deals-pipeline"  # in the session: the pipeline looked at last
TAKEN = ("owner", "expected", "task", "client", "amount", "q")  # filters of the list the board keeps


def state_of(request: HttpRequest) -> ListState:
    """Read what narrows the board; who works own rows sees own deals first."""
    person = login_of(request)
    params = request.GET.copy()
    if not params.get("owner") and rows(person) in (Rows.OWN, Rows.POTENTIAL):
        params["owner"] = ME
    for name in list(params):
        if name not in TAKEN:
            del params[name]
    params["view"] = NO_VIEW  # the board narrows by what it says itself, not by what a bare list stands for
    return ListState.read(DEALS, params, Here(person, clock.today()))


def query_of(request: HttpRequest, state: ListState) -> str:
    """What the links of the board say to keep it narrowed as it is."""
    everybody = "owner=all" if request.GET.get("owner") == "all" else ""
    return "&".join(part for part in (everybody, state.query() if state.is_narrowed else "") if part)


def narrowed(state: ListState) -> QuerySet[Deal]:
    """The open deals of the board."""
    return state.narrow(listed(state)).filter(state=StageKind.OPEN)


def may_change(person: Employee) -> bool:
    """Say whether the person moves deals at all: what one sees here one may move then, the server asks again."""
    return may(person, Act.CHANGE_OWNER) or may(person, Act.CHANGE_OWN)


def chosen(request: HttpRequest, found: list[Pipeline]) -> Pipeline | None:
    """Return the pipeline asked for, the one looked at last, or the first."""
    asked = request.GET.get("pipeline", "")
    by_code = {one.code: one for one in found}
    if asked in by_code and request.session.get(KEPT) != asked:
        request.session[KEPT] = asked
    wanted = asked if asked in by_code else request.session.get(KEPT, "")
    return by_code.get(wanted) or next(iter(found), None)


@require_GET
def deal_board(request: HttpRequest) -> HttpResponse:
    """Show the board of one pipeline."""
    state = state_of(request)
    person, today = state.here.person, state.here.today
    found = board.pipelines()
    pipeline = chosen(request, found)
    rows_ = narrowed(state)
    known = board.sums(rows_)
    stages = board.open_stages(pipeline) if pipeline else []
    changeable = may_change(person)
    ways = ways_of(pipeline.pk, stages) if pipeline and changeable else {}
    query = query_of(request, state)
    context: dict[str, Any] = {
        "page_title": _("Deals"),
        "pipeline": pipeline,
        "tabs": [(one, board.figures(board.open_stages(one), known).count) for one in found],
        "figures": board.figures(stages, known),
        "lanes": board.lanes(rows_, stages, known, today, changeable, ways),
        "closing": [one for one in pipeline.stages.all() if not one.is_open] if pipeline else [],
        "query": query,
        "state": state,
        "owners": people(state.here),
        "periods": DUE,
        "chosen": {name: (state.values.get(name) and request.GET.get(name, "")) or "" for name in ("expected",)}
        | {"owner": request.GET.get("owner", "") or (ME if "owner" in state.values else "")},
        "changeable": changeable,
        "may_cure": may(person, Act.CHANGE_OWNER),
        "self_url": request.get_full_path(),
        "list_url": f"{reverse('deals:deal-list')}?{state.query()}",
    }
    return render(request, "deals/board.html", context)


@require_GET
def deal_lane(request: HttpRequest, pk: int) -> HttpResponse:
    """Further cards of a column, from the key the address says."""
    state = state_of(request)
    stage = get_object_or_404(Stage.objects.open().select_related("pipeline"), pk=pk)
    changeable = may_change(state.here.person)
    cards, after = board.lane(narrowed(state), stage, request.GET.get("after", ""), state.here.today, changeable)
    context = {
        "page_title": str(stage),
        "stage": stage,
        "cards": cards,
        "after": after,
        "query": query_of(request, state),
    }
    template = "deals/lane_cards.html" if wants_part(request) else "deals/lane.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def deal_missing(request: HttpRequest) -> HttpResponse:
    """Say how many deals and tasks the rules ask for are missing, and set them all at once (R135, R136)."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    if rows(person) != Rows.ALL:
        raise Http404
    if request.method == "POST":
        done = following.cure(today=clock.today(), now=clock.now())
        said = {"deals": show.number(done.clients), "tasks": show.number(done.deals)}
        text = _("Deals opened: %(deals)s, tasks set: %(tasks)s") % said
        return answered(request, text, back=reverse("deals:deal-board"))
    found = following.missing()
    context = {
        "page_title": _("What is missing"),
        "found": found,
        "submit_label": ngettext("Set %(n)s", "Set %(n)s", found.clients + found.deals)
        % {"n": show.number(found.clients + found.deals)},
    }
    return render(request, "deals/missing.html", context)


def ready_words(person: Employee) -> list[tuple[str, str, str]]:
    """The ready views of the list of deals."""
    whose = TEAM if may(person, Act.CHANGE_OWNER) else ME
    return [
        (pgettext("deals", "Mine"), DEALS.bare, "user"),
        (pgettext("deals", "Without a task"), f"owner={whose}&state=open&task=none", "alert-triangle"),
        (pgettext("deals", "Overdue"), f"owner={whose}&state=open&task=..-1d", "clock-exclamation"),
        (pgettext("deals", "Over the norm"), f"owner={whose}&norm=over", "flame"),
        (pgettext("deals", "All open"), "state=open", ""),
        (pgettext("deals", "Won"), "state=won", ""),
        (pgettext("deals", "Lost"), "state=lost", ""),
    ]
