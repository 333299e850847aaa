"""Who takes part in the work with a client beside its owner: the panel of the card, adding, ending (R10)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from clients import panels
from clients.forms import ParticipantForm
from clients.models import Client, Ownership, Participant
from salescrm.base import clock, notify
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast, with_toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

EVENT = "participants-changed"
ADDED_TOLD = gettext_noop("{who} asks you to take part in the work with {client}")


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who takes part now or later."""
    client = panels.seen(request, pk)
    found = Participant.objects.not_over(clock.today()).filter(client=client).select_related("employee__branch")
    context = {
        "client": client,
        "participants": found.order_by("starts_on", "pk"),
        "may_change": may(login_of(request), Act.CHANGE_OWNER),
    }
    return render(request, "clients/participants.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody take part from today on; the same person twice on a day is refused by the form."""
    client, person, today = panels.seen(request, pk), login_of(request), clock.today()
    require(person, Act.CHANGE_OWNER)
    owner = Ownership.objects.filter(client=client, ends_on=None).values_list("owner_id", flat=True).get()
    form = ParticipantForm(posted(request), today=today, owner=owner)
    if request.method == "POST" and form.is_valid() and _save(client, form, person, today):
        told = _("%(name)s takes part") % {"name": form.cleaned_data["employee"].short_name}
        return _done(request, client, told)
    context = {"page_title": _("Takes part: %s") % client.name, "form": form, "submit_label": _("Add")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


def _save(client: Client, form: ParticipantForm, person: Employee, today: date) -> bool:
    """Write the participation and tell its person; what the base refuses becomes an error of the form."""
    data = form.cleaned_data
    ends_on = data["last_day"] + timedelta(days=1) if data["last_day"] else None
    said = {"employee": data["employee"], "role": data["role"], "ends_on": ends_on, "author": person}
    try:
        with transaction.atomic():
            made = Participant.objects.create(client=client, starts_on=today, **said)
    except IntegrityError:
        form.add_error("employee", _("This person takes part on some of these days already."))
        return False
    if made.employee != person:
        url = reverse("clients:client-card", args=[client.pk])
        values = {"who": person.short_name, "client": client.name}
        notify.tell([made.employee_id], kind="owner", text=ADDED_TOLD, key=f"part-{made.pk}", url=url, **values)
    return True


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int, part_pk: int) -> HttpResponse:
    """End a participation with yesterday; one that has not lasted a day is taken away."""
    client, today = panels.seen(request, pk), clock.today()
    require(login_of(request), Act.CHANGE_OWNER)
    rows = Participant.objects.not_over(today).select_related("employee")
    found = get_object_or_404(rows, client=client, pk=part_pk)
    name = found.employee.short_name
    if request.method == "POST":
        if found.starts_on < today:
            Participant.objects.filter(pk=found.pk).update(ends_on=today)
        else:
            found.delete()
        return _done(request, client, _("%(name)s takes part no more") % {"name": name})
    context = {
        "page_title": _("%(name)s takes part no more?") % {"name": name},
        "text": _("The person sees %(client)s no longer, unless by another right.") % {"client": client.name},
        "submit_label": _("End"),
    }
    return render(request, "clients/participant_end.html", context)


def _done(request: HttpRequest, client: Client, text: str) -> HttpResponse:
    """Close the dialog and load the panel anew; a plain request goes to the card."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(close_dialog(event=EVENT), text)
    toast(request, text)
    return redirect("clients:client-card", client.pk)
