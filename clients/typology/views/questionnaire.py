"""The questionnaire of a client: the panel of its card, the page that saves answer by answer, the type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from clients.typology import actions, questionnaire
from clients.typology.catalogue import Catalogue
from clients.typology.forms import AnswerForm, TypeForm, TypeManyForm
from clients.typology.questionnaire import Item, Questionnaire
from clients.views.listing import named, state_of
from salescrm.base import clock, show
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.selection import selected
from salescrm.base.toasts import toast
from staff.access import Act, login_of, require
from staff.models import Employee

SHOWN_MISSING = 4


@dataclass(frozen=True)
class Asker:
    """Who asks about which client, on which day, and whether that person may answer."""

    person: Employee
    client: Client
    today: date
    may_answer: bool


def asker(request: HttpRequest, pk: int, *, answers: bool = False) -> Asker:
    """Return who asks; 404 for a client that person does not see, 403 where only reading is allowed."""
    person, today = login_of(request), clock.today()
    seen = Client.objects.visible_to(person, today).select_related("segment", "legacy_type")
    client = get_object_or_404(seen, pk=pk)
    may_answer = Client.objects.changeable_by(person, today).filter(pk=pk).exists()
    if answers and not may_answer:
        raise PermissionDenied
    return Asker(person, client, today, may_answer)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show on the card what is known of the client's type and what is missing."""
    who = asker(request, pk)
    asked = questionnaire.of_client(who.client)
    missing = asked.missing
    context = {
        "asked": asked,
        "client": who.client,
        "answered": asked.answered,
        "missing": missing[:SHOWN_MISSING],
        "more": len(missing) - SHOWN_MISSING,
        "total": len(asked.asked),
        "seen": [item for sphere in asked.signs for group in sphere.groups for item in group.items if item.value],
        "may_answer": who.may_answer,
    }
    return render(request, "clients/type_panel.html", context)


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all questions, signs and parameters of a client, each with its answer."""
    who = asker(request, pk)
    return render(request, "clients/questionnaire.html", context_of(who, questionnaire.of_client(who.client)))


@require_POST
def answer(request: HttpRequest, pk: int, kind: str, number: int) -> HttpResponse:
    """Save one answer; only what applies to the client can be answered (R34).

    htmx gets the item and the suggestion back, or the whole questionnaire when the answer changed what is asked.
    """
    who = asker(request, pk, answers=True)
    asked = questionnaire.of_client(who.client)
    item = asked.find(kind, number)
    if item is None:
        raise Http404
    form = AnswerForm(item, request.POST)
    if not form.is_valid():
        return _refused(request, who, asked, form)
    actions.answer(client=who.client, item=item, value=form.stored, acting_user=who.person, today=who.today)
    if not wants_part(request):
        return redirect(f"{reverse('clients:questionnaire', args=[pk])}#{item.key}")
    after = questionnaire.of_client(who.client)
    found = after.find(kind, number)
    if found is None or after.keys != asked.keys:
        whole = render(request, "clients/questionnaire.html#questionnaire", context_of(who, after))
        whole.headers["HX-Retarget"], whole.headers["HX-Reswap"] = "#questionnaire", "outerHTML"
        return whole
    context = context_of(who, after) | {"shown": Shown(found, AnswerForm(found)), "oob": True}
    return render(request, "clients/questionnaire_answered.html", context)


def _refused(request: HttpRequest, who: Asker, asked: Questionnaire, form: AnswerForm) -> HttpResponse:
    context = context_of(who, asked, form)
    if wants_part(request):
        context |= {"shown": Shown(form.item, form)}
        return render(request, "clients/questionnaire_answered.html", context, status=422)
    return render(request, "clients/questionnaire.html", context, status=422)


@dataclass(frozen=True)
class Shown:
    """An item with its form."""

    item: Item
    form: AnswerForm


def context_of(who: Asker, asked: Questionnaire, bound: AnswerForm | None = None) -> dict[str, Any]:
    """Return what the page and its parts show; `bound` is a form that came back with an error."""

    def shown(items: list[Item]) -> list[Shown]:
        forms = [bound if bound and bound.item.key == item.key else AnswerForm(item) for item in items]
        return [Shown(item, form) for item, form in zip(items, forms, strict=True)]

    signs = [(one, [(group, shown(group.items)) for group in one.groups]) for one in asked.signs]
    return {
        "page_title": _("Questionnaire"),
        "asked": asked,
        "client": who.client,
        "questions": shown(asked.questions),
        "parameters": shown(asked.parameters),
        "signs": signs,
        "others": [(asked.catalogue.segments[one.segment], one) for one in asked.suggestion.candidates[:3]],
        "answered": len(asked.answered),
        "total": len(asked.asked),
        "may_answer": who.may_answer,
    }


@require_http_methods(["GET", "POST"])
def set_type(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the type: the suggested one at once, another one with a reason; the heads hear of that (R32)."""
    who = asker(request, pk, answers=True)
    asked = questionnaire.of_client(who.client)
    first = asked.suggested or who.client.segment
    initial = {"segment": first.pk if first else "", "seen": asked.mark}
    form = TypeForm(_posted(request), catalogue=asked.catalogue, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {"segment": form.chosen, "reason": form.cleaned_data["reason"], "seen": form.cleaned_data["seen"]}
        try:
            choice = actions.set_type(client_pk=pk, acting_user=who.person, today=who.today, **data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            form.data = {**form.data, "seen": asked.mark}
        else:
            toast(request, _("%(client)s: %(type)s") % {"client": who.client.name, "type": choice.segment})
            return redirect("clients:questionnaire", pk)
    context = {"page_title": _("Type of %s") % who.client.name, "form": form, "submit_label": _("Set the type")}
    context |= {"asked": asked, "suggested": asked.suggested}
    return render(request, "clients/type_set.html", context, status=422 if form.errors else 200)


def _posted(request: HttpRequest) -> dict[str, Any] | None:
    return request.POST.dict() if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def set_type_many(request: HttpRequest) -> HttpResponse:
    """Set the type of the clients selected in the list; the dialog says how many (R33)."""
    person, today = login_of(request), clock.today()
    require(person, Act.DECIDE_TYPES)
    state = state_of(request)
    clients = selected(Client.objects.visible_to(person, today), state, request.GET)
    form = TypeManyForm(_posted(request), catalogue=Catalogue.read())
    if request.method == "POST" and form.is_valid():
        done = actions.set_types(
            clients, segment=form.chosen, reason=form.cleaned_data["reason"], acting_user=person, today=today
        )
        text = ngettext("%(n)s client has its type", "%(n)s clients have their types", done)
        toast(request, text % {"n": show.number(done)})
        return redirect(f"{reverse('clients:client-list')}?{state.query(place=True)}")
    told = named(clients)
    count = told["count"]
    label = ngettext("Set for %(n)s client", "Set for %(n)s clients", count) % {"n": show.number(count)}
    context = told | {"page_title": _("Type"), "form": form, "submit_label": label}
    return render(request, "clients/type_many.html", context)
