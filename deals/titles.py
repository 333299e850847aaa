"""Finding tasks and deals by the words of their titles: as typed in either keyboard layout, or with slips put right."""

from __future__ import annotations

from django.db.models import Q

from clients import find as finding
from salescrm.base import names

TASK, DEAL = "task", "deal"  # whose words are kept (clients.words)


def ways(typed: str, kind: str, *, with_typos: bool) -> list[Q]:
    """Return the conditions of which a title fulfils one, each to be asked by itself where hits are bounded.

    A text shorter than a trigram is in no title.
    """
    meant = [one for one in dict.fromkeys((typed, names.other_layout(typed))) if _longest(one) >= names.WORD]
    if with_typos:
        return finding.slips([one.lower() for one in meant], kind, _has)
    return [Q(*map(_has, one.split()[: finding.WORDS])) for one in meant]


def _longest(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _has(word: str) -> Q:
    return Q(title__icontains=word)
