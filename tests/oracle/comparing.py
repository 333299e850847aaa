"""The product's tables and the re-computation, compared as whole sets after a night."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

from clients.models import Ownership
from segmentation.models import Classification, ClientState, TopMembership, ZeroCase
from tests.oracle.rules import Oracle, Result
from tests.oracle.world import Case, tiles

EVER_HANDED = ("handed_over", "returned", "had_bought", "undone", "closed", "joined")


def differences(oracle: Oracle, result: Result) -> list[str]:
    """Compare everything; return a description of each kind of difference with the first five clients' inputs."""
    as_of = result.as_of
    found: list[str] = []
    for name, theirs, ours in (
        ("classes", stored_classes(as_of), own_classes(result)),
        ("TOP", stored_top(as_of), dict.fromkeys(result.top, True)),
        ("TOP memberships", stored_memberships(), own_memberships(oracle)),
        ("states", stored_states(), own_states(oracle)),
        ("hand-overs", stored_hand_overs(), own_hand_overs(oracle)),
        ("waiting and proposed", stored_waiting(), own_waiting(oracle)),
        ("owners", stored_owners(), own_owners(oracle)),
    ):
        found += described(f"{as_of} {name}", theirs, ours, oracle)
    found += [f"{as_of} owners of client {client} do not tile" for client in untiled()]
    return found


def described(name: str, theirs: Mapping[int, Hashable], ours: Mapping[int, Hashable], oracle: Oracle) -> list[str]:
    """Describe the difference of two mappings from client to value; nothing when they are equal."""
    differ = sorted(client for client in theirs.keys() | ours.keys() if theirs.get(client) != ours.get(client))
    if not differ:
        return []
    lines = [f"{name}: {len(differ)} clients differ"]
    for client in differ[:5]:
        lines += [f"  client {client}: product {theirs.get(client)}", f"    oracle  {ours.get(client)}"]
        lines += [f"    {line}" for line in inputs_of(oracle, client)]
    return ["\n".join(lines)]


def inputs_of(oracle: Oracle, client: int) -> list[str]:
    """Write out everything a client's result is computed from."""
    row, known = oracle.world.clients.get(client), oracle.notebook.kept.get(client)
    owners = [f"{one.start} {one.owner} {one.reason}" for one in row.owners] if row else []
    return [
        f"code {row.code if row else None}; owners {owners}",
        f"documents {[(str(day), str(net)) for day, net in known.documents] if known else []}",
        f"class {oracle.classes.get(client)}; in TOP {client in oracle.top.now}",
        f"state {oracle.states.get(client)}",
        *[f"case {case}" for case in oracle.cases.of(client)],
    ]


# ---- classes and TOP -------------------------------------------------------------------------------------------------


def stored_classes(as_of: date) -> dict[int, Hashable]:
    """Read the classes of a night."""
    columns = ("client_id", "abc", "xyz", "turnover", "months_bought")
    return {row[0]: row[1:] for row in Classification.objects.at(as_of).values_list(*columns)}


def own_classes(result: Result) -> dict[int, Hashable]:
    """Return the classes of the re-computation."""
    return {number: (own.abc, own.xyz, own.turnover, own.bought) for number, own in result.classes.items()}


def stored_top(as_of: date) -> dict[int, Hashable]:
    """Read the TOP list of a night."""
    return dict.fromkeys(TopMembership.objects.at(as_of).values_list("client_id", flat=True), True)


def stored_memberships() -> dict[int, Hashable]:
    """Read who entered and left the TOP list and when."""
    found: dict[int, list[Any]] = {}
    for client, entered, left in TopMembership.objects.order_by("entered_on").values_list(
        "client_id", "entered_on", "left_on"
    ):
        found.setdefault(client, []).append((entered, left))
    return {client: tuple(times) for client, times in found.items()}


def own_memberships(oracle: Oracle) -> dict[int, Hashable]:
    """Return entries and exits of the re-computation."""
    found: dict[int, list[Any]] = {}
    for one in sorted(oracle.top.memberships, key=lambda one: one.entered_on):
        found.setdefault(one.client, []).append((one.entered_on, one.left_on))
    return {client: tuple(times) for client, times in found.items()}


