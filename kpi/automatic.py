"""What the room does by itself, and the figures it works by (R376)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpi.change_plan import actions
from kpi.plans import daily, deadlines
from kpi.posts import actions as posts
from salescrm.base.automation import Automation, Number


def _plans(now: datetime) -> Any:
    return daily.run(now.date()) | {"posts": posts.ask(now.date())}


def _changes(now: datetime) -> Any:
    return actions.run_day(now.date())


AUTOMATIONS = (
    Automation(
        "plans-daily",
        _("Plans: forecast and deadlines"),
        _("Keeps the forecast of the day before; reminds of plans and posts to be read, of a month to be closed."),
        "plans-daily",
        "kpi:plans",
        _plans,
    ),
    Automation(
        "change-plan-daily",
        _("Plan of changes and yearly review"),
        _("Opens the review of the year with a task for the head of sales; reminds of steps before and on their day."),
        "change-plan-daily",
        "kpi:change-plan",
        _changes,
    ),
    Automation(
        "report-letters",
        _("Letters of reports"),
        _("Writes the report of the day, week or month before at the hour chosen, and own reports on their days."),
        "report-letters",
        "kpi:report-letter",
    ),
)
NUMBERS = (
    Number("review-month", _("the yearly review is asked for in month"), actions.REVIEW_MONTH, 1, 12),
    Number("review-days", _("days for the yearly review"), actions.REVIEW_DAYS, 1, 90),
    Number("plan-day", _("the plan of the next month is approved by day"), deadlines.PLAN_DAY, 1, 28),
    Number("plan-closing-day", _("a month is closed by working day"), deadlines.CLOSING_DAY, 1, 15),
)
