"""What a room's search answers: groups of links with the reason of each match."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import gettext as _

from salescrm.base import names

FULL = 50  # finds of a kind on the page
LIKENESS = 0.75  # of two words that are one with a slip: two letters changed places in a word of eight


@dataclass(frozen=True)
class Item:
    """One find: where it leads, what it is, why it matches; `dialog` says that the page opens over this one."""

    url: str
    title: str
    sub: str = ""
    reason: str = ""
    icon: str = "circle"
    dialog: bool = False


@dataclass
class Group:
    """Finds of one kind under a heading."""

    title: str
    items: list[Item] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """How many there are; of a full page that it is full, as nobody counts what was not read."""
        number = len(self.items)
        return _("first %s") % number if number >= FULL else str(number)


def reason(words: str, key: str, *, like: str = "") -> str:
    """Say why a name with this key was found; nothing when it has what was typed and so shows it itself.

    `like` says it of what was found with typos and is no name.
    """
    typed, meant = names.key(words), names.keys(words)
    if not meant or (typed in meant and _has(key, typed)):
        return ""
    if any(_has(key, one) for one in meant if one != typed):
        return _("keyboard layout: %s") % names.other_layout(words)
    return like or _("similar name")


def fits(label: str, words: str, *, forgiving: bool) -> bool:
    """Say whether words of a label begin with what was typed, in either layout, or, forgiving, are much like it."""
    own = names.key(label).split()
    alike = _is_like if forgiving else _begins
    return any(all(alike(own, word) for word in one.split()) for one in names.keys(words))


def _has(key: str, meant: str) -> bool:
    return meant in key or all(word in key for word in meant.split())


def _begins(own: list[str], word: str) -> bool:
    return any(one.startswith(word) for one in own)


def _is_like(own: list[str], word: str) -> bool:
    return bool(get_close_matches(word, own, 1, LIKENESS))
