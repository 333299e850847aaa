"""What each morning is asked of invoices: tasks of the contact days and those for the head (R175-R177)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from deals import actions
from deals.invoices.actions import CONTACT, ESCALATION
from deals.invoices.days import Days
from deals.invoices.models import ContactResult, InvoiceRules
from deals.models import Priority, Task, TaskKind
from salescrm.base import sql
from staff import calendar

AGREED = (ContactResult.WILL_PAY, ContactResult.CHANGES)
BATCH = 5_000


@transaction.atomic
def run(today: date) -> dict[str, int]:
    """Set the tasks of `today`; run again it sets none, run late it sets those of the latest day that has come."""
    rules = InvoiceRules.objects.in_force()
    days = Days(calendar.of_all_branches(), today)
    found = sql.rows("deals", "find_invoice_work", {"as_of": today, "origin": CONTACT})
    with translation.override(settings.LANGUAGE_CODE):
        contacts = [task for row in found if (task := _contact(row, rules, days)) is not None]
        heads = [task for row in found if (task := _escalation(row, rules, days)) is not None]
    made = _write(contacts), _write(heads)
    return dict(zip(("contacts", "escalations"), made, strict=True))


def _write(tasks: list[Task]) -> int:
    """Write tasks that are not there yet, and the nearest task of their clients; return how many."""
    before = Task.objects.count() if tasks else 0
    Task.objects.bulk_create(tasks, batch_size=BATCH, ignore_conflicts=True)
    actions.note_tasks(tasks)
    return Task.objects.count() - before if tasks else 0


def _contact(row: dict[str, Any], rules: InvoiceRules, days: Days) -> Task | None:
    """The task of a contact day that has come, unless one spoke since, has promised a day, or has such a task open."""
    asked = rules.contact_days_new if row["is_of_new"] else rules.contact_days_other
    reached = days.reached(row["branch_id"], row["issued_on"], asked)
    if reached is None or row["has_task"] or row["assignee_id"] is None:
        return None
    number, day = reached
    is_spoken = row["spoken_on"] is not None and row["spoken_on"] >= day
    is_promised = row["promised_on"] is not None and row["promised_on"] >= days.today
    if is_spoken or is_promised:
        return None
    title = _("Invoice %(number)s, day %(day)s: agree payment and shipment") % {"number": row["number"], "day": number}
    return _task(row, days, title, row["assignee_id"], f"{CONTACT}{row['invoice_id']}", day)


def _escalation(row: dict[str, Any], rules: InvoiceRules, days: Days) -> Task | None:
    """The head's task of an invoice nothing is agreed of by the day of escalation: once for an invoice (R176)."""
    reached = days.reached(row["branch_id"], row["issued_on"], [rules.escalation_day])
    if reached is None or row["head_id"] is None or row["result"] in AGREED:
        return None
    said = {"number": row["number"], "client": row["client"], "day": reached[0]}
    title = _("Invoice %(number)s, day %(day)s: not paid, nothing agreed (%(client)s)") % said
    return _task(row, days, title, row["head_id"], f"{ESCALATION}{row['invoice_id']}", row["issued_on"])


def _task(row: dict[str, Any], days: Days, title: str, assignee: int, origin: str, as_of: date) -> Task:
    return Task(
        title=title[:200],
        kind=TaskKind.CALL,
        client_id=row["client_id"],
        invoice_id=row["invoice_id"],
        assignee_id=assignee,
        due_on=days.calendars[row["branch_id"]].on_or_after(days.today),
        priority=Priority.HIGH,
        origin=origin,
        origin_as_of=as_of,
    )


@dataclass(frozen=True)
class Unconfirmed:
    """The first invoice of a potential client that nobody has confirmed, and the day its contacts were over."""

    client_id: int
    invoice_id: int
    issued_on: date
    due_on: date


def unconfirmed(as_of: date) -> list[Unconfirmed]:
    """List potential clients whose first invoice is not confirmed by the night of `as_of` (R177), by client.

    The contacts of working days 2 and 3 are over: the hand-over's day, the one after this night, has come.
    """
    day = InvoiceRules.objects.in_force().hand_over_day - 1
    days = Days(calendar.of_all_branches(), as_of)
    rows = sql.rows("deals", "find_unconfirmed_invoices", {"as_of": as_of})
    reached = ((row, days.reached(row["branch_id"], row["issued_on"], [day])) for row in rows)
    return [
        Unconfirmed(row["client_id"], row["invoice_id"], row["issued_on"], come[1]) for row, come in reached if come
    ]
