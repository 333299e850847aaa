"""What people and rules do with tasks, and what writes into clients and tasks together (R96, R98, R183-R191).

Every action is a set-based write under row locks that leaves alone what no longer fits, so that a double click, a
second person or a second run changes nothing. The days and moments are passed in; Refused has one line for the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients import ownership
from clients.contacts import attempts
from clients.contacts import points as ways
from clients.contacts.actions import Heard, note_heard
from clients.models import (
    SPOKEN,
    Client,
    Communication,
    CommunicationKind,
    CommunicationResult,
    Contact,
    ContactPoint,
    Ownership,
    OwnershipReason,
    Way,
)
from deals import contacts
from deals.dealing import tasks as deal_tasks
from deals.dealing.models import Deal
from deals.invoices.models import Invoice
from deals.leads.models import Lead
from deals.models import Priority, Task, TaskKind, TaskState
from salescrm.base import notify, sql
from salescrm.base.jobs import Refused
from staff.calendar import Calendar
from staff.models import Employee

__all__ = [
    "Changed", "Entry", "NextTask", "Refused", "cancel", "change_owners", "correct", "create_task", "create_tasks",
    "finish", "hold", "log_communication", "note_tasks", "reassign", "set_norm_tasks", "snooze", "take_back",
]  # fmt: skip
APP = "deals"
RENEW = "renew_point"  # origin of the tasks to renew a phone nobody answers; its number follows
NORM = "contact_norm"  # origin of the tasks the norm sets; their as-of is the day the term is reckoned from
NEAREST = {"state", "due_on"}  # fields of a task on which the client's nearest one hangs
BATCH = 5_000
SET_TOLD = gettext_noop("{who} set you a task: {title}")
GIVEN_TOLD = gettext_noop("{who} gave you {rows} tasks")
MENTIONED_TOLD = gettext_noop("{who} mentions you in a note about {client}: {said}")


# --- tasks ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_task(
    *,
    title: str,
    kind: str,
    assignee: Employee,
    due_on: date,
    acting_user: Employee | None,
    client: Client | None = None,
    lead: Lead | None = None,
    deal: Deal | None = None,
    due_time: time | None = None,
    priority: int = Priority.NORMAL,
    needs_result: bool = False,
    origin: str = "",
    origin_as_of: date | None = None,
    submission: UUID | None = None,
    invoice: Invoice | None = None,
) -> Task:
    """Set a task; the same form sent twice, or the same rule, day and client or lead once more, give the task there is.

    A task of a deal is one of its client. Raise Refused when the client was joined into another one meanwhile.
    """
    client = deal.client if deal else client
    if client is not None:
        hold(client)
    if deal is not None:
        deal_tasks.lock([deal.pk])
    fields = {
        "title": title,
        "kind": kind,
        "client": client,
        "lead": lead,
        "deal": deal,
        "assignee": assignee,
        "author": acting_user,
        "due_on": due_on,
        "due_time": due_time,
        "priority": priority,
        "needs_result": needs_result,
        "origin": origin,
        "origin_as_of": origin_as_of,
        "submission": submission,
        "invoice": invoice,
    }
    about = {"client": client, "lead": lead, "deal": deal}
    of_rule = {"origin": origin, "origin_as_of": origin_as_of} | about if origin else {}
    key: dict[str, Any] = {"submission": submission} if submission else of_rule
    made = Task.objects.get_or_create(**key, defaults=fields)[0] if key else Task.objects.create(**fields)
    note_tasks([made])
    if acting_user and assignee != acting_user:
        said = {"who": acting_user.short_name, "title": title}
        notify.tell([assignee.pk], kind="task", text=SET_TOLD, key=f"task-{made.pk}", url=_address(made), **said)
    return made


@transaction.atomic
def create_tasks(tasks: Sequence[Task], *, acting_user: Employee) -> list[Task]:
    """Set tasks of clients that are held and present, in a fixed number of statements; who gets some is told once."""
    made = Task.objects.bulk_create(tasks, batch_size=BATCH)
    note_tasks(made)
    given = Counter(one.assignee_id for one in made if one.assignee_id != acting_user.pk)
    url = f"{reverse('deals:task-list')}?assignee=me"
    key = f"tasks-set-{made[0].pk}-{len(made)}" if made else ""
    notices = [
        (person, notify.Notice(key, GIVEN_TOLD, {"who": acting_user.short_name, "rows": rows}, url))
        for person, rows in given.items()
    ]
    notify.tell_each("task", notices)
    return made


@dataclass(frozen=True)
class NormTasks:
    """The tasks a norm asks for: by norm in months or days (0: in the other), how many days ahead, and their words."""

    months: int
    days: int
    ahead: int
    title: str


@dataclass(frozen=True)
class NormSet:
    """What the norm came to in a night: tasks set, and those that wait for a source's documents."""

    tasks: int
    held: int


