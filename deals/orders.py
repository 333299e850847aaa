"""Orders in work, as the night asks for them."""

from __future__ import annotations

from datetime import date

from salescrm.base import sql


def in_work(as_of: date) -> list[int]:
    """Return clients with a paid or still valid invoice for goods not shipped yet, or a shipment deal past the offer.

    They are not handed over.
    """
    return [row["client_id"] for row in sql.rows("deals", "find_orders_in_work", {"as_of": as_of})]
