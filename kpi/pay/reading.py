"""Whose pay a person sees, and sheets as screens show them: of a closed month kept, of an open one reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kpi.board.reading import behind
from kpi.indicators.attainment import Scale
from kpi.indicators.models import Scope
from kpi.indicators.reading import value
from kpi.measures.models import Month, Result
from kpi.pay import computing
from kpi.pay.computing import Sheet
from kpi.pay.models import Part, PayFundRate, PaySheet, PaySheetLine
from kpi.pay.rules import Way, money
from salescrm.base import show
from salescrm.base.periods import add_months, month_end
from staff.access import Figures, Pay, figures, pay
from staff.models import Employee
from staff.querysets import employed

if TYPE_CHECKING:
    from collections.abc import Iterable
NOUGHT = Decimal(0)


def seen_people(person: Employee) -> QuerySet[Employee]:
    """Return whose pay `person` sees; standing in for somebody does not open it."""
    reach = pay(person)
    asked = {
        Pay.NOTHING: Q(pk__in=[]),
        Pay.OWN: Q(pk=person.pk),
        Pay.BRANCH: Q(branch=person.branch_id),
        Pay.DEPARTMENT: Q(pk=person.pk) | Q(department=person.department_id),
        Pay.ALL: Q(),
    }[reach]
    return Employee.objects.filter(asked).select_related("branch", "position")


def sheets(month: date, people: QuerySet[Employee]) -> list[Sheet]:
    """Return the sheets of people for a month by name: kept ones once it is closed."""
    kept = Month.objects.filter(pk=month).first()
    if kept is None or not kept.is_closed:
        there = people.filter(employed(month, month_end(month)), position__isnull=False)
        return computing.reckon(month, list(there.order_by("last_name", "first_name", "pk"))) if kept else []
    rows = PaySheet.objects.filter(month=month, employee__in=people)
    rows = rows.select_related("employee__position", "branch", "scheme__position", "employee__branch")
    lines: dict[int, list[PaySheetLine]] = {}
    for line in PaySheetLine.objects.filter(sheet__in=rows).select_related("indicator").order_by("pk"):
        lines.setdefault(line.sheet_id, []).append(line)
    ordered = rows.order_by("employee__last_name", "employee__first_name", "pk")
    return [Sheet(row, lines.get(row.pk, [])) for row in ordered]


def words(line: PaySheetLine) -> str:
    """Say in words how the amount came about (R265): figures as kept, so that they can be reckoned again by hand."""
    if line.part == Part.SOFT:
        if line.attained is None:
            return _("nothing to judge by: left out of the score")
        return _("counts as %(share)s with a weight of %(weight)s") % {
            "share": show.percent(min(line.attained, Decimal(1)), 2),
            "weight": show.percent(Decimal(line.weight) / 100),
        }
    if line.way == Way.PERCENT:
        said = _("%(rate)s of %(fact)s") % {
            "rate": show.percent(line.rate / 100, 2),
            "fact": value(line.measure, line.fact),
        }
        return said + _limits(line)
    if line.way == Way.UNIT:
        return f"{show.money(line.rate, 2)} × {value(line.measure, line.fact)}" + _limits(line)
    if line.attained is None:
        return _("no target or nothing to reckon it from: nothing is paid")
    said = f"{show.money(line.rate)} × {show.percent(line.attained, 2)}"
    return said + _limits(line)


def _limits(line: PaySheetLine) -> str:
    if line.share is None:
        return ""
    if line.share < line.floor:
        return " · " + _("below %s nothing is paid") % show.percent(line.floor)
    if line.share > line.cap:
        return " · " + _("not more than %s counts") % show.percent(line.cap)
    if line.scale == Scale.STEPS:
        return " · " + _("by steps")
    return " · " + _("all or nothing") if line.scale == Scale.ALL else ""


def address(line: PaySheetLine, sheet: PaySheet, viewer: Employee) -> str:
    """Return the page of what is behind a fact; empty for who does not see it there, and where nothing is."""
    measure, indicator = line.measure, line.indicator
    code = measure.code if measure.sql else (measure.ratio or ("", ""))[0]
    seen = figures(viewer)
    if not line.fact or not code or seen in (Figures.NOTHING, Figures.COMPANY):
        return ""
    part: dict[str, object] = {"group": indicator.client_group}
    if indicator.scope == Scope.PERSON:
        part["person"] = sheet.employee_id
    elif seen == Figures.OWN or (indicator.scope == Scope.COMPANY and seen == Figures.BRANCH):
        return ""
    elif indicator.scope == Scope.BRANCH:
        part["branch"] = sheet.branch_id
    return behind(sheet.month_id, code, **part)


@dataclass
class FundMonth:
    """The pay fund of a month: its rate, what it makes of the turnover, what was paid, what is left so far (R259)."""

    month: date
    turnover: Decimal
    percent: Decimal | None
    fund: Decimal
    paid: Decimal
    is_closed: bool
    balance: Decimal = NOUGHT

    @property
    def left(self) -> Decimal:
        """What the month leaves."""
        return self.fund - self.paid

    @property
    def share(self) -> Decimal | None:
        """The pay as a part of the turnover."""
        return self.paid / self.turnover if self.turnover > 0 else None


def fund(until: date, months: int, people: QuerySet[Employee]) -> list[FundMonth]:
    """Return the months up to `until`, the newest first; the balance grows over closed months that have a rate.

    Of open months `until` and the one before it are reckoned: older ones are not known before they are closed.
    """
    first = add_months(until, 1 - months)
    turnover = dict(
        Result.objects.filter(measure="turnover", month__lte=until)
        .order_by()
        .values("month")
        .annotate(whole=Sum("value"))
        .values_list("month", "whole")
    )
    paid = dict(
        PaySheet.objects.filter(month__lte=until, employee__in=people)
        .order_by()
        .values("month")
        .annotate(whole=Sum("total"))
        .values_list("month", "whole")
    )
    rates = list(PayFundRate.objects.order_by("month").values_list("month", "percent"))
    found, balance = [], NOUGHT
    for month in Month.objects.filter(day__lte=until).order_by("day"):
        rate = next((percent for since, percent in reversed(rates) if since <= month.day), None)
        whole = turnover.get(month.day, NOUGHT)
        amount = money(whole * rate / 100) if rate is not None else NOUGHT
        is_open = not month.is_closed
        spent = (
            _running(month.day, people)
            if is_open and month.day >= add_months(until, -1)
            else paid.get(month.day, NOUGHT)
        )
        one = FundMonth(month.day, whole, rate, amount, spent, month.is_closed)
        if month.is_closed and rate is not None and month.day in paid:
            balance += one.left
        one.balance = balance
        found.append(one)
    return [one for one in reversed(found) if one.month >= first]


def _running(month: date, people: QuerySet[Employee]) -> Decimal:
    return sum((one.row.total for one in sheets(month, people)), NOUGHT)


def total(found: Iterable[Sheet]) -> Mapping[str, Decimal]:
    """Sum sheets up by part."""
    rows = [one.row for one in found]
    names = ("fixed", "soft", "variable", "guarantee", "total")
    return {name: sum((getattr(row, name) for row in rows), NOUGHT) for name in names}
