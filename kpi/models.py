"""The room's tables: months and their stored results, indicators and their sets, plans."""

from kpi.change_plan.models import ChangeStep, Review, ReviewAnswer, ReviewQuestion
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.measures.models import DayResult, DirectionResult, Month, Result
from kpi.pay.models import PayComponent, PayFundRate, PayScheme, PaySheet, PaySheetLine
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
    "ChangeStep",
    "DayResult",
    "DirectionResult",
    "Forecast",
    "Indicator",
    "IndicatorSet",
    "Month",
    "PayComponent",
    "PayFundRate",
    "PayScheme",
    "PaySheet",
    "PaySheetLine",
    "PlanEstimate",
    "PlanFigure",
    "PlanProposal",
    "PlanReading",
    "PlanVersion",
    "Result",
    "Review",
    "ReviewAnswer",
    "ReviewQuestion",
    "Seasonality",
    "SeasonalityShare",
    "SetLine",
    "YearGoal",
]
