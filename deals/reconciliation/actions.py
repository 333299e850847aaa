"""Looking the base through, settling what is put right, and making tasks of the rest (R6).

A statement per kind says what is wrong. It settles lines of which that is true no longer and, in a reconciliation, adds
those of which it is; so both read one rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from clients.completeness import writing
from clients.models import Client, DifferingField, Ownership
from deals import actions
from deals.models import Task, TaskKind
from deals.reconciliation import wording
from deals.reconciliation.models import LineKind, LineQuerySet, Reconciliation, ReconciliationLine
from salescrm.base import sql
from staff import calendar
from staff.calendar import Calendar
from staff.models import Employee

APP = "deals"
STATEMENTS = {
    LineKind.DUPLICATE: "reconcile_duplicates",
    LineKind.EMPTY: "reconcile_empty_fields",
    LineKind.DEAD: "reconcile_dead_points",
    LineKind.DIFFERS: "reconcile_differences",
}
ONE_DAY = timedelta(days=1)

Tell = Callable[[int, int], None]


# --- looking the base through -----------------------------------------------------------------------------------------


@transaction.atomic
def reconcile(
    *, day: date, made_by: Employee | None, tell: Tell = lambda done, total: None
) -> tuple[Reconciliation, dict[str, int]]:
    """Look the base through; return the reconciliation and how many lines of each kind it got.

    1. One of a day: whoever comes second waits, then adds what has come since.
    2. Kind by kind: settle what is right again, in earlier reconciliations, too; add what is wrong.
    3. A line whose earlier one has an open task has the same task.
    """
    made, _is_new = Reconciliation.objects.get_or_create(day=day, defaults={"made_by": made_by})
    Reconciliation.objects.select_for_update(no_key=True).get(pk=made.pk)
    sql.run(APP, "drop_lost_reconciliation_lines")
    found: dict[str, int] = {}
    for done, (kind, statement) in enumerate(STATEMENTS.items()):
        tell(done, len(STATEMENTS))
        found[kind.value] = sql.run(APP, statement, _parameters(made, day, adds=True))
    sql.run(APP, "carry_reconciliation_tasks", {"reconciliation": made.pk})
    return made, found


@transaction.atomic
def settle(reconciliation: Reconciliation, *, today: date) -> None:
    """Settle the lines of a reconciliation whose reason is gone; the others say what is left of it."""
    for statement in STATEMENTS.values():
        sql.run(APP, statement, _parameters(reconciliation, today, adds=False))


def _parameters(reconciliation: Reconciliation, today: date, *, adds: bool) -> dict[str, Any]:
    return {
        "reconciliation": reconciliation.pk,
        "today": today,
        "adds": adds,
        "parts": writing.parameters(today)["parts"],
        "fields": list(DifferingField.values),
    }


# --- tasks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """What one person gets: how many tasks, the last of them by which day."""

    person: Employee
    tasks: int
    last_on: date


@dataclass(frozen=True)
class Plan:
    """Who does which line by which day; `left` lines get no task."""

    days: dict[int, tuple[int, date]] = field(default_factory=dict)
    people: dict[int, Employee] = field(default_factory=dict)
    left: int = 0

    @property
    def shares(self) -> list[Share]:
        """The people with what each gets, who gets most first."""
        tasks = Counter(person for person, _day in self.days.values())
        last = dict(sorted(self.days.values(), key=lambda who: who[1]))  # of each person the latest stays
        found = [Share(self.people[person], number, last[person]) for person, number in tasks.items()]
        return sorted(found, key=lambda share: (-share.tasks, share.person.short_name))


def plan(lines: LineQuerySet, *, due_on: date, per_day: int) -> Plan:
    """Share lines among the owners of their clients: at most so many a day and person, on the person's working days.

    Lines that are settled or have a task, and those of clients joined meanwhile or whose owner has left, are left out.
    """
    asked = lines.count()
    fit = lines.waiting().filter(client__merged_into__isnull=True)
    owned = Ownership.objects.filter(client__in=fit.order_by().values("client"), ends_on__isnull=True)
    owners = dict(owned.filter(owner__is_active=True).values_list("client_id", "owner_id"))
    people = Employee.objects.in_bulk(set(owners.values()))
    slots = _slots(people, due_on, per_day)
    ordered = fit.order_by("kind", "client__name_sort", "pk").values_list("pk", "client_id")
    days = {pk: (owners[client], next(slots[owners[client]])) for pk, client in ordered if client in owners}
    return Plan(days, people, asked - len(days))


def _slots(people: Mapping[int, Employee], due_on: date, per_day: int) -> dict[int, Iterator[date]]:
    """Give each person the days on which tasks fit in; those of earlier lines that are still open take their place."""
    calendars = calendar.by_branch({person.branch_id for person in people.values()})
    lines = ReconciliationLine.objects.filter(task__state="open", task__assignee__in=people, task__due_on__gte=due_on)
    counted = lines.order_by().values("task__assignee", "task__due_on").annotate(n=Count("task", distinct=True))
    taken: dict[int, dict[date, int]] = {person: {} for person in people}
    for row in counted:
        taken[row["task__assignee"]][row["task__due_on"]] = row["n"]
    return {pk: _days(calendars[one.branch_id], due_on, per_day, taken[pk]) for pk, one in people.items()}


def _days(days: Calendar, first: date, per_day: int, taken: Mapping[date, int]) -> Iterator[date]:
    """Yield every working day as often as a task fits in."""
    day = days.on_or_after(first)
    while True:
        for _n in range(per_day - taken.get(day, 0)):
            yield day
        day = days.on_or_after(day + ONE_DAY)


@dataclass(frozen=True)
class Made:
    """The tasks an act made, by line; `left` lines were asked for but got none."""

    tasks: dict[int, int] = field(default_factory=dict)
    left: int = 0


@transaction.atomic
def make_tasks(*, lines: LineQuerySet, due_on: date, per_day: int, acting_user: Employee) -> Made:
    """Make a task of each line that waits for one, in a fixed number of statements.

    1. Lock the lines: the same form sent twice and a second person find those that have got a task meanwhile left out.
    2. Hold their clients, so that none is joined into another one under way.
    3. Plan, set the tasks, hang each on its line.
    """
    asked = lines.count()
    locked = ReconciliationLine.objects.select_for_update(no_key=True).filter(pk__in=lines.order_by().values("pk"))
    held = list(locked.waiting().order_by("pk").values_list("pk", "client_id"))
    clients = Client.objects.select_for_update(no_key=True).filter(pk__in={client for _pk, client in held})
    list(clients.order_by("pk").values_list("pk", flat=True))
    waiting = ReconciliationLine.objects.filter(pk__in=[pk for pk, _client in held])
    planned = plan(waiting, due_on=due_on, per_day=per_day)
    found = ReconciliationLine.objects.select_related("client", "other").in_bulk(list(planned.days))
    tasks = [_task(found[pk], *who, acting_user) for pk, who in planned.days.items()]
    made = [task.pk for task in actions.create_tasks(tasks, acting_user=acting_user)]
    sql.run(APP, "hang_reconciliation_tasks", {"lines": list(planned.days), "tasks": made})
    return Made(dict(zip(planned.days, made, strict=True)), asked - len(made))


def _task(line: ReconciliationLine, assignee: int, due_on: date, acting_user: Employee) -> Task:
    return Task(
        title=wording.task_title(line),
        kind=TaskKind.OTHER,
        client_id=line.client_id,
        assignee_id=assignee,
        author=acting_user,
        due_on=due_on,
    )


@transaction.atomic
def take_back(*, tasks: Sequence[int], acting_user: Employee, now: datetime) -> int:
    """Cancel tasks that were made of lines, as far as they are still open, and free their lines; return how many."""
    locked = ReconciliationLine.objects.select_for_update(no_key=True).filter(task__in=tasks)
    list(locked.order_by("pk").values_list("pk", flat=True))
    reason = _("Taken back by who had set it.")
    gone = actions.cancel(tasks=Task.objects.filter(pk__in=tasks), reason=reason, acting_user=acting_user, now=now)
    ReconciliationLine.objects.filter(task__in=list(gone.before)).update(task=None)
    return len(gone.before)
