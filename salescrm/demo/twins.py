"""Some of the sample company's potential clients are buyers met once more: somebody asked again under another name.

No client is added and no random number drawn, so the company's figures stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from clients.models import Client, ContactPoint, LegalEntity, Shipment
from salescrm.base import names

KINDS = ("phone", "email")
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
    """Give potential clients the name of a buyer in disguise, its city, and one of its phones or addresses."""
    bought, reached = Shipment.objects.values("legal_entity__client"), ContactPoint.objects.filter(kind__in=KINDS)
    twins = list(Client.objects.exclude(pk__in=bought).order_by("pk")[: len(DISGUISES)])
    known = Client.objects.filter(pk__in=bought).filter(pk__in=reached.values("client"))
    known = known.exclude(name__startswith="ИП").exclude(name__contains=",").order_by("pk")
    buyers = list(known[: EVERY * len(twins) : EVERY])
    for twin, buyer, disguise in zip(twins, buyers, DISGUISES, strict=False):
        twin.name, twin.city, twin.region = disguise(buyer.name), buyer.city, buyer.region
        twin.name_key, twin.name_sort = names.key(twin.name), names.sort_key(twin.name)
    Client.objects.bulk_update(twins, ["name", "name_key", "name_sort", "city", "region"])
    names_of = {twin.pk: f"ООО «{twin.name}»" for twin in twins}
    entities = list(LegalEntity.objects.filter(client__in=twins))
    for entity in entities:
        entity.name = names_of[entity.client_id]
        entity.name_key = names.key(entity.name)
    LegalEntity.objects.bulk_update(entities, ["name", "name_key"])
    _share(list(zip(twins, buyers, strict=False)), reached)


def _share(pairs: list[tuple[Client, Client]], reached: QuerySet[ContactPoint]) -> None:
    """Note at each twin a phone or an e-mail of its buyer."""
    of_buyer: dict[int, list[ContactPoint]] = {}
    for point in reached.filter(client__in=[buyer for _, buyer in pairs]).order_by("client", "value_key"):
        of_buyer.setdefault(point.client_id, []).append(point)
    shared = [(twin, of_buyer[buyer.pk][n % len(of_buyer[buyer.pk])]) for n, (twin, buyer) in enumerate(pairs)]
    ContactPoint.objects.bulk_create(
        ContactPoint(client=twin, kind=point.kind, value=point.value, value_key=point.value_key)
        for twin, point in shared
    )
