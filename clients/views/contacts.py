"""People of a client: the panel of its card, the dialogs, and contacts shown on asking."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import changes, panels, search
from clients.contacts import actions, cards, points, seeing
from clients.contacts.forms import (
    COLUMNS,
    ContactForm,
    DeadForm,
    LeftForm,
    PointForm,
    PointRows,
    mark,
    numbers,
    typed_points,
)
from clients.models import Client, Contact, ContactPoint
from salescrm.base import clock
from salescrm.base.lists.requests import wants_part
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast, with_toast
from staff.access import Act, login_of, require
from staff.models import Employee

EVENT = "contacts-changed"


def seen(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may see it (404) and people of clients at all (403)."""
    person = login_of(request)
    clients = Client.objects.visible_to(person, clock.today()).select_related("standing", "segment")
    client = get_object_or_404(clients.filter(standing__isnull=False), pk=pk)
    require(person, Act.SEE_CONTACTS)
    return client


def changeable(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may change what is known of its people."""
    client = seen(request, pk)
    if not seeing.changes(login_of(request), client, clock.today()):
        raise PermissionDenied
    return client


def locked(client: Client) -> None:
    """Lock the client until the transaction ends: two people do not write its people at once."""
    Client.objects.select_for_update(of=("self",), no_key=True).filter(pk=client.pk).first()


@require_GET
def contact_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the people of the client."""
    return panel(request, seen(request, pk))


def panel(request: HttpRequest, client: Client) -> HttpResponse:
    """Draw the panel; for a plain request go to the card it stands on."""
    if request.method == "POST" and not wants_part(request):
        return redirect(f"{reverse('clients:client-card', args=[client.pk])}#h-contacts")
    context = {"panel": cards.panel(login_of(request), client, clock.today()), "client": client}
    return render(request, "clients/contacts.html", context)


@require_POST
def contact_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the ways to reach one person of somebody else's client, and count it (R21)."""
    client, person, today = seen(request, pk), login_of(request), clock.today()
    wanted = request.POST.get("contact", "")
    contact = get_object_or_404(Contact, client=client, left_on=None, pk=wanted) if wanted.isdecimal() else None
    found = ContactPoint.objects.filter(client=client, contact=contact)
    own = seeing.sees_at_once(person, client, today)
    seeing.count_seen(person, client, [contact.pk if contact else None], today, own=own)
    lines = cards.lines_of(found, is_masked=False).get(contact.pk if contact else None, [])
    context = {"page_title": contact.name if contact else client.name, "client": client, "points": lines}
    template = "clients/contact_points.html"
    return render(request, f"{template}#points" if wants_part(request) else template, context)


@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to the client."""
    return edit(request, changeable(request, pk), Contact())


@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Change a person; whose form was opened before somebody else's change is told, and nothing is overwritten."""
    client = changeable(request, pk)
    return edit(request, client, get_object_or_404(Contact, client=client, pk=contact_pk))


def edit(request: HttpRequest, client: Client, contact: Contact) -> HttpResponse:
    """Show the form of a person with the ways to reach, or keep it; the client is locked meanwhile."""
    person, today = login_of(request), clock.today()
    sent = posted(request)
    is_new = contact.pk is None
    with transaction.atomic():
        locked(client)
        if not is_new:
            contact.refresh_from_db()  # read before the lock, perhaps before somebody else's change
        known = mark(contact)
        form = ContactForm(sent, instance=contact, client=client, today=today)
        rows = PointRows(client, contact, sent)
        if sent is not None and not is_new and sent.get("seen") != known:
            return conflict(request, form, rows, contact, known)
        if sent is not None and all([form.is_valid(), rows.is_valid()]):
            saved = save(form, rows, client, person)
            if saved:
                return done(request, client, _("%s is added") % saved.name if is_new else _("Saved"))
    if is_new:
        return form_page(request, client, form, rows, title=_("New contact: %s") % client.name, label=_("Add"))
    opened = request.POST.get("opened") or changes.known(changes_of(contact))
    return form_page(request, client, form, rows, title=contact.name, label=_("Save"), opened=opened)


def save(form: ContactForm, rows: PointRows, client: Client, person: Employee) -> Contact | None:
    """Write the form; a value the base refuses after all becomes an error of the form."""
    try:
        with transaction.atomic():
            return actions.save_contact(
                contact=form.instance, client=client, values=rows.values, acting_user=person, today=clock.today()
            )
    except IntegrityError:
        form.add_error(None, _("One of these phones or addresses is with the client already."))
        return None


@require_http_methods(["GET", "POST"])
def company_points(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the company's own phones, addresses and sites."""
    client, person, today = changeable(request, pk), login_of(request), clock.today()
    sent = posted(request)
    with transaction.atomic():
        locked(client)
        known = mark(Contact(), client)
        rows = PointRows(client, None, sent)
        fault = ""
        if sent is not None and sent.get("seen") != known:
            fault = _("Somebody else changed this meanwhile. Look, then save again.")
        elif sent is not None and rows.is_valid():
            try:
                with transaction.atomic():
                    actions.save_company_points(client=client, values=rows.values, acting_user=person, today=today)
                return done(request, client, _("Saved"))
            except IntegrityError:
                fault = _("One of these phones or addresses is with the client already.")
    context = {
        "page_title": _("Phones and addresses of the company"), "client": client, "rows": rows, "fault": fault,
        "submit_label": _("Save"), "seen": known,
    }  # fmt: skip
    return render(request, "clients/company_points.html", context)


def form_page(
    request: HttpRequest, client: Client, form: ContactForm, rows: PointRows, *, title: str, label: str, **more: str
) -> HttpResponse:
    """Draw the dialog of a person."""
    context = {"page_title": title, "client": client, "form": form, "rows": rows, "submit_label": label, **more}
    return render(request, "clients/contact_form.html", context)


def conflict(request: HttpRequest, form: ContactForm, rows: PointRows, contact: Contact, known: str) -> HttpResponse:
    """Show the form again with what was typed, and say who changed what meanwhile; saving again is meant then."""
    found = changes_of(contact)
    form.full_clean()
    rows.is_valid()
    form.add_error(None, changes.told(found, request.POST.get("opened", "")))
    typed = request.POST.copy()
    typed["seen"] = known
    form.data = typed
    again = {"opened": changes.known(found), "theirs": request.path}
    return form_page(request, contact.client, form, rows, title=contact.name, label=_("Save anyway"), **again)


def changes_of(contact: Contact) -> list[panels.Change]:
    """Return what ever changed of a person and the ways to reach."""
    words = panels.Words()
    found = panels.changes_of("Contact", (*COLUMNS, "verified_on"), words, id=contact.pk)
    return found + panels.changes_of("ContactPoint", ("kind", "value", "dead_on"), words, contact=contact.pk)


def done(request: HttpRequest, client: Client, text: str) -> HttpResponse:
    """Close the dialog and load the panel anew; a plain request, and one from elsewhere, goes to the card."""
    if not request.htmx:  # type: ignore[attr-defined] # django-htmx
        toast(request, text)
        return redirect("clients:client-card", client.pk)
    card = reverse("clients:client-card", args=[client.pk])
    if card not in (request.headers.get("HX-Current-URL") or ""):
        toast(request, text)
        return redirect(card)
    return with_toast(close_dialog(event=EVENT), text)


@require_POST
def contact_verify(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Say that what is known of a person is right today."""
    client = changeable(request, pk)
    contact = get_object_or_404(Contact, client=client, pk=contact_pk)
    actions.verify(contact=contact, acting_user=login_of(request), today=clock.today())
    return with_toast(panel(request, client), _("%s: verified today") % contact.name)


@require_http_methods(["GET", "POST"])
def contact_left(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Say since when a person does not work there any more."""
    client, today = changeable(request, pk), clock.today()
    contact = get_object_or_404(Contact, client=client, pk=contact_pk)
    form = LeftForm(posted(request), today=today, initial={"left_on": today})
    if request.method == "POST" and form.is_valid():
        actions.leave(contact=contact, left_on=form.cleaned_data["left_on"], today=today)
        return done(request, client, _("%s does not work there any more") % contact.name)
    title = _("%s does not work there any more") % contact.name
    return render(request, "dialog.html", {"page_title": title, "form": form, "submit_label": _("Save")})


@require_POST
def contact_back(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Say that a person works there again."""
    client = changeable(request, pk)
    contact = get_object_or_404(Contact, client=client, pk=contact_pk)
    actions.leave(contact=contact, left_on=None, today=clock.today())
    return with_toast(panel(request, client), _("%s works there again") % contact.name)


@require_http_methods(["GET", "POST"])
def point_dead(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """Mark a way to reach as dead, with the reason."""
    client = changeable(request, pk)
    point = get_object_or_404(ContactPoint, client=client, pk=point_pk)
    form = DeadForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.kill(point=point, reason=reason, acting_user=login_of(request), today=clock.today())
        return done(request, client, _("%s does not count any more") % point.value)
    title = _("%s does not work") % points.shown(point.kind, point.value, point.value_key)
    return render(request, "dialog.html", {"page_title": title, "form": form, "submit_label": _("Save")})


@require_POST
def point_alive(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """Let a way to reach count again."""
    client = changeable(request, pk)
    point = get_object_or_404(ContactPoint, client=client, pk=point_pk)
    actions.revive(point=point, today=clock.today())
    return with_toast(panel(request, client), _("%s works again") % point.value)


@require_GET
def point_row(request: HttpRequest) -> HttpResponse:
    """One more row of a form of ways to reach, numbered after those it has."""
    require(login_of(request), Act.SEE_CONTACTS)
    row = PointForm(prefix=f"p{max(numbers(request.GET), default=-1) + 1}")
    return render(request, "clients/point_row.html", {"row": row})


@require_GET
def point_alike(request: HttpRequest) -> HttpResponse:
    """Clients that have one of the phones, addresses or sites being typed, so that nobody adds one twice (R7)."""
    person = login_of(request)
    require(person, Act.SEE_CONTACTS)
    but = request.GET.get("client", "")
    alike = search.same_points(person, typed_points(request.GET), but=int(but) if but.isdecimal() else 0)
    return render(request, "clients/alike.html", {"alike": alike})


@require_http_methods(["GET", "POST"])
def contact_choose(request: HttpRequest) -> HttpResponse:
    """Quick add: ask whose contact it is, then go on to its form."""
    person = login_of(request)
    refuse_unless_adder(person)
    chosen = request.POST.get("client", "")
    if request.method == "POST" and chosen.isdecimal():
        clients = Client.objects.all().changeable_by(person, clock.today())
        return redirect("clients:contact-new", get_object_or_404(clients, pk=chosen).pk)
    context = {
        "page_title": _("New contact"),
        "submit_label": _("Next"),
        "found": request.method == "POST",
        "picker_url": reverse("clients:client-choose-changeable"),
    }
    return render(request, "clients/choose.html", context)


def refuse_unless_adder(person: Employee) -> None:
    """Raise PermissionDenied for people who change no client."""
    require(person, Act.SEE_CONTACTS)
    if not seeing.changes_any(person):
        raise PermissionDenied
