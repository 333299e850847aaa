"""Likely duplicates: the list, deciding about a pair, two clients side by side, joinings and their undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.duplicates import comparing, joining, listing, rows
from clients.duplicates.forms import EntityForm, JoinForm, PartnerForm
from clients.duplicates.moving import Way
from clients.models import (
    Client,
    DuplicatePair,
    DuplicateSearch,
    Joining,
    JoiningKind,
    LegalEntity,
    Ownership,
    PairState,
)
from clients.rows import hydrate
from salescrm.base import clock, jobs
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.models import Job, JobState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

SEARCH = "duplicates-find"
LIST = "clients:duplicate-list"
MOST_ENTITIES = 50  # legal entities offered to be moved


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """List the pairs that wait for a decision, the likest first; others by the filter."""
    person, today = login_of(request), clock.today()
    state = ListState.read(listing.PAIRS, request.GET, Here(person, today))
    pairs = state.narrow(DuplicatePair.objects.visible_to(person, today))
    if "state" not in state.values:
        pairs = pairs.filter(state=PairState.OPEN)
    page = state.page(pairs)
    context = {
        "page_title": _("Likely duplicates"),
        "rows": rows.read(page.ids, person, today),
        "total": pairs.count(),
        "pager": state.pager(page),
        "is_narrowed": state.is_narrowed,
        "filters": fields_of(state),
        "search": DuplicateSearch.objects.order_by("-pk").first(),
        "may_search": may(person, Act.CHANGE_OWNER),
        "is_searching": waiting_search() is not None,
    }
    return render(request, f"duplicates/list.html{'#rows' if wants_part(request) else ''}", context)


def fields_of(state: ListState) -> list[dict[str, Any]]:
    """Describe the fields of the filter: name, label, options with the chosen one marked."""
    found = []
    for key, offered in listing.options(state.here).items():
        chosen = state.filters[key].texts(state.values[key]) if key in state.values else []
        marked = [(value, text, value in chosen) for value, text in offered]
        found.append({"key": key, "label": state.filters[key].label, "options": marked})
    return found


def waiting_search() -> Job | None:
    """Return the search that waits or runs."""
    return Job.objects.filter(kind=SEARCH, state__in=[JobState.WAITING, JobState.RUNNING]).first()


@require_POST
def duplicate_search(request: HttpRequest) -> HttpResponse:
    """Compare all clients now; a search that is on its way is enough."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    if waiting_search() is None:
        jobs.start(SEARCH, by=person, day=clock.today().isoformat(), whole=True)
    toast(request, _("All clients are being compared: load the page again in a minute."), level="info")
    return redirect(LIST)


