"""Return, correction and hand-over: who goes to whom, who comes back, who waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.life_cycle import State, rhythm_of, season_of, terms_of
from tests.oracle.purchases import Facts
from tests.oracle.top import TopList
from tests.oracle.world import ONE_DAY, OPEN, Case, Client, Exclusion, Person, Rules, World, plus_months

RECEIVES = "bdm_recovery"
DEVELOPMENT = (RECEIVES, "bdm_key")
BY_HAND = ("manual", "substitution", "dismissal", "levelling")


@dataclass
class Night:
    """What the steps of one night share."""

    as_of: date
    world: World
    rules: Rules
    facts: dict[int, Facts]
    states: dict[int, State]
    turnover: dict[int, Decimal]
    cases: Cases
    on_list: TopList


class Cases:
    """All cases, oldest first, and those of each client."""

    def __init__(self) -> None:
        self.all: list[Case] = []
        self.by_client: dict[int, list[Case]] = {}

    def add(self, case: Case) -> None:
        """Keep a new case."""
        self.all.append(case)
        self.by_client.setdefault(case.client, []).append(case)

    def of(self, client: int) -> list[Case]:
        """Return the client's cases."""
        return self.by_client.get(client, [])

    def open_of(self, client: int) -> Case | None:
        """Return the client's open case."""
        return next((case for case in self.of(client) if case.state in OPEN), None)


# ---- return and correction -------------------------------------------------------------------------------------------


def end_joined(night: Night) -> None:
    """End the open cases of clients that were joined into another one."""
    for case in night.cases.all:
        if case.state in OPEN and night.world.clients[case.client].merged_into is not None:
            case.state, case.closed_on = "joined", night.as_of


def end_taken(night: Night) -> None:
    """Close the cases of clients a person has given to somebody who develops nobody: their recovery is over."""
    for case in night.cases.all:
        held = night.world.clients[case.client].owner
        by_hand = held.by_person and held.start <= night.as_of and held.reason not in ("zero", "undo")
        recovers = held.owner == case.to_owner or night.world.people[held.owner].role in ("bdm_recovery", "bdm_key")
        if case.state == "handed_over" and by_hand and not recovers:
            case.state, case.closed_on = "closed", night.as_of


def cycles(cases: Cases, client: int, last: date | None) -> int:
    """Count the recoveries of this silence that were closed without a purchase."""
    return sum(
        case.state == "closed" and case.handed_on is not None and last is not None and case.silent_since >= last
        for case in cases.of(client)
    )


def give_back(night: Night) -> None:
    """Bring back every handed-over client that bought after the purchase its hand-over was reckoned from."""
    for case in night.cases.all:
        if case.state != "handed_over" or case.client not in night.facts or touched_later(night, case.client):
            continue
        later = [day for day in night.facts[case.client].purchases if day > case.silent_since]
        assert case.handed_on is not None
        had_been = [day for day in later if day < case.handed_on]
        since = [day for day in later if day >= case.handed_on]
        if had_been and not over_anyway(night, case, had_been[-1]):
            close(night, case, "had_bought", "correction", had_been[-1])
        elif since:
            close(night, case, "returned", "return", since[0])


def over_anyway(night: Night, case: Case, bought: date) -> bool:
    """Say whether by the late purchase too the term was over on the hand-over day."""
    assert case.handed_on is not None
    term_class = (
        "top" if night.on_list.had(case.client, case.handed_on - ONE_DAY) else "other"
    )  # a second one is not new
    rules, purchases = night.rules, night.facts[case.client].purchases
    season = season_of(purchases, night.as_of, rules)
    due = terms_of(bought, term_class, rhythm_of(purchases, rules), season, rules)[1]
    return due < case.handed_on


def close(night: Night, case: Case, state: str, reason: str, bought: date) -> None:
    """Close the case and move the client from the day after this night."""
    client = night.world.clients[case.client]
    case.state, case.closed_on, case.bought_on = state, night.as_of, bought
    case.returned_to, case.returned_on = back_to(night.world, case.from_owner, client), night.as_of + ONE_DAY
    night.world.move(client, case.returned_to, case.returned_on, reason)


def back_to(world: World, owner: int, client: Client) -> int:
    """Return the owner kept in the case, else who took over the portfolio, else the head."""
    person: Person | None = world.people[owner]
    asked = set()
    while person is not None and person.id not in asked:
        asked.add(person.id)
        if person.active and person.owns_clients and works_in(world, person, client.branch):
            return person.id
        person = world.people.get(person.successor) if person.successor is not None else None
    assert world.head is not None
    return world.head


def works_in(world: World, person: Person, branch: int) -> bool:
    """Say whether the person is of the branch or owns clients of it."""
    return person.branch == branch or any(
        client.branch == branch and client.owner.owner == person.id for client in world.present()
    )


# ---- hand-over -------------------------------------------------------------------------------------------------------


def touched_later(night: Night, client: int) -> bool:
    """Say whether the owner was changed later than this night's day, which a night that catches up leaves alone."""
    return night.world.clients[client].owner.start > night.as_of


