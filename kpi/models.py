"""The room's tables: months and their stored results, indicators and their sets, plans, letters of reports."""

from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.measures.models import DayResult, DirectionResult, Month, Result
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
from kpi.reports.models import ReportLetter

__all__ = [
    "DayResult",
    "DirectionResult",
    "Forecast",
    "Indicator",
    "IndicatorSet",
    "Month",
    "PlanEstimate",
    "PlanFigure",
    "PlanProposal",
    "PlanReading",
    "PlanVersion",
    "ReportLetter",
    "Result",
    "Seasonality",
    "SeasonalityShare",
    "SetLine",
    "YearGoal",
]
