"""What a client buys: net turnover of twelve whole months by direction and category against the twelve before (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from clients.models import Client
from salescrm.base.periods import add_months
from segmentation.models import CategoryTurnover

MONTHS = 12
ZERO = Decimal(0)


@dataclass
class Sold:
    """Net turnover of a direction or a category, base currency: `name` is empty for what is not identified."""

    name: str
    now: Decimal
    before: Decimal
    of: Decimal  # all directions together
    parts: list[Sold] = field(default_factory=list)

    @property
    def share(self) -> Decimal | None:
        """Return the part of everything bought in the twelve months; None when that is not above zero."""
        return self.now / self.of if self.of > 0 else None

    @property
    def change(self) -> Decimal | None:
        """Return the change against the twelve months before; None when there was nothing."""
        return self.now / self.before - 1 if self.before > 0 else None


def by_direction(client: Client, until: date) -> list[Sold]:
    """Return directions with their categories, the largest first, of the twelve months before the month `until`.

    A direction of one category of the same name has no parts.
    """
    start = add_months(until, -MONTHS)
    rows = CategoryTurnover.objects.filter(
        legal_entity__client=client, month__gte=add_months(start, -MONTHS), month__lt=until
    )
    summed = (
        rows.order_by()
        .values("category__direction__name", "category__name")
        .annotate(
            now=Coalesce(Sum("amount", filter=Q(month__gte=start)), ZERO),
            before=Coalesce(Sum("amount", filter=Q(month__lt=start)), ZERO),
        )
    )
    found = [row for row in summed if row["now"] or row["before"]]
    of = sum((row["now"] for row in found), ZERO)
    directions: dict[str, Sold] = {}
    for row in found:
        name = row["category__direction__name"] or ""
        direction = directions.setdefault(name, Sold(name, ZERO, ZERO, of))
        direction.now += row["now"]
        direction.before += row["before"]
        direction.parts.append(Sold(row["category__name"] or "", row["now"], row["before"], of))
    return _in_order(directions.values())


def _in_order(sold: Iterable[Sold]) -> list[Sold]:
    ordered = sorted(sold, key=lambda one: (-one.now, -one.before, one.name))
    for one in ordered:
        one.parts = [] if [part.name for part in one.parts] == [one.name] else _in_order(one.parts)
    return ordered
