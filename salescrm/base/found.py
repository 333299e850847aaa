"""What a room's search answers: groups of links with the reason of each match."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Item:
    """One find: where it leads, what it is, why it matches."""

    url: str
    title: str
    sub: str = ""
    reason: str = ""
    icon: str = "circle"


@dataclass
class Group:
    """Finds of one kind under a heading."""

    title: str
    items: list[Item] = field(default_factory=list)
