"""What sheets are reckoned from: results and targets of months by person, branch and company; few queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from kpi.indicators.models import Indicator, IndicatorSet, Scope
from kpi.measures import declared
from kpi.measures.models import ClientGroup, Result
from kpi.measures.reading import derive
from kpi.plans import reading
from kpi.plans.models import PlanMeasure
from staff.models import Employee

OF_PLAN: dict[str, tuple[str, str]] = {  # measure of the plan: measure, group of clients when it names one itself
    PlanMeasure.TURNOVER: ("turnover", ""),
    PlanMeasure.ACTIVE_ACCOUNTS: ("active_accounts", ""),
    PlanMeasure.ACTIVE_TOP: ("active_accounts", ClientGroup.TOP),
    PlanMeasure.NEW_CLIENTS: ("new_clients", ""),
    PlanMeasure.REPEAT_OF_NEW: ("repeat_clients", ""),
    PlanMeasure.RECOVERED_TURNOVER: ("recovered_turnover", ""),
}
OF_OLD = ("turnover", "documents", "recovered_turnover")  # what the old formula reads
NOUGHT = Decimal(0)
Place = tuple[date, str, int]  # month; scope; id of the person or branch, 0: the company
Sums = defaultdict[tuple[date, str, int, str], dict[str, Decimal]]


def _add(sums: Sums, place: Place, group: str, measure: str, value: Decimal) -> None:
    for one in {group, ""}:
        at = sums[(*place, one)]
        at[measure] = at.get(measure, NOUGHT) + value


class Facts:
    """Results and plan of a month, and of the months before as far as the old formula asks: five queries."""

    def __init__(self, month: date, before: Collection[date]) -> None:
        self.month = month
        self._facts: Sums = defaultdict(dict)
        self._plans: Sums = defaultdict(dict)
        self._read(before)
        self._plan([month, *before])
        self._sets = _targets(month)

    def _read(self, before: Collection[date]) -> None:
        asked = Q(month=self.month) | Q(month__in=before, measure__in=OF_OLD)
        rows = Result.objects.filter(asked).order_by().values("month", "employee", "branch", "client_group", "measure")
        for row in rows.annotate(whole=Sum("value")):
            month, measure, group = row["month"], row["measure"], row["client_group"]
            _add(self._facts, (month, Scope.PERSON, row["employee"]), group, measure, row["whole"])
            if declared.BY_CODE[measure].adds:
                _add(self._facts, (month, Scope.BRANCH, row["branch"]), group, measure, row["whole"])
                _add(self._facts, (month, Scope.COMPANY, 0), group, measure, row["whole"])

    def _plan(self, months: Collection[date]) -> None:
        rows = reading.figures_in_force(months).filter(of_group=False).order_by()
        for row in rows.values("month", "employee", "branch", "client_group", "measure").annotate(whole=Sum("amount")):
            measure, own = OF_PLAN[row["measure"]]
            group, month = own or row["client_group"], row["month"]
            for scope, key in (
                (Scope.PERSON, row["employee"]),
                (Scope.BRANCH, row["branch"]),
                (Scope.COMPANY, 0),
            ):
                at = self._plans[(month, scope, key or 0, group)]
                at[measure] = at.get(measure, NOUGHT) + row["whole"]
                if group and not own:
                    whole = self._plans[(month, scope, key or 0, "")]
                    whole[measure] = whole.get(measure, NOUGHT) + row["whole"]

    def _place(self, indicator: Indicator, person: Employee) -> tuple[str, int]:
        scope = indicator.scope
        return scope, {Scope.PERSON: person.pk, Scope.BRANCH: person.branch_id}.get(Scope(scope), 0)

    def fact(self, indicator: Indicator, person: Employee) -> Decimal | None:
        """Return what was reached; None for a ratio of nothing."""
        place = self._place(indicator, person)
        return derive(indicator.measure, self._facts.get((self.month, *place, indicator.client_group), {}))

    def target(self, indicator: Indicator, person: Employee) -> Decimal | None:
        """Return the target of the position's set of indicators, else that of the plan; None when there is none."""
        found = self._sets.get((person.position_id or 0, indicator.pk))
        if found is not None:
            return found
        place = self._place(indicator, person)
        return self._plans.get((self.month, *place, indicator.client_group), {}).get(indicator.measure)

    def whole(self, month: date, measure: str) -> Decimal:
        """Return what the company reached in a month."""
        return self._facts.get((month, Scope.COMPANY, 0, ""), {}).get(measure, NOUGHT)

    def own(self, month: date, measure: str, person: Employee) -> Decimal:
        """Return what the person reached in a month."""
        return self._facts.get((month, Scope.PERSON, person.pk, ""), {}).get(measure, NOUGHT)

    def planned(self, month: date) -> Decimal:
        """Return the company's turnover by the plan."""
        return self._plans.get((month, Scope.COMPANY, 0, ""), {}).get("turnover", NOUGHT)


def _targets(month: date) -> dict[tuple[int, int], Decimal]:
    """Return targets by (position, indicator) of the sets that hold in a month."""
    found: dict[tuple[int, int], Decimal] = {}
    seen: set[int] = set()
    for one in IndicatorSet.objects.filter(month__lte=month).order_by("-month").prefetch_related("lines"):
        if one.position_id not in seen:
            seen.add(one.position_id)
            found |= {(one.position_id, line.indicator_id): line.target for line in one.lines.all() if line.target}
    return found
