"""Claims of a period counted by one thing at a time: how many, in time, how soon, at what cost, of how many shipments.

A share of shipments is the number of claims by that of documents of the same part and period, returns not counted: of
all documents where the part is none of theirs (a kind, a cause). Repeated: the client has complained of the same kind
in the period before (R193).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from clients.models import Client, Shipment, ShipmentLine
from deals.claims.models import Claim
from deals.claims.querysets import IN_TIME, ClaimQuerySet

OF = {
    "cause": "cause",
    "kind": "kind",
    "product": "product",
    "direction": "product__category__direction",
    "client": "deal__client",
    "type": "deal__client__segment",
    "responsible": "deal__owner",
    "month": "deal__opened_on",
}
NAMES = {"client": ("deal__client__name",), "product": ("product__name",),
         "responsible": ("deal__owner__last_name", "deal__owner__first_name")}  # fmt: skip
LABELS: dict[str, str | Promise] = {
    "cause": gettext_lazy("By cause"),
    "kind": gettext_lazy("By kind"),
    "product": gettext_lazy("By product"),
    "direction": gettext_lazy("By direction"),
    "client": gettext_lazy("By client"),
    "type": gettext_lazy("By type"),
    "responsible": gettext_lazy("By responsible"),
    "month": gettext_lazy("By month"),
}
OWNER = "legal_entity__client__ownerships"
PARTS = {  # where a document says which part it is of
    "client": "legal_entity__client",
    "type": "legal_entity__client__segment",
    "responsible": f"{OWNER}__owner",
}
LINES = {"product": "product", "direction": "product__category__direction"}  # where its lines say it
NONE = "none"  # in an address: claims without a cause or product
MOST = 100  # lines of a table


@dataclass(frozen=True)
class Line:
    """One line: `value` narrows the list to its claims; `in_time` is a share of those decided, None when none is.

    `days`: calendar days from registration to decision, on average; `share`: of documents, None when there are none.
    """

    name: str
    value: str
    claims: int
    open: int
    in_time: Decimal | None
    days: Decimal | None
    repeated: int
    cost: Decimal
    documents: int | None = None

    @property
    def share(self) -> Decimal | None:
        """The number of claims by that of documents."""
        return Decimal(self.claims) / self.documents if self.documents else None


def of_period(rows: ClaimQuerySet, since: date | None, until: date | None) -> ClaimQuerySet:
    """Keep the claims registered from one day to another, both counted."""
    if since is not None:
        rows = rows.filter(deal__opened_on__gte=since)
    return rows if until is None else rows.filter(deal__opened_on__lte=until)


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


def table(rows: ClaimQuerySet, clients: QuerySet[Client], by: str, since: date, until: date) -> tuple[list[Line], Line]:
    """Count the claims of a period by one thing, and all together; months in their order, the rest by number.

    `clients`: those whose documents are counted, as far as the reader sees.
    """
    rows = of_period(rows, since, until)
    english = get_language() == "en"
    key = TruncMonth("deal__opened_on") if by == "month" else None
    names = NAMES.get(by, () if key else (f"{OF[by]}__name_en", f"{OF[by]}__name") if english else (f"{OF[by]}__name",))
    same = Claim.objects.filter(kind=OuterRef("kind"), deal__client=OuterRef("deal__client"), pk__lt=OuterRef("pk"))
    marked = rows.order_by().annotate(again=Exists(of_period(same, since, None)))
    grouped: Any = marked.annotate(key=key).values("key") if key else marked.values(OF[by], *names)
    counted = grouped.annotate(**_sums()).order_by("-key" if key else "-n", *([] if key else [OF[by]]))[:MOST]
    documents = Shipment.objects.filter(total__gt=0, day__gte=since, day__lte=until, legal_entity__client__in=clients)
    all_documents = documents.count()
    found = list(counted)
    per_key = _documents(documents, by, [row["key"] if key else row[OF[by]] for row in found])
    whole = _line(marked.aggregate(**_sums()), "", (), all_documents)
    return [
        _line(row, by, names, all_documents if per_key is None else per_key.get(row["key"] if key else row[OF[by]]))
        for row in found
    ], whole


def workbook(lines: Iterable[Line], whole: Line, by: str, title: str) -> bytes:
    """Return the bytes of the table as a workbook: the lines of the page, their sum last."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        looks = [book.add_format({"num_format": look}) for look in ("0", "0", "0.0%", "0.0%", "0.0", "0", "#,##0.00")]
        sheet.write_string(0, 0, title, bold)
        heads = [
            str(LABELS[by]), _("Claims"), pgettext("claims", "Open"), _("Share of shipments"), _("In time"),
            _("Days to the decision"), pgettext("claims", "Repeated"), _("Cost to us"),
        ]  # fmt: skip
        for at, head in enumerate(heads):
            sheet.write_string(1, at, head, bold)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, len(heads), 14)
        sheet.freeze_panes(2, 1)
        for row, line in enumerate([*lines, whole], 2):
            sheet.write_string(row, 0, line.name or (_("Total") if line is whole else _("not said")))
            values = (line.claims, line.open, line.share, line.in_time, line.days, line.repeated, line.cost)
            for at, (value, look) in enumerate(zip(values, looks, strict=True), 1):
                if value is not None:
                    sheet.write_number(row, at, value, look)
    return file.getvalue()


