"""Legal entities of a client: the panel of its card, adding one and changing it (R1, R2)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients import changes, panels
from clients.adding import save_entity
from clients.forms import EntityForm, mark_entity
from clients.models import Client, LegalEntity
from clients.views.changing import locked
from salescrm.base import clock
from salescrm.base.toasts import close_dialog, toast, with_toast
from staff.access import login_of
from staff.models import Employee

EVENT = "entities-changed"


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the legal entities of a client with their codes in the sources."""
    client = panels.seen(request, pk)
    found = LegalEntity.objects.filter(client=client).prefetch_related("codes__source").order_by("name", "pk")
    may_change = Client.objects.all().changeable_by(login_of(request), clock.today()).filter(pk=pk).exists()
    return render(request, "clients/entities.html", {"client": client, "entities": found, "may_change": may_change})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a legal entity to a client."""
    return _edit(request, pk, None)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, entity_pk: int) -> HttpResponse:
    """Change a legal entity; whose form was opened before somebody else's change is told, nothing is overwritten."""
    return _edit(request, pk, entity_pk)


@transaction.atomic
def _edit(request: HttpRequest, pk: int, entity_pk: int | None) -> HttpResponse:
    person = login_of(request)
    client = locked(person, pk, clock.today())
    entity = get_object_or_404(LegalEntity, client=client, pk=entity_pk) if entity_pk else LegalEntity(client=client)
    known = mark_entity(entity)
    happened = panels.changes_of("LegalEntity", panels.ENTITY_FIELDS, panels.Words(), id=entity_pk) if entity_pk else []
    posted = request.POST.copy() if request.method == "POST" else None
    is_stale = posted is not None and posted.get("seen") != known
    if posted is not None:
        posted["seen"] = known  # sent again, it is meant
    form = EntityForm(posted, instance=entity)
    if posted is not None and form.is_valid():
        if is_stale:
            form.add_error(None, changes.told(happened, posted.get("opened", "")))
        elif _save(form, person):
            return _done(request, client, _("Saved") if entity_pk else _("%s is added") % entity.name)
    title = entity.name if entity_pk else _("New legal entity: %s") % client.name
    context = {"page_title": title, "form": form, "submit_label": _("Save") if entity_pk else _("Add")}
    context |= {"opened": changes.known(happened), "theirs": request.path if is_stale else ""}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


def _save(form: EntityForm, person: Employee) -> bool:
    """Write it; what the base refuses after all becomes an error of the form."""
    try:
        with transaction.atomic():
            save_entity(form.instance, acting_user=person, today=clock.today())
    except IntegrityError:
        form.add_error(None, _("A legal entity with this INN and KPP exists already."))
        return False
    return True


def _done(request: HttpRequest, client: Client, text: str) -> HttpResponse:
    """Close the dialog and load the panel anew; a plain request goes to the card."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(close_dialog(event=EVENT), text)
    toast(request, text)
    return redirect("clients:client-card", client.pk)
