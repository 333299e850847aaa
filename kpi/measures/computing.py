"""Brings the stored results of a month up to a day: set-based, a fixed number of statements whatever the base.

A month is reckoned from its documents and events up to `as_of`; who owns a client is read from the line of owners for
the day of each document. Which group a client is of holds for its whole month: TOP by the list of the night before the
month's first day (before the first list: by that one), then new, then internet shop, then other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min

from clients.models import CompletenessRules
from kpi.measures import declared
from kpi.measures.models import Month, MonthState
from salescrm.base import periods, sql
from segmentation.contact_norm import ContactNorm
from segmentation.models import RuleSet, TopMembership
from segmentation.steps import drop_work_tables
from segmentation.steps.contacts import SHOP_SEGMENTS

APP = "kpi"
TABLES = ("kpi_client", "kpi_document", "kpi_fact", "kpi_direction")
OF_DOCUMENTS = {"add_documents", "add_active", "add_recovered"}  # these read the documents of the month


def open_months(as_of: date) -> list[date]:
    """Return the months a night refreshes: that of `as_of` and the one before it, unless they are closed."""
    month = periods.month_start(as_of)
    both = [periods.add_months(month, -1), month]
    closed = Month.objects.filter(day__in=both, state=MonthState.CLOSED).values_list("day", flat=True)
    return [one for one in both if one not in set(closed)]


@transaction.atomic
def refresh(month: date, as_of: date, only: Collection[str] | None = None) -> int:
    """Write the results of `month` as known by the end of `as_of`; return the rows that changed.

    `only`: by these statements, the other measures stay. A closed month is left as it is. Snapshots are taken of the
    month of `as_of` only.
    """
    rules = RuleSet.objects.in_force(as_of)
    last = min(as_of, periods.month_end(month))
    row, is_new = Month.objects.get_or_create(day=month, defaults={"as_of": last, "rule_set": rules})
    row = Month.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.is_closed:
        return 0
    with_snapshots = month == periods.month_start(as_of)
    counted = declared.statements(with_snapshots=with_snapshots, only=None if is_new else only)
    gather(month, last, rules, counted)
    parameters = {"month": month, "measures": declared.names(counted)}
    written = sql.run(APP, "write_results", parameters)
    if "add_documents" in counted:
        sql.run(APP, "gather_directions")
        written += sum(sql.run(APP, f"write_{table}", parameters) for table in ("directions", "days"))
    drop_work_tables(*TABLES)
    if (row.as_of, row.rule_set_id) != (last, rules.pk):
        Month.objects.filter(pk=month).update(as_of=last, rule_set=rules)
    return written


def gather(month: date, last: date, rules: RuleSet, statements: Collection[str]) -> None:
    """Fill the work tables of the transaction with the facts these statements count in a month up to `last`."""
    drop_work_tables(*TABLES)
    parameters = _parameters(month, last, rules)
    sql.run(APP, "gather_clients", parameters)
    if OF_DOCUMENTS & set(statements):
        sql.run(APP, "gather_documents", parameters)
    sql.run(APP, "open_facts")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kpi_client")
    for name in statements:
        sql.run(APP, name, parameters)


def _parameters(month: date, last: date, rules: RuleSet) -> dict[str, Any]:
    norm = ContactNorm.objects.in_force(last) or ContactNorm.objects.order_by("effective_from").first() or ContactNorm()
    enough = CompletenessRules.objects.order_by("-pk").first() or CompletenessRules()
    return {
        "month": month,
        "next_month": periods.add_months(month, 1),
        "as_of": last,
        "list_day": _list_day(month),
        "new_from": periods.add_months(month, -rules.hand_over_new),
        "known_from": rules.first_purchase_known_from,
        "shop_segments": SHOP_SEGMENTS,
        "top_months": norm.top_months,
        "new_months": norm.new_months,
        "shop_months": norm.shop_months,
        "other_months": norm.other_months,
        "top_pass": enough.top_pass,
        "other_pass": enough.other_pass,
        "zone": settings.TIME_ZONE,
    }


def _list_day(month: date) -> date:
    """Return the night whose TOP list holds for the month."""
    first = TopMembership.objects.aggregate(first=Min("entered_on"))["first"]
    before = month - timedelta(days=1)
    return max(before, first) if first else before


def backfill(months: int, as_of: date, tell: Any = lambda done, total, stage: None) -> int:
    """Reckon the month of `as_of` and as many before it, each in a transaction of its own; return rows changed."""
    month = periods.month_start(as_of)
    written = 0
    for number in range(months, -1, -1):
        one = periods.add_months(month, -number)
        tell(months - number, months + 1, f"{one:%Y-%m}")
        written += refresh(one, as_of)
    return written
