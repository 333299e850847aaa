"""Addresses of contracts: the contract of the scene waits for the lawyers, its client is the csm's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from staff.access import Role
from tests.access.clients import EDITORS, SEES
from tests.access.deals import ONLY_SEE
from tests.access.table import Row, Scene
from tests.contracts.scene import brought, made

OFFICES = frozenset({Role.DEPUTY_DIRECTOR, Role.HOS})
NOT_SEEN: dict[str, int] = dict.fromkeys((Role.BDM_KEY, Role.BDM_RECOVERY, Role.OPERATOR, Role.LEAD_MANAGER), 404)


def prepare(scene: Scene) -> None:
    """Add a contract that waits for approval."""
    contract = made(scene.client, scene.people[Role.CSM])
    scene.extra["contract"] = brought(contract, "legal", scene.people)


def one(scene: Scene) -> list[Any]:
    """Name the contract of the scene."""
    return [scene.extra["contract"].pk]


def card(scene: Scene) -> list[Any]:
    """Name the client of the scene."""
    return [scene.client.pk]


def seen(scene: Scene) -> dict[str, Any]:
    """Say which version was seen."""
    return {"seen": scene.extra["contract"].version, "why": "Нет отсрочки"}


def fields(scene: Scene) -> dict[str, Any]:
    """Fill the form of a contract."""
    entity = scene.client.legal_entities.order_by("pk")[0]
    return {"kind": "supply", "subject": "Иное", "legal_entity": entity.pk, "submission": uuid4()} | seen(scene)


def acts(name: str, data: Any = lambda scene: {}, ok: int = 422, args: Any = one) -> list[Row]:
    """Ask and send the form of an act."""
    return [
        Row(f"deals:{name}", allowed=EDITORS, args=args, also=ONLY_SEE),
        Row(f"deals:{name}", allowed=EDITORS, args=args, method="post", data=data, ok=ok, also=ONLY_SEE),
    ]


ROWS = [
    Row("deals:contract-list"),
    Row("deals:contract", allowed=SEES, args=one, denied=404),
    Row("deals:client-contracts", allowed=SEES, args=card, denied=404),
    *acts("contract-new", fields, 302, card),
    *acts("contract-edit", fields, 302),
    *acts("contract-file"),
    *acts("contract-sign"),
    *acts("contract-terminate"),
    Row("deals:contract-send", allowed=EDITORS, args=one, method="post", data=seen, ok=302, also=ONLY_SEE),
    Row("deals:contract-approve", allowed=OFFICES, args=one, method="post", data=seen, ok=302, also=NOT_SEEN),
    Row("deals:contract-return", allowed=OFFICES, args=one, also=NOT_SEEN),
    Row("deals:contract-return", allowed={Role.DEPUTY_DIRECTOR}, args=one, method="post", data=seen, ok=302,
        also=NOT_SEEN | {Role.HOS: 422}),
    Row("deals:contract-version", allowed=SEES - {Role.MARKETER}, args=lambda scene: [*one(scene), 1],
        denied=404, also={Role.MARKETER: 403}),
]  # fmt: skip
