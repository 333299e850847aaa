"""The zero board: lanes of silent clients, proposals to decide, exclusions, undo of one hand-over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import LossReason
from salescrm.base import show
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from segmentation import actions, board, figures, journal, month_end
from segmentation.forms import UndoForm, UntilForm
from segmentation.models import CaseRule, CaseState, ZeroCase
from segmentation.steps import hand_over
from segmentation.views import taking_back
from segmentation.views.shared import Reader, in_branch, number_in, reader
from staff.access import Act
from staff.models import Employee

RECEIVERS = 8
UNDONE_FROM = [CaseState.HANDED_OVER, CaseState.RETURNED, CaseState.HAD_BOUGHT]
REASON = re.compile(r"[-a-zA-Z0-9_]{1,40}")


@require_GET
def zero(request: HttpRequest) -> HttpResponse:
    """Show the board with the first page of every lane."""
    who = in_branch(request)
    last = figures.last_night()
    context: dict[str, Any] = {"page_title": _("Zero and lost clients"), "may_run": who.may(Act.RUN_NIGHTS)}
    if last is None:
        return render(request, "segmentation/zero.html", context)
    choice = _choice(request)
    context |= _rights(who) | _choices(request, choice) | {"branch": who.branch, "branches": who.branches}
    found = board.board(who.clients, who.today, choice)
    _name_reasons(found.values(), context["reasons"])
    lanes = _with_words(found)
    context |= {
        "last": last,
        "figures": board.zero_figures(who.clients),
        "lanes": [one for one in lanes if one[0].name != "head" or one[0].count],  # most have no head's list
        "waiting": board.proposals(reader(request).clients).count(),  # the page behind it shows all
        "rules": (rules := figures.rules_on(last)),
        "missed": month_end.left(rules, last),
        "feed_words": journal.held_words(),
    }
    return render(request, "segmentation/zero.html", context)


@require_GET
def lane(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the next page of one lane."""
    who = in_branch(request)
    if name not in board.LANES:
        raise Http404(name)
    found = board.lane(who.clients, who.today, _choice(request), name, number_in(request, "from"))
    title = next(
        title for lane, title, _note in _with_words({one: board.Lane(one) for one in board.LANES}) if lane.name == name
    )
    context = _rights(who) | {"lane": found, "more": _more(request), "page_title": title}
    _name_reasons([found], LossReason.objects.all())
    return render(request, "segmentation/lane_cards.html" if request.htmx else "segmentation/lane.html", context)  # type: ignore[attr-defined] # django-htmx


def _name_reasons(lanes: Iterable[board.Lane], reasons: Iterable[LossReason]) -> None:
    """Say the reasons of silence on the cards in words."""
    names: dict[Any, str] = {one.pk: str(one) for one in reasons}
    for lane in lanes:
        for card in lane.cards:
            card["reason_name"] = names.get(card.get("loss_reason"), "")


def _rights(who: Reader) -> dict[str, Any]:
    return {
        "may_decide": who.may(Act.APPROVE_HAND_OVERS),
        "may_nights": who.may(Act.SEE_NIGHTS),
        "may_answer": who.may(Act.CHANGE_OWN),
        "today": who.today,
    }


def _choice(request: HttpRequest) -> board.Choice:
    rule, age = request.GET.get("rule", ""), request.GET.get("age", "")
    reason = request.GET.get("reason", "")
    return board.Choice(
        rule=rule if rule in CaseRule.values else "",
        age=age if age in board.AGES else "",
        branch=number_in(request, "branch") or None,
        q=request.GET.get("q", "").strip()[:100],
        reason=reason if REASON.fullmatch(reason) else "",
    )


def _choices(request: HttpRequest, choice: board.Choice) -> dict[str, Any]:
    ages = {"3": _("up to 3 months"), "6": _("3 to 6 months"), "9": _("6 to 9 months"), "more": _("9 months and more")}
    return {
        "choice": choice,
        "rules_choices": CaseRule.choices,
        "ages": ages.items(),
        "reasons": list(LossReason.objects.all()),
        "more": _more(request),
        "narrowed": bool(choice.rule or choice.age or choice.branch or choice.q or choice.reason),
    }


def _more(request: HttpRequest) -> str:
    """Return the board's choices as the end of a lane's address."""
    asked = request.GET.copy()
    asked.pop("from", None)
    return asked.urlencode()


