"""When what is known of people is stale or lacking."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from clients.models import CompletenessRules, DecisionRole
from salescrm.base.periods import add_months

FAILED_ATTEMPTS = 3  # R56: so many unanswered attempts, and a point asks to be renewed, unless a version says otherwise
NO_ATTEMPTS = {"failed_attempts": 0, "is_doubtful": False}  # of a point that answered, or is said to be right
SOON_DAYS = 7  # a birthday is near

DECIDERS = Q(role=DecisionRole.DECIDES, left_on__isnull=True)


def verified_after(today: date, *, top: bool, rules: CompletenessRules) -> date:
    """Return the day from which a verification still counts (R5)."""
    return add_months(today, -(rules.top_months if top else rules.other_months))
