"""Claims counted by one thing at a time: how many, open, in time, at what cost (R193)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from deals.claims.querysets import IN_TIME, ClaimQuerySet

OF = {
    "cause": "cause",
    "kind": "kind",
    "product": "product",
    "client": "deal__client",
    "responsible": "deal__owner",
    "month": "deal__opened_on",
}
NAMES = {"client": ("deal__client__name",), "product": ("product__name",),
         "responsible": ("deal__owner__last_name", "deal__owner__first_name")}  # fmt: skip
LABELS: dict[str, str | Promise] = {
    "cause": _("By cause"),
    "kind": _("By kind"),
    "product": _("By product"),
    "client": _("By client"),
    "responsible": _("By responsible"),
    "month": _("By month"),
}
NONE = "none"  # in an address: claims without a cause or product
MOST = 100  # lines of a table


@dataclass(frozen=True)
class Line:
    """One line: `value` narrows the list to its claims; `in_time` is a share of those decided, None when none is."""

    name: str
    value: str
    claims: int
    open: int
    in_time: Decimal | None
    cost: Decimal


def narrowed(rows: ClaimQuerySet, by: str, value: str) -> ClaimQuerySet:
    """Keep the claims of one line; a value that is none of the kind keeps nothing."""
    field = OF[by]
    if value == NONE:
        return rows.filter(**{f"{field}__isnull": True})
    if by == "month":
        year, _dash, month = value.partition("-")
        is_month = year.isdecimal() and month.isdecimal() and len(value) == 7 and 1 <= int(month) <= 12
        return (
            rows.filter(deal__opened_on__year=int(year), deal__opened_on__month=int(month)) if is_month else rows.none()
        )
    return rows.filter(**{field: int(value)}) if value.isdecimal() and len(value) < 19 else rows.none()


def table(rows: ClaimQuerySet, by: str) -> list[Line]:
    """Count claims by one thing; months in their order, the rest by number."""
    english = get_language() == "en"
    key = TruncMonth("deal__opened_on") if by == "month" else None
    names = NAMES.get(by, () if key else (f"{by}__name_en", f"{by}__name") if english else (f"{by}__name",))
    grouped: Any = rows.order_by().annotate(key=key).values("key") if key else rows.order_by().values(OF[by], *names)
    counted = grouped.annotate(
        n=Count("pk"),
        open_ones=Count("pk", filter=Q(deal__state="open")),
        decided=Count("pk", filter=Q(decided_on__isnull=False)),
        timely=Count("pk", filter=IN_TIME),
        sum_cost=Sum("cost"),
    ).order_by("-key" if key else "-n", *([] if key else [OF[by]]))
    return [_line(row, by, names) for row in counted[:MOST]]


def _line(row: dict[str, Any], by: str, names: tuple[str, ...]) -> Line:
    key = row["key"] if by == "month" else row[OF[by]]
    value = NONE if key is None else f"{key:%Y-%m}" if by == "month" else str(key)
    words = [row[name] for name in names if row[name]]
    name = " ".join(words) if by == "responsible" else (words or [""])[0]
    if by == "month":
        name = f"{key:%m.%Y}"
    share = Decimal(row["timely"]) / row["decided"] if row["decided"] else None
    return Line(name, value, row["n"], row["open_ones"], share, row["sum_cost"] or Decimal(0))
