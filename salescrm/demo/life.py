"""Runs the nights of the last weeks and works off what they ask for. (stub)"""

from collections.abc import Callable
from datetime import date


def live(until: date, say: Callable[[str], None]) -> None:
    """Run the nights."""
