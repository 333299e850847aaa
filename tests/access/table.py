"""The URL × role table: the form of its rows. Each room keeps its rows in a module of its own beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clients.models import Client
from staff.access import Role
from staff.models import Employee

EVERYBODY = frozenset(Role.values) - {Role.NONE}
NOBODY: frozenset[str] = frozenset()


@dataclass
class Scene:
    """What the rows' addresses may need; `client` is owned by the csm, in the head office."""

    people: dict[str, Employee]
    client: Client
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One address and method: who gets `ok`; all others with a log-in get `denied`; strangers are sent to log in.

    `also` says the status of single roles that get neither.
    `args` builds the address's arguments and `data` the form from the scene; `ok` is the status for the allowed.
    """

    name: str
    allowed: Iterable[str] = EVERYBODY
    method: str = "get"
    args: Callable[[Scene], list[Any]] = lambda scene: []
    data: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    ok: int = 200
    denied: int = 403
    stranger: int = 302
    query: str = ""
    also: Mapping[str, int] = field(default_factory=dict)
