"""TOP: entry while buying, exit at reviews, the cap, and a person's word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.classes import Class, ranked
from tests.oracle.life_cycle import SILENT, State, archived_by_hand, season_of, term_over
from tests.oracle.purchases import Facts
from tests.oracle.world import Client, Override, Rules, last_of_month, plus_months


@dataclass
class Membership:
    """A client on the list for the nights [entered_on, left_on)."""

    client: int
    entered_on: date
    left_on: date | None = None


@dataclass
class TopList:
    """The list over time."""

    memberships: list[Membership] = field(default_factory=list)
    now: dict[int, Membership] = field(default_factory=dict)

    def enter(self, client: int, as_of: date) -> None:
        """Put the client on the list from this night on."""
        self.now[client] = Membership(client, as_of)
        self.memberships.append(self.now[client])

    def had(self, client: int, as_of: date) -> bool:
        """Say whether the client was on the list in the night `as_of`."""
        return any(
            one.client == client and one.entered_on <= as_of and (one.left_on is None or as_of < one.left_on)
            for one in self.memberships
        )

    def leave(self, client: int, as_of: date) -> None:
        """Take the client off the list from this night on."""
        self.now.pop(client).left_on = as_of


def is_review(as_of: date, rules: Rules, before: Rules | None) -> bool:
    """Say whether the night is a review night: a month's end counted back from December, or changed rules."""
    by_calendar = last_of_month(as_of) and (12 - as_of.month) % rules.review_months == 0
    return by_calendar or (before is not None and before.of_top() != rules.of_top())


def candidates_of(clients: dict[int, Client], classes: dict[int, Class], rules: Rules) -> set[int]:
    """Return the clients in the TOP cells whose rank by turnover among all in the cells is within the cap."""
    in_cells = [clients[number] for number, own in classes.items() if own.cell in rules.top_cells]
    turnover: dict[int, Decimal] = {client.id: classes[client.id].turnover for client in in_cells}
    order = ranked(in_cells, turnover)
    return {client.id for client in order[: rules.top_cap]}


def fresh(facts: Facts, as_of: date, rules: Rules) -> bool:
    """Say whether the last purchase is younger than TOP's zero term of the table."""
    return facts.last is not None and as_of < plus_months(facts.last, rules.zero_top)


def stale(facts: Facts, state: State | None, client: Client, as_of: date, rules: Rules) -> bool:
    """Say whether a member is lost or archived in this night."""
    if facts.last is None:
        return True
    if archived_by_hand(client, facts, state, as_of):
        return True
    if state is not None and state.last is not None and facts.last <= state.last and state.silence in SILENT[1:]:
        return True
    fixed = state is not None and state.silence != "" and state.last is not None and facts.last <= state.last
    term_class = state.term_class if fixed and state is not None else "top"
    season = season_of(facts.purchases, as_of, rules)
    lost_on = term_over(facts.last, rules.months("lost", term_class), season)
    return as_of >= min(lost_on, plus_months(facts.last, rules.archive_months))


def word_of(client: int, overrides: list[Override], as_of: date) -> bool | None:
    """Return a person's word that holds in this night: in, out or None; the last one counts."""
    words = [word for word in overrides if word.client == client and word.start <= as_of < word.until]
    return words[-1].is_in if words else None


def run(
    top: TopList,
    clients: dict[int, Client],
    facts: dict[int, Facts],
    classes: dict[int, Class],
    states: dict[int, State],
    overrides: list[Override],
    as_of: date,
    rules: Rules,
    rules_before: Rules | None,
) -> None:
    """Let members leave (at reviews) and candidates enter; a person's word goes before both."""
    candidates = candidates_of(clients, classes, rules)
    review = is_review(as_of, rules, rules_before)
    for number in list(top.now):
        word = word_of(number, overrides, as_of)
        gone = number not in facts  # joined into another client
        out = review and (
            number not in candidates or stale(facts[number], states.get(number), clients[number], as_of, rules)
        )
        if gone or word is False or (word is None and out):
            top.leave(number, as_of)
    for number, known in facts.items():
        word = word_of(number, overrides, as_of)
        put_away = archived_by_hand(clients[number], known, states.get(number), as_of)  # in no list but its own
        enters = number in candidates and fresh(known, as_of, rules) and not put_away
        if number not in top.now and (word or (word is None and enters)):
            top.enter(number, as_of)
