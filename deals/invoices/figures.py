"""Counts and sums of invoices: of a selection, of a client, of a person's day, and by manager (R181)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from deals.invoices.days import Days
from deals.invoices.models import Invoice, Payment, PaymentPart
from deals.invoices.querysets import UNPAID
from salescrm.base.lists.state import ListState
from staff import calendar
from staff.models import Employee

NOTHING = Decimal(0)
LEFT = F("amount") - F("paid")


def listed(state: ListState) -> QuerySet[Invoice]:
    """The invoices the person sees, narrowed by nothing yet."""
    return Invoice.objects.visible_to(state.here.person, state.here.today)


def of_selection(state: ListState) -> dict[str, Any]:
    """Sum up everything the state keeps."""
    late = UNPAID & Q(valid_until__lt=state.here.today)
    found = state.narrow(listed(state), whole=True).aggregate(
        invoices=Count("pk"),
        issued=Sum("amount"),
        unpaid=Sum(LEFT, filter=UNPAID),
        overdue=Sum(LEFT, filter=late),
    )
    return {name: value or 0 for name, value in found.items()}


def count(state: ListState) -> int:
    """How many invoices the state keeps."""
    return state.narrow(listed(state), whole=True).count()


def of_client(client: Client, today: date) -> dict[str, Decimal]:
    """What a client owes, how much of it is overdue, and what of its payments is not spread."""
    late = Q(valid_until__lt=today)
    owed = Invoice.objects.unpaid().filter(client=client).aggregate(debt=Sum(LEFT), overdue=Sum(LEFT, filter=late))
    came = Payment.objects.filter(client=client).aggregate(all=Sum("amount"))["all"] or NOTHING
    spread = PaymentPart.objects.filter(payment__client=client).aggregate(all=Sum("amount"))["all"] or NOTHING
    return {"debt": owed["debt"] or NOTHING, "overdue": owed["overdue"] or NOTHING, "free": came - spread}


def from_day_two(person: Employee, today: date) -> QuerySet[Invoice]:
    """Invoices to be worked, from their second working day on, of clients the person works as owner or substitute."""
    days = Days(calendar.of_all_branches(), today)
    rows: QuerySet[Invoice] = Invoice.objects.unpaid().worked_by(person, today).filter(days.issued(2, None))
    return rows


@dataclass(frozen=True)
class Grouping:
    """By what the figures are put together: the fields of a line, and what it is called."""

    key: str
    label: Any
    fields: tuple[str, ...]


MANAGER = Grouping("manager", _("Manager"), ("responsible", "responsible__last_name", "responsible__first_name"))
GROUPINGS = {
    one.key: one
    for one in (
        MANAGER,
        Grouping("branch", _("Branch"), ("client__branch", "client__branch__name")),
        Grouping("type", _("Type of client"), ("client__segment", "client__segment__name")),
        Grouping("new", _("New or regular"), ("is_of_new",)),
    )
}


@dataclass
class Line:
    """The figures of a group of invoices issued in a period."""

    name: str
    query: str
    issued: int = 0
    amount: Decimal = NOTHING
    paid: int = 0
    paid_amount: Decimal = NOTHING
    overdue: int = 0
    overdue_amount: Decimal = NOTHING
    cancelled: int = 0
    days: float | None = None
    days_sum: float = 0

    @property
    def conversion(self) -> float | None:
        """The share of invoices that were paid in full."""
        return self.paid / self.issued if self.issued else None


def report(person: Employee, today: date, start: date, end: date, grouping: Grouping) -> list[Line]:
    """Sum up invoices issued in [start, end) that the person sees: one query, whatever their number (R181)."""
    last = Payment.objects.filter(parts__invoice=OuterRef("pk")).order_by().values("parts__invoice")
    paid_on = Subquery(last.annotate(day=Max("day")).values("day"))
    seen = Invoice.objects.visible_to(person, today).filter(issued_on__gte=start, issued_on__lt=end)
    paid = Q(cancelled_at__isnull=True, paid__gte=F("amount"))
    late = UNPAID & Q(valid_until__lt=today)
    took = ExpressionWrapper(F("paid_on") - F("issued_on"), output_field=DurationField())
    rows = (
        seen.annotate(paid_on=paid_on)
        .order_by()
        .values(*grouping.fields)
        .annotate(
            issued=Count("pk"),
            sum_issued=Sum("amount"),
            n_paid=Count("pk", filter=paid),
            sum_paid=Sum("paid"),
            n_late=Count("pk", filter=late),
            sum_late=Sum(LEFT, filter=late),
            n_cancelled=Count("pk", filter=Q(cancelled_at__isnull=False)),
            took=Avg(took, filter=paid),
        )
    )
    return sorted((_line(row, grouping) for row in rows), key=lambda line: (-line.amount, line.name))


def _line(row: dict[str, Any], grouping: Grouping) -> Line:
    took = row["took"].total_seconds() / 86_400 if row["took"] is not None else None
    return Line(
        name=_name(row, grouping),
        query=f"{QUERIES[grouping.key]}={_value(row[grouping.fields[0]])}"
        if row[grouping.fields[0]] is not None
        else "",
        issued=row["issued"],
        amount=row["sum_issued"] or NOTHING,
        paid=row["n_paid"],
        paid_amount=row["sum_paid"] or NOTHING,
        overdue=row["n_late"],
        overdue_amount=row["sum_late"] or NOTHING,
        cancelled=row["n_cancelled"],
        days=took,
        days_sum=(took or 0) * row["n_paid"],
    )


QUERIES = {"manager": "manager", "branch": "branch", "type": "", "new": "new"}


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _name(row: dict[str, Any], grouping: Grouping) -> str:
    if grouping.key == "new":
        return str(_("new clients") if row["is_of_new"] else _("regular clients"))
    if grouping.key == "manager":
        return f"{row['responsible__last_name']} {row['responsible__first_name'][:1]}."
    return str(row[grouping.fields[1]] or _("no type"))


def total(lines: Sequence[Line]) -> Line:
    """Sum the lines up; the mean of days is that of all paid invoices, never of the means."""
    whole = Line(str(_("Total")), "")
    for line in lines:
        for name in ("issued", "amount", "paid", "paid_amount", "overdue", "overdue_amount", "cancelled", "days_sum"):
            setattr(whole, name, getattr(whole, name) + getattr(line, name))
    whole.days = whole.days_sum / whole.paid if whole.paid else None
    return whole
