"""Logging a call, a meeting, a letter or a note in two clicks and a sentence, with the next task (R94-R96)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client, Communication, CommunicationKind
from deals import actions
from deals.actions import Entry, NextTask
from deals.forms import LogForm
from deals.models import Task, TaskKind
from deals.views.shared import answered, refuse_unless_doer, workable
from salescrm.base import clock, show
from salescrm.base.requests import posted
from staff.access import login_of
from staff.models import Employee

MOST_TITLE = 200


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Log about a client chosen in the form: from the menu and the palette."""
    refuse_unless_doer(login_of(request))
    return _answer(request, None)


@require_http_methods(["GET", "POST"])
def log_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Log about a client: from its card, from the day, from a task (`task`), as a correction (`corrects`)."""
    return _answer(request, workable(login_of(request), pk))


def _answer(request: HttpRequest, client: Client | None) -> HttpResponse:
    person, today = login_of(request), clock.today()
    task, corrects = _task(request, client, person), _corrected(request, client, person)
    kind = corrects.kind if corrects else _kind(request)
    form = LogForm(
        posted(request),
        client=client,
        clients=Client.objects.changeable_by(person, today).select_related("branch"),
        kind=kind,
        today=today,
        corrects=corrects,
        url=reverse("clients:client-choose-changeable"),
        initial={"next_kind": TaskKind.CALL, "text": corrects.text if corrects else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            written = _write(form, person, task, corrects)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _told(request, form, written)
    context = {"page_title": _title(kind, client, corrects), "form": form, "submit_label": _("Save"), "task": task}
    context |= {"is_note": kind == CommunicationKind.NOTE, "client": client, "corrects": corrects}
    return render(request, "deals/log.html", context, status=422 if form.errors else 200)


def _title(kind: str, client: Client | None, corrects: Communication | None) -> str:
    if corrects:
        return _("Correction of %s") % show.day(corrects.day)
    title = _("A note") if kind == CommunicationKind.NOTE else _("Log a communication")
    return f"{title}: {client.name}" if client else title


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in CommunicationKind.values else CommunicationKind.CALL


def _task(request: HttpRequest, client: Client | None, person: Employee) -> Task | None:
    """Return the task the communication is the doing of; 404 when the person may not act on it."""
    asked = request.GET.get("task", "")
    if client is None or not asked.isdecimal() or len(asked) > 18:
        return None
    return get_object_or_404(Task.objects.changeable_by(person, clock.today()), pk=int(asked), client=client)


def _corrected(request: HttpRequest, client: Client | None, person: Employee) -> Communication | None:
    """Return the entry to be corrected: one's own and not corrected yet; 404 otherwise."""
    asked = request.GET.get("corrects", "")
    if client is None or not asked.isdecimal() or len(asked) > 18:
        return None
    own = Communication.objects.filter(client=client, author=person)
    is_sent = request.method == "POST"  # sent twice it finds its own correction
    return get_object_or_404(own if is_sent else own.valid(), pk=int(asked))


def _write(form: LogForm, person: Employee, task: Task | None, corrects: Communication | None) -> Communication:
    """Write the entry, its task and the next one through the action."""
    data = form.cleaned_data
    client = form.of_client or data["client"]
    entry = Entry(
        kind=data.get("kind", CommunicationKind.NOTE),
        day=data.get("day", form.today),
        time=data.get("time") or None,
        text=data["text"],
        way=data.get("way", "out"),
        result=data.get("result"),
        agreements=data.get("agreements", ""),
        contact=data.get("contact"),
        point=data.get("point"),
        corrects=corrects,
        mentioned=data.get("mentioned", ()),
        heard=data.get("heard", ()),
    )
    next_task = None
    if data.get("has_next"):
        title = " ".join((data["agreements"] or data["text"]).split())[:MOST_TITLE]
        next_task = NextTask(kind=data["next_kind"], due_on=data["next_on"], title=title, assignee=person)
    return actions.log_communication(
        client=client,
        entry=entry,
        submission=data["submission"],
        acting_user=person,
        now=clock.now(),
        next_task=next_task,
        done=task,
    )


def _told(request: HttpRequest, form: LogForm, written: Communication) -> HttpResponse:
    data: dict[str, Any] = form.cleaned_data
    text = _("Written: %(kind)s, %(client)s") % {"kind": written.get_kind_display(), "client": written.client.name}
    if data.get("has_next"):
        text += ". " + _("Next on %s") % show.day(data["next_on"])
    return answered(request, text, back=reverse("clients:client-card", args=[written.client_id]))
