"""Effectiveness of recovery: what was handed over in a month, and what of it came back, by rule (R126).

A month is that of the hand-over, so that every return stands beside what it is a part of. Hand-overs that were undone,
or given back as the client had bought, are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client, Communication, CommunicationKind
from salescrm.base import show
from salescrm.base.periods import add_months, month_start
from segmentation import board
from segmentation.models import CaseRule, CaseState, ZeroCase
from segmentation.querysets import MONEY
from staff.access import Rows, rows
from staff.models import Branch, Employee

MONTHS = 12
WORDS = ("received", "returned")
HANDED = [CaseState.HANDED_OVER, CaseState.RETURNED, CaseState.CLOSED]
IS_BACK = Q(state=CaseState.RETURNED)


class Median(Aggregate):
    """The median as PostgreSQL knows it; empty values are left out."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass
class Line:
    """One line of the report; an address is empty where the list would not show exactly these clients."""

    name: str
    received: int = 0
    worked: int = 0
    returned: int = 0
    money: Decimal = Decimal(0)
    days: int | None = None
    received_url: str = ""
    returned_url: str = ""

    @property
    def conversion(self) -> Decimal | None:
        """Share of the clients received that came back."""
        return Decimal(self.returned) / self.received if self.received else None


@dataclass
class Report:
    """Recovery by months, newest first, by rules, and in all."""

    months: list[Line]
    rules: list[Line]
    total: Line


def handed(since: date, until: date, rule: str = "*", what: str = "received") -> QuerySet[ZeroCase]:
    """Return the hand-overs with their first day in [since, until); `what` returned: those of them that came back."""
    cases = ZeroCase.objects.filter(state__in=HANDED, handed_on__gte=since, handed_on__lt=until)
    if rule != "*":
        cases = cases.filter(rule=rule)
    return cases.filter(IS_BACK) if what == "returned" else cases


def report(
    person: Employee, clients: QuerySet[Client], today: date, rule: str = "*", branch: Branch | None = None
) -> Report:
    """Count 12 months by month and by rule; `rule` narrows months and total. Three questions, however many cases.

    Who sees only own clients sees those and the cases handed over to that person, also when the client has gone back.
    """
    until = add_months(month_start(today + timedelta(days=1)), 1)  # a case decided today begins tomorrow
    since = add_months(until, -MONTHS)
    seen = Q(client__in=clients.values("pk"))
    mine = seen | Q(to_owner=person, client__merged_into__isnull=True) if rows(person) == Rows.OWN else seen
    if branch:
        mine &= Q(client__branch=branch)
    cases, all_rules = handed(since, until, rule).filter(mine), handed(since, until).filter(mine)
    by_month = {row["month"]: row for row in _figures(cases.annotate(month=TruncMonth("handed_on")), seen, "month")}
    by_rule = {row["rule"]: row for row in _figures(all_rules, seen, "rule")}
    whole = _figures(cases.annotate(all=Value(1)), seen, "all")
    months = [add_months(until, -n) for n in range(1, MONTHS + 1)]
    return Report(
        [_line(show.month(month), by_month.get(month), month, add_months(month, 1), rule, branch) for month in months],
        [_line(str(label), by_rule.get(one), since, until, one, branch) for one, label in CaseRule.choices],
        _line(_("Total"), next(iter(whole), None), since, until, rule, branch),
    )


def _figures(cases: QuerySet[ZeroCase], seen: Q, by: str) -> list[dict[str, Any]]:
    days = ExpressionWrapper(F("bought_on") - F("handed_on"), output_field=DurationField())
    counted = (
        board.with_recovered(cases)
        .annotate(days=Case(When(IS_BACK, then=days)), counts=Case(When(IS_BACK, then=F("recovered"))))
        .annotate(is_worked=_worked())
        .order_by()
        .values(by)
        .annotate(
            received=Count("pk"),
            worked=Count("pk", filter=Q(is_worked=True)),
            returned=Count("pk", filter=IS_BACK),
            seen_received=Count("client", distinct=True, filter=seen),
            seen_returned=Count("client", distinct=True, filter=seen & IS_BACK),
            money=Sum("counts", default=Decimal(0), output_field=MONEY),
            median=Median("days"),
        )
    )
    return list(counted)


def _worked() -> Exists:
    """Say whether the receiver has written down a call, a meeting or a letter while the client was there."""
    said = Communication.objects.valid().exclude(kind=CommunicationKind.NOTE)
    return Exists(
        said.filter(
            client=OuterRef("client"),
            author=OuterRef("to_owner"),
            day__gte=OuterRef("handed_on"),
            day__lte=Coalesce(OuterRef("closed_on"), Value(date.max)),
        )
    )


def _line(name: str, row: dict[str, Any] | None, since: date, until: date, rule: str, branch: Branch | None) -> Line:
    if row is None:
        return Line(name)
    line = Line(name, row["received"], row["worked"], row["returned"], row["money"])
    line.days = round(row["median"].total_seconds() / 86400) if row["median"] is not None else None
    for what in WORDS:
        if row[f"seen_{what}"] == row[what]:
            value = f"{since}:{until}:{rule}:{what}"
            asked = {"recovery": value} | ({"branch": str(branch.pk)} if branch else {})
            setattr(line, f"{what}_url", f"{reverse('clients:client-list')}?{urlencode(asked)}")
    return line


def words(value: str) -> str:
    """Say a value of the list's filter."""
    since, until, rule, what = value.split(":")
    last = add_months(date.fromisoformat(until), -1)
    said = [show.month(date.fromisoformat(since))]
    said += [show.month(last)] if last.isoformat() != since else []
    parts = [" – ".join(said)]
    parts += [str(CaseRule(rule).label)] if rule != "*" else []
    return " · ".join([*parts, *([_("returned")] if what == "returned" else [])])
