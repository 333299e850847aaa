"""What is counted for a report: by the very statements that store the board's figures, of any span of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from kpi.measures import computing, declared
from salescrm.base import sql
from segmentation.models import RuleSet

DONE = (
    "turnover", "documents", "effective_calls", "contacts", "contacts_meeting", "contacts_letter", "tasks_due",
    "tasks_in_term", "tasks_done", "deals_opened", "deals_won", "invoices_issued", "leads", "leads_in_term",
    "new_clients", "handed_over", "returned", "zero_clients",
)  # fmt: skip
STATEMENTS = tuple(dict.fromkeys(declared.BY_CODE[code].sql for code in DONE))


@dataclass
class Counted:
    """Values by measure and person (id); measures that count nothing have no entry."""

    values: dict[str, dict[int, Decimal]] = field(default_factory=dict)

    def add(self, rows: list[dict[str, object]]) -> None:
        """Take rows of measure, employee and value in."""
        for row in rows:
            self.values.setdefault(str(row["measure"]), {})[int(str(row["employee"]))] = Decimal(str(row["value"]))

    def of(self, code: str, person: int) -> Decimal:
        """Return the value of one person."""
        return self.values.get(code, {}).get(person, Decimal(0))

    @property
    def people(self) -> set[int]:
        """Return everybody something was counted for."""
        return {person for values in self.values.values() for person, value in values.items() if value}


@transaction.atomic
def count(start: date, end: date, *, now: bool) -> Counted:
    """Count [start, end], both days included, for everybody: a fixed number of statements whatever the base.

    `now`: also what is kept of no other day than this one. Before the first rule set nothing is counted.
    """
    found = count_evening(start, end, now=now)
    rules = RuleSet.objects.filter(effective_from__lte=end).order_by("-effective_from").first()
    if rules is not None:
        computing.gather(start, end, rules, STATEMENTS)
        found.add(sql.rows(computing.APP, "read_report_facts"))
    return found


def count_evening(start: date, end: date, *, now: bool) -> Counted:
    """Count what was left on the evening of `end`, and what is left now."""
    found = Counted()
    found.add(sql.rows(computing.APP, "read_report_evening", {"start": start, "end": end, "zone": settings.TIME_ZONE}))
    if now:
        found.add(sql.rows(computing.APP, "read_report_now", {"end": end}))
    return found
