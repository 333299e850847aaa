"""The default schedule: inserted by name after migrate where missing, never overwritten; administrators edit it.

Each entry expires before its next turn, so a worker that was down does not find a heap of old messages.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

MINUTE = 60

EVERY: list[tuple[str, str, int]] = [  # name, task, minutes
    ("tick", "tick", 1),
    ("send letters", "send-letters", 2),
    ("letters of notifications", "letters", 2),
    ("letters of reports", "report-letters", 10),
    ("terms of leads", "lead-terms", 10),
]
DAILY: list[tuple[str, str, dict[str, str]]] = [  # name, task, crontab in the company's time zone
    ("night", "night", {"minute": "10", "hour": "3"}),
    ("night, second try", "night", {"minute": "40", "hour": "5"}),
    ("likely duplicates", "duplicates", {"minute": "20", "hour": "4"}),
    ("completeness of clients", "completeness", {"minute": "10", "hour": "6"}),
    ("plans", "plans-daily", {"minute": "15", "hour": "6"}),
    ("plan of changes", "change-plan-daily", {"minute": "17", "hour": "6"}),
    ("leads", "leads-daily", {"minute": "20", "hour": "6"}),
    ("work on invoices", "invoices", {"minute": "30", "hour": "6"}),
    ("terms of claims", "claims", {"minute": "35", "hour": "6"}),
    ("terms of contracts", "contracts", {"minute": "40", "hour": "6"}),
    ("deals by rule", "deals", {"minute": "0", "hour": "6"}),
]
QUARTERLY: list[tuple[str, str, dict[str, str]]] = [
    (
        "reconciliation of the base",
        "reconciliation",
        {"minute": "50", "hour": "4", "day_of_month": "1", "month_of_year": "1,4,7,10"},
    ),
]


def insert_defaults() -> int:
    """Insert the entries that are missing by name; return how many."""
    made = 0
    for name, task, minutes in EVERY:
        every, _new = IntervalSchedule.objects.get_or_create(every=minutes, period=IntervalSchedule.MINUTES)
        made += _insert(name, task, expires=minutes * MINUTE - 5, interval=every)
    for name, task, times in DAILY + QUARTERLY:
        at, _new = CrontabSchedule.objects.get_or_create(timezone=settings.TIME_ZONE, **times)
        made += _insert(name, task, expires=2 * 60 * MINUTE, crontab=at)
    return made


def _insert(name: str, task: str, *, expires: int, **schedule: Any) -> int:
    defaults = {"task": task, "expire_seconds": expires, **schedule}
    _entry, is_new = PeriodicTask.objects.get_or_create(name=name, defaults=defaults)
    return int(is_new)
