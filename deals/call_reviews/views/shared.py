"""What pages of call reviews have in common: who says what is scored, and the way between the pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from staff.access import Act, Rows, may, rows
from staff.models import Employee


def sets_criteria(person: Employee) -> bool:
    """Say whether the person says what calls are scored by: heads of all branches."""
    return may(person, Act.REVIEW_CALLS) and rows(person) == Rows.ALL


def tabs(person: Employee, current: str) -> list[dict[str, Any]]:
    """Lead a head between the pages of reviews."""
    if not may(person, Act.REVIEW_CALLS):
        return []
    pages = {"calls:team": pgettext("call reviews", "This week"), "calls:review-list": pgettext("calls", "Reviews")}
    if sets_criteria(person):
        pages["calls:criteria"] = _("Criteria")
    return [{"label": word, "url": reverse(name), "current": name == current} for name, word in pages.items()]
