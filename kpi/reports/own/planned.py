"""The plan beside an own report: figures in force for its months, cut as its rows are (R270)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from kpi.measures.reading import ZERO, Scope
from kpi.plans import reading, seasons
from kpi.plans.models import PlanMeasure
from kpi.reports.own.cuts import Cut
from kpi.reports.own.models import OwnReport
from salescrm.base.periods import month_end
from staff import calendar
from staff.access import Act, may
from staff.models import Employee

UNDIVIDED = "-"  # the key of what a plan leaves undivided
MEASURES = {
    "turnover": PlanMeasure.TURNOVER,
    "active_accounts": PlanMeasure.ACTIVE_ACCOUNTS,
    "new_clients": PlanMeasure.NEW_CLIENTS,
    "repeat_clients": PlanMeasure.REPEAT_OF_NEW,
    "recovered_turnover": PlanMeasure.RECOVERED_TURNOVER,
}
FIELDS = {
    Cut.CLIENT: "client", Cut.TYPE: "segment", Cut.GROUP: "client_group", Cut.PERSON: "employee",
    Cut.POSITION: "employee__position", Cut.DIRECTION: "direction", Cut.BRANCH: "branch", Cut.MONTH: "month",
    Cut.DEPARTMENT: "employee__department",
}  # fmt: skip
At = tuple[int, str, str]


@dataclass
class Planned:
    """Plan and pace by row and measure; a row by its level and keys, as `kpi.reports.own.reckoning.Line` has them."""

    amounts: dict[tuple[At, str], tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def keys(self) -> set[At]:
        """The rows something is planned for."""
        return {at for at, _code in self.amounts}

    def has(self, code: str) -> bool:
        """Say whether anything is planned for a measure."""
        return any(one == code for _at, one in self.amounts)

    def of(self, at: At, code: str) -> tuple[Decimal | None, Decimal | None]:
        """Return plan and pace of a row; None where nothing is planned."""
        return self.amounts.get((at, code), (None, None))

    def add(self, at: At, code: str, plan: Decimal, pace: Decimal) -> None:
        """Count more in."""
        had = self.amounts.get((at, code), (ZERO, ZERO))
        self.amounts[at, code] = (had[0] + plan, had[1] + pace)


def read(
    viewer: Employee, seen: Scope, report: OwnReport, months: Sequence[date], known: Mapping[date, date], today: date
) -> Planned:
    """Return what is planned for a report within a scope; `known`: the last day counted of each month.

    Rows have a plan only where the plan is divided by their cut; what it leaves undivided is a row of its own.
    """
    asked = {str(MEASURES[code]): code for code in report.columns if code in MEASURES}
    found = Planned()
    if not asked or report.region or not may(viewer, Act.SEE_PLANS):
        return found
    figures = reading.figures_in_force(months).visible_to(viewer, today).filter(seen.narrow)
    figures = figures.filter(of_group=False, measure__in=asked)
    if report.client_group:
        figures = figures.filter(client_group=report.client_group)
    if report.segment_id:
        figures = figures.filter(segment=report.segment_id)
    fields = [FIELDS[Cut(cut)] for cut in report.rows if cut in FIELDS]
    by = list(dict.fromkeys(["measure", "month", *fields]))
    rows: list[dict[str, Any]] = list(figures.values(*by).annotate(whole=Sum("amount")).order_by())
    passed = _passed({row["month"] for row in rows}, known)
    divided = [_is_divided(cut, rows) for cut in report.rows]
    for row in rows:
        code, plan = asked[row["measure"]], row["whole"]
        pace = plan * passed[row["month"]]
        found.add((2, "", ""), code, plan, pace)
        if not divided[0]:
            continue
        keys = [_key(row.get(FIELDS[Cut(cut)])) for cut, is_so in zip(report.rows, divided, strict=True) if is_so]
        found.add((1, keys[0], ""), code, plan, pace)
        if len(keys) == 2 and keys[0] != UNDIVIDED:
            found.add((0, keys[0], keys[1]), code, plan, pace)
    return found


def _is_divided(cut: str, rows: list[dict[str, Any]]) -> bool:
    return Cut(cut) in FIELDS and any(row[FIELDS[Cut(cut)]] for row in rows)


def _key(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value else UNDIVIDED


def _passed(months: set[date], known: Mapping[date, date]) -> dict[date, Decimal]:
    """Return the share of each month's working days that is counted; all of a month that is over."""
    office = calendar.head_office() if months else None
    found = {}
    for month in months:
        as_of = known.get(month)
        if as_of is None or office is None:
            found[month] = ZERO
        else:
            found[month] = Decimal(1) if as_of >= month_end(month) else seasons.passed(office, month, as_of)
    return found
