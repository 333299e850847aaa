"""Put the night's tables back to the evening before a day: for a dry run of a night in the past, always rolled back."""

from __future__ import annotations

from datetime import date


def to(as_of: date) -> None:
    """Forget everything the nights from `as_of` on wrote."""
    raise NotImplementedError
