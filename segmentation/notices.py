"""What people are told about hand-overs and returns: one bulk insert per night, the reason in the sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from clients.models import Ownership
from salescrm.base import notify
from salescrm.base.notify import Notice
from segmentation.guards import for_heads
from segmentation.models import TopMembership
from staff.models import Employee

MOST_APART = 10  # messages to one person in one night; more become one message with the number

GIVEN = {
    "top": gettext_noop("{client} goes to {to}: TOP, no order since {since}"),
    "unconfirmed_invoice": gettext_noop("{client} goes to {to}: its first invoice, of {since}, is not confirmed"),
    "new": gettext_noop("{client} goes to {to}: new, no second order since {since}"),
    "other": gettext_noop("{client} goes to {to}: no order since {since}"),
}
RECEIVED = {
    "top": gettext_noop("{client} comes to you from {owner}: TOP, no order since {since}"),
    "unconfirmed_invoice": gettext_noop(
        "{client} comes to you from {owner}: its first invoice, of {since}, is not confirmed"
    ),
    "new": gettext_noop("{client} comes to you from {owner}: new, no second order since {since}"),
    "other": gettext_noop("{client} comes to you from {owner}: no order since {since}"),
}
GIVEN_MANY = gettext_noop("Clients handed over from you to development managers: {count}")
RECEIVED_MANY = gettext_noop("Clients handed over to you: {count}")
HANDED_HEAD = gettext_noop(
    "Handed over: {count} (TOP {top}, invoice not confirmed {unconfirmed_invoice}, new {new}, others {other})"
)
CAME_BACK = gettext_noop("{client} has bought on {bought} and comes back to you")
GAVE_BACK = gettext_noop(
    "{client} has bought on {bought} and goes back to {to}; its orders count for you until {until}"
)
HAD_BOUGHT = gettext_noop("{client} comes back to you: it had bought on {bought}, before the hand-over")
HAD_BOUGHT_AWAY = gettext_noop("{client} goes back to {to}: it had bought on {bought}, before the hand-over")
CAME_MANY = gettext_noop("Clients that came back to you: {count}")
GAVE_MANY = gettext_noop("Clients that went back to their owners: {count}")
RETURNED_HEAD = gettext_noop("Returned: {count}, of them given back because they had bought: {corrections}")

ENTERED = gettext_noop("{client} has entered the TOP list")
ENTERED_MANY = gettext_noop("Clients of yours that have entered the TOP list: {count}")
ENTERED_HEAD = gettext_noop("Entered the TOP list in the night of {day}: {count}")


@dataclass(frozen=True)
class Message:
    """A sentence for one person about one client."""

    person: int
    client_id: int
    text: str
    many: str
    values: dict[str, Any]
    url: str = ""  # empty: the client's card


def tell_hand_overs(handed: list[dict[str, Any]], night: date) -> None:
    """Tell owner, receiver and heads of `handed`.

    Each has client_id, name, branch_id, rule, since, from_owner_id, to_owner_id.
    """
    names = _names(row[side] for row in handed for side in ("from_owner_id", "to_owner_id"))
    messages = []
    for row in handed:
        values = {
            "client": row["name"],
            "owner": names[row["from_owner_id"]],
            "to": names[row["to_owner_id"]],
            "since": _day(row["since"]),
        }
        given, received = row["from_owner_id"], row["to_owner_id"]
        messages.append(Message(given, row["client_id"], GIVEN[row["rule"]], GIVEN_MANY, values))
        package = f"/segmentation/transfers/{row['client_id']}/{night + timedelta(days=1)}/"
        messages.append(Message(received, row["client_id"], RECEIVED[row["rule"]], RECEIVED_MANY, values, package))
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in handed:
        counted[row["branch_id"]].update(("count", row["rule"]))
    _send("hand_over", messages, night, HANDED_HEAD, counted, ("count", *GIVEN))


def tell_returns(returned: list[dict[str, Any]], night: date) -> None:
    """Tell owner, development manager and heads of `returned`.

    Each has client_id, name, branch_id, bought_on, target, owner_id, until.
    """
    names = _names(row["target"] for row in returned)
    messages = []
    for row in returned:
        values = {
            "client": row["name"],
            "to": names[row["target"]],
            "bought": _day(row["bought_on"]),
            "until": _day(row["until"]),
        }
        came, gave = (HAD_BOUGHT, HAD_BOUGHT_AWAY) if row["is_correction"] else (CAME_BACK, GAVE_BACK)
        messages.append(Message(row["target"], row["client_id"], came, CAME_MANY, values))
        messages.append(Message(row["owner_id"], row["client_id"], gave, GAVE_MANY, values))
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in returned:
        counted[row["branch_id"]].update({"count": 1, "corrections": int(row["is_correction"])})
    _send("return", messages, night, RETURNED_HEAD, counted, ("count", "corrections"))


def tell_top_entries(night: date, *, is_review: bool) -> None:
    """Tell each owner once who entered the TOP list tonight, the heads how many (R66); a review tells them itself."""
    entered = TopMembership.objects.filter(entered_on=night).values("client")
    held = Ownership.objects.filter(ends_on__isnull=True, client__merged_into__isnull=True, client__in=entered)
    clients: dict[int, list[tuple[int, str]]] = defaultdict(list)
    by_branch: dict[int, Counter[str]] = defaultdict(Counter)
    for owner, branch, pk, name in held.order_by("client").values_list(
        "owner", "client__branch", "client", "client__name"
    ):
        clients[owner].append((pk, name))
        by_branch[branch].update(("count",))
    told = [(owner, _entered(night, theirs)) for owner, theirs in clients.items()]

    def summed(counted: Counter[str]) -> Notice:
        values = {"count": counted["count"], "day": _day(night)}
        return Notice(f"top-entered:{night}:figures", ENTERED_HEAD, values, _entries_url(night))

    notify.tell_each("top_entered", told if is_review else [*told, *for_heads(by_branch, summed)])


def _entered(night: date, clients: list[tuple[int, str]]) -> Notice:
    key = f"top-entered:{night}"
    if len(clients) > 1:
        return Notice(key, ENTERED_MANY, {"count": len(clients)}, _entries_url(night))
    ((pk, name),) = clients
    return Notice(key, ENTERED, {"client": name}, f"/clients/{pk}/")


def _entries_url(night: date) -> str:
    return f"/segmentation/top/?view=entered&on={night}&since={night - timedelta(days=1)}"


def _send(
    kind: str,
    messages: list[Message],
    night: date,
    summary: str,
    by_branch: Mapping[int, Counter[str]],
    figures: tuple[str, ...],
) -> None:
    """Insert all at once; a person with many messages gets one per kind of message, heads get their figures."""
    grouped: dict[tuple[int, str], list[Message]] = defaultdict(list)
    for message in messages:
        grouped[message.person, message.many].append(message)
    key = f"{kind}:{night}"
    notices = [
        (person, notice) for (person, many), group in grouped.items() for notice in _apart_or_one(key, many, group)
    ]

    def summed(counted: Counter[str]) -> Notice:
        told = {name: counted[name] for name in figures}
        return Notice(f"{key}:figures", summary, told, f"/segmentation/nights/{night}/")

    notify.tell_each(kind, [*notices, *for_heads(by_branch, summed)])


def _apart_or_one(key: str, many: str, group: list[Message]) -> list[Notice]:
    if len(group) > MOST_APART:
        return [Notice(f"{key}:many:{many[:40]}", many, {"count": len(group)}, "/segmentation/zero/")]
    return [
        Notice(f"{key}:{one.client_id}", one.text, one.values, one.url or f"/clients/{one.client_id}/") for one in group
    ]


def _names(people: Iterable[int]) -> dict[int, str]:
    return {person.pk: person.short_name for person in Employee.objects.filter(pk__in=set(people))}


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
