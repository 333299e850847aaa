"""What an offer says: of a draft by its deal as it is now, of a sent one as it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString

from clients.models import Client, Contact
from deals.dealing.models import Deal, DealLine
from deals.offers import text
from deals.offers.models import PARTS, Letterhead, Offer, OfferLine, OfferTemplateVersion
from salescrm.base import show
from staff.models import Employee


@dataclass(frozen=True)
class Paper:
    """The page: texts as HTML by part, goods, sum, what stands over and under it, its language."""

    parts: dict[str, SafeString]
    lines: Sequence[DealLine | OfferLine]
    total: Decimal
    values: Mapping[str, str]
    head: Mapping[str, str]
    language: str


def of(offer: Offer) -> Paper:
    """Return the page of an offer."""
    if offer.sent_at is not None:
        return _drawn(offer.said, list(offer.lines.select_related("product")), offer.total)
    lines = list(offer.deal.lines.select_related("product"))
    return _drawn(said(offer), lines, total_of(offer.deal, lines))


def said(offer: Offer) -> dict[str, Any]:
    """Return what a draft says now: its texts, the values for them, the letterhead, the language."""
    version = offer.template_version
    return _said(version, offer.deal, list(offer.deal.lines.all()), offer.contact, offer.manager, offer.valid_until)


def preview(version: OfferTemplateVersion, client: Client, deal: Deal | None, person: Employee, day: date) -> Paper:
    """Return what a version of a template would say to a client, by its newest deal where it has one."""
    lines = list(deal.lines.select_related("product")) if deal else []
    shown = deal or Deal(client=client, title="")
    told = _said(version, shown, lines, deal.contact if deal else None, person, day)
    return _drawn(told, lines, total_of(shown, lines))


def total_of(deal: Deal, lines: Sequence[DealLine | OfferLine]) -> Decimal:
    """Return the sum of an offer: of its goods, where there are any, else what is typed in the deal."""
    return sum((one.total for one in lines), Decimal(0)) if lines else deal.amount


def _said(
    version: OfferTemplateVersion,
    deal: Deal,
    lines: Sequence[DealLine],
    contact: Contact | None,
    manager: Employee,
    valid_until: date,
) -> dict[str, Any]:
    language = version.template.language
    head = Letterhead.objects.order_by("-pk").first()
    with translation.override(language):
        values = {
            "client": deal.client.name,
            "contact": contact.name if contact else "",
            "deal": deal.title,
            "manager": manager.get_full_name() or manager.short_name,
            "goods": ", ".join(one.name for one in lines),
            "total": show.money(total_of(deal, lines), 2),
            "valid_until": show.day_long(valid_until),
        }
    return {
        "parts": {part: getattr(version, part) for part in PARTS},
        "values": values,
        "head": {"name": head.name, "details": head.details, "footer": head.footer} if head else {},
        "language": language,
    }


def _drawn(told: Mapping[str, Any], lines: Sequence[DealLine | OfferLine], total: Decimal) -> Paper:
    parts = {part: text.render(told["parts"].get(part, ""), told["values"]) for part in PARTS}
    return Paper(parts, lines, total, told["values"], told["head"], told["language"])
