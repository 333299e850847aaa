"""Who gets which clients: the rule of distribution and levelling (R208, R210). No clock, no database.

1. A client stays with a receiver who has it, as far as that person's norm allows; TOP clients and those with the
   highest turnover first. With “together” a whole group (type, region or class) goes to who has most of it.
2. Every other client goes, the heaviest first, to the receiver with the lowest load who has room for it.
3. Then clients go one by one (or group by group) from the highest load to the lowest, as long as that makes the two
   more even: in the end no single move would make any two loads more even.

A load is what the rule evens out: clients, turnover or TOP clients. Clients without such a weight are evened out by
their number afterwards. Who finds no room is named; a client for whom nobody has room stays where it is. Whole amounts
are whole numbers, ties go by number, so the same input always gives the same plan.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

PRECISION = 50  # turnover counts as even within a fiftieth of the mean load: smaller gains are not worth a new owner


class Even(StrEnum):
    """What the rule evens out."""

    CLIENTS = "clients"
    TURNOVER = "turnover"
    TOP = "top"


class Why(StrEnum):
    """Why a client moves."""

    SHARED = "shared"  # its owner is no receiver
    TOGETHER = "together"  # its group is kept in one hand
    OVER_NORM = "over_norm"  # its owner has more than the norm
    LEVELLED = "levelled"  # its owner has more than others


class NoPlace(StrEnum):
    """Why a client finds no receiver."""

    TOP = "top"  # nobody has room for another TOP client
    OTHER = "other"  # nobody has room for another client


@dataclass(frozen=True, order=True)
class Item:
    """A client to be shared out; turnover in whole hundredths; an empty group is kept together with nothing."""

    client: int
    owner: int
    turnover: int = 0
    top: bool = False
    group: str = ""


@dataclass(frozen=True)
class Receiver:
    """A person who gets clients, with the load of the clients that are not shared out; None: no norm."""

    person: int
    tops: int = 0
    others: int = 0
    turnover: int = 0
    most_tops: int | None = None
    most_others: int | None = None
    groups: Mapping[str, int] = field(default_factory=dict)  # of the clients that are not shared out


@dataclass(frozen=True)
class Rule:
    """What is evened out, and whether groups stay in one hand."""

    even: Even = Even.CLIENTS
    together: bool = False


@dataclass(frozen=True)
class Move:
    """A client that gets another owner."""

    item: Item
    to: int
    why: Why


@dataclass(frozen=True)
class Plan:
    """Who moves where; who finds no place stays; `split`: the norms did not let whole groups be kept together."""

    moves: tuple[Move, ...]
    unplaced: Mapping[int, NoPlace]
    split: bool = False


@dataclass(frozen=True, eq=False)
class _Part:
    """What moves as one: a client, or a group of them; `home` is the receiver who has most of it."""

    items: tuple[Item, ...]
    weight: int
    home: int | None
    tops: int
    turnover: int

    def adds(self, *, weighs: bool) -> int:
        """What it adds to a load: its weight, or, where weights are no matter, its clients."""
        return self.weight if weighs else len(self.items)


class _Seat:
    """A receiver while the plan is made."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.tops, self.others, self.turnover = receiver.tops, receiver.others, receiver.turnover
        self.parts: set[_Part] = set()

    def load(self, even: Even) -> int:
        if even == Even.TURNOVER:
            return self.turnover
        return self.tops if even == Even.TOP else self.tops + self.others

    def fits(self, part: _Part) -> bool:
        tops = part.tops
        others = len(part.items) - tops
        return _has_room(self.receiver.most_tops, self.tops, tops) and _has_room(
            self.receiver.most_others, self.others, others
        )

    def take(self, part: _Part, sign: int = 1) -> None:
        tops = part.tops
        self.tops += sign * tops
        self.others += sign * (len(part.items) - tops)
        self.turnover += sign * part.turnover
        (self.parts.add if sign > 0 else self.parts.discard)(part)


def _has_room(most: int | None, has: int, more: int) -> bool:
    return more == 0 or most is None or has + more <= most


def distribute(items: Iterable[Item], receivers: Sequence[Receiver], rule: Rule) -> Plan:
    """Return who gets which clients; the same input gives the same plan."""
    known = sorted(items)
    if not receivers:
        return Plan((), {})
    if rule.together:
        plan = _Board(known, receivers, rule).plan()
        if not plan.split:
            return plan
        plan = _Board(known, receivers, Rule(rule.even)).plan()
        return Plan(plan.moves, plan.unplaced, split=True)
    return _Board(known, receivers, rule).plan()