def due_of(night: Night, left_alone: set[str]) -> list[int]:
    """List the clients to hand over tonight, in the work order, whatever guards and places say afterwards."""
    due = [number for number in night.facts if is_due(night, number) and not night.facts[number].sources & left_alone]
    return sorted(due, key=lambda number: work_order(night, number))


def is_due(night: Night, number: int) -> bool:
    """Say whether the term is reached and nothing about the client holds the hand-over back."""
    state, facts, client = night.states[number], night.facts[number], night.world.clients[number]
    if state.status not in ("zero", "lost") or state.hand_over_on is None or night.as_of < state.hand_over_on:
        return False
    with_recovery = any(case.state == "handed_over" for case in night.cases.of(number))
    return not (
        with_recovery
        or (client.owner.reason == "zero" and with_development(night, number))
        or moved_by_hand(client, facts, state, night.as_of)
        or excluded(night.world.exclusions, number, facts, night.as_of)
        or just_separated(client, night.as_of, night.rules)
        or touched_later(night, number)
    )


def with_development(night: Night, number: int) -> bool:
    """Say whether the owner is a development manager: no hand-over, the head's list."""
    return night.world.people[night.world.clients[number].owner.owner].role in DEVELOPMENT


def moved_by_hand(client: Client, facts: Facts, state: State, as_of: date) -> bool:
    """Say whether a person changed the owner of the silent client: left alone until it buys or until the date given."""
    own = client.owner
    if not by_hand(client) or facts.last is None or own.start < facts.last:
        return False
    if own.left_alone_until is not None:
        return as_of < own.left_alone_until
    return state.zero_since is not None and own.start > state.zero_since


def by_hand(client: Client) -> bool:
    """Say whether a person gave the client its owner; a first distribution counts if the client had one before."""
    own = client.owner
    return own.reason in BY_HAND or (own.reason == "first" and own.by_person and len(client.owners) > 1)


def excluded(exclusions: list[Exclusion], number: int, facts: Facts, as_of: date) -> bool:
    """Say whether an exclusion holds: until its date or a purchase after the one it names, whichever is first."""
    for one in exclusions:
        if one.client != number or one.start > as_of:
            continue
        if one.until is not None and as_of >= one.until:
            continue
        if facts.last is None or facts.last <= (one.last_purchase or one.start):
            return True
    return False


def just_separated(client: Client, as_of: date, rules: Rules) -> bool:
    """Say whether the client was separated within the last 7 days."""
    separated = client.separated_on
    return separated is not None and separated <= as_of < separated + timedelta(days=rules.separation_days)


def work_order(night: Night, number: int) -> tuple[int, Decimal, int]:
    """Sort by the order of R120, lost last, then turnover, then id."""
    state = night.states[number]
    place = 4 if state.status == "lost" else {"top": 0, "new": 2, "other": 3}[state.term_class]
    return place, -night.turnover.get(number, Decimal(0)), number


def swinging(night: Night, number: int) -> bool:
    """Say whether the client has returned twice within twelve months."""
    returns = [
        case
        for case in night.cases.of(number)
        if case.state == "returned" and case.closed_on is not None and plus_months(case.closed_on, 12) > night.as_of
    ]
    return len(returns) >= night.rules.swing_returns


class Places:
    """Development managers with their limits; loads are counted on as clients are placed."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.load: dict[int, int] = {}
        for case in night.cases.all:
            if case.state == "handed_over" and night.states[case.client].status != "archived":
                assert case.to_owner is not None
                self.load[case.to_owner] = self.load.get(case.to_owner, 0) + 1

    def find(self, number: int) -> int | None:
        """Return the receiver with the smallest load ÷ limit and room, or None."""
        branch = self.night.world.clients[number].branch
        receivers = self.of_branch(branch) or self.of_branch(self.night.world.receiver_branch.get(branch))
        if not receivers:
            return self.night.world.head
        able = [person for person in receivers if not self.is_absent(person) and self.has_room(person)]
        if not able:
            return None
        return min(able, key=lambda person: (Fraction(self.load.get(person.id, 0), person.limit or 1), person.id)).id

    def take(self, person: int) -> None:
        """Count a client more."""
        self.load[person] = self.load.get(person, 0) + 1

    def of_branch(self, branch: int | None) -> list[Person]:
        """Return the development managers of a branch."""
        return [
            person
            for person in self.night.world.people.values()
            if person.role == RECEIVES and person.active and person.owns_clients and person.limit is not None
            and person.branch == branch
        ]  # fmt: skip

    def has_room(self, person: Person) -> bool:
        """Say whether the limit is not reached."""
        return self.load.get(person.id, 0) < (person.limit or 0)

    def is_absent(self, person: Person) -> bool:
        """Say whether the person is absent for more than 3 working days from tomorrow."""
        day, working = self.night.as_of + ONE_DAY, 0
        while working <= self.night.rules.absence_days:
            if self.night.world.is_working(day):
                if not person.away(day):
                    return False
                working += 1
            day += ONE_DAY
        return True
