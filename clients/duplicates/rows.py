"""Pairs as the list shows them: both clients, why they may be one, what the person may do; few questions a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clients.contacts import points, seeing
from clients.models import Client, DuplicatePair, DuplicateReason, PairState, PointKind, ReasonKind
from clients.rows import ClientRow, hydrate
from staff.models import Employee

POINTS = {ReasonKind.PHONE: PointKind.PHONE, ReasonKind.EMAIL: PointKind.EMAIL}


@dataclass(frozen=True)
class PairRow:
    """One pair; of a client the person does not see only name, INN, city and owner are told."""

    pair: DuplicatePair
    one: ClientRow
    other: ClientRow
    sees_one: bool
    sees_other: bool
    reasons: list[str]
    may_decide: bool

    @property
    def sides(self) -> list[tuple[ClientRow, bool]]:
        """Both clients, and whether the person sees each."""
        return [(self.one, self.sees_one), (self.other, self.sees_other)]

    @property
    def is_open(self) -> bool:
        """Say whether it waits for a decision."""
        return self.pair.state == PairState.OPEN

    @property
    def is_different(self) -> bool:
        """Say whether it was said to be no duplicate."""
        return self.pair.state == PairState.DIFFERENT


def read(ids: Sequence[int], person: Employee, today: date) -> list[PairRow]:
    """Read the pairs of these numbers in this order."""
    pairs = DuplicatePair.objects.select_related("decided_by").in_bulk(list(ids))
    clients = {pk for pair in pairs.values() for pk in (pair.one_id, pair.other_id)}
    known = {row.client.pk: row for row in hydrate(sorted(clients), today, names=["inn"])}
    seen = _kept(Client.objects.visible_to(person, today).filter(pk__in=clients))
    changeable = _kept(Client.objects.all().changeable_by(person, today).filter(pk__in=clients))
    reasons = _reasons(list(pairs))
    tells_points = seeing.sees_contacts(person)
    found = []
    for pair in (pairs[pk] for pk in ids if pk in pairs):
        two = {pair.one_id, pair.other_id}
        if two <= known.keys():
            tells = two <= seen
            words = [reason_words(one, tells=tells, tells_points=tells_points) for one in reasons.get(pair.pk, [])]
            sides = known[pair.one_id], known[pair.other_id], pair.one_id in seen, pair.other_id in seen
            found.append(PairRow(pair, *sides, list(dict.fromkeys(words)), two <= changeable))
    return found


def _kept(clients: Any) -> set[int]:
    return set(clients.values_list("pk", flat=True))


def _reasons(pairs: list[int]) -> dict[int, list[DuplicateReason]]:
    found: dict[int, list[DuplicateReason]] = {}
    for reason in DuplicateReason.objects.filter(pair__in=pairs).order_by("-weight", "kind", "value"):
        found.setdefault(reason.pair_id, []).append(reason)
    return found


def reason_words(reason: DuplicateReason, *, tells: bool, tells_points: bool) -> str:
    """Say a reason; the value only where both clients are seen, a phone or an address masked (R21)."""
    label, value = str(reason.get_kind_display()), reason.value
    if not tells or not value or reason.kind in (ReasonKind.NAME, ReasonKind.LAYOUT):
        return label
    if reason.kind in (ReasonKind.INN, ReasonKind.SITE):
        return f"{label} {value}"
    kind = POINTS.get(ReasonKind(reason.kind))
    return f"{label} {points.masked(kind, value, value)}" if kind and tells_points else label
