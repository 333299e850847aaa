"""Addresses of plans: one draft, one proposed version with an own figure of the csm, one approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from kpi.plans.models import (
    PlanFigure,
    PlanProposal,
    PlanReading,
    PlanState,
    PlanVersion,
    Seasonality,
    SeasonalityShare,
)
from salescrm.base.models import Job
from staff.access import Act, Role
from tests.access.clients import who_may
from tests.access.table import Row, Scene

SEES = who_may(Act.SEE_PLANS)
MAKERS = who_may(Act.PROPOSE_PLANS)
CHANGERS = who_may(Act.CHANGE_PLANS)
MONTH = date(2026, 8, 1)
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def prepare(scene: Scene) -> None:
    """Add the versions, each with a figure of the csm, and a seasonality."""
    hos, csm = scene.people[Role.HOS], scene.people[Role.CSM]
    job = Job.objects.create(kind="plan-make", state="running", created_by=hos)
    for number, state in enumerate((PlanState.DRAFT, PlanState.PROPOSED, PlanState.APPROVED), 1):
        given: dict[str, Any] = {"approved_by": hos, "approved_at": NOW} if state == PlanState.APPROVED else {}
        plan = PlanVersion.objects.create(
            number=number, first_month=MONTH, months=1, state=state, author=hos, created_at=NOW,
            basis={"job": job.pk}, **given,
        )  # fmt: skip
        PlanFigure.objects.create(
            plan=plan, month=MONTH, employee=csm, branch=csm.branch, client_group="top", amount=10, goal=10
        )
        scene.extra[f"plan {state}"] = plan
    scene.extra["own figure"] = PlanProposal.objects.create(
        plan=scene.extra["plan proposed"], month=MONTH, employee=csm, client_group="top", amount=9, planned=10,
        author=csm, made_at=NOW,
    )  # fmt: skip
    PlanReading.objects.create(plan=scene.extra["plan approved"], employee=csm, told_at=NOW)
    made = Seasonality.objects.create(reckoned_from=date(2025, 7, 1), reckoned_until=date(2026, 7, 1), created_at=NOW)
    shares = [SeasonalityShare(seasonality=made, month=n, coefficient=1, reckoned=1) for n in range(1, 13)]
    SeasonalityShare.objects.bulk_create(shares)


def named(state: str) -> Callable[[Scene], list[Any]]:
    """Name the version of a state."""
    return lambda scene: [scene.extra[f"plan {state}"].pk]


DRAFT, PROPOSED, APPROVED = named("draft"), named("proposed"), named("approved")
SEEN = {"seen": 1}


def two(scene: Scene) -> list[Any]:
    """Name the approved version and the proposed one."""
    return [scene.extra["plan approved"].pk, scene.extra["plan proposed"].pk]


def offered(scene: Scene) -> list[Any]:
    """Name the csm's own figure."""
    return [scene.extra["plan proposed"].pk, scene.extra["own figure"].pk]


def goal(scene: Scene) -> list[Any]:
    """Name a year."""
    return [2026]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new plan."""
    return {"first_month": "2026-08-01", "months": 12, "goal": "1000"}


def curve(scene: Scene) -> dict[str, Any]:
    """Fill the form of twelve coefficients."""
    newest = Seasonality.objects.latest("pk").pk
    return {"comment": "Сдвиг сезона", "seen": newest} | {f"m{n}": 1 for n in range(1, 13)}


ROWS = [
    Row("kpi:plans", SEES),
    Row("kpi:plans", SEES, query="?measure=active_accounts&year=2025"),
    Row("kpi:plans", SEES, query="?year=3000", ok=404),
    Row("kpi:plans-landing", SEES),
    Row("kpi:plan-new", MAKERS),
    Row("kpi:plan-new", MAKERS, "post", data=new, ok=302),
    Row("kpi:plan-upload", MAKERS),
    Row("kpi:plan-upload", MAKERS, "post", ok=422),
    Row("kpi:plan-goal", CHANGERS, args=goal),
    Row("kpi:plan-goal", CHANGERS, "post", args=goal, data=lambda scene: {"amount": 5, "seen": 0}, ok=302),
    Row("kpi:seasonality", SEES),
    Row("kpi:seasonality-edit", CHANGERS),
    Row("kpi:seasonality-edit", CHANGERS, "post", data=curve, ok=302),
    Row("kpi:seasonality-refresh", CHANGERS, "post", ok=302),
    Row("kpi:plan", SEES, args=APPROVED),
    Row("kpi:plan", SEES, args=PROPOSED),
    Row("kpi:plan", MAKERS, args=DRAFT, also=dict.fromkeys(SEES - MAKERS, 404)),
    Row("kpi:plan-job", MAKERS, args=DRAFT),
    Row("kpi:plan-compare", SEES, args=two),
    Row("kpi:plan-figure", MAKERS, args=DRAFT, query="?month=2026-08-01&employee=0", ok=404),
    Row("kpi:plan-own", SEES, args=PROPOSED, query="?month=2026-08-01&employee=0", ok=404),
    Row("kpi:plan-answer", MAKERS, args=offered),
    Row("kpi:plan-answer", MAKERS, "post", args=offered, data=lambda scene: {"agreed": 10, "seen": 1}, ok=302),
    Row("kpi:plan-propose", MAKERS, "post", args=DRAFT, data=lambda scene: SEEN, ok=302),
    Row("kpi:plan-approve", CHANGERS, "post", args=PROPOSED, data=lambda scene: SEEN, ok=302),
    Row("kpi:plan-correct", CHANGERS, args=APPROVED),
    Row("kpi:plan-correct", CHANGERS, "post", args=APPROVED, data=lambda scene: {"reason": "Ошибка"}, ok=302),
    Row("kpi:plan-discard", MAKERS, "post", args=DRAFT, data=lambda scene: SEEN, ok=302),
    Row("kpi:plan-read", {Role.CSM}, "post", args=APPROVED, ok=302, also=dict.fromkeys(SEES - {Role.CSM}, 404)),
    Row("kpi:plan-export", SEES, args=APPROVED),
    Row("kpi:plan-fill", MAKERS, args=DRAFT),
    Row("kpi:plan-fill", MAKERS, "post", args=DRAFT, ok=422),
]