class _Board:
    """One making of a plan."""

    def __init__(self, items: list[Item], receivers: Sequence[Receiver], rule: Rule) -> None:
        self.items, self.rule = items, rule
        self.seats = {one.person: _Seat(one) for one in sorted(receivers, key=lambda one: one.person)}
        self.over: set[int] = set()
        self.unplaced: dict[int, NoPlace] = {}
        self.split = False

    def plan(self) -> Plan:
        loose = self._settle(self._parts())
        for even, weighs in ((self.rule.even, True), (Even.CLIENTS, False)):
            asked = [part for part in loose if (part.weight > 0) == weighs]
            for part in sorted(asked, key=lambda one: _order(one, weighs=weighs), reverse=True):
                self._place(part, even)
            self._even_out(even, weighs=weighs)
        return Plan(tuple(self._moves()), self.unplaced, self.split)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _parts(self) -> list[_Part]:
        if not self.rule.together:
            return [self._single(item) for item in self.items]
        in_groups = sorted(self.items, key=lambda item: (item.group, item.client))
        parts: list[_Part] = []
        for group, members in groupby(in_groups, key=lambda item: item.group):
            found = list(members)
            parts += [self._group(group, found)] if group else [self._single(item) for item in found]
        return parts

    def _single(self, item: Item) -> _Part:
        return self._part([item], item.owner if item.owner in self.seats else None)

    def _group(self, group: str, members: list[Item]) -> _Part:
        has = {person: seat.receiver.groups.get(group, 0) for person, seat in self.seats.items()}
        for item in members:
            if item.owner in has:
                has[item.owner] += 1
        most = max(has, key=lambda person: (has[person], -person))
        return self._part(members, most if has[most] else None)

    def _part(self, items: list[Item], home: int | None) -> _Part:
        turnover = sum(max(item.turnover, 0) for item in items)
        tops = sum(item.top for item in items)
        return _Part(tuple(items), sum(map(self._weight, items)), home, tops, turnover)

    def _weight(self, item: Item) -> int:
        if self.rule.even == Even.TURNOVER:
            return max(item.turnover, 0)
        return int(item.top) if self.rule.even == Even.TOP else 1

    # --- steps ------------------------------------------------------------------------------------------------------

    def _settle(self, parts: list[_Part]) -> list[_Part]:
        """Leave parts where they are at home as far as the norms allow; return the others."""
        loose = []
        for part in sorted(parts, key=lambda one: (one.tops == 0, -one.turnover, one.items[0].client)):
            if part.home is not None and self.seats[part.home].fits(part):
                self.seats[part.home].take(part)
            else:
                loose.append(part)
                self.over |= {item.client for item in part.items if item.owner in self.seats}
        return loose

    def _place(self, part: _Part, even: Even) -> None:
        """Give a part to the receiver with the lowest load who has room for it, else name it."""
        free = [seat for seat in self.seats.values() if seat.fits(part)]
        if free:
            min(free, key=lambda seat: (seat.load(even), seat.tops + seat.others, seat.receiver.person)).take(part)
        elif len(part.items) > 1:
            self.split = True
        else:
            item = part.items[0]
            self.unplaced[item.client] = NoPlace.TOP if item.top else NoPlace.OTHER
            if item.owner in self.seats:
                self._keep(part, item.owner)

    def _keep(self, part: _Part, owner: int) -> None:
        """Leave a client for whom nobody has room with its owner, above the norm as it was before."""
        seat = self.seats[owner]
        is_taken = self.rule.together and any(item.owner != owner for one in seat.parts for item in one.items)
        self.split |= is_taken  # whole groups of others took the place: without groups they do not
        seat.take(part)

    def _even_out(self, even: Even, *, weighs: bool) -> None:
        """Move single parts from higher loads to lower ones until none makes any two more even."""
        lines = {person: self._line(seat, weighs=weighs) for person, seat in self.seats.items()}
        loads = [seat.load(even) for seat in self.seats.values()]
        least = max(sum(loads) // len(loads) // PRECISION, 1) if even == Even.TURNOVER else 1
        while found := self._step(lines, even, least):
            part, high, low = found
            order = _order(part, weighs=weighs)
            high.take(part, -1)
            low.take(part)
            lines[high.receiver.person].remove((order, part))
            insort(lines[low.receiver.person], (order, part))

    def _line(self, seat: _Seat, *, weighs: bool) -> list[_Ordered]:
        kept = [part for part in seat.parts if (part.weight > 0) == weighs and not self._is_stuck(part)]
        return sorted((_order(part, weighs=weighs), part) for part in kept)

    def _is_stuck(self, part: _Part) -> bool:
        return part.items[0].client in self.unplaced

    def _step(self, lines: dict[int, list[_Ordered]], even: Even, least: int) -> tuple[_Part, _Seat, _Seat] | None:
        ranked = sorted(self.seats.values(), key=lambda seat: (seat.load(even), seat.receiver.person))
        for high in reversed(ranked):
            for low in ranked:
                gap = high.load(even) - low.load(even)
                if gap <= least:
                    break
                part = _between(lines[high.receiver.person], gap, low)
                if part:
                    return part, high, low
        return None

    # --- result -----------------------------------------------------------------------------------------------------

    def _moves(self) -> list[Move]:
        moves = []
        for person, seat in self.seats.items():
            for part in seat.parts:
                moves += [Move(item, person, self._why(part, item)) for item in part.items if item.owner != person]
        return sorted(moves, key=lambda move: move.item.client)

    def _why(self, part: _Part, item: Item) -> Why:
        if item.owner not in self.seats:
            return Why.SHARED
        if len(part.items) > 1:
            return Why.TOGETHER
        return Why.OVER_NORM if item.client in self.over else Why.LEVELLED


_Order = tuple[int, bool, int, int]
_Ordered = tuple[_Order, _Part]


def _order(part: _Part, *, weighs: bool) -> _Order:
    """The lighter first; of equal ones those who are least missed. No two parts are equal."""
    return (part.adds(weighs=weighs), part.tops > 0, part.turnover, part.items[0].client)


def _between(line: list[_Ordered], gap: int, low: _Seat) -> _Part | None:
    """Return the part nearest to half the gap that `low` has room for and that makes the two loads more even."""
    half = bisect_left(line, gap // 2 + 1, key=lambda one: one[0][0])
    at = half
    while at > 0:  # of the same weight the one that is least missed, then the next lighter ones
        start = bisect_left(line, line[at - 1][0][0], hi=at, key=lambda one: one[0][0])
        for order, part in line[start:at]:
            if order[0] > 0 and low.fits(part):
                return part
        at = start
    for order, part in line[half:]:
        if order[0] >= gap:
            return None
        if low.fits(part):
            return part
    return None
