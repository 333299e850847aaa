"""Where the month will land: shipped + open deals × probability + expected orders; kept day by day (R226)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum

from kpi.plans import facts
from kpi.plans.facts import ROOM
from kpi.plans.models import Forecast
from salescrm.base import sql
from salescrm.base.periods import add_months, month_start


def reckon(day: date) -> list[Forecast]:
    """Return the forecast of the month of `day`, as it looks at the end of that day, by person; nothing is written."""
    month = month_start(day)
    rows = sql.rows(ROOM, "read_forecast", {"month": month, "day": day, "end": add_months(month, 1)})
    return [
        Forecast(
            day=day,
            month=month,
            branch_id=row["branch"],
            employee_id=row["employee"],
            shipped=row["shipped"],
            deals=row["deals"],
            cyclic=row["cyclic"],
        )
        for row in rows
    ]


def store(day: date) -> int:
    """Keep the forecast of a day; done twice it is the newer one. Return how many people have one."""
    return len(
        Forecast.objects.bulk_create(
            reckon(day),
            update_conflicts=True,
            unique_fields=["month", "day", "employee"],
            update_fields=["branch", "shipped", "deals", "cyclic"],
        )
    )


@dataclass(frozen=True)
class Told:
    """What the forecast of a day said of a month, and what came (R226)."""

    day: date
    said: Decimal
    fact: Decimal

    @property
    def error(self) -> Decimal | None:
        """The share the forecast missed the fact by."""
        return (self.said - self.fact) / self.fact if self.fact else None


def errors(month: date, employees: set[int] | None) -> list[Told]:
    """Return how the forecasts of a month that is over did, day by day; of some people or of everybody (None)."""
    kept = Forecast.objects.filter(month=month)
    kept = kept if employees is None else kept.filter(employee__in=employees)
    days = kept.values("day").annotate(said=Sum(F("shipped") + F("deals") + F("cyclic"))).order_by("day")
    found = facts.by_person(month, add_months(month, 1))
    fact = sum((v for (who, _month), v in found.items() if employees is None or who in employees), Decimal(0))
    return [Told(row["day"], row["said"], fact) for row in days]


def last_day(today: date) -> date:
    """Return the day whose end the forecast is reckoned from: the day before, within the month of `today`."""
    return max(today - timedelta(days=1), month_start(today))
