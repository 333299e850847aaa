"""The room's tables: months and their stored results, indicators and their sets, plans, letters of reports."""

from kpi.change_plan.models import ChangeStep, Review, ReviewAnswer, ReviewQuestion
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.measures.models import DayResult, DirectionResult, Month, Result
from kpi.meetings.models import AgendaLine, Decision, Meeting, MeetingMember, MeetingQuestion
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
from kpi.posts.models import TermsReading
from kpi.reports.models import ReportLetter
from kpi.reports.own.models import OwnReport, ReportDelivery
from kpi.workload.models import OutputNorm, PortfolioNorm

__all__ = [
    "AgendaLine",
    "ChangeStep",
    "DayResult",
    "Decision",
    "DirectionResult",
    "Forecast",
    "Indicator",
    "IndicatorSet",
    "Meeting",
    "MeetingMember",
    "MeetingQuestion",
    "Month",
    "OutputNorm",
    "OwnReport",
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
    "PortfolioNorm",
    "ReportDelivery",
    "ReportLetter",
    "Result",
    "Review",
    "ReviewAnswer",
    "ReviewQuestion",
    "Seasonality",
    "SeasonalityShare",
    "SetLine",
    "TermsReading",
    "YearGoal",
]
