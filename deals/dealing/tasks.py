"""The tasks of deals: an open deal has one (R136), a stage sets its first (R137); writes `Deal.next_task_on`.

Deals are locked before their tasks, as everywhere. Tasks set here have no author: they are the program's. They end with
the stage they were set for; what people set stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from deals import contacts
from deals.dealing.models import Deal
from deals.models import Task, TaskKind, TaskState
from salescrm.base import automation, sql
from staff import calendar
from staff.calendar import Calendar

APP = "deals"
ORIGIN = "deal-"
ITEM = "item-"  # a task of a line of a checklist: whoever's post it is does it, also when the stage is over
BATCH = 5_000
ITEM_DAYS = 1  # working days a post has for a line of a checklist
LEAD_DAYS = 5  # so many days before a deal of a rule is expected its client is called, unless a version says otherwise


def lock(deals: Iterable[int]) -> list[int]:
    """Lock deals in the order of their numbers; return them."""
    rows = Deal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(deals)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def note(tasks: Iterable[Task]) -> None:
    """Write the nearest task of the deals these tasks are of."""
    write_next({task.deal_id for task in tasks if task.deal_id})


def write_next(deals: Iterable[int]) -> None:
    """Write the nearest open task of these deals."""
    named = sorted(set(deals))
    if named:
        sql.run(APP, "write_deal_tasks", {"deal_ids": named})


def begin(deals: Sequence[int], *, today: date) -> None:
    """Set the first task of the stage these deals have just come to, and some task where there is none."""
    rows = sql.rows(APP, "find_first_tasks", {"deal_ids": list(deals)})
    _set(rows, today)
    _set_of_posts(deals, today)
    keep(deals, today=today)


def _set_of_posts(deals: Sequence[int], today: date) -> None:
    """Set the tasks that lines of the stage's checklist are for other posts (R142); each deal gets each once a day."""
    rows = sql.rows(APP, "find_item_tasks", {"deal_ids": list(deals), "as_of": today, "origin": ITEM})
    calendars = calendar.by_branch({row["branch_id"] for row in rows})
    tasks = [
        Task(
            title=row["name"][:200],
            kind=TaskKind.OTHER,
            client_id=row["client_id"],
            deal_id=row["deal_id"],
            assignee_id=row["assignee_id"],
            due_on=working_days_on(calendars[row["branch_id"]], today, ITEM_DAYS),
            origin=f"{ITEM}{row['item_id']}",
            origin_as_of=today,
        )
        for row in rows
    ]
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    note(tasks)
    _note_clients(tasks)


def open_origins(deal: int) -> list[str]:
    """Return the origins of the open tasks of lines of a deal's checklists."""
    found = Task.objects.open().filter(deal=deal, author=None, origin__startswith=ITEM)
    return list(found.values_list("origin", flat=True))


def item_of(origin: str) -> int:
    """Return the line of a checklist a task's origin names."""
    return int(origin.removeprefix(ITEM))


def keep(deals: Iterable[int] | None, *, today: date) -> int:
    """Give a task to each of these open deals that has none, of all deals where None is given; return how many."""
    named = sorted(set(deals)) if deals is not None else []
    if deals is not None and not named:
        return 0
    rows = sql.rows(APP, "find_deals_without_task", {"everybody": deals is None, "deal_ids": named})
    if deals is None:  # locked now, looked at again
        held = {"everybody": False, "deal_ids": lock(row["deal_id"] for row in rows)}
        rows = sql.rows(APP, "find_deals_without_task", held)
    return _set(rows, today)


def end(deals: Iterable[int], *, by: int | None, now: datetime, said: str) -> None:
    """Close the program's open tasks of these deals: the stage they were set for is over."""
    found = Task.objects.select_for_update(of=("self",), no_key=True).filter(
        deal__in=list(deals), state=TaskState.OPEN, author=None, origin__startswith=ORIGIN
    )
    tasks = list(found.order_by("pk"))
    whose: Any = by if by is not None else F("assignee")
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
        state=TaskState.DONE, closed_at=now, closed_by=whose, result=said
    )
    note(tasks)
    _note_clients(tasks)


def _set(rows: Sequence[dict[str, Any]], today: date) -> int:
    if not rows:
        return 0
    calendars = calendar.by_branch({row["branch_id"] for row in rows})
    lead_days = automation.number("lead-days", LEAD_DAYS, today)
    tasks = [_task(row, calendars[row["branch_id"]], today, lead_days) for row in rows]
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    note(tasks)
    _note_clients(tasks)
    return len(tasks)


def _note_clients(tasks: Iterable[Task]) -> None:
    clients = {task.client_id for task in tasks if task.client_id}
    if clients:
        contacts.write_next_tasks(clients)


def _task(row: dict[str, Any], days: Calendar, today: date, lead_days: int) -> Task:
    due_on = working_days_on(days, today, row["task_days"])
    if row["expected_on"] and row["tasks"] == 0:
        due_on = max(due_on, days.on_or_before(row["expected_on"] - timedelta(days=lead_days)))
    return Task(
        title=row["task_title"] or _("Decide on the next step of the deal"),
        kind=row["task_kind"] or TaskKind.OTHER,
        client_id=row["client_id"],
        deal_id=row["deal_id"],
        assignee_id=row["owner_id"],
        due_on=due_on,
        origin=f"{ORIGIN}{row['tasks'] + 1}",
        origin_as_of=today,
    )


def working_days_on(days: Calendar, today: date, count: int) -> date:
    """Return the working day `count` working days after `today`; 0: today, or the first working day after it."""
    day = days.on_or_after(today)
    for _step in range(count):
        day = days.on_or_after(day + timedelta(days=1))
    return day