@transaction.atomic
def set_norm_tasks(
    norms: Iterable[NormTasks], *, as_of: date, first_days: Mapping[int, date], broken_sources: Collection[int] = ()
) -> NormSet:
    """Set the contact tasks of terms that run out (R98), once for a term; return how many, and how many wait.

    `first_days` has for each branch the first working day on which a task of this night can be done. Tasks of clients
    with documents of `broken_sources` wait: a night with the feed back sets them.
    """
    asked = list(norms)
    parameters = {
        "as_of": as_of,
        "longest": max((one.ahead for one in asked), default=0),
        "origin": NORM,
        "months": [one.months for one in asked],
        "days": [one.days for one in asked],
        "ahead": [one.ahead for one in asked],
        "titles": [one.title for one in asked],
        "branches": list(first_days),
        "first_days": list(first_days.values()),
        "broken_sources": list(broken_sources),
    }
    found = sql.rows(APP, "find_norm_tasks", parameters)
    tasks = [
        Task(
            title=row["title"],
            kind=TaskKind.CALL,
            client_id=row["client_id"],
            assignee_id=row["assignee_id"],
            due_on=row["due_on"],
            priority=Priority.HIGH if row["top"] else Priority.NORMAL,
            needs_result=True,
            origin=NORM,
            origin_as_of=row["contact_from"],
        )
        for row in found
        if not row["is_feed_broken"]
    ]
    Task.objects.bulk_create(tasks, batch_size=BATCH, ignore_conflicts=True)
    note_tasks(tasks)
    return NormSet(len(tasks), len(found) - len(tasks))


def note_tasks(tasks: Collection[Task]) -> None:
    """Write the nearest task of the deals and the clients these tasks are of."""
    deal_tasks.note(tasks)
    clients = {task.client_id for task in tasks if task.client_id}
    if clients:
        contacts.write_next_tasks(clients)


def hold(client: Client) -> None:
    """Lock the client: what is being joined is waited for, and nothing is written to a client that is joined already.

    The foreign key alone would look only at the end, and let the row hang on a client that nobody sees any more.
    """
    held = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    if held.merged_into_id is not None:
        kept = Client.objects.get(pk=held.merged_into_id)
        said = _("“%(joined)s” was joined into “%(kept)s” meanwhile: write it there.")
        raise Refused(said % {"joined": held.name, "kept": kept.name})


def _address(task: Task) -> str:
    return f"{reverse('deals:task-list')}?ids={task.pk}"


@dataclass(frozen=True)
class Changed:
    """What an action did: the fields it wrote, and by task what they were; `left` were asked for but not changed."""

    after: dict[str, Any] = field(default_factory=dict)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    left: int = 0


@transaction.atomic
def finish(
    *,
    tasks: QuerySet[Task],
    result: str,
    acting_user: Employee,
    now: datetime,
    entry: Communication | None = None,
) -> Changed:
    """Close open tasks as done; those that ask for a result stay open when none is given."""
    after = {
        "state": TaskState.DONE.value,
        "closed_at": now,
        "closed_by_id": acting_user.pk,
        "result": result,
        "entry_id": entry.pk if entry else None,
    }
    found = _locked(tasks)
    done = _write([one for one in found if result or not one.needs_result], after, asked=len(found))
    _keep(found, now)
    return done


@transaction.atomic
def snooze(*, tasks: QuerySet[Task], due_on: date, acting_user: Employee) -> Changed:
    """Put open tasks off to a day; the time of day they had is no longer meant."""
    found = _locked(tasks)
    return _write(found, {"due_on": due_on, "due_time": None}, asked=len(found))


@transaction.atomic
def reassign(*, tasks: QuerySet[Task], assignee: Employee, acting_user: Employee) -> Changed:
    """Give open tasks to another person, who is told once."""
    found = _locked(tasks)
    done = _write([one for one in found if one.assignee_id != assignee.pk], {"assignee_id": assignee.pk}, len(found))
    if done.before and assignee != acting_user:
        said = {"who": acting_user.short_name, "rows": len(done.before)}
        key = f"tasks-{min(done.before)}-{len(done.before)}"
        url = f"{reverse('deals:task-list')}?assignee=me"
        notify.tell([assignee.pk], kind="task", text=GIVEN_TOLD, key=key, url=url, **said)
    return done


