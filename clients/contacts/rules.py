"""When what is known of people is stale or lacking."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from clients.models import DecisionRole
from salescrm.base.periods import add_months

TOP_MONTHS = 6  # R5: data of a TOP client not verified for longer are not correct
OTHER_MONTHS = 12  # R5: of others
FAILED_ATTEMPTS = 3  # R56: so many unanswered attempts, and a point asks to be renewed
SOON_DAYS = 7  # a birthday is near

DECIDERS = Q(role=DecisionRole.DECIDES, left_on__isnull=True)


def verified_after(today: date, *, top: bool) -> date:
    """Return the day from which a verification still counts."""
    return add_months(today, -(TOP_MONTHS if top else OTHER_MONTHS))
