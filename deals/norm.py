"""The contact norm reckoned: the last day of a term, and the day the next contact is proposed for (R89-R93, R97).

Which norm holds for a client is decided to the right (segmentation, step contacts) and stands in its Standing row; here
is the one place where a day is made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clients.models import Client, Standing
from salescrm.base import automation
from salescrm.base.periods import add_months
from staff.calendar import Calendar

UNRULED_MONTHS = 3  # proposed for a client no norm holds for (potential, lost, before the first night), usually


@dataclass(frozen=True)
class Norm:
    """At least one contact in `months`, or one attempt in `days`; by calendar: in every period of so many months."""

    months: int | None = None
    days: int | None = None
    by_calendar: bool = False


def of(standing: Standing | None) -> Norm | None:
    """Return the norm that holds for a client; None when none does."""
    if standing is None or (standing.contact_months is None and standing.contact_days is None):
        return None
    return Norm(standing.contact_months, standing.contact_days, standing.contact_by_calendar)


def due_on(norm: Norm, start: date, calendar: Calendar) -> date:
    """Return the last day of the term that began on `start`, a working day.

    A rolling term that ends on a day off ends on the next working day; one by the calendar ends with its period, on the
    last working day of it.
    """
    if norm.days is not None:
        return calendar.on_or_after(start + timedelta(days=norm.days))
    months = norm.months or UNRULED_MONTHS
    if norm.by_calendar:
        return calendar.on_or_before(_end_of_next_period(start, months))
    return calendar.on_or_after(add_months(start, months))


def _end_of_next_period(start: date, months: int) -> date:
    """Return the last day of the period after the one `start` lies in; periods of months are counted from January."""
    begun = (start.month - 1) // months * months + 1
    return add_months(date(start.year, begun, 1), 2 * months) - timedelta(days=1)


def next_contact_on(client: Client, today: date) -> date:
    """Return the day to propose for the next contact when one took place today."""
    standing = Standing.objects.filter(client=client).first()
    held = of(standing) or Norm(automation.number("unruled-months", UNRULED_MONTHS, today))
    return due_on(held, today, Calendar(client.branch))