@transaction.atomic
def cancel(*, tasks: QuerySet[Task], reason: str, acting_user: Employee, now: datetime) -> Changed:
    """Close open tasks that need not be done any more; the reason stays as their result."""
    after = {
        "state": TaskState.CANCELLED.value,
        "closed_at": now,
        "closed_by_id": acting_user.pk,
        "result": reason,
    }
    found = _locked(tasks)
    done = _write(found, after, asked=len(found))
    _keep(found, now)
    return done


def _keep(tasks: Iterable[Task], now: datetime) -> None:
    """Set the next task of open deals whose last one was closed (R136)."""
    deals = {task.deal_id for task in tasks if task.deal_id}
    if deals:
        deal_tasks.keep(deals, today=localtime(now).date())


@transaction.atomic
def correct(*, task: Task, fields: Mapping[str, Any], acting_user: Employee) -> Changed:
    """Write other fields into an open task; raise Refused when it is closed."""
    found = _locked(Task.objects.filter(pk=task.pk))
    if not found:
        raise Refused(_("The task is closed already."))
    return _write(found, dict(fields), asked=1)


@transaction.atomic
def take_back(*, changed: Changed, acting_user: Employee) -> int:
    """Put tasks back as they were before an action; those changed by somebody since stay. Return how many."""
    known = Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(changed.before))
    back = [task for task in known.order_by("pk") if _values(task, changed.after) == changed.after]
    for task in back:
        for name, value in changed.before[task.pk].items():
            setattr(task, name, value)
    if back:
        Task.objects.bulk_update(back, [name.removesuffix("_id") for name in changed.after])
        note_tasks(back if NEAREST & set(changed.after) else ())
    return len(back)


def _locked(tasks: QuerySet[Task]) -> list[Task]:
    """Lock the open ones among the tasks, in the order of their numbers; before them the deals they are of."""
    deals = tasks.order_by().filter(deal__isnull=False).values("deal")
    list(
        Deal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=deals).order_by("pk").values_list("pk")
    )
    rows = Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=tasks.order_by().values("pk"))
    return list(rows.open().order_by("pk"))


def _write(tasks: list[Task], after: dict[str, Any], asked: int) -> Changed:
    """Write the same values into locked tasks, in one statement, and keep what they were."""
    before = {task.pk: _values(task, after) for task in tasks}
    Task.objects.filter(pk__in=list(before)).update(**after)
    note_tasks(tasks if NEAREST & set(after) else ())
    return Changed(after, before, asked - len(before))


def _values(task: Task, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(task, name) for name in names}


# --- owners -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_owners(
    owners: Mapping[int, int], *, starts_on: date, reason: OwnershipReason, **told: Any
) -> dict[int, int]:
    """Give clients (id → owner id), what is open of their old owners to new ones; return who owned those moved.

    Statements that do not grow with the clients: the line of owners, then one UPDATE each of deals, contracts, tasks.
    """
    before = ownership.move(owners, starts_on=starts_on, reason=reason, **told)
    if before:
        parameters = {
            "client_ids": list(before),
            "from_ids": list(before.values()),
            "to_ids": [owners[client] for client in before],
        }
        sql.run(APP, "hand_deals_over", parameters)
        sql.run(APP, "hand_contracts_over", parameters)
        sql.run(APP, "hand_tasks_over", parameters)
    return before


# --- communications ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """What was said, as the form has it."""

    kind: str
    day: date
    text: str
    time: time | None = None
    way: str = Way.OUT
    result: CommunicationResult | None = None
    agreements: str = ""
    contact: Contact | None = None
    point: ContactPoint | None = None  # the phone that was called; None: the first of whom one spoke with
    corrects: Communication | None = None
    mentioned: tuple[Employee, ...] = ()
    heard: tuple[Heard, ...] = ()  # objections of the library; said by `contact`


@dataclass(frozen=True)
class NextTask:
    """The task for the next dialogue (R96)."""

    kind: str
    due_on: date
    title: str
    assignee: Employee
    invoice: Invoice | None = None


