"""A new client and the fields of a known one."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients import changes, panels, search
from clients.adding import add_client, save_fields, save_form
from clients.contacts import points
from clients.contacts.forms import PointRows, typed_points
from clients.filters import CLIENTS
from clients.forms import EditClient, NewClient, mark
from clients.models import Client, LegalEntity, PointKind
from clients.rows import hydrate
from salescrm.base import clock
from salescrm.base.lists import cells
from salescrm.base.lists.cells import Cell
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may
from staff.models import Employee


def refuse_unless_creator(person: Employee) -> None:
    """Raise PermissionDenied for people who only read."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def client_new(request: HttpRequest) -> HttpResponse:
    """Add a client and open its card."""
    person = login_of(request)
    refuse_unless_creator(person)
    sent = posted(request)
    rows = PointRows(None, None, sent, spare=(PointKind.PHONE, PointKind.EMAIL, PointKind.SITE))
    are_right = sent is None or rows.is_valid()
    first = next((points.shown(one["kind"], one["value"], one["key"]) for one in rows.values), "") if sent else ""
    form = NewClient(sent, person=person, first_value=first, initial={"name": request.GET.get("name", "")[:255]})
    if form.is_valid() and are_right:
        data = form.cleaned_data
        fields = {name: data[name] for name in ("name", "inn", "city", "segment", "branch", "contact")}
        try:
            client = add_client(
                **fields, values=rows.values, owner=form.first_owner, acting_user=person, today=clock.today()
            )
        except IntegrityError:  # the same INN, added by somebody at the same moment
            form.add_error("inn", _("A client with this INN exists already."))
        else:
            toast(request, _("Client “%s” is added") % client.name)
            return redirect("clients:client-card", client.pk)
    context = {"page_title": _("New client"), "form": form, "rows": rows, "submit_label": _("Add")}
    return render(request, "clients/new.html", context)


@require_GET
def client_alike(request: HttpRequest) -> HttpResponse:
    """Clients much like the one being typed, so that nobody keeps one twice; `client` is the one being changed.

    They are looked for by name and INN, and by the phones, e-mails and sites of a new one (R7).
    Of a client that is changed only what differs from what is kept is looked for.
    """
    person = login_of(request)
    refuse_unless_creator(person)
    url, kept = changed_one(request, person)
    typed = [request.GET.get(name, "").replace("\x00", "").strip()[:100] for name in ("name", "inn")]
    wanted = [words for words in typed if len(words) > 2 and words not in kept]
    found = search.same_points(person, typed_points(request.GET), but=0) if may(person, Act.SEE_CONTACTS) else []
    found += [item for words in wanted for item in search.clients(person, words, 5) if not url or item.url != url]
    alike = list({(item.url, item.title, item.sub): item for item in found}.values())
    return render(request, "clients/alike.html", {"alike": alike[:5]})


def changed_one(request: HttpRequest, person: Employee) -> tuple[str, set[str]]:
    """Return the card of the client whose form asks, and the name and the INN it has; nothing for a new client."""
    asked = request.GET.get("client", "")
    pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    client = Client.objects.visible_to(person, clock.today()).filter(pk=pk).first()
    if client is None:
        return "", set()
    entity = only_entity(client)
    return reverse("clients:client-card", args=[pk]), {client.name, entity.inn if entity else ""}


@require_http_methods(["GET", "POST"])
def client_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the fields; whose form was opened before somebody else's change is told, and nothing is overwritten."""
    person, today = login_of(request), clock.today()
    with transaction.atomic():
        client = locked(person, pk, today)
        entity = only_entity(client)
        known = mark(client, entity)
        form = EditClient(posted(request), instance=client, person=person, entity=entity)
        if request.method == "POST":
            if request.POST.get("seen") != known:
                return conflict(request, form, client, entity, known)
            if form.is_valid():
                save_form(client, entity, form.cleaned_data, acting_user=person, today=today)
                toast(request, _("Saved"))
                return redirect("clients:client-card", client.pk)
    context = {"page_title": client.name, "form": form, "submit_label": _("Save"), "pk": pk}
    context["opened"] = request.POST.get("opened") or changes.known(changes_of(client, entity))
    return render(request, "clients/edit.html", context)


@require_http_methods(["GET", "POST"])
def client_cell(request: HttpRequest, pk: int, column: str) -> HttpResponse:
    """Change one field where it stands in the list, by the rules of the form of all of them."""
    person, today = login_of(request), clock.today()
    found = cells.column_of(CLIENTS, column)
    with transaction.atomic():
        client = locked(person, pk, today)
        sent = posted(request)
        form = EditClient(sent, instance=client, person=person, entity=None)
        name = client.name  # before the form writes into it
        (attribute,) = [one for one in panels.CLIENT_FIELDS if one.removesuffix("_id") == found.field]
        return cells.answer(
            request,
            Cell(CLIENTS, found, pk, name, "clients:client-edit", lambda: hydrate([pk], today)[0]),
            form,
            save=lambda: save_fields(
                client, acting_user=person, today=today, reason=form.cleaned_data.get("type_reason", "")
            ),
            told=lambda: changes.told(panels.changes_of("Client", (attribute,), panels.Words(), id=pk)),
        )


def locked(person: Employee, pk: int, today: date) -> Client:
    """Return the client, locked, when the person may see (404) and change (403) it."""
    get_object_or_404(Client.objects.visible_to(person, today), pk=pk)
    changeable = Client.objects.changeable_by(person, today)
    client = changeable.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if client is None:
        raise PermissionDenied
    return client


def only_entity(client: Client) -> LegalEntity | None:
    """Return the legal entity of a client that has exactly one."""
    found = list(client.legal_entities.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def changes_of(client: Client, entity: LegalEntity | None) -> list[panels.Change]:
    """Return what ever changed of the fields of the form."""
    words = panels.Words()
    found = panels.changes_of("Client", panels.CLIENT_FIELDS, words, id=client.pk)
    return found + panels.changes_of("LegalEntity", panels.ENTITY_FIELDS, words, id=entity.pk) if entity else found


def conflict(
    request: HttpRequest, form: EditClient, client: Client, entity: LegalEntity | None, known: str
) -> HttpResponse:
    """Show the form again with what was typed, and say who changed what meanwhile; saving again is meant then.

    "Take theirs" opens the form anew, with what the base has.
    """
    found = changes_of(client, entity)
    form.full_clean()
    form.add_error(None, changes.told(found, request.POST.get("opened", "")))
    typed = request.POST.copy()
    typed["seen"] = known
    form.data = typed
    context = {"page_title": client.name, "form": form, "submit_label": _("Save anyway"), "pk": client.pk}
    context |= {"opened": changes.known(found), "theirs": request.path}
    return render(request, "clients/edit.html", context, status=200)
