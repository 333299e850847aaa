"""When a client is to be contacted again: TOP and new ones once a month, others once in three months (R89-R91)."""

from __future__ import annotations

from datetime import date

from clients.models import Client, LifeCycle, Standing
from salescrm.base.periods import add_months
from staff.calendar import Calendar

TOP_MONTHS = NEW_MONTHS = 1
OTHER_MONTHS = 3


def months(standing: Standing | None) -> int:
    """Return after how many months the norm asks for the next contact."""
    if standing is None:
        return OTHER_MONTHS
    if standing.top:
        return TOP_MONTHS
    return NEW_MONTHS if standing.life_cycle == LifeCycle.NEW else OTHER_MONTHS


def next_contact_on(client: Client, today: date) -> date:
    """Return the day the norm proposes, moved on to a working day of the client's branch."""
    standing = Standing.objects.filter(client=client).first()
    return Calendar(client.branch).on_or_after(add_months(today, months(standing)))
