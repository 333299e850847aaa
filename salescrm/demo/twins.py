"""Some of the sample company's potential clients are buyers met once more: somebody asked again under another name.

No client is added and no random number drawn, so the company's figures stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable

from clients.contacts import points
from clients.models import Client, ContactPoint, LegalEntity, Shipment
from salescrm.base import names

EVERY = 37  # buyers between two that have a twin

Disguise = Callable[[str], str]


def _latin(name: str) -> str:
    return names.key(name).title()


def _doubled(name: str) -> str:
    return f"{name[:4]}{name[3]}{name[4:]}"


def _other_form(name: str) -> str:
    return f"ТД {name.replace(' ', '-')}"


DISGUISES: tuple[Disguise, ...] = (
    _other_form, _latin, _doubled, names.other_layout, str.upper, lambda name: f"{name} (опт)",
    _other_form, _latin,
)  # fmt: skip


def write() -> None:
    """Give potential clients the name of a buyer in disguise, its city, and every second one its phone."""
    bought, reached = Shipment.objects.values("legal_entity__client"), ContactPoint.objects.filter(kind="phone")
    twins = list(Client.objects.exclude(pk__in=bought).order_by("pk")[: len(DISGUISES)])
    known = Client.objects.filter(pk__in=bought).filter(pk__in=reached.values("client"))
    known = known.exclude(name__startswith="ИП").exclude(name__contains=",").order_by("pk")
    buyers = list(known[: EVERY * len(twins) : EVERY])
    phones = dict(reached.filter(client__in=buyers).order_by("-pk").values_list("client", "value"))
    for twin, buyer, disguise in zip(twins, buyers, DISGUISES, strict=False):
        twin.name = disguise(buyer.name)
        twin.name_key, twin.name_sort = names.key(twin.name), names.sort_key(twin.name)
        twin.city, twin.region = buyer.city, buyer.region
    Client.objects.bulk_update(twins, ["name", "name_key", "name_sort", "city", "region"])
    entities = {entity.client_id: entity for entity in LegalEntity.objects.filter(client__in=twins)}
    for twin in twins:
        entities[twin.pk].name, entities[twin.pk].name_key = twin.name, twin.name_key
        entities[twin.pk].inn, entities[twin.pk].kpp = "", ""
    LegalEntity.objects.bulk_update(entities.values(), ["name", "name_key", "inn", "kpp"])
    pairs = list(zip(twins, buyers, strict=False))[::2]
    ContactPoint.objects.bulk_create(
        ContactPoint(client=twin, kind="phone", value=phones[buyer.pk], value_key=points.key("phone", phones[buyer.pk]))
        for twin, buyer in pairs
        if buyer.pk in phones
    )