@transaction.atomic
def log_communication(
    *,
    client: Client,
    entry: Entry,
    submission: UUID,
    acting_user: Employee,
    now: datetime,
    next_task: NextTask | None = None,
    done: Task | None = None,
) -> Communication:
    """Write an entry about a client, close the task it was the doing of, and set the next one, all or nothing.

    1. A form sent twice writes once: the second finds the entry of its submission and does nothing more.
    2. Raise Refused when the result asks for a next task and there is none, a correction apart, or the client was
       joined meanwhile.
    3. Who is mentioned in a note is told.
    4. When it begins a new term of the contact norm, the task the norm had set for the old one is done by it.
    5. A call is counted with its phone (R56).
    6. Objections heard are kept with whom one spoke, each with the answer given (R51).
    """
    if entry.result and entry.result.asks_next and next_task is None and entry.corrects is None:
        raise Refused(_("This result asks for a next task."))
    hold(client)
    written, is_new = Communication.objects.get_or_create(
        submission=submission, defaults=_fields(entry) | {"client": client, "author": acting_user}
    )
    if not is_new:
        return written
    _locked(_closed_by(client, done))  # tasks first, then what Standing sums up of them: as every other writer
    if done is not None:
        said = str(entry.result or "") or entry.text
        finish(
            tasks=Task.objects.filter(pk=done.pk), result=said[:500], acting_user=acting_user, now=now, entry=written
        )
    contacts.write([client.pk])
    if entry.kind in SPOKEN:
        _meet_norm(written, acting_user, now)
    if next_task is not None:
        create_task(
            title=next_task.title,
            kind=next_task.kind,
            assignee=next_task.assignee,
            due_on=next_task.due_on,
            client=client,
            acting_user=acting_user,
            submission=submission,
            invoice=next_task.invoice,
        )
    _count_attempt(written, entry, now)
    if entry.heard and entry.contact:
        note_heard(contact=entry.contact, heard=entry.heard, communication=written, acting_user=acting_user)
    if entry.mentioned:
        said_of = {"who": acting_user.short_name, "client": client.name, "said": entry.text[:200]}
        url, key = reverse("clients:client-card", args=[client.pk]), f"mention-{written.pk}"
        people = [one.pk for one in entry.mentioned if one != acting_user]
        notify.tell(people, kind="mention", text=MENTIONED_TOLD, key=key, url=url, **said_of)
    return written


def _closed_by(client: Client, done: Task | None) -> QuerySet[Task]:
    """The tasks an entry may close: the one it is the doing of, and those of the norm."""
    return Task.objects.filter(Q(pk=done.pk if done else None) | Q(client=client, origin=NORM))


def _meet_norm(written: Communication, acting_user: Employee, now: datetime) -> None:
    """Close the tasks of terms that ended with this entry."""
    over = Task.objects.open().filter(
        client=written.client_id,
        origin=NORM,
        origin_as_of__lt=written.day,
        client__standing__contact_from=written.day,
    )
    said = str(written.result or "") or written.text
    finish(tasks=over, result=said[:500], acting_user=acting_user, now=now, entry=written)


def _count_attempt(written: Communication, entry: Entry, now: datetime) -> None:
    """Count a call of ours with its phone; when that is doubtful now, somebody is to renew it (R56).

    What was counted as reaching nobody is not counted again by its correction.
    """
    old = entry.corrects
    was_counted = old is not None and old.kind == CommunicationKind.CALL and not old.is_connected
    if entry.kind != CommunicationKind.CALL or (was_counted and not written.is_connected):
        return
    if entry.result is None or (entry.way == Way.IN and not written.is_connected):
        return
    point = entry.point or attempts.first_phone(written.client, entry.contact)
    today = now.date()
    if point and attempts.count(point=point, is_reached=written.is_connected, today=today):
        _set_renewal(written.client, point, today)


def _set_renewal(client: Client, point: ContactPoint, today: date) -> None:
    """Set the owner the task to renew a phone, unless it is set already."""
    origin = f"{RENEW}:{point.pk}"
    if Task.objects.open().filter(origin=origin).exists():
        return
    number = ways.shown(point.kind, point.value, point.value_key)
    whose = point.contact.name[:150] if point.contact else client.name[:150]
    create_task(
        title=_("Renew the contact: %(who)s, %(number)s") % {"who": whose, "number": number[:25]},
        kind=TaskKind.OTHER,
        client=client,
        assignee=Ownership.objects.select_related("owner").get(client=client, ends_on=None).owner,
        acting_user=None,
        due_on=Calendar(client.branch).on_or_after(today + timedelta(days=1)),
        origin=origin,
        origin_as_of=today,
    )


def _fields(entry: Entry) -> dict[str, Any]:
    """Say an entry as a row: spoken both ways is a call or meeting whose result says that the client was reached."""
    is_spoken = entry.kind in SPOKEN
    is_connected = is_spoken and entry.result is not None and entry.result.is_reached
    return {
        "kind": entry.kind,
        "day": entry.day,
        "time": entry.time,
        "way": entry.way,
        "result": None if entry.kind == CommunicationKind.NOTE else entry.result,
        "text": entry.text,
        "agreements": entry.agreements,
        "corrects": entry.corrects,
        "is_connected": is_connected,
        "is_two_way": is_connected,
        "contact": entry.contact,
    }
