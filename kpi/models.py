"""The room's tables: months and their stored results, indicators and their sets."""

from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.measures.models import DayResult, DirectionResult, Month, Result

__all__ = ["DayResult", "DirectionResult", "Indicator", "IndicatorSet", "Month", "Result", "SetLine"]
