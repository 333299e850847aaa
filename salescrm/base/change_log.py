"""What the log of changes is narrowed to; the rooms' kinds of entries are held against it (R381)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
RULES = "rules"  # instead of a person: what the program did by its rules


@dataclass(frozen=True)
class Scope:
    """Days [since, until], who changed (a number, or RULES), which client; None: all of them."""

    since: date | None = None
    until: date | None = None
    author: int | str | None = None
    client: int | None = None

    def narrow(
        self, rows: QuerySet[Row], *, day: str, author: str | None = None, client: str | None = None
    ) -> QuerySet[Row]:
        """Keep the rows of the scope: `day`, `author`, `client` are paths; no path to an author: the rules did it."""
        asked: dict[str, Any] = {f"{day}__gte": self.since, f"{day}__lte": self.until}
        if client is not None:
            asked[client] = self.client
        if author is not None and self.author != RULES:
            asked[author] = self.author
        if author is not None and self.author == RULES:
            rows = rows.filter(**{f"{author}__isnull": True})
        if (author is None and self.author not in (None, RULES)) or (client is None and self.client is not None):
            return rows.none()
        return rows.filter(**{path: value for path, value in asked.items() if value is not None})
