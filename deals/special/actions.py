"""What people do with special tasks; the only writer of them (R185, R186). Their tasks are written by `deals.actions`.

Locks: the clients, then the tasks; the closing of a special task holds its row first, and nobody else holds it. What is
chosen is asked for again when it is written: who saw another choice is told and nothing is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clients.models import Client, Ownership
from deals import actions as base
from deals.actions import Refused
from deals.models import Task, TaskKind
from deals.special.models import SpecialKind, SpecialState, SpecialTask, SpecialTaskLine
from staff import calendar
from staff.access import Act, may
from staff.models import Employee

__all__ = ["Choice", "Refused", "chosen", "finish", "give"]
ORIGIN = "special_task"  # origin of the tasks; its number follows, then the person's where there is no client
MOST = 20_000  # tasks of one special task
NAMED = 5  # clients named in a refusal


@dataclass(frozen=True)
class Choice:
    """Whom a special task is for: owners by client, or people where it is of no clients; and what was left out."""

    owners: Mapping[int, int] = field(default_factory=dict)
    people: Sequence[int] = ()
    archived: int = 0
    ownerless: int = 0  # clients whose owner does not work with us any more

    @property
    def count(self) -> int:
        """How many tasks it makes."""
        return len(self.owners) or len(self.people)

    @property
    def by_person(self) -> Counter[int]:
        """How many tasks each gets."""
        return Counter(self.owners.values()) if self.owners else Counter(self.people)

    @property
    def print(self) -> str:
        """Say in few letters exactly what is chosen: another choice says something else."""
        told = repr((sorted(self.owners.items()), sorted(self.people)))
        return sha256(told.encode()).hexdigest()[:16]


def chosen(clients: QuerySet[Client] | None, people: Collection[Employee]) -> Choice:
    """Return whom it is for: clients that are not archived, of these people where some are named; else the people."""
    if clients is None:
        return Choice(people=sorted(one.pk for one in people if one.is_active))
    found = clients.order_by().values("pk")
    owned = Ownership.objects.filter(client__in=found, ends_on=None)
    if people:
        owned = owned.filter(owner__in=[one.pk for one in people])
    kept, archived, ownerless = {}, 0, 0
    rows = owned.values_list("client", "owner", "owner__is_active", "client__archived_on").order_by("client")
    for client, owner, works, archived_on in rows:
        if archived_on is not None:
            archived += 1
        elif not works:
            ownerless += 1
        else:
            kept[client] = owner
    return Choice(kept, (), archived, ownerless)


def named(clients: Iterable[int]) -> list[int]:
    """Return the numbers of clients of a list; raise Refused when one stands in it twice."""
    numbers = list(clients)
    twice = [one for one, times in Counter(numbers).items() if times > 1]
    if twice:
        names = Client.objects.filter(pk__in=twice[:NAMED]).order_by("name_sort").values_list("name", flat=True)
        raise Refused(_("These clients are named twice: %s.") % ", ".join(names))
    return numbers


@transaction.atomic
def give(
    *,
    fields: Mapping[str, Any],
    choice: Choice,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
    words: str = "",
) -> SpecialTask:
    """Make a special task and the task of each client, or of each person, due on its last working day.

    `fields` are those of the row (name, wanted, kind, starts_on, ends_on, result_wanted, unit, target), `words` the
    filter the clients were chosen by. The same form sent twice makes one. Refused: nobody is chosen or too many are,
    the period is over, a client is archived, joined or another's by now, the kind is not the person's to set.
    """
    known = SpecialTask.objects.filter(submission=submission).first()
    if known is not None:
        return known
    today = localtime(now).date()
    if not (may(acting_user, Act.SET_SPECIAL_TASKS) or _is_of_marketing(fields, acting_user)):
        raise Refused(_("This kind of task is not yours to set."))
    if not choice.count:
        raise Refused(_("Nobody is chosen: there is no client and no person to do it."))
    if choice.count > MOST:
        raise Refused(_("Too many at once: narrow the choice of clients."))
    if fields["ends_on"] < today:
        raise Refused(_("The last day is over already."))
    branches = _hold(choice)
    made, is_new = SpecialTask.objects.get_or_create(
        submission=submission, defaults={**fields, "author": acting_user, "chosen": words}
    )
    if not is_new:
        return made
    tasks = base.create_tasks(_tasks(made, choice, branches, today), acting_user=acting_user)
    SpecialTaskLine.objects.bulk_create(
        [SpecialTaskLine(special_task=made, task=task) for task in tasks], batch_size=base.BATCH
    )
    return made


@transaction.atomic
def finish(
    *, special_task: SpecialTask, state: SpecialState, reason: str, seen: int, acting_user: Employee, now: datetime
) -> int:
    """Close or cancel it with a reason: its open tasks are dropped; return how many.

    What is done stays. What a closing drops stays given and not done, what a cancelling drops is not counted.
    """
    held = SpecialTask.objects.select_for_update(of=("self",), no_key=True).get(pk=special_task.pk)
    if not held.is_running:
        raise Refused(_("It is closed already."))
    if held.version != seen:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    tasks = Task.objects.filter(special_line__special_task=held)
    dropped = base.cancel(tasks=tasks, reason=f"{held.name}: {reason}"[:500], acting_user=acting_user, now=now)
    held.state, held.reason, held.closed_at, held.closed_by = state, reason, now, acting_user
    held.version += 1
    held.save()
    return len(dropped.before)


def _is_of_marketing(fields: Mapping[str, Any], person: Employee) -> bool:
    return fields["kind"] == SpecialKind.MARKETING and may(person, Act.SET_MARKETING_TASKS)


def _hold(choice: Choice) -> dict[int, int]:
    """Lock the clients; return the branch of each client, or person. Raise Refused when one is not what it was."""
    if not choice.owners:
        return dict(Employee.people.filter(pk__in=choice.people).values_list("pk", "branch"))
    rows = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(choice.owners))
    held = list(rows.order_by("pk").only("name", "branch_id", "archived_on", "merged_into_id"))
    gone = [one.name for one in held if one.archived_on is not None or one.merged_into_id is not None]
    if gone:
        raise Refused(_("In the archive or joined into others: %s.") % ", ".join(gone[:NAMED]))
    owned = Ownership.objects.filter(client__in=list(choice.owners), ends_on=None)
    if dict(owned.values_list("client", "owner")) != dict(choice.owners):
        raise Refused(_("Owners of the clients have changed meanwhile: look at the choice again."))
    return {one.pk: one.branch_id for one in held}


def _tasks(made: SpecialTask, choice: Choice, branches: Mapping[int, int], today: date) -> list[Task]:
    """Say the tasks of a special task, each due on the last working day of its branch within the period."""
    calendars = calendar.by_branch(set(branches.values()))
    days = {branch: max(one.on_or_before(made.ends_on), today) for branch, one in calendars.items()}
    whose = choice.owners.items() if choice.owners else ((person, person) for person in choice.people)
    of_clients = bool(choice.owners)
    return [
        Task(
            title=made.name,
            kind=TaskKind.OTHER,
            client_id=subject if of_clients else None,
            assignee_id=person,
            author=made.author,
            due_on=days[branches[subject]],
            needs_result=True,
            origin=f"{ORIGIN}:{made.pk}" if of_clients else f"{ORIGIN}:{made.pk}:{person}",
            origin_as_of=made.starts_on,
        )
        for subject, person in whose
    ]
