"""What the room keeps; its packages bring their own tables."""

from kpi.plans.models import (
    Forecast,
    PlanEstimate,
    PlanFigure,
    PlanProposal,
    PlanReading,
    PlanVersion,
    Seasonality,
    SeasonalityShare,
    YearGoal,
)

__all__ = [
    "Forecast",
    "PlanEstimate",
    "PlanFigure",
    "PlanProposal",
    "PlanReading",
    "PlanVersion",
    "Seasonality",
    "SeasonalityShare",
    "YearGoal",
]
