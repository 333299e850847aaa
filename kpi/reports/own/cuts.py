"""What an own report can be cut by, which months it is of, and which of its parts go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpi.measures import declared
from kpi.measures.declared import Measure
from salescrm.base.periods import add_months, month_start

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_MONTHS = 36
MOST_COLUMNS = 12


class Cut(models.TextChoices):
    """What the rows are."""

    CLIENT = "client", pgettext_lazy("report", "Clients")
    TYPE = "type", pgettext_lazy("report", "Types of clients")
    GROUP = "group", pgettext_lazy("report", "Groups of clients")
    PERSON = "person", pgettext_lazy("report", "People")
    POSITION = "position", pgettext_lazy("report", "Positions")
    DIRECTION = "direction", pgettext_lazy("report", "Directions")
    BRANCH = "branch", pgettext_lazy("report", "Branches")
    DEPARTMENT = "department", pgettext_lazy("report", "Departments")
    REGION = "region", pgettext_lazy("report", "Regions")
    MONTH = "month", pgettext_lazy("report", "Months")


class Period(models.TextChoices):
    """Which months, as of the day the report is read."""

    THIS = "this", pgettext_lazy("report", "this month")
    LAST = "last", pgettext_lazy("report", "last month")
    YEAR = "year", pgettext_lazy("report", "from January to now")
    TWELVE = "twelve", pgettext_lazy("report", "the last 12 months that are over")
    RANGE = "range", pgettext_lazy("report", "months of your choice")


BY_NAME = {Cut.PERSON, Cut.POSITION, Cut.CLIENT}  # not for who sees sums of the company alone
LIVE = {Cut.CLIENT, Cut.REGION}  # results are not stored by these: reckoned from documents and events
OF_DIRECTIONS = "turnover"  # what lines of documents say by direction


def months(period: str, first: date | None, last: date | None, today: date) -> list[date]:
    """Return the months of a period, by their first days."""
    now = month_start(today)
    begins, ends = {
        Period.THIS: (now, now),
        Period.LAST: (add_months(now, -1), add_months(now, -1)),
        Period.YEAR: (add_months(now, 1 - now.month), now),
        Period.TWELVE: (add_months(now, -12), add_months(now, -1)),
        Period.RANGE: (first or now, last or now),
    }[Period(period)]
    found = [begins]
    while found[-1] < ends and len(found) < MOST_MONTHS:
        found.append(add_months(found[-1], 1))
    return found


def added(columns: Sequence[str]) -> list[str]:
    """Return the measures that add and that these columns are made of, in the order of the columns."""
    found: list[str] = []
    for code in columns:
        one = declared.BY_CODE[code]
        found += [code] if one.sql else added(one.ratio or one.mean_of)
    return list(dict.fromkeys(found))


def statements(codes: Collection[str]) -> list[str]:
    """Return the statements that count these measures, those they lean on among them, in their order."""
    named = {declared.BY_CODE[code].sql for code in codes}
    named |= {"add_clients"} if "add_covered" in named else set()
    return list(dict.fromkeys(one.sql for one in declared.STORED if one.sql in named))


def refusal(rows: Sequence[str], columns: Sequence[str], *, region: str = "") -> _StrPromise | str:
    """Say why these rows and columns make no report; nothing when they do."""
    if not rows or len(rows) != len(set(rows)):
        return _("Choose one or two different things for the rows.")
    if not columns:
        return _("Choose what the columns show.")
    if len(columns) > MOST_COLUMNS:
        return _("Too many columns: twelve at most.")
    codes = added(columns)
    if Cut.DIRECTION in rows and codes != [OF_DIRECTIONS]:
        return _("By direction there is turnover only: take the other columns or the directions out.")
    if (region or LIVE & set(rows)) and any(declared.BY_CODE[code].snapshot for code in codes):
        return _("Open deals and completeness of cards are kept by person and type only, not by client or region.")
    return ""


def choices() -> list[tuple[_StrPromise, list[Measure]]]:
    """Return all measures as columns, results first."""
    kinds = ((declared.Kind.RESULT, _("Results")), (declared.Kind.PROCESS, pgettext_lazy("measures", "Work")))
    return [(label, [one for one in declared.MEASURES if one.kind == kind]) for kind, label in kinds]
