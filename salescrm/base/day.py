"""What a room contributes to a person's day: blocks of rows, each with what to look at and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

ROWS = 8  # of a block; the rest is behind its link


@dataclass(frozen=True)
class RowAct:
    """What is done with a row without leaving it: in a dialog or at once by a click; the key L does `is_log`."""

    label: _StrOrPromise
    icon: str
    url: str
    is_dialog: bool = True
    is_log: bool = False


@dataclass
class DayRow:
    """One line: when, who, why, how much. `left` are days (the hourglass), `day` a date, `url` empty = no link."""

    name: str
    url: str = ""
    left: int | None = None
    day: date | None = None
    abc: str = ""
    xyz: str = ""
    top: bool = False
    why: str = ""
    money: Decimal | None = None
    tone: str = ""
    acts: Sequence[RowAct] = ()


@dataclass
class Block:
    """A card of the day; `place` is "main" (work rows) or "side" (a short list). Blocks without rows are left out.

    A block with `refresh_url` is drawn again when tasks have changed; without rows it says `empty`.
    """

    id: str
    title: _StrOrPromise
    rows: list[DayRow] = field(default_factory=list)
    count: int = 0
    note: str = ""
    icon: str = "circle"
    tone: str = ""
    place: str = "main"
    pill: str = ""
    url: str = ""
    url_label: _StrOrPromise = ""
    refresh_url: str = ""
    empty: _StrOrPromise = ""

    @property
    def more(self) -> int:
        """How many rows are behind the link."""
        return max(self.count - len(self.rows), 0)


def first(rows: QuerySet[Any], size: int = ROWS) -> tuple[list[Any], int]:
    """Return the first rows and how many there are in all: counted only when there are more."""
    found = list(rows[: size + 1])
    return (found, len(found)) if len(found) <= size else (found[:size], rows.count())


def not_empty(blocks: Iterable[Block | None]) -> list[Block]:
    """Keep the blocks that have something to say."""
    return [block for block in blocks if block is not None and block.rows]
