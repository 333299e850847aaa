"""Deadlines of planning (R229): the next month's plan by a day of this one, closing by a working day of the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salescrm.base import automation
from salescrm.base.periods import add_months, month_start
from staff.calendar import Calendar

PLAN_DAY = 25
CLOSING_DAY = 3  # working day of the next month


@dataclass(frozen=True)
class Deadlines:
    """The days as they stand on `today`; `planned` is the month the plan is for, `closed` the one that is closed."""

    today: date
    planned: date
    plan_by: date
    closed: date
    close_by: date

    @property
    def plan_left(self) -> int:
        """Days until the plan is due; below zero: late."""
        return (self.plan_by - self.today).days

    @property
    def close_left(self) -> int:
        """Days until the month is closed; below zero: over."""
        return (self.close_by - self.today).days


def of(today: date, calendar: Calendar) -> Deadlines:
    """Return the deadlines: of the plan for the month after this one, and of closing the month before."""
    this = month_start(today)
    planned = add_months(this, 1)
    plan_day = automation.number("plan-day", PLAN_DAY, today)
    closing = automation.number("plan-closing-day", CLOSING_DAY, today)
    close_by = calendar.nth(calendar.on_or_after(this), closing)
    closed = add_months(this, -1)
    if today > close_by:
        closed, close_by = this, calendar.nth(calendar.on_or_after(planned), closing)
    return Deadlines(today, planned, this.replace(day=plan_day), closed, close_by)