def _with_words(lanes: dict[str, board.Lane]) -> list[tuple[board.Lane, str, str]]:
    titles = {
        "owner": (_("With the owner"), _("a year")),
        "soon": (_("Hand-over soon"), _("a year, within 14 days")),
        "due": (pgettext("lane", "Due"), _("a year, to be decided or placed")),
        "head": (_("Head's list"), _("a year, nobody takes them by the rules")),
        "handed": (_("Handed over"), _("a year")),
        "returned": (_("Returned"), _("brought in 3 months")),
        "lost": (_("Lost"), _("a year")),
    }
    return [(lanes[name], *titles[name]) for name in board.LANES]


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """List the hand-overs that wait for a decision, in the work order."""
    who = reader(request)
    cases = board.proposals(who.clients)
    state = ListState.read(board.PROPOSALS, request.GET, Here(who.person, who.today))
    page = state.page(cases)
    related = ZeroCase.objects.select_related("client__standing", "from_owner", "to_owner").in_bulk(page.ids)
    context = _rights(who) | {
        "page_title": _("Hand-overs to decide"),
        "rows": [_proposal(related[pk], who) for pk in page.ids],
        "total": cases.count(),
        "pager": state.pager(page),
        "money": cases.aggregate(sum=Sum("turnover"))["sum"],
        "bulk_actions": [
            {"label": _("Approve"), "url": reverse("segmentation:zero-approve"), "icon": "user-check"},
            {"label": _("Keep with the owner"), "url": reverse("segmentation:zero-refuse"), "icon": "shield"},
        ],
    }
    return render(request, f"segmentation/proposals.html{'#rows' if wants_part(request) else ''}", context)


def _proposal(case: ZeroCase, who: Reader) -> dict[str, Any]:
    return {
        "case": case,
        "client": case.client,
        "months": board.months_between(case.silent_since, who.today),
        "rule": case.get_rule_display(),
        "swinging": bool(case.why.get("swinging")),
    }


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """Show the numbers of what would be handed over, then approve: the named cases or (`all`) everything waiting."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    cases = _chosen(request, board.proposals(who.clients))
    if request.method == "POST" and request.POST.get("confirmed") == str(cases.count()):
        _approve(request, list(cases), who)
        return redirect("segmentation:zero")
    context = _numbers(cases, who) | {
        "ids": _ids(request),
        "everything": _everything(request),
        "changed": request.method == "POST",
    }
    return render(request, "segmentation/approve.html", context, status=422 if request.method == "POST" else 200)


def _numbers(cases: QuerySet[ZeroCase], who: Reader) -> dict[str, Any]:
    """Return what the dialog says: how many have or find a place, whose they become, how much money."""
    places = hand_over.places(list(cases.select_related("client", "to_owner")), who.today)
    counted = cases.aggregate(n=Count("pk"), money=Sum("turnover", filter=Q(client__in=places)))
    title = ngettext("Hand over %(n)s client?", "Hand over %(n)s clients?", len(places))
    by_receiver = Counter(places.values()).most_common(RECEIVERS)
    people = Employee.objects.in_bulk([person for person, _number in by_receiver])
    receivers: list[tuple[str, int]] = [(str(people[person]), number) for person, number in by_receiver]
    if len(places) < counted["n"]:
        receivers.append((_("no place: stays in the list"), counted["n"] - len(places)))
    refused = bool(counted["n"]) and not places
    return {
        "page_title": _("No development manager has a place") if refused else title % {"n": show.number(len(places))},
        "count": counted["n"],
        "placed": len(places),
        "money": counted["money"],
        "receivers": receivers,
    }


def _approve(request: HttpRequest, cases: list[ZeroCase], who: Reader) -> None:
    """Approve and say how many moved; those without a place stay in the list."""
    done = actions.approve(cases=cases, acting_user=who.person, today=who.today)
    text = ngettext("%(n)s client handed over", "%(n)s clients handed over", len(done)) % {"n": show.number(len(done))}
    stayed = len(cases) - len(done)
    if stayed and not done:
        text = _("Nobody is handed over: no development manager of the branch has a place")
    elif stayed:
        text += ". " + ngettext("%(n)s found no place", "%(n)s found no place", stayed) % {"n": show.number(stayed)}
    toast(
        request,
        text,
        level="warn" if stayed else "good",
        undo=_undo_of([one for one in cases if one.client_id in done]),
    )


def _undo_of(handed: list[ZeroCase]) -> str:
    """Return the address that undoes these hand-overs together; of one alone its own."""
    if len(handed) == 1:
        return reverse("segmentation:zero-undo", args=[handed[0].pk])
    return taking_back.address("segmentation:zero-approve-undo", handed) if handed else ""


@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest) -> HttpResponse:
    """Keep the chosen proposals' clients with their owners: reason, and until when."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    cases = _chosen(request, board.proposals(who.clients))
    sent = request.method == "POST" and "reason" in request.POST
    form = UntilForm(request.POST if sent else None, today=who.today)
    if sent and form.is_valid():
        data = form.cleaned_data
        refused = list(cases)
        count = actions.refuse(
            cases=refused, reason=data["reason"], until=data["until"], acting_user=who.person, today=who.today
        )
        text = ngettext("%(n)s client stays with its owner", "%(n)s clients stay with their owners", count)
        undo = taking_back.address("segmentation:zero-refuse-undo", refused) if count else ""
        toast(request, text % {"n": show.number(count)}, undo=undo)
        return redirect("segmentation:zero-proposals")
    count = cases.count()
    title = ngettext("Keep %(n)s client with its owner?", "Keep %(n)s clients with their owners?", count)
    context = {
        "page_title": title % {"n": show.number(count)},
        "form": form,
        "ids": _ids(request),
        "everything": _everything(request),
        "submit_label": _("Keep with the owner"),
    }
    return render(request, "segmentation/refuse.html", context, status=422 if form.errors else 200)


