"""Export of the legal entities of exactly the filtered clients (R2)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from clients.intake.firm_fields import BY_NAME
from clients.models import LegalEntity
from salescrm.base.lists.export import Cell
from salescrm.base.lists.state import ListState

FIELDS = ("client", "legal_name", "inn", "kpp", "address")


def table(_state: ListState) -> tuple[list[str], Callable[[list[int]], list[list[Cell]]]]:
    """Return the captions, which the import knows too, and what reads the rows: one per legal entity."""
    return [*(str(BY_NAME[name].caption) for name in FIELDS), _("Codes")], _rows


def _rows(ids: list[int]) -> list[list[Cell]]:
    """Read the legal entities of these clients, in their order."""
    place = {pk: n for n, pk in enumerate(ids)}
    read = LegalEntity.objects.filter(client__in=ids).select_related("client").prefetch_related("codes__source")
    found = sorted(read.order_by("name", "pk"), key=lambda one: place[one.client_id])
    return [[one.client.name, one.name, one.inn, one.kpp, one.address, _codes(one)] for one in found]


def _codes(one: LegalEntity) -> str:
    return ", ".join(f"{code.source.name}: {code.code}" for code in one.codes.all())
