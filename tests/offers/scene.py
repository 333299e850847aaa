"""What tests of offers begin with: an approved template, a deal with goods, an offer drafted or sent."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clients.models import Segment
from deals.dealing import actions as dealing
from deals.dealing.models import Deal
from deals.offers import actions
from deals.offers.models import PARTS, Offer, OfferTemplate, OfferTemplateVersion, SentBy
from staff.models import Employee
from tests.conftest import TODAY

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)
TEXTS = {"greeting": "Здравствуйте, {contact}!", "argument": "Для {client}: **выгода**", "terms": "", "closing": ""}


def written(author: Employee, name: str = "Основной", *, segments: Any = (), **texts: str) -> OfferTemplateVersion:
    """Write a version of a template, not approved."""
    found = OfferTemplate.objects.filter(name=name).first()
    return actions.save_template(
        template=found, name=name, language="ru", segments=list[Segment](segments), is_active=True,
        texts=TEXTS | texts, acting_user=author,
    )  # fmt: skip


def approved(author: Employee, name: str = "Основной", **said: Any) -> OfferTemplate:
    """Write a version of a template and approve it."""
    version = written(author, name, **said)
    seen = {part: getattr(version, part) for part in PARTS}
    return actions.approve(version=version, seen=seen, acting_user=author, now=NOW).template


def goods(deal: Deal, person: Employee, *lines: tuple[str, int, int]) -> Deal:
    """Name the goods of a deal: what, how many, for how much."""
    made = [dealing.Line(name, Decimal(quantity), Decimal(price)) for name, quantity, price in lines]
    return dealing.change_lines(deal=deal, lines=made, acting_user=person, seen=deal.version, today=TODAY)


def drafted(deal: Deal, template: OfferTemplate, person: Employee, **said: Any) -> Offer:
    """Make an offer of a deal, valid for ten days."""
    told: dict[str, Any] = {"contact": None, "valid_until": TODAY + timedelta(10), "submission": uuid.uuid4()}
    return actions.draft(deal=deal, template=template, acting_user=person, **({"now": NOW} | told | said))


def sent(offer: Offer, person: Employee, **said: Any) -> Offer:
    """Send an offer otherwise than by the program."""
    told: dict[str, Any] = {"way": SentBy.OTHER, "email": "", "remind_in": 2, "seen": offer.version, "now": NOW}
    return actions.send(offer=offer, acting_user=person, **(told | said))


def answered(offer: Offer, person: Employee, *, is_accepted: bool = True, day: date = TODAY, **said: Any) -> Offer:
    """Note the reaction to an offer."""
    told = {"seen": offer.version} | {name: said.pop(name) for name in ("seen",) if name in said}
    words = actions.Answer(is_accepted, day, **said)
    return actions.answer(offer=offer, said=words, acting_user=person, now=NOW, **told)