def _everything(request: HttpRequest) -> bool:
    return (request.POST.get("all") or request.GET.get("all")) == "1"


def _ids(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("ids") or request.GET.getlist("ids")
    return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19]


def _chosen(request: HttpRequest, cases: QuerySet[ZeroCase]) -> QuerySet[ZeroCase]:
    """Keep what the person ticked; cases the person may not see or that are decided already are not among them."""
    return cases if _everything(request) else cases.filter(pk__in=_ids(request))


@require_http_methods(["GET", "POST"])
def exclude(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Keep a client out of hand-overs, with a reason and until a day or its next purchase."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    client = get_object_or_404(who.clients.select_related("standing"), pk=client_pk)
    form = UntilForm(posted(request), today=who.today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.exclude(
            client=client, reason=data["reason"], until=data["until"], acting_user=who.person, today=who.today
        )
        undo = reverse("segmentation:zero-exclude-end", args=[client.pk])
        toast(request, _("%s is not handed over for now") % client.name, undo=undo)
        return redirect("segmentation:zero")
    context = {
        "page_title": _("Keep out of hand-overs: %s") % client.name,
        "form": form,
        "submit_label": _("Keep out"),
    }
    return render(request, "segmentation/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, case_pk: int) -> HttpResponse:
    """Undo one hand-over or return: the client goes back to the owner before."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    seen = ZeroCase.objects.filter(client__in=who.clients.values("pk"), state__in=UNDONE_FROM)
    case = get_object_or_404(seen.select_related("client", "from_owner", "to_owner", "returned_to"), pk=case_pk)
    form = UndoForm(posted(request), initial={"hold": "purchase"})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        refusal = _undo(request, case, form, who)
        if not refusal:
            return redirect("segmentation:zero")
    return render(request, "segmentation/undo.html", _undo_context(case, form, refusal), status=422 if refusal else 200)


def _undo(request: HttpRequest, case: ZeroCase, form: UndoForm, who: Reader) -> str:
    """Undo through the action; return why it was refused."""
    try:
        actions.undo_hand_over(
            case=case,
            acting_user=who.person,
            today=who.today,
            for_days=form.cleaned_data["hold"] == "days",
        )
    except actions.Refused as refusal:
        return str(refusal)
    toast(request, _("%s: undone") % case.client.name)
    return ""


def _undo_context(case: ZeroCase, form: UndoForm, refusal: str) -> dict[str, Any]:
    returned = case.state != CaseState.HANDED_OVER
    title = _("Undo the return of %s?") if returned else _("Undo the hand-over of %s?")
    return {
        "page_title": title % case.client.name,
        "form": form,
        "refusal": refusal,
        "case": case,
        "back_to": case.to_owner if returned else case.from_owner,
        "submit_label": _("Undo the return") if returned else _("Undo the hand-over"),
    }
