"""Undo by an address: what an act needs to be taken back, kept for an hour for the person who did it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import Http404
from django.urls import reverse

SECONDS = 60 * 60


@dataclass(frozen=True)
class Undo:
    """One kind of act, known by the name of the URL that takes it back (its only argument is a token)."""

    url: str

    def keep(self, person: int, **kept: Any) -> str:
        """Keep what the act needs; return the address that takes it back."""
        token = secrets.token_urlsafe(16)
        cache.set(self.key(token), kept | {"person": person}, SECONDS)
        return reverse(self.url, args=[token])

    def take(self, person: int, token: str) -> dict[str, Any]:
        """Return what was kept, once and to that person only; raise Http404 to others, again and too late."""
        kept: dict[str, Any] | None = cache.get(self.key(token))
        if not kept or kept["person"] != person or not cache.delete(self.key(token)):
            raise Http404
        return kept

    def while_it_lasts(self, address: str) -> str:
        """Return the address while the act can be taken back, an empty text afterwards."""
        token = address.rstrip("/").rpartition("/")[2]
        return address if token and cache.get(self.key(token)) else ""

    def key(self, token: str) -> str:
        """Return under what name the cache keeps it."""
        return f"undo:{self.url}:{token}"
