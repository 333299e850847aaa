"""What people do with requests for help; the only writer of them (R217).

Locks: the client, then the request. One head takes a request, the second is told who has it. Notes of the joint work
and the result are entries of the client's timeline.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Client, CommunicationKind
from deals.actions import Entry, Refused, hold, log_communication
from deals.dealing.following import heads_of
from deals.dealing.models import Deal
from deals.help_requests.models import HelpNote, HelpRequest, HelpState
from salescrm.base import notify
from staff.access import Act, may
from staff.models import Employee

__all__ = ["Refused", "accept", "ask", "close", "note", "withdraw"]
KIND = "help"
ASKED_TOLD = gettext_noop("{who} asks for help with {client}: {said}")
ACCEPTED_TOLD = gettext_noop("{who} helps you with {client}")
NOTED_TOLD = gettext_noop("Help with {client}, {who}: {said}")
CLOSED_TOLD = gettext_noop("Help with {client} is closed, {who}: {said}")
SHOWN = 120  # letters of what is said in a notification


@transaction.atomic
def ask(
    *,
    client: Client,
    deal: Deal | None,
    difficulty: str,
    tried: str,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
) -> HelpRequest:
    """Ask the heads who see the client; the same form sent twice makes one. Refused: the deal is another client's."""
    hold(client)
    if deal is not None and deal.client_id != client.pk:
        raise Refused(_("The deal is another client's."))
    made, is_new = HelpRequest.objects.get_or_create(
        submission=submission,
        defaults={
            "client": client, "deal": deal, "difficulty": difficulty, "tried": tried, "author": acting_user,
            "created_at": now,
        },
    )  # fmt: skip
    if is_new:
        heads = set(heads_of(client.branch_id)) - {acting_user.pk}
        _tell(made, heads, ASKED_TOLD, "asked", acting_user, difficulty)
    return made


@transaction.atomic
def accept(*, found: HelpRequest, acting_user: Employee, now: datetime) -> HelpRequest:
    """Take a request; taken again by the same head it stays. Refused: another head has it, it is over, it is own."""
    held = _held(found)
    if not may(acting_user, Act.GIVE_HELP) or held.author_id == acting_user.pk:
        raise Refused(_("A head helps, and nobody oneself."))
    if held.accepted_by is not None and held.accepted_by != acting_user:
        raise Refused(_("%s has taken it already.") % held.accepted_by.short_name)
    if held.is_over:
        raise Refused(_("The request is over already."))
    if held.accepted_by is None:
        held.state, held.accepted_by, held.accepted_at = HelpState.ACCEPTED, acting_user, now
        _save(held)
        _tell(held, {held.author_id}, ACCEPTED_TOLD, "accepted", acting_user)
    return held


@transaction.atomic
def note(*, found: HelpRequest, text: str, submission: UUID, acting_user: Employee, now: datetime) -> HelpNote:
    """Write what was done together; it stands on the client's timeline too, and the other one is told."""
    hold(found.client)
    held = _held(found)
    known = HelpNote.objects.filter(communication__submission=submission).first()
    if known is not None:
        return known
    if held.state != HelpState.ACCEPTED:
        raise Refused(_("Notes are written while a head helps."))
    written = _log(held, _("Help: %s") % text, submission, acting_user, now)
    _tell(held, _others(held, acting_user), NOTED_TOLD, f"note-{written.pk}", acting_user, text)
    return written


@transaction.atomic
def close(
    *, found: HelpRequest, result: str, seen: int, submission: UUID, acting_user: Employee, now: datetime
) -> HelpRequest:
    """Close it with its result, which the client's timeline keeps; by who helps or who asked."""
    hold(found.client)
    held = _held(found, seen)
    if held.state != HelpState.ACCEPTED:
        raise Refused(_("Only what a head has taken is closed."))
    if acting_user.pk not in (held.author_id, held.accepted_by_id):
        raise Refused(_("Who helps or who asked closes it."))
    _end(held, HelpState.CLOSED, result, acting_user, now)
    _log(held, _("Help is closed: %s") % result, submission, acting_user, now)
    _tell(held, _others(held, acting_user), CLOSED_TOLD, "closed", acting_user, result)
    return held


@transaction.atomic
def withdraw(*, found: HelpRequest, result: str, seen: int, acting_user: Employee, now: datetime) -> HelpRequest:
    """Take it back with a reason, until a head takes it; only who asked."""
    held = _held(found, seen)
    if held.state != HelpState.OPEN:
        raise Refused(_("A head has taken it or it is over: it is not withdrawn."))
    if held.author_id != acting_user.pk:
        raise Refused(_("Only who asked withdraws it."))
    _end(held, HelpState.WITHDRAWN, result, acting_user, now)
    return held


def _held(found: HelpRequest, seen: int | None = None) -> HelpRequest:
    """Lock a request; who took it meanwhile is read after the lock, a join would still say what was before it."""
    rows = HelpRequest.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("client__branch").get(pk=found.pk)
    if seen is not None and held.version != seen:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    return held


def _save(held: HelpRequest) -> None:
    held.version += 1
    held.save()


def _end(held: HelpRequest, state: HelpState, result: str, by: Employee, now: datetime) -> None:
    held.state, held.result, held.closed_by, held.closed_at = state, result, by, now
    _save(held)


def _log(held: HelpRequest, text: str, submission: UUID, by: Employee, now: datetime) -> HelpNote:
    entry = Entry(kind=CommunicationKind.NOTE, day=localtime(now).date(), text=text)
    said = log_communication(client=held.client, entry=entry, submission=submission, acting_user=by, now=now)
    return HelpNote.objects.create(help_request=held, communication=said)


def _others(held: HelpRequest, by: Employee) -> set[int]:
    return {pk for pk in (held.author_id, held.accepted_by_id) if pk} - {by.pk}


def _tell(made: HelpRequest, people: set[int], text: str, what: str, by: Employee, said: str = "") -> None:
    url = reverse("help:request", args=[made.pk])
    notify.tell(
        people, kind=KIND, text=text, key=f"help-{made.pk}-{what}", url=url, client=made.client.name,
        who=by.short_name, said=said[:SHOWN],
    )  # fmt: skip
