"""Days, documents, purchases: what of a client's documents a night sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.world import Client, World


@dataclass(frozen=True)
class Facts:
    """What is known of a client in a night: documents seen, purchases as sorted days."""

    documents: tuple[tuple[date, Decimal], ...]
    purchases: tuple[date, ...]
    sources: frozenset[str]

    @property
    def first(self) -> date | None:
        """Return the day of the first purchase."""
        return self.purchases[0] if self.purchases else None

    @property
    def last(self) -> date | None:
        """Return the day of the last purchase."""
        return self.purchases[-1] if self.purchases else None

    @property
    def returns_only(self) -> bool:
        """Say whether there are documents but no purchase."""
        return bool(self.documents) and not self.purchases


def facts_of(world: World, client: Client, as_of: date) -> Facts:
    """Collect the client's documents on or before `as_of`; a purchase is a day with a document of net total > 0."""
    seen = [
        document for entity in client.entities for document in world.documents.get(entity, []) if document.day <= as_of
    ]
    days = {document.day for document in seen if document.net > 0}
    return Facts(
        documents=tuple((document.day, document.net) for document in seen),
        purchases=tuple(sorted(days)),
        sources=frozenset(document.source for document in seen),
    )


class Notebook:
    """Facts of every client, computed anew only when a document was added or its day has come."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: dict[int, Facts] = {}
        self.day: date | None = None
        self.revision = -1

    def at(self, as_of: date) -> dict[int, Facts]:
        """Return the facts of the night for clients that exist: created or with a document by `as_of`."""
        if self.revision != self.world.revision or self.day is None or as_of < self.day:
            self.kept = {client.id: facts_of(self.world, client, as_of) for client in self.world.present()}
        else:
            for client_id in self._with_documents(self.day, as_of):
                self.kept[client_id] = facts_of(self.world, self.world.clients[client_id], as_of)
        self.day, self.revision = as_of, self.world.revision
        return {
            client_id: facts
            for client_id, facts in self.kept.items()
            if facts.documents or self.world.clients[client_id].created <= as_of
        }

    def _with_documents(self, after: date, until: date) -> list[int]:
        return [
            client.id
            for client in self.world.present()
            if any(
                after < document.day <= until
                for entity in client.entities
                for document in self.world.documents.get(entity, [])
            )
        ]
