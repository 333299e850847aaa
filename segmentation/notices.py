"""What people are told about hand-overs and returns: one bulk insert per night, the reason in the sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from salescrm.base import notify
from salescrm.base.notify import Notice
from segmentation.guards import heads
from staff.models import Employee

MOST_APART = 10  # messages to one person in one night; more become one message with the number

GIVEN = {
    "top": gettext_noop("{client} goes to {to}: TOP, no order since {since}"),
    "new": gettext_noop("{client} goes to {to}: new, no second order since {since}"),
    "other": gettext_noop("{client} goes to {to}: no order since {since}"),
}
RECEIVED = {
    "top": gettext_noop("{client} comes to you from {owner}: TOP, no order since {since}"),
    "new": gettext_noop("{client} comes to you from {owner}: new, no second order since {since}"),
    "other": gettext_noop("{client} comes to you from {owner}: no order since {since}"),
}
GIVEN_MANY = gettext_noop("Clients handed over from you to development managers: {count}")
RECEIVED_MANY = gettext_noop("Clients handed over to you: {count}")
HANDED_HEAD = gettext_noop("Handed over: {count} (TOP {top}, new {new}, others {other})")
CAME_BACK = gettext_noop("{client} has bought on {bought} and comes back to you")
GAVE_BACK = gettext_noop(
    "{client} has bought on {bought} and goes back to {to}; its orders count for you until {until}"
)
HAD_BOUGHT = gettext_noop("{client} comes back to you: it had bought on {bought}, before the hand-over")
HAD_BOUGHT_AWAY = gettext_noop("{client} goes back to {to}: it had bought on {bought}, before the hand-over")
CAME_MANY = gettext_noop("Clients that came back to you: {count}")
GAVE_MANY = gettext_noop("Clients that went back to their owners: {count}")
RETURNED_HEAD = gettext_noop("Returned: {count}, of them given back because they had bought: {corrections}")


@dataclass(frozen=True)
class Message:
    """A sentence for one person about one client."""

    person: int
    client_id: int
    text: str
    many: str
    values: dict[str, Any]


def tell_hand_overs(handed: list[dict[str, Any]], night: date) -> None:
    """Tell owner, receiver and heads; `handed`: client_id, name, rule, since, from_owner_id, to_owner_id."""
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
        messages.append(Message(received, row["client_id"], RECEIVED[row["rule"]], RECEIVED_MANY, values))
    counted = {rule: sum(row["rule"] == rule for row in handed) for rule in ("top", "new", "other")}
    _send("hand_over", messages, night, HANDED_HEAD, {"count": len(handed)} | counted)


def tell_returns(returned: list[dict[str, Any]], night: date) -> None:
    """Tell owner, development manager and heads; `returned`: client_id, name, bought_on, target, owner_id, until."""
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
    corrections = sum(row["is_correction"] for row in returned)
    _send("return", messages, night, RETURNED_HEAD, {"count": len(returned), "corrections": corrections})


def _send(kind: str, messages: list[Message], night: date, summary: str, figures: dict[str, int]) -> None:
    """Insert all at once; a person with many messages gets one per kind of message, heads get the figures."""
    grouped: dict[tuple[int, str], list[Message]] = defaultdict(list)
    for message in messages:
        grouped[message.person, message.many].append(message)
    key = f"{kind}:{night}"
    notices = [
        (person, notice) for (person, many), group in grouped.items() for notice in _apart_or_one(key, many, group)
    ]
    whole = Notice(f"{key}:figures", summary, figures, f"/segmentation/nights/{night}/")
    notify.tell_each(kind, [*notices, *((head, whole) for head in heads())])


def _apart_or_one(key: str, many: str, group: list[Message]) -> list[Notice]:
    if len(group) > MOST_APART:
        return [Notice(f"{key}:many:{many[:40]}", many, {"count": len(group)}, "/segmentation/zero/")]
    return [Notice(f"{key}:{one.client_id}", one.text, one.values, f"/clients/{one.client_id}/") for one in group]


def _names(people: Iterable[int]) -> dict[int, str]:
    return {person.pk: person.short_name for person in Employee.objects.filter(pk__in=set(people))}


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