# ---- life cycle ------------------------------------------------------------------------------------------------------


def stored_states() -> dict[int, Hashable]:
    """Read status, term class, purchases and days of terms of the last night, of clients with a document.

    One without any may have a row: archived by hand, or its documents were taken away.
    """
    columns = (
        "client_id", "status", "term_class", "purchases", "first_purchase_on", "last_purchase_on", "returns_only",
        "rhythm_days", "zero_on", "hand_over_on", "lost_on", "archive_on",
    )  # fmt: skip
    documented = ClientState.objects.exclude(purchases=0, returns_only=False)
    return {row[0]: row[1:] for row in documented.values_list(*columns)}


def own_states(oracle: Oracle) -> dict[int, Hashable]:
    """Return the same of the re-computation, for clients with a document."""
    found: dict[int, Hashable] = {}
    for number, state in oracle.states.items():
        known = oracle.notebook.kept[number]
        if known.documents:
            found[number] = (
                state.status, state.term_class, len(known.purchases), known.first, known.last, known.returns_only,
                state.rhythm, state.zero_on, state.hand_over_on, state.lost_on, state.archive_on,
            )  # fmt: skip
    return found


# ---- cases and owners ------------------------------------------------------------------------------------------------


def stored_hand_overs() -> dict[int, Hashable]:
    """Read every hand-over with its return or correction."""
    columns = (
        "client_id", "rule", "from_owner_id", "to_owner_id", "silent_since", "handed_on", "state", "bought_on",
        "returned_to_id", "returned_on",
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in (
        ZeroCase.objects.filter(state__in=EVER_HANDED, handed_on__isnull=False)
        .order_by("handed_on", "id")
        .values_list(*columns)
    ):
        found.setdefault(row[0], []).append(row[1:])
    return {client: tuple(rows) for client, rows in found.items()}


def own_hand_overs(oracle: Oracle) -> dict[int, Hashable]:
    """Return the hand-overs of the re-computation."""
    found: dict[int, list[Any]] = {}
    for case in oracle.cases.all:
        if case.state in EVER_HANDED and case.handed_on is not None:
            found.setdefault(case.client, []).append(handed(case))
    return {client: tuple(rows) for client, rows in found.items()}


def handed(case: Case) -> tuple[Any, ...]:
    """Return what is compared of a hand-over."""
    return (
        case.rule, case.from_owner, case.to_owner, case.silent_since, case.handed_on, case.state, case.bought_on,
        case.returned_to, case.returned_on,
    )  # fmt: skip


def stored_waiting() -> dict[int, Hashable]:
    """Read who waits for a place or for approval."""
    rows = ZeroCase.objects.filter(state__in=("waiting", "head_list", "proposed", "order_in_work"))
    return {row[0]: row[1:] for row in rows.values_list("client_id", "state", "rule", "silent_since")}


def own_waiting(oracle: Oracle) -> dict[int, Hashable]:
    """Return who waits in the re-computation."""
    return {
        case.client: (case.state, case.rule, case.silent_since)
        for case in oracle.cases.all
        if case.state in ("waiting", "head_list", "proposed")
    }


def stored_owners() -> dict[int, Hashable]:
    """Read the intervals of every client's owners."""
    found: dict[int, list[Any]] = {}
    for client, start, owner in Ownership.objects.order_by("client_id", "starts_on").values_list(
        "client_id", "starts_on", "owner_id"
    ):
        found.setdefault(client, []).append((start, owner))
    return {client: tuple(rows) for client, rows in found.items()}


def own_owners(oracle: Oracle) -> dict[int, Hashable]:
    """Return the intervals of the re-computation."""
    return {
        client.id: tuple((one.start, one.owner) for one in client.owners) for client in oracle.world.clients.values()
    }


def untiled() -> list[int]:
    """List clients whose intervals leave a gap, overlap or have no open end."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    for client, start, end in Ownership.objects.order_by("client_id", "starts_on").values_list(
        "client_id", "starts_on", "ends_on"
    ):
        found.setdefault(client, []).append((start, end))
    return [client for client, intervals in found.items() if not tiles(intervals)]
