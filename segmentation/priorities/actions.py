"""What people decide about priorities; every action takes its days and writes nothing twice.

Refused has one line for the person; what two people decide at once is decided by the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Category, Client, Contact
from deals.actions import create_task
from salescrm.base.jobs import Refused
from segmentation import versions
from segmentation.priorities import scoring, strategic
from segmentation.priorities.models import (
    FocusClient,
    FocusList,
    Preparation,
    PriorityRules,
    PriorityScore,
    StrategicClient,
    Talk,
)
from staff.models import Employee

__all__ = ["Refused", "add", "confirm", "drop", "enter", "leave", "pin", "plan_talk", "prepared", "save_rules"]


@transaction.atomic
def save_rules(*, rules: PriorityRules, categories: Iterable[Category], acting_user: Employee) -> PriorityRules:
    """Save a new version of the criteria, in force from a day no night has used (R75)."""
    versions.save(rules, author=acting_user, taken=_("Another version of the criteria begins on that day."))
    rules.categories.set(categories)
    return rules


# --- the strategic list of the year -----------------------------------------------------------------------------------


@transaction.atomic
def enter(*, clients: Iterable[int], year: int, reason: str, acting_user: Employee, today: date) -> int:
    """Put clients on the strategic list of a year; who is on it stays as it is. Return how many entered (R74).

    Without a reason only those enter whom the score proposes; raise Refused, and change nothing, when it does not.
    """
    chosen = Client.objects.present().filter(pk__in=list(clients)).order_by("pk")
    ids = list(chosen.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    there = set(StrategicClient.objects.on_list(year).filter(client__in=ids).values_list("client_id", flat=True))
    new = [pk for pk in ids if pk not in there]
    if not reason:
        _refuse_unless_proposed(new, year, today)
    scores = dict(PriorityScore.objects.filter(pk__in=new).values_list("pk", "score"))
    told = {"year": year, "entered_on": today, "entered_by": acting_user, "reason": reason}
    entries = [StrategicClient(client_id=pk, score=scores.get(pk), **told) for pk in new]
    return len(StrategicClient.objects.bulk_create(entries))


def _refuse_unless_proposed(clients: list[int], year: int, today: date) -> None:
    """Raise Refused when the score does not propose one of the clients, or does so no more."""
    rules = PriorityRules.objects.in_force(today)
    asked = Client.objects.filter(pk__in=clients)
    proposed = {one.pk for one in strategic.proposed(asked, year, rules)} if rules else set()
    if set(clients) - proposed:
        raise Refused(_("Some of these clients are not proposed any more; nobody entered. Look, then choose again."))


@transaction.atomic
def leave(*, client: Client, year: int, reason: str, acting_user: Employee, today: date) -> None:
    """Take a client from the strategic list of a year, with the reason."""
    here = StrategicClient.objects.on_list(year).filter(client=client)
    if not here.update(left_on=today, left_by=acting_user, left_reason=reason):
        raise Refused(_("The client is not on the list any more."))


# --- two weeks --------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, focus_list: FocusList, acting_user: Employee, today: date) -> bool:
    """Confirm a list: from now on nobody is added or dropped (R79). Say whether it was open until now."""
    still = FocusList.objects.filter(pk=focus_list.pk, confirmed_on__isnull=True)
    return bool(still.update(confirmed_on=today, confirmed_by=acting_user))


@transaction.atomic
def pin(*, entry: FocusClient, is_pinned: bool, acting_user: Employee) -> None:
    """Let a client stay on the lists that follow, or no longer; on this one it stays either way."""
    locked = FocusClient.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    locked.is_pinned = is_pinned
    if not (is_pinned or locked.is_priority or locked.is_falling or locked.is_late):
        locked.added_by = locked.added_by or acting_user
    locked.save(update_fields=["is_pinned", "added_by"])


@transaction.atomic
def drop(*, entry: FocusClient, reason: str, acting_user: Employee, today: date) -> None:
    """Drop a client from a list that is not confirmed yet, with the reason."""
    _open_list(entry.focus_list_id)
    here = FocusClient.objects.filter(pk=entry.pk, dropped_on__isnull=True)
    if not here.update(dropped_on=today, dropped_by=acting_user, drop_reason=reason):
        raise Refused(_("Somebody has dropped this client already."))


@transaction.atomic
def add(*, owner: Employee, client: Client, acting_user: Employee, today: date) -> FocusClient:
    """Put a client on the running list of its owner; one dropped comes back."""
    starts_on, ends_on = scoring.period_of(today)
    found, _is_new = FocusList.objects.get_or_create(owner=owner, starts_on=starts_on, defaults={"ends_on": ends_on})
    _open_list(found.pk)
    entry, is_new = FocusClient.objects.get_or_create(
        focus_list=found, client=client, defaults={"added_by": acting_user}
    )
    if not is_new and entry.dropped_on:
        entry.dropped_on, entry.dropped_by, entry.drop_reason = None, None, ""
        entry.save(update_fields=["dropped_on", "dropped_by", "drop_reason"])
    return entry


@transaction.atomic
def plan_talk(
    *,
    entry: FocusClient,
    kind: str,
    due_on: date,
    due_time: time | None,
    goal: str,
    contact: Contact | None,
    acting_user: Employee,
    submission: UUID,
) -> Talk:
    """Plan a negotiation: a task of the list's owner that asks for a result; a double click plans one (R81)."""
    locked = FocusClient.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if locked.dropped_on:
        raise Refused(_("The client is dropped from the list."))
    task = create_task(
        title=goal,
        kind=kind,
        assignee=entry.focus_list.owner,
        due_on=due_on,
        due_time=due_time,
        client=entry.client,
        needs_result=True,
        acting_user=acting_user,
        submission=submission,
    )
    return Talk.objects.get_or_create(task=task, defaults={"entry": entry, "contact": contact})[0]


def _open_list(pk: int) -> None:
    """Lock a list; raise Refused when it is confirmed."""
    found = FocusList.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if found.confirmed_on:
        raise Refused(_("The list is confirmed: nobody is added or dropped any more."))


def prepared(*, client: Client, acting_user: Employee, today: date) -> Preparation:
    """Note that the person has looked through what is known of the client; once a day (R59)."""
    return Preparation.objects.get_or_create(client=client, person=acting_user, day=today)[0]
