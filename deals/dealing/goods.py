"""Goods for the lines of a deal: products looked for by name or code, and what the client paid for them last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from clients.models import Client, Product, ShipmentLine
from salescrm.base import names

MOST = 30  # products offered at once
CENT = Decimal("0.01")


@dataclass(frozen=True)
class LastPrice:
    """What a client paid for a piece of a product by its last shipment, in the base currency."""

    price: Decimal
    number: str
    day: date


def find(client: Client, typed: str, *, limit: int = MOST) -> list[Product]:
    """Return products whose name or code has every word typed, in either keyboard layout; those bought go first.

    Nothing typed: what the client buys.
    """
    lines = ShipmentLine.objects.filter(product=OuterRef("pk"), shipment__legal_entity__client=client)
    bought = Product.objects.filter(Exists(lines))
    meant = [one for one in dict.fromkeys((typed.strip(), names.other_layout(typed.strip()))) if one]
    if not meant:
        return list(bought.order_by("name", "pk")[:limit])
    fits = Q()
    for one in meant:
        fits |= Q(*(Q(name__icontains=word) | Q(code__icontains=word) for word in one.split()[:6]))
    own = ExpressionWrapper(Exists(lines), output_field=BooleanField())
    return list(Product.objects.filter(fits).annotate(is_own=own).order_by("-is_own", "name", "pk")[:limit])


def last_prices(client: Client, products: Iterable[int]) -> dict[int, LastPrice]:
    """Return what the client paid last for products (ids), by product; returns and gifts are no price."""
    sold = ShipmentLine.objects.filter(
        shipment__legal_entity__client=client, product__in=set(products), quantity__gt=0, amount__gt=0
    )
    last = sold.order_by("product", "-shipment__day", "-shipment_id", "position").distinct("product")
    read = last.values_list("product_id", "amount", "quantity", "shipment__number", "shipment__day")
    return {
        product: LastPrice((amount / quantity).quantize(CENT, ROUND_HALF_UP), number, day)
        for product, amount, quantity, number, day in read
        if product is not None and quantity
    }