def _sums() -> dict[str, Any]:
    return {
        "n": Count("pk"),
        "open_ones": Count("pk", filter=Q(deal__state="open")),
        "decided": Count("pk", filter=Q(decided_on__isnull=False)),
        "timely": Count("pk", filter=IN_TIME),
        "took": Avg(F("decided_on") - F("deal__opened_on")),
        "repeats": Count("pk", filter=Q(again=True)),
        "sum_cost": Sum("cost"),
    }


def _documents(documents: QuerySet[Shipment], by: str, keys: list[Any]) -> dict[Any, int] | None:
    """Count documents by the parts that are shown; None where documents are not of such parts."""
    known = [key for key in keys if key is not None]
    if by == "month":
        months = documents.order_by().annotate(key=TruncMonth("day")).values("key").annotate(n=Count("pk"))
        return dict(months.values_list("key", "n"))
    if by in LINES:
        lines = ShipmentLine.objects.filter(shipment__in=documents, **{f"{LINES[by]}__in": known}).order_by()
        return dict(lines.values(LINES[by]).annotate(n=Count("shipment", distinct=True)).values_list(LINES[by], "n"))
    if by not in PARTS:
        return None
    if by == "responsible":  # whose the client was on the day of the document
        on_the_day = Q(**{f"{OWNER}__ends_on": None}) | Q(**{f"{OWNER}__ends_on__gt": F("day")})
        documents = documents.filter(on_the_day, **{f"{OWNER}__starts_on__lte": F("day"), f"{OWNER}__owner__in": known})
    else:
        documents = documents.filter(**{f"{PARTS[by]}__in": known})
    return dict(documents.order_by().values(PARTS[by]).annotate(n=Count("pk")).values_list(PARTS[by], "n"))


def _line(row: dict[str, Any], by: str, names: tuple[str, ...], documents: int | None) -> Line:
    key = row.get("key") if by == "month" else row[OF[by]] if by else None
    value = "" if not by else NONE if key is None else f"{key:%Y-%m}" if by == "month" else str(key)
    words = [row[name] for name in names if row[name]]
    name = " ".join(words) if by == "responsible" else (words or [""])[0]
    if by == "month" and key:
        name = f"{key:%m.%Y}"
    in_time = Decimal(row["timely"]) / row["decided"] if row["decided"] else None
    days = None if row["took"] is None else round(Decimal(row["took"] / timedelta(days=1)), 1)
    return Line(
        name, value, row["n"], row["open_ones"], in_time, days, row["repeats"], row["sum_cost"] or Decimal(0), documents
    )
