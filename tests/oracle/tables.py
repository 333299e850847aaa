"""Short writing of small worlds for tests of the re-computation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.rules import Oracle, Result
from tests.oracle.world import ONE_DAY, Client, Document, Interval, Person, Rules, World

SELLER, RECEIVER, SECOND, HEAD = 1, 2, 3, 9
BEGIN = date(1900, 1, 1)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def is_weekday(on: date) -> bool:
    """Count Monday to Friday as working days."""
    return on.weekday() < 5


def unguarded(**fields: object) -> Rules:
    """Return rules without guards."""
    return Rules(**({"feed_guard": False, "size_guard": False, "backlog_guard": False} | fields))  # type: ignore[arg-type]


def world_of(histories: Mapping[str, Mapping[str, object]], rules: Rules | None = None, **people: Person) -> World:
    """Make a world of clients named by their codes, each with {day: net amount}."""
    clients, documents = {}, {}
    for number, (code, history) in enumerate(sorted(histories.items()), start=1):
        papers = [Document(number, day(on), Decimal(str(net))) for on, net in history.items()]
        begun = min((paper.day for paper in papers), default=BEGIN)
        clients[number] = Client(number, code, 1, begun, [number], [Interval(begun, SELLER, "first")])
        documents[number] = papers
    staff = {
        SELLER: Person(SELLER, "csm", 1),
        RECEIVER: Person(RECEIVER, "bdm_recovery", 1, 100),
        HEAD: Person(HEAD, "hos", 1),
    } | {person.id: person for person in people.values()}
    return World(staff, clients, documents, [(BEGIN, rules or unguarded())], is_weekday, head=HEAD)


def nights(oracle: Oracle, first: str, last: str) -> list[Result]:
    """Run a night for every day from `first` to `last`, both included."""
    on, results = day(first), []
    while on <= day(last):
        results.append(oracle.night(on))
        on += ONE_DAY
    return results


def first_day(results: list[Result], code: str, status: str, world: World) -> date | None:
    """Return the first night in which the client has the status."""
    number = number_of(world, code)
    return next((one.as_of for one in results if number in one.states and one.states[number].status == status), None)


def moved_on(results: list[Result], code: str, world: World) -> list[date]:
    """List the nights that handed the client over."""
    number = number_of(world, code)
    return [one.as_of for one in results for case in one.moved if case.client == number]


def returned_on(results: list[Result], code: str, world: World) -> list[date]:
    """List the nights that gave the client back after a purchase."""
    number = number_of(world, code)
    return [one.as_of for one in results for case in one.returned if case.client == number]


def number_of(world: World, code: str) -> int:
    """Return the id of the client with a code."""
    return next(client.id for client in world.clients.values() if client.code == code)


def every(first: str, days: int, times: int, net: int = 100) -> dict[str, object]:
    """Make a history of equal purchases at an equal distance."""
    return {(day(first) + timedelta(days=days * number)).isoformat(): net for number in range(times)}
