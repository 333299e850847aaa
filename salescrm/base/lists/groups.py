"""Groups of conditions: each keeps rows that fit all, or any, of its filters; groups are joined by "and" or by "or".

In the URL: `g1=any&g1.abc=A&g1.state=zero&g2=all&g2.turnover=1000..&join=or`. One level and no deeper, of a bounded
length: a group has each filter once, and no more groups, conditions and values are read than a person can look over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from salescrm.base.lists.filters import Filter, Here, read_texts, texts_of

if TYPE_CHECKING:
    from django.http import QueryDict

ALL, ANY = "all", "any"
AND, OR = "and", "or"
MOST = 5  # groups
MOST_CONDITIONS = 8  # of a group
MOST_TEXTS = 20  # of a condition
MOST_LETTERS = 100  # of a text


@dataclass(frozen=True)
class Group:
    """Conditions by the names of their filters, and whether one of them is enough."""

    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Groups:
    """The groups of a list and the word between them."""

    filters: Mapping[str, Filter]
    here: Here
    groups: tuple[Group, ...] = ()
    join: str = OR

    def __bool__(self) -> bool:
        return bool(self.groups)

    @classmethod
    def read(cls, filters: Mapping[str, Filter], params: QueryDict, here: Here) -> tuple[Groups, list[str]]:
        """Read the URL; return the groups that have a condition and the names of filters whose texts make no sense."""
        found, faults = [], []
        for number in numbers(params):
            values, wrong = read_group(filters, params, here, number)
            faults += wrong
            if values:
                found.append(Group(kind_of(params, number), values))
        join = AND if params.get("join") == AND else OR
        return cls(filters, here, tuple(found), join), faults

    def condition(self) -> Q:
        """Return what rows must fulfil."""
        return _joined([self._condition(one) for one in self.groups], is_any=self.join == OR)

    def _condition(self, group: Group) -> Q:
        parts = [self.filters[key].condition(value, self.here) for key, value in group.values.items()]
        return _joined(parts, is_any=group.kind == ANY)

    def without(self, at: int) -> Groups:
        """Return the groups without one of them."""
        left = self.groups[:at] + self.groups[at + 1 :]
        return Groups(self.filters, self.here, left, self.join)

    def said(self) -> dict[str, list[str]]:
        """Write the groups for the URL."""
        found: dict[str, list[str]] = {}
        for number, group in enumerate(self.groups, start=1):
            found[f"g{number}"] = [group.kind]
            found |= {f"g{number}.{key}": self.filters[key].texts(value) for key, value in group.values.items()}
        return found | ({"join": [self.join]} if len(self.groups) > 1 else {})

    def words(self, group: Group) -> str:
        """Say the conditions of a group in its chip."""
        parts = [
            f"{self.filters[key].label}: {self.filters[key].words(v, self.here)}" for key, v in group.values.items()
        ]
        return "; ".join(parts)


def _joined(parts: Sequence[Q], *, is_any: bool) -> Q:
    found = Q()
    for one in parts:
        found = found | one if is_any else found & one
    return found


def numbers(params: QueryDict) -> list[int]:
    """Return the numbers of the groups an address or a form speaks of."""
    named = {name.partition(".")[0] for name in params}
    return [number for number in range(1, MOST + 1) if f"g{number}" in named]


def kind_of(params: QueryDict, number: int) -> str:
    """Say whether all conditions of a group must hold, or any."""
    return ANY if params.get(f"g{number}") == ANY else ALL


def read_group(
    filters: Mapping[str, Filter], params: QueryDict, here: Here, number: int
) -> tuple[dict[str, Any], list[str]]:
    """Read the conditions of one group."""
    values: dict[str, Any] = {}
    faults = []
    for key, one in filters.items():
        texts = texts_of(params, f"g{number}.{key}") if one.offered else []
        if not texts or len(values) == MOST_CONDITIONS:
            continue
        is_long = len(texts) > MOST_TEXTS or any(len(text) > MOST_LETTERS for text in texts)
        value = None if is_long else read_texts(one, texts, here)
        if value is None:
            faults.append(str(one.label))
        else:
            values[key] = value
    return values, faults


def kind_words() -> dict[str, str]:
    """Name the kinds of a group."""
    return {ALL: _("All of"), ANY: _("Any of")}


def join_words() -> dict[str, str]:
    """Name the words between groups."""
    return {AND: _("and"), OR: _("or")}
