"""Making the figures of a plan: from the goal down, and from each client up, side by side (R224, R227, R228)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Sum

from kpi.plans import seasons
from kpi.plans.facts import ROOM
from kpi.plans.models import EstimatePart, PlanEstimate, PlanFigure, PlanMeasure, PlanVersion
from kpi.plans.spreading import spread_tree
from salescrm.base import sql
from salescrm.base.periods import add_months
from segmentation.steps.contacts import SHOP_SEGMENTS
from staff.calendar import by_branch

HISTORY = 12  # full months the shares are taken from
RECENT = 6  # months of the rate of new and returned clients
UNIT = Decimal(1)
COUNTS = (PlanMeasure.ACTIVE_ACCOUNTS, PlanMeasure.ACTIVE_TOP, PlanMeasure.NEW_CLIENTS, PlanMeasure.REPEAT_OF_NEW)


class Leaf(NamedTuple):
    """Where a figure stands, from the top down."""

    month: date
    branch: int
    employee: int
    client_group: str
    direction: int | None
    client: int | None


@dataclass(frozen=True)
class Parts:
    """What today's owners' clients bought in the last twelve full months, and how it falls on the months of a plan."""

    start: date
    end: date
    rows: list[dict[str, Any]]

    @property
    def total(self) -> Decimal:
        """The whole turnover behind the shares, to the rouble."""
        return sum((row["amount"] for row in self.rows), Decimal(0)).quantize(UNIT)


def parts(first_month: date, today: date) -> Parts:
    """Read the shares: of the twelve full months before the plan, at the latest of those that are over."""
    end = min(first_month, today.replace(day=1))
    start = add_months(end, -HISTORY)
    return Parts(
        start, end, sql.rows(ROOM, "read_plan_parts", {"start": start, "end": end, "shop_segments": SHOP_SEGMENTS})
    )


def leaves(found: Parts, months: list[date], season: seasons.Season) -> dict[Leaf, Decimal]:
    """Return the weight of each leaf: share of history × season of the direction × working days of the branch."""
    calendars = by_branch({row["branch"] for row in found.rows})
    working = {pk: seasons.working_days(own, months) for pk, own in calendars.items()}
    weights: dict[Leaf, Decimal] = {}
    for row in found.rows:
        curve = season.curve(row["direction"])
        for month in months:
            leaf = Leaf(month, row["branch"], row["employee"], row["client_group"], row["direction"], row["client"])
            weights[leaf] = row["amount"] * curve[month.month - 1] * working[row["branch"]][month]
    return weights


def top_down(plan: PlanVersion, goal: Decimal, today: date, tell: Callable[[int], None] = lambda done: None) -> int:
    """Write the figures of a draft from the goal of its whole period down to TOP clients; return how many.

    The statistical part is what the same months would bring at last year's volume, the goal part what is added (R224).
    """
    season = seasons.in_force()
    found = parts(plan.first_month, today)
    months = plan.every_month
    weights = leaves(found, months, season)
    usual = (found.total * len(months) / HISTORY).quantize(UNIT)
    amounts = spread_tree(goal, weights, UNIT if goal == goal.quantize(UNIT) else Decimal("0.01"))
    tell(1)
    statistics = spread_tree(usual, weights, UNIT)
    figures = [
        PlanFigure(
            plan=plan,
            month=leaf.month,
            branch_id=leaf.branch,
            employee_id=leaf.employee,
            client_group=leaf.client_group,
            direction_id=leaf.direction,
            client_id=leaf.client,
            amount=amount,
            statistical=statistics[leaf],
            goal=amount - statistics[leaf],
        )
        for leaf, amount in amounts.items()
        if amount or statistics[leaf]
    ]
    growth = goal / usual if usual else Decimal(1)
    figures += _counts(plan, found, growth)
    PlanFigure.objects.bulk_create(figures, batch_size=2000)
    tell(2)
    bottom_up(plan, season, today)
    PlanFigure.objects.bulk_create(_returned(plan, growth), batch_size=2000)
    tell(3)
    return len(figures)


def _counts(plan: PlanVersion, found: Parts, growth: Decimal) -> list[PlanFigure]:
    """Numbers of clients by person: of a usual month, and more as the goal is above the usual (R223)."""
    rows = sql.rows(ROOM, "read_plan_counts", {"start": found.start, "end": found.end, "months": HISTORY})
    made = []
    for row in rows:
        for measure in COUNTS:
            usual = row[measure].quantize(UNIT)
            amount = (row[measure] * growth).quantize(UNIT)
            if amount or usual:
                made += [
                    PlanFigure(
                        plan=plan,
                        month=month,
                        measure=measure,
                        branch_id=row["branch"],
                        employee_id=row["employee"],
                        amount=amount,
                        statistical=usual,
                        goal=amount - usual,
                    )
                    for month in plan.every_month
                ]
    return made


def _returned(plan: PlanVersion, growth: Decimal) -> list[PlanFigure]:
    """Turnover of returned clients by person: the recent rate, and more as the goal is above the usual (R223)."""
    rows = PlanEstimate.objects.filter(plan=plan, part=EstimatePart.RETURNED).values("branch", "employee", "month")
    made = []
    for row in rows.annotate(rate=Sum("amount")).order_by("employee", "month"):
        usual, amount = row["rate"].quantize(UNIT), (row["rate"] * growth).quantize(UNIT)
        if amount or usual:
            made.append(
                PlanFigure(
                    plan=plan,
                    month=row["month"],
                    measure=PlanMeasure.RECOVERED_TURNOVER,
                    branch_id=row["branch"],
                    employee_id=row["employee"],
                    amount=amount,
                    statistical=usual,
                    goal=amount - usual,
                )
            )
    return made


def bottom_up(plan: PlanVersion, season: seasons.Season, today: date) -> int:
    """Write what clients will buy by themselves; the base and the potential are kept apart (R228)."""
    start = max(plan.first_month, today.replace(day=1))
    months = plan.months - (start.year - plan.first_month.year) * 12 - start.month + plan.first_month.month
    PlanEstimate.objects.filter(plan=plan).delete()
    if months <= 0:
        return 0
    until = min(start, today.replace(day=1))
    asked = {
        "until": until,
        "start": start, "months": months, "rate_start": add_months(until, -RECENT), "rate_months": RECENT,
        "coefficients": season.curve(None),
        "shop_segments": SHOP_SEGMENTS,
    }  # fmt: skip
    rows = sql.rows(ROOM, "read_plan_estimates", asked)
    made = [
        PlanEstimate(
            plan=plan,
            month=row["month"],
            branch_id=row["branch"],
            employee_id=row["employee"],
            client_group=row["client_group"],
            part=row["part"],
            amount=row["amount"],
        )
        for row in rows
    ]
    return len(PlanEstimate.objects.bulk_create(made, batch_size=2000))
