"""The room's background work: results of past months; figures of a plan; the forecast and the reminders of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from kpi.change_plan import actions as change_plan
from kpi.measures import computing
from kpi.plans import daily, making
from kpi.plans.models import PlanVersion
from kpi.posts import actions as posts
from salescrm.base import jobs
from salescrm.base.jobs import Progress


@jobs.kind("plan-make")
def make_plan(progress: Progress, *, plan: int, today: str) -> dict[str, Any]:
    """Make the figures of a draft from its goal; started twice they are the same."""
    with transaction.atomic():
        found = PlanVersion.objects.select_for_update().filter(pk=plan).first()
        if found is None or not found.is_open:
            raise jobs.Refused("the plan was discarded or approved meanwhile")
        found.figures.all().delete()
        goal, day = Decimal(found.basis["goal"]), date.fromisoformat(today)
        if not making.parts(found.first_month, day).rows:
            raise jobs.Refused("nothing was shipped in the twelve months before: there is no history to spread by")
        return {"figures": making.top_down(found, goal, day, progress.tell), "plan": plan}


@jobs.kind("plans-daily")
def plans_daily(progress: Progress, *, today: str) -> dict[str, Any]:
    """Keep the forecast of the day before, remind of deadlines and of what holds for posts; safe to start twice."""
    day = date.fromisoformat(today)
    return daily.run(day) | {"posts": posts.ask(day)}


@jobs.kind("change-plan-daily")
def change_plan_daily(progress: Progress, *, today: str) -> dict[str, Any]:
    """Open the review of the year, remind of steps of the plan of changes; safe to start twice."""
    return change_plan.run_day(date.fromisoformat(today))


@jobs.kind("kpi-results")
def results(progress: Progress, *, as_of: str, months: int = 1) -> dict[str, Any]:
    """Reckon the month of `as_of` and so many before it anew; closed ones stay as they are."""
    written = computing.backfill(months, date.fromisoformat(as_of), progress.tell)
    return {"rows": written, "months": months + 1}