@require_POST
def duplicate_different(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a pair is no duplicate: it is proposed again only when its reasons change."""
    return _decide(request, pk, PairState.OPEN, PairState.DIFFERENT, _("Not a duplicate: the pair is not shown again"))


@require_POST
def duplicate_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a pair is no duplicate."""
    return _decide(request, pk, PairState.DIFFERENT, PairState.OPEN, _("The pair is to be decided again"))


def _decide(request: HttpRequest, pk: int, before: PairState, after: PairState, told: str) -> HttpResponse:
    """Move a pair from one state to another, unless somebody else was quicker."""
    person, today = login_of(request), clock.today()
    pair = get_object_or_404(DuplicatePair.objects.visible_to(person, today), pk=pk)
    refuse_unless_changeable(person, pair.one_id, pair.other_id)
    moved = DuplicatePair.objects.filter(pk=pk, state=before).update(state=after, decided_by=person, decided_on=today)
    if moved:
        toast(request, told)
    else:
        toast(request, _("Somebody else has decided about this pair meanwhile."), level="warn")
    return redirect(LIST)


def refuse_unless_changeable(person: Employee, *clients: int) -> None:
    """Raise Http404 unless the person sees all of these clients, PermissionDenied unless the person may change them."""
    today = clock.today()
    if Client.objects.visible_to(person, today).filter(pk__in=clients).count() < len(set(clients)):
        raise Http404
    changeable = Client.objects.all().changeable_by(person, today)
    if changeable.filter(pk__in=clients).count() < len(set(clients)):
        raise PermissionDenied


def refuse_unless_own(person: Employee, *clients: int) -> None:
    """Raise PermissionDenied when clients of different owners come together and the person may not change owners."""
    owners = Ownership.objects.filter(client__in=clients, ends_on=None).values_list("owner_id", flat=True)
    if len(set(owners)) > 1:
        require(person, Act.CHANGE_OWNER)


# --- joining ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def join_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with which client this one is to be joined, then show both."""
    person = login_of(request)
    refuse_unless_changeable(person, pk)
    client = get_object_or_404(Client, pk=pk)
    sent = posted(request)
    form = PartnerForm(sent, clients=Client.objects.all().changeable_by(person, clock.today()), but=client)
    if request.method == "POST" and form.is_valid():
        return redirect("clients:client-join", pk, form.cleaned_data["client"].pk)
    context: dict[str, Any] = {
        "page_title": _("Join “%s” with …") % client.name,
        "form": form,
        "submit_label": _("Next"),
    }
    entities = list(LegalEntity.objects.filter(client=pk).order_by("name", "pk")[:MOST_ENTITIES])
    context |= {"client": client, "entities": entities if len(entities) > 1 else []}
    return render(request, "duplicates/choose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def client_join(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Show two clients side by side, and join them by the choices made; who comes second is told."""
    person = login_of(request)
    made = _made(request)
    if made:
        return redirect("clients:joining", made.pk)
    if pk == other_pk:
        raise Http404
    earlier = joined_already(person, pk, other_pk)
    if earlier:
        return _told_earlier(request, earlier)
    refuse_unless_changeable(person, pk, other_pk)
    refuse_unless_own(person, pk, other_pk)
    if request.method == "GET":
        return _as_now(request, pk, other_pk, "")
    kept, joined, pairs, way = _both(pk, other_pk)
    mark = joining.mark(kept, joined, way)
    form = JoinForm(request.POST, pairs=pairs, mark=mark)
    if request.POST.get("seen") != mark:
        return _as_now(request, pk, other_pk, str(joining.Changed()))
    if form.is_valid():
        return _join(request, form, kept, joined, pairs, way)
    return _side_by_side(request, form, kept, joined, pairs, way, "")


def _both(pk: int, other_pk: int) -> tuple[Client, Client, list[comparing.FieldPair], Way]:
    """Return the client to be kept, the one to be joined, their fields in words, and who owns them."""
    two = Client.objects.select_related("segment", "branch").in_bulk([pk, other_pk])
    kept, joined = joining.in_order(two[pk], two[other_pk])
    return kept, joined, comparing.fields(kept, joined), comparing.way(kept, joined)


def _as_now(request: HttpRequest, pk: int, other_pk: int, fault: str) -> HttpResponse:
    """Draw both clients as they are, with a form nothing is chosen in yet."""
    kept, joined, pairs, way = _both(pk, other_pk)
    form = JoinForm(None, pairs=pairs, mark=joining.mark(kept, joined, way))
    return _side_by_side(request, form, kept, joined, pairs, way, fault)


def joined_already(person: Employee, *clients: int) -> Joining | None:
    """Return the standing joining of one of these clients into one the person sees."""
    made = Joining.objects.standing().visible_to(person, clock.today()).filter(joined__in=clients)
    return made.filter(kind=JoiningKind.CLIENTS).select_related("kept", "joined", "made_by").first()


def _told_earlier(request: HttpRequest, earlier: Joining) -> HttpResponse:
    """Lead who comes second to what was joined, and say by whom."""
    told = _("%(who)s has joined “%(joined)s” into “%(kept)s” already.")
    said = {"who": earlier.made_by.short_name, "joined": earlier.joined.name, "kept": earlier.kept.name}
    toast(request, told % said, level="warn")
    return redirect("clients:joining", earlier.pk)


def _made(request: HttpRequest) -> Joining | None:
    """Return the joining this very form has made already, of a client the person sees."""
    try:
        submission = UUID(request.POST.get("submission", ""))
    except ValueError:
        return None
    return Joining.objects.visible_to(login_of(request), clock.today()).filter(submission=submission).first()


def _join(
    request: HttpRequest, form: JoinForm, kept: Client, joined: Client, pairs: list[comparing.FieldPair], way: Way
) -> HttpResponse:
    person = login_of(request)
    try:
        made = joining.join(
            kept=kept.pk, joined=joined.pk, taken=form.taken, submission=form.cleaned_data["submission"],
            acting_user=person, today=clock.today(), now=clock.now(), seen=form.cleaned_data["seen"],
        )  # fmt: skip
    except joining.Changed as change:
        return _as_now(request, kept.pk, joined.pk, str(change))
    except jobs.Refused as refusal:
        earlier = joined_already(person, kept.pk, joined.pk)  # by somebody at the same moment
        if earlier:
            return _told_earlier(request, earlier)
        return _side_by_side(request, form, kept, joined, pairs, way, str(refusal))
    toast(request, _("“%(joined)s” was joined into “%(kept)s”") % {"joined": joined.name, "kept": kept.name})
    return redirect("clients:joining", made.pk)


def _side_by_side(
    request: HttpRequest,
    form: JoinForm,
    kept: Client,
    joined: Client,
    pairs: list[comparing.FieldPair],
    way: Way,
    fault: str,
) -> HttpResponse:
    """Draw both clients: what may be chosen, what follows, what it means for the owner."""
    found = {row.client.pk: row for row in hydrate([kept.pk, joined.pk], clock.today(), names=["inn"])}
    chosen = {pair.name: form.chosen(pair.name) for pair in form.differing}
    context = {
        "page_title": _("Join two clients"),
        "form": form,
        "fault": fault,
        "kept": found[kept.pk],
        "joined": found[joined.pk],
        "fields": [(pair, chosen.get(pair.name, "")) for pair in pairs],
        "counts": comparing.counts(kept, joined),
        "handed": comparing.handed(way),
        "same_owner": way.kept_owner == way.joined_owner,
    }
    return render(request, "duplicates/join.html", context, status=409 if fault else 200)


@require_http_methods(["GET", "POST"])
def entity_move(request: HttpRequest, pk: int, entity_pk: int) -> HttpResponse:
    """Give a legal entity of a client to another client."""
    person = login_of(request)
    refuse_unless_changeable(person, pk)
    made = _made(request)
    if made:
        return redirect("clients:joining", made.pk)
    entity = get_object_or_404(LegalEntity, pk=entity_pk, client=pk)
    form = EntityForm(posted(request))
    if request.method == "POST" and form.is_valid():
        to, submission = form.cleaned_data["client"], form.cleaned_data["submission"]
        refuse_unless_changeable(person, to)
        refuse_unless_own(person, pk, to)
        try:
            moved = joining.move_entity(
                entity=entity.pk, to=to, submission=submission, acting_user=person, today=clock.today()
            )
        except jobs.Refused as refusal:
            form.add_error("client", str(refusal))
        else:
            toast(request, _("“%s” is with another client now") % entity.name)
            return redirect("clients:joining", moved.pk)
    context = {"page_title": _("Give “%s” to another client") % entity.name, "form": form, "submit_label": _("Move")}
    return render(request, "duplicates/choose.html", context, status=422 if form.errors else 200)


# --- joinings ---------------------------------------------------------------------------------------------------------


@require_GET
def joining_list(request: HttpRequest) -> HttpResponse:
    """List what was joined, the newest first."""
    person, today = login_of(request), clock.today()
    state = ListState.read(listing.JOININGS, request.GET, Here(person, today))
    made = Joining.objects.visible_to(person, today)
    page = state.page(made)
    found = Joining.objects.select_related("kept", "joined", "made_by", "undone_by").in_bulk(page.ids)
    context = {
        "page_title": _("Joinings"),
        "joinings": [found[pk] for pk in page.ids],
        "total": made.count(),
        "pager": state.pager(page),
    }
    return render(request, f"duplicates/joinings.html{'#rows' if wants_part(request) else ''}", context)


def seen_joining(request: HttpRequest, pk: int) -> Joining:
    """Return a joining whose kept client the person sees; 404 otherwise."""
    made = Joining.objects.visible_to(login_of(request), clock.today())
    return get_object_or_404(made.select_related("kept", "joined", "made_by", "undone_by"), pk=pk)


@require_GET
def joining_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a joining moved, and whether it can be undone."""
    made, person = seen_joining(request, pk), login_of(request)
    may_undo = Client.objects.all().changeable_by(person, clock.today()).filter(pk=made.kept_id).exists()
    context = {
        "page_title": _("Joining"),
        "joining": made,
        "counts": comparing.moved(made),
        "why_not": joining.why_not(made),
        "may_undo": may_undo and made.undone_on is None,
    }
    return render(request, "duplicates/joining.html", context)


@require_POST
def joining_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put everything back where it was."""
    made, person = seen_joining(request, pk), login_of(request)
    if not Client.objects.all().changeable_by(person, clock.today()).filter(pk=made.kept_id).exists():
        raise PermissionDenied
    refuse_unless_own(person, made.kept_id, made.joined_id)
    try:
        joining.undo(joining=made, acting_user=person, today=clock.today())
    except jobs.Refused as refusal:
        toast(request, str(refusal), level="warn")
    else:
        toast(request, _("Undone: everything is where it was"))
    return redirect("clients:joining", made.pk)
